-- Full text by episode: one row of words, cut and folded by the program, and what is said in it, to quote from.
-- The rows are made from the stored episodes and transcripts by the next start.

DROP TRIGGER passage_added;
DROP TRIGGER passage_removed;
DROP TABLE passage_index;
DROP TABLE passage;

CREATE TABLE spoken (
    episode_id TEXT NOT NULL PRIMARY KEY REFERENCES episode (id) ON DELETE CASCADE,
    -- A line a cue: milliseconds, speaker, text, with tabs between.
    cues TEXT NOT NULL
);

-- An episode that is not published has no listed_at and is not found.
CREATE TABLE document (
    id INTEGER PRIMARY KEY,
    episode_id TEXT NOT NULL UNIQUE REFERENCES episode (id) ON DELETE CASCADE,
    listed_at BIGINT,
    title TEXT NOT NULL,
    main TEXT NOT NULL,
    whole TEXT NOT NULL
);
CREATE INDEX document_listed ON document (id, listed_at, episode_id);

CREATE VIRTUAL TABLE document_index USING fts5 (
    title,
    main,
    whole,
    content = 'document',
    content_rowid = 'id',
    columnsize = 0,
    detail = column,
    tokenize = 'ascii'
);

CREATE TRIGGER document_added AFTER INSERT ON document BEGIN
    INSERT INTO document_index (rowid, title, main, whole) VALUES (new.id, new.title, new.main, new.whole);
END;
CREATE TRIGGER document_removed AFTER DELETE ON document BEGIN
    INSERT INTO document_index (document_index, rowid, title, main, whole)
    VALUES ('delete', old.id, old.title, old.main, old.whole);
END;
CREATE TRIGGER document_changed AFTER UPDATE OF title, main, whole ON document BEGIN
    INSERT INTO document_index (document_index, rowid, title, main, whole)
    VALUES ('delete', old.id, old.title, old.main, old.whole);
    INSERT INTO document_index (rowid, title, main, whole) VALUES (new.id, new.title, new.main, new.whole);
END;

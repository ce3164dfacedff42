-- Full text: one row a title, notes or transcript passage; accents folded by the tokenizer.

CREATE TABLE passage (
    id INTEGER PRIMARY KEY,
    episode_id TEXT NOT NULL REFERENCES episode (id) ON DELETE CASCADE,
    part TEXT NOT NULL CHECK (part IN ('title', 'notes', 'transcript')),
    start_ms BIGINT NOT NULL,
    words TEXT NOT NULL
);
CREATE INDEX passage_of_episode ON passage (episode_id);

CREATE VIRTUAL TABLE passage_index USING fts5 (
    words,
    content = 'passage',
    content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TRIGGER passage_added AFTER INSERT ON passage BEGIN
    INSERT INTO passage_index (rowid, words) VALUES (new.id, new.words);
END;
CREATE TRIGGER passage_removed AFTER DELETE ON passage BEGIN
    INSERT INTO passage_index (passage_index, rowid, words) VALUES ('delete', old.id, old.words);
END;

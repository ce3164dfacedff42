-- Full text by episode: one row of words, cut and folded by the program, and what is said in it, to quote from.
-- The rows are made from the stored episodes and transcripts by the next start.

DROP TABLE passage;

CREATE TABLE spoken (
    episode_id TEXT NOT NULL PRIMARY KEY REFERENCES episode (id) ON DELETE CASCADE,
    -- A line a cue: milliseconds, speaker, text, with tabs between.
    cues TEXT NOT NULL
);

-- An episode that is not published has no listed_at and is not found.
CREATE TABLE document (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    episode_id TEXT NOT NULL UNIQUE REFERENCES episode (id) ON DELETE CASCADE,
    listed_at BIGINT,
    title TEXT NOT NULL,
    main TEXT NOT NULL,
    whole TEXT NOT NULL
);
-- Thousands of rows may have to be passed; their words are kept elsewhere.
ALTER TABLE document SET (toast_tuple_target = 128);
CREATE INDEX document_title ON document USING GIN (array_to_tsvector(string_to_array(title, ' ')))
    WITH (fastupdate = off);
CREATE INDEX document_main ON document USING GIN (array_to_tsvector(string_to_array(main, ' ')))
    WITH (fastupdate = off);
CREATE INDEX document_whole ON document USING GIN (array_to_tsvector(string_to_array(whole, ' ')))
    WITH (fastupdate = off);

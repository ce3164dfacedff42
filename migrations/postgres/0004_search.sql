-- Full text: one row a title, notes or transcript passage; accents are folded by the program before words come here.

CREATE TABLE passage (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    episode_id TEXT NOT NULL REFERENCES episode (id) ON DELETE CASCADE,
    part TEXT NOT NULL CHECK (part IN ('title', 'notes', 'transcript')),
    start_ms BIGINT NOT NULL,
    words TEXT NOT NULL,
    folded TSVECTOR NOT NULL
);
CREATE INDEX passage_of_episode ON passage (episode_id);
CREATE INDEX passage_index ON passage USING GIN (folded);

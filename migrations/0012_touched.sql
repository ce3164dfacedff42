-- Counts the changes of an episode's files, which are no changes of its facts: pages kept in memory are told by it.
ALTER TABLE episode ADD COLUMN touched BIGINT NOT NULL DEFAULT 0;

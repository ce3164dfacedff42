-- What the maker of an uploaded file should know of it: sentences, a JSON list.
ALTER TABLE finding ADD COLUMN warnings TEXT NOT NULL DEFAULT '[]';

-- What an episode keeps of its recording, and files that are kept aside for it: the whole recording while a trim is
-- served, the live mix while a remaster is.
CREATE TABLE edit (
    episode_id TEXT NOT NULL PRIMARY KEY REFERENCES episode (id) ON DELETE CASCADE,
    marks TEXT NOT NULL,
    remaster TEXT
);
ALTER TABLE asset ADD COLUMN shelf TEXT;
DROP INDEX asset_current;
CREATE UNIQUE INDEX asset_current ON asset (episode_id, kind)
    WHERE retired_at IS NULL AND episode_id IS NOT NULL AND shelf IS NULL
    AND kind NOT IN ('journal', 'stem', 'stem-wav', 'stem-flac');
CREATE UNIQUE INDEX asset_kept_aside ON asset (episode_id, shelf, kind) WHERE retired_at IS NULL AND shelf IS NOT NULL;
-- The ones above hold some kinds, or some shelves, and are no help to who asks for all files of an episode.
CREATE INDEX asset_of_episode ON asset (episode_id);

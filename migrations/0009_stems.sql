-- A room's episode has several journals' segments and stems at one time; of everything else one is current.
DROP INDEX asset_current;
CREATE UNIQUE INDEX asset_current ON asset (episode_id, kind)
    WHERE retired_at IS NULL AND episode_id IS NOT NULL AND kind NOT IN ('journal', 'stem', 'stem-wav');

-- Pictures of people as they were fetched, what an uploaded file holds beside its sound, and replaced files by age.

-- A picture is named by where it came from. While it has neither file nor error, it is being fetched.
CREATE TABLE portrait (
    show_id TEXT NOT NULL REFERENCES show (id) ON DELETE CASCADE,
    url_sha256 TEXT NOT NULL,
    url TEXT NOT NULL,
    asset_id TEXT REFERENCES asset (id) ON DELETE CASCADE,
    error TEXT,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (show_id, url_sha256)
);

CREATE TABLE finding (
    asset_id TEXT NOT NULL PRIMARY KEY REFERENCES asset (id) ON DELETE CASCADE,
    chapters TEXT NOT NULL
);

CREATE INDEX asset_retired ON asset (retired_at) WHERE retired_at IS NOT NULL;

-- The plain text of an episode's notes, to quote from like what is said; the index is made anew to fill it.
ALTER TABLE spoken ADD COLUMN notes TEXT NOT NULL DEFAULT '';
DELETE FROM document;

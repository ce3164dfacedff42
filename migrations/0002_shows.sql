-- Shows, who works on them, episodes, and the files that belong to them.

CREATE TABLE show (
    id TEXT NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    guid TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    facts TEXT NOT NULL,
    artwork_id TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);

CREATE TABLE member (
    show_id TEXT NOT NULL REFERENCES show (id) ON DELETE CASCADE,
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    membership TEXT NOT NULL CHECK (membership IN ('viewer', 'editor', 'manager')),
    PRIMARY KEY (show_id, account_id)
);
CREATE INDEX member_by_account ON member (account_id);

CREATE TABLE episode (
    id TEXT NOT NULL PRIMARY KEY,
    show_id TEXT NOT NULL REFERENCES show (id) ON DELETE CASCADE,
    slug TEXT NOT NULL,
    guid TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'scheduled', 'published', 'unpublished')),
    published_at BIGINT,
    title TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('full', 'trailer', 'bonus')),
    facts TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (show_id, slug),
    UNIQUE (show_id, guid)
);
CREATE INDEX episode_by_date ON episode (state, published_at);
CREATE INDEX episode_of_show ON episode (show_id, state, published_at);

-- A retired file has been replaced; it is still served, since players may hold its address.
CREATE TABLE asset (
    id TEXT NOT NULL PRIMARY KEY,
    show_id TEXT NOT NULL REFERENCES show (id) ON DELETE CASCADE,
    episode_id TEXT REFERENCES episode (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    file_name TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    duration_ms BIGINT NOT NULL,
    bitrate BIGINT NOT NULL,
    loudness_lufs DOUBLE PRECISION,
    created_at BIGINT NOT NULL,
    retired_at BIGINT
);
CREATE UNIQUE INDEX asset_current ON asset (episode_id, kind) WHERE retired_at IS NULL AND episode_id IS NOT NULL;
CREATE INDEX asset_of_show ON asset (show_id);
CREATE INDEX asset_by_key ON asset (key);

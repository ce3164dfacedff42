-- Durable background work, resumable uploads, encodings that need not be made twice, requests that must not repeat.

CREATE TABLE job (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    show_id TEXT REFERENCES show (id) ON DELETE CASCADE,
    episode_id TEXT REFERENCES episode (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('ready', 'running', 'done', 'failed', 'cancelled')),
    priority BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    lease TEXT,
    lease_until BIGINT,
    error TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX job_waiting ON job (priority, run_at) WHERE state = 'ready';
CREATE INDEX job_leased ON job (lease_until) WHERE state = 'running';
CREATE INDEX job_recent ON job (created_at);
CREATE INDEX job_of_episode ON job (episode_id);

CREATE TABLE upload (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    show_id TEXT NOT NULL REFERENCES show (id) ON DELETE CASCADE,
    episode_id TEXT REFERENCES episode (id) ON DELETE CASCADE,
    file_name TEXT NOT NULL,
    part TEXT NOT NULL CHECK (part IN ('whole', 'partial', 'final')),
    -- The ids a final upload was joined from, in order, with single spaces.
    parts TEXT NOT NULL,
    length_bytes BIGINT NOT NULL,
    metadata TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX upload_by_expiry ON upload (expires_at);
CREATE INDEX upload_of_show ON upload (show_id);

-- What an input became under given settings; the digest covers both.
CREATE TABLE encoding (
    digest TEXT NOT NULL PRIMARY KEY,
    result TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE idempotency (
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    request_sha256 TEXT NOT NULL,
    status BIGINT NOT NULL,
    location TEXT,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, key)
);

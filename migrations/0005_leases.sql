-- What keeps a repeated request from running twice and from waiting for ever; an address that is to replace another.

-- Until then nobody else carries the request out. Also its fence: who lost the lease can write nothing more.
ALTER TABLE idempotency ADD COLUMN lease_until BIGINT NOT NULL DEFAULT 0;
-- What the request made or changed, written in the very transaction that did it; its answer may still be lost.
ALTER TABLE idempotency ADD COLUMN effect TEXT;

-- At most one a person; the secret is kept as SHA-256, hex.
CREATE TABLE email_change (
    account_id TEXT NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    secret_sha256 TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

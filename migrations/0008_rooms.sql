-- Rooms, who is invited to them, and what the stage told of them.

CREATE TABLE room (
    id TEXT NOT NULL PRIMARY KEY,
    show_id TEXT NOT NULL REFERENCES show (id) ON DELETE CASCADE,
    slug TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    facts TEXT NOT NULL,
    audience TEXT NOT NULL CHECK (audience IN ('public', 'unlisted', 'private')),
    state TEXT NOT NULL CHECK (state IN ('scheduled', 'green_room', 'live', 'ended')),
    starts_at BIGINT,
    live_at BIGINT,
    ended_at BIGINT,
    peak BIGINT NOT NULL,
    episode_id TEXT REFERENCES episode (id) ON DELETE SET NULL,
    -- When its episode was made, or found not to be worth making; the episode may be deleted later.
    finished_at BIGINT,
    -- The number of the last entry of the room's journal that was taken in.
    entries BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX room_of_show ON room (show_id, state);
CREATE INDEX room_by_state ON room (state, starts_at);

-- The secret is kept as SHA-256, hex. An invitation for one person is bound to the participant who used it first.
CREATE TABLE invite (
    id TEXT NOT NULL PRIMARY KEY,
    room_id TEXT NOT NULL REFERENCES room (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('listener', 'speaker', 'producer', 'co_host', 'host')),
    label TEXT NOT NULL,
    secret_sha256 TEXT NOT NULL UNIQUE,
    once BOOLEAN NOT NULL,
    used_by TEXT,
    uses BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX invite_of_room ON invite (room_id);

-- Who took part beyond listening to the program, as the journal tells it.
CREATE TABLE room_person (
    room_id TEXT NOT NULL REFERENCES room (id) ON DELETE CASCADE,
    participant TEXT NOT NULL,
    account_id TEXT,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('listener', 'speaker', 'producer', 'co_host', 'host')),
    here BOOLEAN NOT NULL,
    PRIMARY KEY (room_id, participant)
);

-- Times are samples of program time at 48 kHz.
CREATE TABLE room_line (
    id TEXT NOT NULL PRIMARY KEY,
    room_id TEXT NOT NULL REFERENCES room (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    participant TEXT NOT NULL,
    account_id TEXT,
    name TEXT NOT NULL,
    badge TEXT NOT NULL CHECK (badge IN ('host', 'speaker', 'signed_in', 'guest')),
    text TEXT NOT NULL,
    removed BOOLEAN NOT NULL
);
CREATE INDEX room_line_of_room ON room_line (room_id, id);

CREATE TABLE room_marker (
    room_id TEXT NOT NULL REFERENCES room (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    title TEXT NOT NULL,
    PRIMARY KEY (room_id, at, title)
);

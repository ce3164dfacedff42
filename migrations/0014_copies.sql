-- What speakers' browsers have sent of their own copies, until it is in the journal; and whether a room still takes
-- any: what was erased must not come back.
CREATE TABLE room_copy (
    key TEXT NOT NULL PRIMARY KEY,
    room_id TEXT NOT NULL REFERENCES room (id) ON DELETE CASCADE,
    participant TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE INDEX room_copy_room ON room_copy (room_id);
ALTER TABLE room ADD COLUMN copies_closed BOOLEAN NOT NULL DEFAULT FALSE;

-- Where shows and episodes stood before: what is asked for there is led on, and nobody else is put there.
CREATE TABLE show_former (
    slug TEXT NOT NULL PRIMARY KEY,
    show_id TEXT NOT NULL REFERENCES show (id) ON DELETE CASCADE
);
CREATE INDEX show_former_of_show ON show_former (show_id);
CREATE TABLE episode_former (
    show_id TEXT NOT NULL REFERENCES show (id) ON DELETE CASCADE,
    slug TEXT NOT NULL,
    episode_id TEXT NOT NULL REFERENCES episode (id) ON DELETE CASCADE,
    PRIMARY KEY (show_id, slug)
);
CREATE INDEX episode_former_of_episode ON episode_former (episode_id);

-- What members asked for, so that the buttons below an answer work after restarts: it does not fit into a custom id.
CREATE TABLE question (
    id       INTEGER PRIMARY KEY,  -- the order; the newest are kept
    token    INTEGER NOT NULL UNIQUE,  -- random: buttons bear it
    guild_id INTEGER NOT NULL,
    user_id  INTEGER NOT NULL,
    asked    TEXT NOT NULL CHECK (json_valid(asked)),
    asked_at INTEGER NOT NULL
) STRICT;

-- Channels to look through after the database was restored from a copy, and the messages that were found there.

CREATE TABLE recovery (
    channel_id   INTEGER PRIMARY KEY REFERENCES channel (id) ON DELETE CASCADE,
    since        INTEGER NOT NULL,
    until        INTEGER NOT NULL,
    read_down_to INTEGER,
    pages        INTEGER NOT NULL DEFAULT 0,
    unread_until INTEGER,
    ended_at     INTEGER
) STRICT;

CREATE TABLE found_message (
    message_id  INTEGER PRIMARY KEY,
    channel_id  INTEGER NOT NULL REFERENCES recovery (channel_id) ON DELETE CASCADE,
    content     TEXT NOT NULL,
    embeds      TEXT NOT NULL CHECK (json_valid(embeds)),
    thread_name TEXT NOT NULL,
    publishable INTEGER NOT NULL CHECK (publishable IN (0, 1))
) STRICT;
CREATE INDEX found_message_channel ON found_message (channel_id, message_id);

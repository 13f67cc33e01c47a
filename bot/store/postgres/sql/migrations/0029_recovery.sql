-- expand
-- Channels to look through after the database was restored from a copy, and the messages that were found there.

CREATE TABLE recovery (
    channel_id   BIGINT PRIMARY KEY REFERENCES channel (id) ON DELETE CASCADE,
    since        BIGINT NOT NULL,
    until        BIGINT NOT NULL,
    read_down_to BIGINT,
    pages        BIGINT NOT NULL DEFAULT 0,
    unread_until BIGINT,
    ended_at     BIGINT
);

CREATE TABLE found_message (
    message_id  BIGINT PRIMARY KEY,
    channel_id  BIGINT NOT NULL REFERENCES recovery (channel_id) ON DELETE CASCADE,
    content     TEXT COLLATE "C" NOT NULL,
    embeds      TEXT COLLATE "C" NOT NULL CHECK (embeds::json IS NOT NULL),
    thread_name TEXT COLLATE "C" NOT NULL,
    publishable BIGINT NOT NULL CHECK (publishable IN (0, 1))
);
CREATE INDEX found_message_channel ON found_message (channel_id, message_id);

-- A running bot writes down how it is, so that other programs can see it.

CREATE TABLE heartbeat (
    process      TEXT PRIMARY KEY,
    version      TEXT NOT NULL,
    started_at   INTEGER NOT NULL,
    beat_at      INTEGER NOT NULL,
    gateway      TEXT NOT NULL,
    last_poll_at INTEGER,
    last_sent_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX channel_suspended ON channel (id) WHERE state = 'suspended';

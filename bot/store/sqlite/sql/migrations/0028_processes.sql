-- The sessions that the bot began at Discord's gateway within the last day: Discord resets the token of a bot that begins
-- more than 1,000.

CREATE TABLE session_start (
    started_at INTEGER NOT NULL,
    shard      INTEGER NOT NULL,
    PRIMARY KEY (started_at, shard)
) STRICT, WITHOUT ROWID;

-- Lists of feeds that were imported in Discord, until each of them was read once.

CREATE TABLE feed_import (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id   INTEGER NOT NULL,
    channel_id INTEGER NOT NULL,
    user_id    INTEGER NOT NULL,
    started_at INTEGER NOT NULL
) STRICT;
CREATE INDEX feed_import_started ON feed_import (started_at);
CREATE TABLE imported_feed (
    import_id INTEGER NOT NULL REFERENCES feed_import (id) ON DELETE CASCADE,
    feed_id   INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
    PRIMARY KEY (import_id, feed_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX imported_feed_feed ON imported_feed (feed_id);

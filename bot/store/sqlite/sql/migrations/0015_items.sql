-- Items of a document that are known are not parsed again.

ALTER TABLE feed ADD COLUMN items_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE feed ADD COLUMN ttl INTEGER CHECK (ttl > 0);

CREATE TABLE feed_items (
    feed_id INTEGER PRIMARY KEY REFERENCES feed (id) ON DELETE CASCADE,
    frame   TEXT NOT NULL,
    items   TEXT NOT NULL CHECK (json_valid(items))
) STRICT;

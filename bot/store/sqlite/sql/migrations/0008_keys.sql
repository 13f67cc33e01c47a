-- Several entries may have one key. Those that shared one lost it; `store/rekey.py` makes all keys anew from the entries.

CREATE TABLE seen_now (
    feed_id  INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
    key      TEXT NOT NULL,
    entry_id INTEGER NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    PRIMARY KEY (feed_id, key, entry_id)
) STRICT, WITHOUT ROWID;
INSERT INTO seen_now (feed_id, key, entry_id)
SELECT feed_id, key, entry_id FROM seen WHERE entry_id IS NOT NULL AND key NOT LIKE 'text:%';
DROP TABLE seen;
ALTER TABLE seen_now RENAME TO seen;
CREATE INDEX seen_entry ON seen (entry_id);

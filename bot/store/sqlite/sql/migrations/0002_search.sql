-- Full-text search. What stands in the archive already is indexed bit by bit, newest first: see `store/index.py`.

ALTER TABLE entry ADD COLUMN pruned_at INTEGER;
CREATE INDEX entry_identity ON entry (identity, id);

CREATE TABLE document (
    place    INTEGER PRIMARY KEY,  -- eighths of a second since 1970 of the post's date, or the next that is free
    entry_id INTEGER NOT NULL UNIQUE REFERENCES entry (id),
    feed_id  INTEGER NOT NULL,
    post     INTEGER NOT NULL  -- the first entry with the same identity: a post that two feeds brought is found once
) STRICT;

CREATE VIRTUAL TABLE search USING fts5 (title, text, tags, author, feed, content = '', tokenize = 'ascii');

DROP INDEX tag_folded;  -- tags are looked up where they are counted
CREATE TABLE feed_tag (
    feed_id INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
    folded  TEXT NOT NULL,
    tag     TEXT NOT NULL,
    entries INTEGER NOT NULL,
    PRIMARY KEY (feed_id, folded, tag)
) STRICT, WITHOUT ROWID;
INSERT INTO feed_tag (feed_id, folded, tag, entries)
SELECT e.feed_id, t.folded, t.tag, count(*) FROM tag AS t JOIN entry AS e ON e.id = t.entry_id GROUP BY 1, 2, 3;

CREATE TRIGGER tag_added AFTER INSERT ON tag BEGIN
    INSERT INTO feed_tag (feed_id, folded, tag, entries)
    SELECT feed_id, new.folded, new.tag, 1 FROM entry WHERE id = new.entry_id
    ON CONFLICT (feed_id, folded, tag) DO UPDATE SET entries = entries + 1;
END;
CREATE TRIGGER tag_dropped AFTER DELETE ON tag BEGIN
    UPDATE feed_tag SET entries = entries - 1
    WHERE folded = old.folded AND tag = old.tag AND feed_id = (SELECT feed_id FROM entry WHERE id = old.entry_id);
    DELETE FROM feed_tag
    WHERE folded = old.folded AND tag = old.tag AND entries = 0
        AND feed_id = (SELECT feed_id FROM entry WHERE id = old.entry_id);
END;

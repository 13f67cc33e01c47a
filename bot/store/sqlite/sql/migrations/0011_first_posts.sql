-- Earlier versions read the first 500 posts of a document, and not the newest: the others are old, but not known.

ALTER TABLE feed ADD COLUMN read_from_start INTEGER NOT NULL DEFAULT 0 CHECK (read_from_start IN (0, 1));
UPDATE feed SET read_from_start = 1 WHERE last_success_at IS NOT NULL;

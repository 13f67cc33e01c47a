-- What a feed's last polls have shown: when the server sent the whole document, and what reading it costs.

ALTER TABLE feed ADD COLUMN last_full_at INTEGER;
ALTER TABLE feed ADD COLUMN parse_time INTEGER NOT NULL DEFAULT 0;

-- A new post came with a whole document.
UPDATE feed SET last_full_at = last_new_at;

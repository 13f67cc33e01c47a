-- A post's texts are compressed together. Those of earlier versions stay in `content`, `summary` and `text` until the bot
-- has compressed them, from the newest to the oldest.

ALTER TABLE entry ADD COLUMN texts BLOB NOT NULL DEFAULT x'';
INSERT INTO meta (key, value) SELECT 'loose texts', CAST(coalesce(max(id), 0) AS TEXT) FROM entry;

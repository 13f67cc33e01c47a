-- What is known of a feed's last document: whether it broke off, and how many of its posts were too many to read.

ALTER TABLE feed ADD COLUMN torn INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feed ADD COLUMN left_out INTEGER NOT NULL DEFAULT 0;

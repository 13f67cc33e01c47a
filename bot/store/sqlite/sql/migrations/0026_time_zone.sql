-- Days in searches begin at midnight where a server is.

ALTER TABLE guild ADD COLUMN time_zone TEXT NOT NULL DEFAULT '';

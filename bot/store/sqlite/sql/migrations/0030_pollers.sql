-- Which process polls a feed, so that the others can take over if it is gone.
ALTER TABLE feed ADD COLUMN leased_by INTEGER NOT NULL DEFAULT 0;

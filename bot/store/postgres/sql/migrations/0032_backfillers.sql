-- expand
-- Which process reads a page of a history, so that the others can take over if it is gone.
ALTER TABLE backfill ADD COLUMN leased_by BIGINT NOT NULL DEFAULT 0;

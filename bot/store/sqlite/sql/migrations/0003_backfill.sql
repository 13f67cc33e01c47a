-- Histories of feeds come into the archive.

-- Histories that are read into the archive, page by page. What a page brought and where to go on are one transaction.
CREATE TABLE backfill (
    feed_id      INTEGER PRIMARY KEY REFERENCES feed (id) ON DELETE CASCADE,
    state        TEXT NOT NULL CHECK (state IN ('running', 'stopped', 'failed', 'done')),
    kind         TEXT NOT NULL DEFAULT '',  -- the source that the cursor belongs to; '' = none was asked yet
    cursor       TEXT NOT NULL DEFAULT '',  -- where to go on; '' = at the beginning
    pages        INTEGER NOT NULL DEFAULT 0,  -- read since it was last asked for
    mark         TEXT NOT NULL DEFAULT '',  -- a cursor that must not come back
    page_hash    TEXT NOT NULL DEFAULT '',  -- of the last page, which must not come back either
    archived     INTEGER NOT NULL DEFAULT 0,
    read         INTEGER NOT NULL DEFAULT 0,  -- posts looked at, known ones included
    total        INTEGER,  -- posts in the whole history; NULL: the source does not tell
    since        INTEGER,
    most         INTEGER CHECK (most > 0),  -- NULL: all
    attempts     INTEGER NOT NULL DEFAULT 0,  -- failed tries of one page
    error        TEXT NOT NULL DEFAULT '',
    due_at       INTEGER NOT NULL,
    worker       TEXT CHECK (worker IN ('run', 'shell')),  -- who reads a page; of each there is one process at most
    leased_until INTEGER,
    requested_at INTEGER NOT NULL,
    finished_at  INTEGER,
    CHECK ((worker IS NULL) = (leased_until IS NULL))
) STRICT;
CREATE INDEX backfill_due ON backfill (due_at) WHERE state = 'running';
CREATE INDEX backfill_leased ON backfill (leased_until) WHERE leased_until IS NOT NULL;

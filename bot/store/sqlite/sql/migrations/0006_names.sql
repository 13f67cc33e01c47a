-- Tables, columns and values get the field's names, and views say once what queries repeated.
-- Styles are checked by the bot alone: more of them will come.

ALTER TABLE site RENAME COLUMN at_once TO max_concurrent;
ALTER TABLE site RENAME COLUMN free_at TO next_start_at;
ALTER TABLE site RENAME COLUMN cool_until TO cooldown_until;

ALTER TABLE feed RENAME COLUMN last_good_at TO last_success_at;
ALTER TABLE feed RENAME COLUMN told_broken TO failure_reported;
ALTER TABLE feed ADD COLUMN
    display_name TEXT GENERATED ALWAYS AS (coalesce(nullif(name, ''), nullif(title, ''), label)) VIRTUAL;

ALTER TABLE document RENAME COLUMN place TO docid;
ALTER TABLE document RENAME COLUMN post TO post_id;

ALTER TABLE delivery RENAME COLUMN doubt_since TO uncertain_since;
ALTER TABLE notice RENAME COLUMN doubt_since TO uncertain_since;

ALTER TABLE question RENAME TO search_request;
ALTER TABLE search_request RENAME COLUMN asked TO request;
ALTER TABLE search_request RENAME COLUMN asked_at TO created_at;

-- These tables are made again, since SQLite cannot change a CHECK. Foreign keys are off while a migration runs.
CREATE TABLE new_subscription (
    id            INTEGER PRIMARY KEY,
    feed_id       INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
    channel_id    INTEGER NOT NULL REFERENCES channel (id),
    origin        TEXT NOT NULL CHECK (origin IN ('config', 'discord', 'opml')),
    rule          TEXT NOT NULL CHECK (json_valid(rule)),
    style         TEXT NOT NULL,
    mention_roles TEXT NOT NULL CHECK (json_valid(mention_roles)),
    paused        INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
    baseline_due  INTEGER NOT NULL DEFAULT 1 CHECK (baseline_due IN (0, 1)),
    created_at    INTEGER NOT NULL,
    UNIQUE (feed_id, channel_id)
) STRICT;
INSERT INTO new_subscription
SELECT id, feed_id, channel_id, origin, rule, style, mention_roles, paused, baseline_due, created_at FROM subscription;
DROP TABLE subscription;
ALTER TABLE new_subscription RENAME TO subscription;
CREATE INDEX subscription_channel ON subscription (channel_id);

CREATE TABLE new_backfill (
    feed_id      INTEGER PRIMARY KEY REFERENCES feed (id) ON DELETE CASCADE,
    state        TEXT NOT NULL CHECK (state IN ('running', 'stopped', 'failed', 'done')),
    kind         TEXT NOT NULL DEFAULT '',
    cursor       TEXT NOT NULL DEFAULT '',
    pages        INTEGER NOT NULL DEFAULT 0,
    cycle_marker TEXT NOT NULL DEFAULT '',
    page_hash    TEXT NOT NULL DEFAULT '',
    archived     INTEGER NOT NULL DEFAULT 0,
    read         INTEGER NOT NULL DEFAULT 0,
    total        INTEGER,
    since        INTEGER,
    max_posts    INTEGER CHECK (max_posts > 0),
    attempts     INTEGER NOT NULL DEFAULT 0,
    error        TEXT NOT NULL DEFAULT '',
    due_at       INTEGER NOT NULL,
    worker       TEXT CHECK (worker IN ('run', 'cli')),
    leased_until INTEGER,
    requested_at INTEGER NOT NULL,
    finished_at  INTEGER,
    CHECK ((worker IS NULL) = (leased_until IS NULL))
) STRICT;
INSERT INTO new_backfill
SELECT feed_id, state, kind, cursor, pages, mark, page_hash, archived, read, total, since, most, attempts, error, due_at,
    CASE worker WHEN 'shell' THEN 'cli' ELSE worker END, leased_until, requested_at, finished_at
FROM backfill;
DROP TABLE backfill;
ALTER TABLE new_backfill RENAME TO backfill;
CREATE INDEX backfill_due ON backfill (due_at) WHERE state = 'running';
CREATE INDEX backfill_leased ON backfill (leased_until) WHERE leased_until IS NOT NULL;

-- The feeds that a channel follows; nobody polls or backfills the others.
CREATE VIEW followed_feed AS
SELECT f.* FROM feed AS f WHERE EXISTS (SELECT 1 FROM subscription AS s WHERE s.feed_id = f.id);

-- The feeds that are polled when they are due.
CREATE VIEW polled_feed AS
SELECT f.* FROM followed_feed AS f WHERE f.state = 'active';

-- Entries with their tags as a JSON list, in the author's order.
CREATE VIEW tagged_entry AS
SELECT e.*, (
    SELECT json_group_array(t.tag) FROM (SELECT tag FROM tag WHERE entry_id = e.id ORDER BY position) AS t
) AS tags
FROM entry AS e;

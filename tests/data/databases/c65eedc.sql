-- A database that commit c65eedc wrote (schema version 5), with every table in every state; see README.md.
PRAGMA application_id = 1717921124;
PRAGMA user_version = 5;
BEGIN;
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE site (
    domain     TEXT PRIMARY KEY,
    at_once    INTEGER NOT NULL CHECK (at_once > 0),
    spacing    INTEGER NOT NULL CHECK (spacing >= 0),
    free_at    INTEGER NOT NULL DEFAULT 0,  -- spacing: not asked before
    cool_until INTEGER NOT NULL DEFAULT 0   -- the site asked for rest: not asked before
) STRICT, WITHOUT ROWID;
CREATE TABLE feed (
    id            INTEGER PRIMARY KEY,
    url           TEXT NOT NULL UNIQUE,
    label         TEXT NOT NULL,  -- the address without what may be secret in it, to call the feed by
    site          TEXT NOT NULL REFERENCES site (domain),
    name          TEXT NOT NULL DEFAULT '',  -- configured; '' = the title
    title         TEXT NOT NULL DEFAULT '',
    link          TEXT NOT NULL DEFAULT '',
    interval      INTEGER CHECK (interval > 0),  -- NULL = the default of all feeds
    etag          TEXT NOT NULL DEFAULT '',
    last_modified TEXT NOT NULL DEFAULT '',
    body_hash     TEXT NOT NULL DEFAULT '',
    state         TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'ended')),
    failures      INTEGER NOT NULL DEFAULT 0,  -- in a row
    error         TEXT NOT NULL DEFAULT '',
    last_poll_at  INTEGER,
    last_good_at  INTEGER,
    last_new_at   INTEGER,
    next_poll_at  INTEGER NOT NULL,
    leased_until  INTEGER,  -- being polled by someone who answers by then
    failing_since INTEGER,
    told_broken   INTEGER NOT NULL DEFAULT 0 CHECK (told_broken IN (0, 1))  -- its admins know that it fails
) STRICT;
CREATE TABLE feed_address (
    url     TEXT PRIMARY KEY,
    feed_id INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE TABLE entry (
    id            INTEGER PRIMARY KEY,
    feed_id       INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
    identity      TEXT NOT NULL,  -- what the post is called across feeds; never changes
    fingerprint   TEXT NOT NULL,
    guid          TEXT NOT NULL,
    link          TEXT NOT NULL,
    title         TEXT NOT NULL,
    content       TEXT NOT NULL,
    summary       TEXT NOT NULL,
    text          TEXT NOT NULL,
    authors       TEXT NOT NULL CHECK (json_valid(authors)),
    media         TEXT NOT NULL CHECK (json_valid(media)),
    source_id     TEXT NOT NULL,
    published_at  INTEGER,
    updated_at    INTEGER,
    first_seen_at INTEGER NOT NULL,
    edited_at     INTEGER,
    pruned_at     INTEGER
) STRICT;
CREATE TABLE document (
    place    INTEGER PRIMARY KEY,  -- eighths of a second since 1970 of the post's date, or the next that is free
    entry_id INTEGER NOT NULL UNIQUE REFERENCES entry (id),
    feed_id  INTEGER NOT NULL,
    post     INTEGER NOT NULL  -- the first entry with the same identity: a post that two feeds brought is found once
) STRICT;
CREATE VIRTUAL TABLE search USING fts5 (title, text, tags, author, feed, stems, content = '', tokenize = 'ascii');
CREATE TABLE tag (
    entry_id INTEGER NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    folded   TEXT NOT NULL,  -- as tags are compared
    tag      TEXT NOT NULL,  -- as the author wrote it
    position INTEGER NOT NULL,
    PRIMARY KEY (entry_id, folded)
) STRICT, WITHOUT ROWID;
CREATE TABLE feed_tag (
    feed_id INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
    folded  TEXT NOT NULL,
    tag     TEXT NOT NULL,
    entries INTEGER NOT NULL,
    PRIMARY KEY (feed_id, folded, tag)
) STRICT, WITHOUT ROWID;
CREATE TABLE seen (
    feed_id  INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
    key      TEXT NOT NULL,
    entry_id INTEGER REFERENCES entry (id) ON DELETE CASCADE,  -- NULL: two entries bore it, it identifies neither
    PRIMARY KEY (feed_id, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE guild (
    id                 INTEGER PRIMARY KEY,  -- Discord's snowflake
    notices_channel_id INTEGER,  -- NULL: each notice goes to the channel that it concerns
    left_at            INTEGER   -- NULL: the bot is there
) STRICT;
CREATE TABLE channel (
    id           INTEGER PRIMARY KEY,  -- Discord's snowflake
    guild_id     INTEGER REFERENCES guild (id),  -- NULL until Discord has told
    gone_at      INTEGER,  -- when it was deleted, or the bot was removed from its guild
    state        TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'suspended')),
    reason       TEXT NOT NULL DEFAULT '',
    suspended_at INTEGER,
    probe_at     INTEGER,
    probes       INTEGER NOT NULL DEFAULT 0,  -- refused sends in a row
    CHECK ((state = 'open') = (probe_at IS NULL))
) STRICT;
CREATE TABLE subscription (
    id            INTEGER PRIMARY KEY,
    feed_id       INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
    channel_id    INTEGER NOT NULL REFERENCES channel (id),
    origin        TEXT NOT NULL CHECK (origin IN ('config', 'discord', 'opml')),
    rule          TEXT NOT NULL CHECK (json_valid(rule)),
    style         TEXT NOT NULL CHECK (style IN ('card', 'compact', 'full', 'link')),
    mention_roles TEXT NOT NULL CHECK (json_valid(mention_roles)),
    paused        INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
    baseline_due  INTEGER NOT NULL DEFAULT 1 CHECK (baseline_due IN (0, 1)),
    created_at    INTEGER NOT NULL,
    UNIQUE (feed_id, channel_id)
) STRICT;
CREATE TABLE hold (
    id              INTEGER PRIMARY KEY,
    subscription_id INTEGER NOT NULL REFERENCES subscription (id) ON DELETE CASCADE,
    created_at      INTEGER NOT NULL,
    decision        TEXT CHECK (decision IN ('newest', 'all', 'skip')),  -- NULL: undecided
    decided_by      INTEGER,  -- a member's id
    decided_at      INTEGER,
    CHECK ((decision IS NULL) = (decided_at IS NULL))
) STRICT;
CREATE TABLE delivery (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order within a channel; part of the nonce, so never reused
    subscription_id INTEGER REFERENCES subscription (id) ON DELETE SET NULL,
    entry_id        INTEGER NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    channel_id      INTEGER NOT NULL REFERENCES channel (id),
    identity        TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('pending', 'sending', 'sent', 'held', 'paused', 'skipped', 'dead')),
    hold_id         INTEGER REFERENCES hold (id) ON DELETE SET NULL,
    reason          TEXT NOT NULL DEFAULT '',
    due_at          INTEGER NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0,
    leased_until    INTEGER,
    sending_since   INTEGER,  -- when the last send began
    doubt_since     INTEGER,  -- since when a message may stand without our knowing
    message_id      INTEGER,
    created_at      INTEGER NOT NULL,
    settled_at      INTEGER,
    UNIQUE (channel_id, identity),  -- a post that two feeds bring, or two rules want, is posted in a channel once
    CHECK ((state = 'sent') = (message_id IS NOT NULL)),
    CHECK (state <> 'sending' OR (leased_until IS NOT NULL AND sending_since IS NOT NULL))
) STRICT;
CREATE TABLE publication (
    delivery_id INTEGER PRIMARY KEY REFERENCES delivery (id) ON DELETE CASCADE,
    channel_id  INTEGER NOT NULL,
    message_id  INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    attempts    INTEGER NOT NULL DEFAULT 0,
    published_at INTEGER,  -- for the limit of 10 an hour; NULL: still owed
    given_up    INTEGER NOT NULL DEFAULT 0 CHECK (given_up IN (0, 1)),
    reason      TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE notice (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,  -- part of the nonce, so never reused
    kind             TEXT NOT NULL,
    channel_id       INTEGER NOT NULL,  -- where it is told
    feed_id          INTEGER REFERENCES feed (id) ON DELETE CASCADE,
    about_channel_id INTEGER,
    hold_id          INTEGER REFERENCES hold (id) ON DELETE CASCADE,
    detail           TEXT NOT NULL DEFAULT '',
    state            TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'dropped')),
    created_at       INTEGER NOT NULL,
    due_at           INTEGER NOT NULL,
    attempts         INTEGER NOT NULL DEFAULT 0,
    doubt_since      INTEGER,
    message_id       INTEGER
) STRICT;
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
CREATE TABLE question (
    id       INTEGER PRIMARY KEY,  -- the order; the newest are kept
    token    INTEGER NOT NULL UNIQUE,  -- random: buttons bear it
    guild_id INTEGER NOT NULL,
    user_id  INTEGER NOT NULL,
    asked    TEXT NOT NULL CHECK (json_valid(asked)),
    asked_at INTEGER NOT NULL
) STRICT;
INSERT INTO meta (key, value) VALUES ('index version', '3 3.1.1 14.0.0');
INSERT INTO meta (key, value) VALUES ('instance', 'ace192bd');
INSERT INTO meta (key, value) VALUES ('unindexed', '0');
INSERT INTO site (domain, at_once, spacing, free_at, cool_until) VALUES ('broken.example', 2, 0, 0, 1777907340000);
INSERT INTO site (domain, at_once, spacing, free_at, cool_until) VALUES ('discord.example', 2, 0, 0, 0);
INSERT INTO site (domain, at_once, spacing, free_at, cool_until) VALUES ('ended.example', 2, 0, 0, 0);
INSERT INTO site (domain, at_once, spacing, free_at, cool_until) VALUES ('garden.example', 2, 0, 0, 0);
INSERT INTO site (domain, at_once, spacing, free_at, cool_until) VALUES ('leased.example', 2, 0, 0, 0);
INSERT INTO site (domain, at_once, spacing, free_at, cool_until) VALUES ('left.example', 2, 0, 0, 0);
INSERT INTO site (domain, at_once, spacing, free_at, cool_until) VALUES ('new.example', 2, 0, 0, 0);
INSERT INTO site (domain, at_once, spacing, free_at, cool_until) VALUES ('old.example', 2, 0, 0, 0);
INSERT INTO site (domain, at_once, spacing, free_at, cool_until) VALUES ('opml.example', 2, 0, 0, 0);
INSERT INTO site (domain, at_once, spacing, free_at, cool_until) VALUES ('slow.example', 1, 5000, 1777900205000, 0);
INSERT INTO feed (id, url, label, site, name, title, link, interval, etag, last_modified, body_hash, state, failures, error, last_poll_at, last_good_at, last_new_at, next_poll_at, leased_until, failing_since, told_broken) VALUES (1, 'https://garden.example/rss', 'garden.example/rss', 'garden.example', 'Garden Notes', 'Garden', 'https://garden.example/', 300000, '"e1"', 'Mon, 04 May 2026 12:00:00 GMT', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 'active', 0, '', 1777900200000, 1777900200000, 1777899600000, 1777900200000, NULL, NULL, 0);
INSERT INTO feed (id, url, label, site, name, title, link, interval, etag, last_modified, body_hash, state, failures, error, last_poll_at, last_good_at, last_new_at, next_poll_at, leased_until, failing_since, told_broken) VALUES (2, 'https://new.example/feed', 'new.example/feed', 'new.example', '', 'Moved', 'https://old.example/', NULL, '"e1"', 'Mon, 04 May 2026 12:00:00 GMT', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 'active', 0, '', 1777900140000, 1777900140000, 1777896000000, 1777900200000, NULL, NULL, 0);
INSERT INTO feed (id, url, label, site, name, title, link, interval, etag, last_modified, body_hash, state, failures, error, last_poll_at, last_good_at, last_new_at, next_poll_at, leased_until, failing_since, told_broken) VALUES (3, 'https://broken.example/atom?key=secret', 'broken.example/atom', 'broken.example', '', '', '', NULL, '', '', '', 'active', 4, 'The site answered HTTP 500.', 1777900140000, NULL, NULL, 1777900140000, NULL, 1777900140000, 1);
INSERT INTO feed (id, url, label, site, name, title, link, interval, etag, last_modified, body_hash, state, failures, error, last_poll_at, last_good_at, last_new_at, next_poll_at, leased_until, failing_since, told_broken) VALUES (4, 'https://ended.example/rss', 'ended.example/rss', 'ended.example', '', '', '', NULL, '', '', '', 'ended', 1, 'The site answered HTTP 500.', 1777900140000, NULL, NULL, 1777900140000, NULL, 1777900140000, 1);
INSERT INTO feed (id, url, label, site, name, title, link, interval, etag, last_modified, body_hash, state, failures, error, last_poll_at, last_good_at, last_new_at, next_poll_at, leased_until, failing_since, told_broken) VALUES (5, 'https://slow.example/rss', 'slow.example/rss', 'slow.example', 'Slow', 'Title of slow.example', 'https://slow.example/', 3600000, '"e1"', 'Mon, 04 May 2026 12:00:00 GMT', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 'active', 0, '', 1777896006000, 1777896006000, 1777896006000, 1777900140000, NULL, NULL, 0);
INSERT INTO feed (id, url, label, site, name, title, link, interval, etag, last_modified, body_hash, state, failures, error, last_poll_at, last_good_at, last_new_at, next_poll_at, leased_until, failing_since, told_broken) VALUES (6, 'https://leased.example/rss', 'leased.example/rss', 'leased.example', '', '', '', NULL, '', '', '', 'active', 0, '', NULL, NULL, NULL, 1777896000000, 1777900500000, NULL, 0);
INSERT INTO feed (id, url, label, site, name, title, link, interval, etag, last_modified, body_hash, state, failures, error, last_poll_at, last_good_at, last_new_at, next_poll_at, leased_until, failing_since, told_broken) VALUES (7, 'https://left.example/rss', 'left.example/rss', 'left.example', '', 'Title of left.example', 'https://left.example/', NULL, '"e1"', 'Mon, 04 May 2026 12:00:00 GMT', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 'active', 0, '', 1777896012000, 1777896012000, 1777896012000, 1777900140000, NULL, NULL, 0);
INSERT INTO feed (id, url, label, site, name, title, link, interval, etag, last_modified, body_hash, state, failures, error, last_poll_at, last_good_at, last_new_at, next_poll_at, leased_until, failing_since, told_broken) VALUES (8, 'https://opml.example/rss', 'opml.example/rss', 'opml.example', 'From OPML', 'Title of opml.example', 'https://opml.example/', NULL, '"e1"', 'Mon, 04 May 2026 12:00:00 GMT', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 'active', 0, '', 1777900140000, 1777900140000, 1777896018000, 1777900200000, NULL, NULL, 0);
INSERT INTO feed (id, url, label, site, name, title, link, interval, etag, last_modified, body_hash, state, failures, error, last_poll_at, last_good_at, last_new_at, next_poll_at, leased_until, failing_since, told_broken) VALUES (9, 'https://discord.example/rss', 'discord.example/rss', 'discord.example', 'Chosen', 'Discord', 'https://discord.example/', NULL, '"e1"', 'Mon, 04 May 2026 12:00:00 GMT', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 'active', 0, '', 1777900080000, 1777900080000, 1777900080000, 1777900140000, NULL, NULL, 0);
INSERT INTO feed_address (url, feed_id) VALUES ('https://garden.example/rss', 1);
INSERT INTO feed_address (url, feed_id) VALUES ('https://new.example/feed', 2);
INSERT INTO feed_address (url, feed_id) VALUES ('https://old.example/feed', 2);
INSERT INTO feed_address (url, feed_id) VALUES ('https://broken.example/atom?key=secret', 3);
INSERT INTO feed_address (url, feed_id) VALUES ('https://ended.example/rss', 4);
INSERT INTO feed_address (url, feed_id) VALUES ('https://slow.example/rss', 5);
INSERT INTO feed_address (url, feed_id) VALUES ('https://leased.example/rss', 6);
INSERT INTO feed_address (url, feed_id) VALUES ('https://left.example/rss', 7);
INSERT INTO feed_address (url, feed_id) VALUES ('https://opml.example/rss', 8);
INSERT INTO feed_address (url, feed_id) VALUES ('https://discord.example/rss', 9);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (1, 1, 'feed:1:guid:g1', '566bf910b1b4efeca47e811be90e676f', 'g1', 'https://garden.example/1', 'Post 1', '', '', '', '["Iris"]', '[]', '', 1774526400000, NULL, 1777896000000, NULL, 1777900200000);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (2, 1, 'feed:1:guid:g2', '10cc6af3ed6ae8ce160a24f03e4ca4c4', 'g2', 'https://garden.example/2', 'Post 2', '', '', '', '["Iris"]', '[]', '', 1774612800000, NULL, 1777896000000, NULL, 1777900200000);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (3, 1, 'feed:1:guid:g3', '69eee0756df922cb57ead053f15b01d1', 'g3', 'https://garden.example/3', 'Post 3', '', '', '', '["Iris"]', '[]', '', 1774699200000, NULL, 1777896000000, NULL, 1777900200000);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (4, 1, 'feed:1:guid:g4', '56363cb4092e34a5a8f1af6bb054a4e6', 'g4', 'https://garden.example/4', 'Post 4', '<p>The beans of day 4 climbed.</p>', '', 'The beans of day 4 climbed.', '["Iris"]', '[]', '', 1774785600000, NULL, 1777896000000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (5, 1, 'feed:1:guid:g5', 'dd3090775b683cf57df93aa9f5c95cdf', 'g5', 'https://garden.example/5', 'Post 5', '<p>The beans of day 5 climbed.</p>', '', 'The beans of day 5 climbed.', '["Iris"]', '[]', '', 1774872000000, NULL, 1777896000000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (6, 1, 'feed:1:guid:g6', '69d3b111b8e15aec0a2910caedff556d', 'g6', 'https://garden.example/6', 'Post 6', '<p>The beans of day 6 climbed.</p>', '', 'The beans of day 6 climbed.', '["Iris"]', '[]', '', 1774958400000, NULL, 1777896000000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (7, 1, 'feed:1:guid:g7', 'fe154dec6da1b0d131559b1afbb149db', 'g7', 'https://garden.example/7', 'Undated pea soup', '', '', 'A soup without a date', '[]', '[]', '', NULL, NULL, 1777896000000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (8, 1, 'feed:1:guid:g8', '8b1b045e70f7d9401470783c40f8f943', 'g8', 'https://garden.example/shared', 'Post 8', '', '', '', '[]', '[]', '', 1777896480000, NULL, 1777896000000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (9, 1, 'feed:1:guid:g9', 'd89e5965bc0651fd8899a4a71f2b2dcb', 'g9', 'https://garden.example/shared', 'Another at one address', '', '', '', '[]', '[]', '', 1777896540000, NULL, 1777896000000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (10, 2, 'feed:2:guid:u1', '4cc6d8b6cffbd2101176b16e55cb7492', 'u1', 'https://old.example/feed/1', 'First of old.example', '', '', 'a hello', '[]', '[]', '', 1777809600000, NULL, 1777896000000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (11, 5, 'feed:5:guid:u1', '8541c2cc9d527f95c43750057f92c976', 'u1', 'https://slow.example/rss/1', 'First of slow.example', '', '', 'a hello', '[]', '[]', '', 1777809600000, NULL, 1777896006000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (12, 7, 'feed:7:guid:u1', '9731930d946a138d25a4fb5a43799d37', 'u1', 'https://left.example/rss/1', 'First of left.example', '', '', 'a hello', '[]', '[]', '', 1777809600000, NULL, 1777896012000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (13, 8, 'feed:8:guid:u1', '512a66fe47274cf33ea1dc213f7fdf59', 'u1', 'https://opml.example/rss/1', 'First of opml.example', '', '', 'a hello', '[]', '[]', '', 1777809600000, NULL, 1777896018000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (14, 9, 'feed:9:guid:u1', '2f131befc6a777ea70ad4e3459fa4261', 'u1', 'https://discord.example/rss/1', 'First of discord.example', '', '', 'a hello', '[]', '[]', '', 1777809600000, NULL, 1777896024000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (15, 1, 'feed:1:guid:g20', '057039ab88c667eb3d15fd778e50d9fd', 'g20', 'https://garden.example/20', 'Fresh 20, edited', '<p>Better</p>', '', 'Better', '[]', '[{"url":"https://garden.example/p.jpg","kind":"image","width":null,"height":null,"alt":"peas","provider":""}]', '', 1777897200000, NULL, 1777899600000, 1777900200000, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (16, 1, 'feed:1:guid:g21', '7bd26d5c59a308941140f4141bbb7a73', 'g21', 'https://garden.example/21', 'Fresh 21 🌱', '<p>Fresh <b>peas</b> 21</p>', 'SSSSSSSSSS', 'Fresh peas 21', '[]', '[]', '', 1777897260000, 1777897260000, 1777899600000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (17, 1, 'feed:1:guid:g22', '7e813a5557ad754f709734e02fdc732a', 'g22', 'https://garden.example/22', 'Fresh 22 🌱', '<p>Fresh <b>peas</b> 22</p>', 'SSSSSSSSSS', 'Fresh peas 22', '[]', '[]', '', 1777897320000, 1777897320000, 1777899600000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (18, 9, 'feed:9:guid:d1', '7881b090c37c885c3779c416e6a1493f', 'd1', 'https://discord.example/1', 'Bean 1', '', '', 'bean bean', '["Oda"]', '[]', '', 1777896060000, NULL, 1777899840000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (19, 9, 'feed:9:guid:d2', '1cfccdad78c253a09ba22ee2492ee79d', 'd2', 'https://discord.example/2', 'Bean 2', '', '', 'bean bean', '["Oda"]', '[]', '', 1777896120000, NULL, 1777899840000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (20, 9, 'feed:9:guid:d10', '2adb03946a54aebffb96541d6b42479c', 'd10', 'https://discord.example/10', 'Bean 10', '', '', 'bean bean', '["Oda"]', '[]', '', 1777896600000, NULL, 1777899900000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (21, 9, 'feed:9:guid:d11', '143677279deca47150eb57dc35cf0400', 'd11', 'https://discord.example/11', 'Bean 11', '', '', 'bean bean', '["Oda"]', '[]', '', 1777896660000, NULL, 1777899900000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (22, 9, 'feed:9:guid:d12', '395df22fa21d7955e196cfcc793c8f66', 'd12', 'https://discord.example/12', 'Bean 12', '', '', 'bean bean', '["Oda"]', '[]', '', 1777896720000, NULL, 1777899900000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (23, 9, 'feed:9:guid:d13', 'c60445165f9679ebaa236268a28677c8', 'd13', 'https://discord.example/13', 'Bean 13', '', '', 'bean bean', '["Oda"]', '[]', '', 1777896780000, NULL, 1777899900000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (24, 9, 'feed:9:guid:d14', '5ea5c69155ea67afdd10800cc1021aa5', 'd14', 'https://discord.example/14', 'Bean 14', '', '', 'bean bean', '["Oda"]', '[]', '', 1777896840000, NULL, 1777899900000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (25, 9, 'feed:9:guid:d20', 'd58e6c3556f4c39b2821228d156e6f40', 'd20', 'https://discord.example/20', 'Bean 20', '', '', 'bean bean', '["Oda"]', '[]', '', 1777897200000, NULL, 1777899960000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (26, 9, 'feed:9:guid:d21', '77dcdbb1c54c9925289b7612d4670b4d', 'd21', 'https://discord.example/21', 'Bean 21', '', '', 'bean bean', '["Oda"]', '[]', '', 1777897260000, NULL, 1777899960000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (27, 9, 'feed:9:guid:d22', 'e3f3b8068b8e35bfa112c11d7ed9a4cb', 'd22', 'https://discord.example/22', 'Bean 22', '', '', 'bean bean', '["Oda"]', '[]', '', 1777897320000, NULL, 1777899960000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (28, 9, 'feed:9:guid:d23', '2aac3b1d9ad74afbb5e9e609f1ff9c31', 'd23', 'https://discord.example/23', 'Bean 23', '', '', 'bean bean', '["Oda"]', '[]', '', 1777897380000, NULL, 1777899960000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (29, 9, 'feed:9:guid:d24', 'a6d5e1e54181999e38aca79fa574a10e', 'd24', 'https://discord.example/24', 'Bean 24', '', '', 'bean bean', '["Oda"]', '[]', '', 1777897440000, NULL, 1777899960000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (30, 9, 'feed:9:guid:d30', 'de137d506242ce5474b9d794d565c876', 'd30', 'https://discord.example/30', 'Bean 30', '', '', 'bean bean', '["Oda"]', '[]', '', 1777897800000, NULL, 1777900020000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (31, 9, 'feed:9:guid:d31', 'b9b852548bef2fdbaeef465be05edc11', 'd31', 'https://discord.example/31', 'Bean 31', '', '', 'bean bean', '["Oda"]', '[]', '', 1777897860000, NULL, 1777900020000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (32, 9, 'feed:9:guid:d32', '129a4e2dd3f353ef1e68bf005c37b377', 'd32', 'https://discord.example/32', 'Bean 32', '', '', 'bean bean', '["Oda"]', '[]', '', 1777897920000, NULL, 1777900020000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (33, 9, 'feed:9:guid:d33', 'd90b664fd90533046486dc54decb8d26', 'd33', 'https://discord.example/33', 'Bean 33', '', '', 'bean bean', '["Oda"]', '[]', '', 1777897980000, NULL, 1777900020000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (34, 9, 'feed:9:guid:d34', '2231d5623ada212b237608115d1973e8', 'd34', 'https://discord.example/34', 'Bean 34', '', '', 'bean bean', '["Oda"]', '[]', '', 1777898040000, NULL, 1777900020000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (35, 9, 'feed:9:guid:d40', '64fd754549ccf76e3b7c63fee1d73a19', 'd40', 'https://discord.example/40', 'Bean 40', '', '', 'bean bean', '["Oda"]', '[]', '', 1777898400000, NULL, 1777900080000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (36, 9, 'feed:9:guid:d41', '1e4bf2373fd78f944a06af4361948802', 'd41', 'https://discord.example/41', 'Bean 41', '', '', 'bean bean', '["Oda"]', '[]', '', 1777898460000, NULL, 1777900080000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (37, 9, 'feed:9:guid:d42', 'd1d1b3a49fa67098d0c6ed2efc1ba5f8', 'd42', 'https://discord.example/42', 'Bean 42', '', '', 'bean bean', '["Oda"]', '[]', '', 1777898520000, NULL, 1777900080000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (38, 9, 'feed:9:guid:d43', '1c95010f3144c91b3310c70bfa3d3184', 'd43', 'https://discord.example/43', 'Bean 43', '', '', 'bean bean', '["Oda"]', '[]', '', 1777898580000, NULL, 1777900080000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (39, 9, 'feed:9:guid:d44', '5612467a41f284f59ba1f1c267ef2777', 'd44', 'https://discord.example/44', 'Bean 44', '', '', 'bean bean', '["Oda"]', '[]', '', 1777898640000, NULL, 1777900080000, NULL, NULL);
INSERT INTO entry (id, feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id, published_at, updated_at, first_seen_at, edited_at, pruned_at) VALUES (40, 1, 'feed:1:guid:g500', '20442015ab52f46d36eab4d4fb2f679d', 'g500', 'https://garden.example/500', 'Post 500', '', '', '', '[]', '[]', '', 1770120000000, NULL, 1777900200000, NULL, NULL);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14160960000, 40, 1, 40);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14198284800, 4, 1, 4);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14198976000, 5, 1, 5);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14199667200, 6, 1, 6);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14222476800, 10, 2, 10);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14222476801, 11, 5, 11);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14222476802, 12, 7, 12);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14222476803, 13, 8, 13);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14222476804, 14, 9, 14);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223168000, 7, 1, 7);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223168480, 18, 9, 18);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223168960, 19, 9, 19);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223171840, 8, 1, 8);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223172320, 9, 1, 9);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223172800, 20, 9, 20);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223173280, 21, 9, 21);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223173760, 22, 9, 22);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223174240, 23, 9, 23);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223174720, 24, 9, 24);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223177600, 15, 1, 15);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223177601, 25, 9, 25);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223178080, 16, 1, 16);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223178081, 26, 9, 26);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223178560, 17, 1, 17);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223178561, 27, 9, 27);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223179040, 28, 9, 28);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223179520, 29, 9, 29);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223182400, 30, 9, 30);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223182880, 31, 9, 31);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223183360, 32, 9, 32);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223183840, 33, 9, 33);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223184320, 34, 9, 34);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223187200, 35, 9, 35);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223187680, 36, 9, 36);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223188160, 37, 9, 37);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223188640, 38, 9, 38);
INSERT INTO document (place, entry_id, feed_id, post) VALUES (14223189120, 39, 9, 39);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (4, 'moon', 'moon', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (5, 'stars', 'stars', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (5, 'stars ☆', 'Stars ☆', 1);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (6, 'moon', 'moon', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (15, 'corrected', 'corrected', 1);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (15, 'stars', 'stars', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (16, 'stars', 'stars', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (17, 'stars', 'stars', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (18, 'monde d’ete', 'Monde d’été', 1);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (18, 'stars', 'stars', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (19, 'monde d’ete', 'Monde d’été', 1);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (19, 'stars', 'stars', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (20, 'monde d’ete', 'Monde d’été', 1);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (20, 'stars', 'stars', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (21, 'monde d’ete', 'Monde d’été', 1);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (21, 'stars', 'stars', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (22, 'monde d’ete', 'Monde d’été', 1);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (22, 'stars', 'stars', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (23, 'monde d’ete', 'Monde d’été', 1);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (23, 'stars', 'stars', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (24, 'monde d’ete', 'Monde d’été', 1);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (24, 'stars', 'stars', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (25, 'monde d’ete', 'Monde d’été', 1);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (25, 'stars', 'stars', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (26, 'monde d’ete', 'Monde d’été', 1);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (26, 'stars', 'stars', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (27, 'monde d’ete', 'Monde d’été', 1);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (27, 'stars', 'stars', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (28, 'monde d’ete', 'Monde d’été', 1);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (28, 'stars', 'stars', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (29, 'monde d’ete', 'Monde d’été', 1);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (29, 'stars', 'stars', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (30, 'monde d’ete', 'Monde d’été', 1);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (30, 'stars', 'stars', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (31, 'monde d’ete', 'Monde d’été', 1);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (31, 'stars', 'stars', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (32, 'monde d’ete', 'Monde d’été', 1);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (32, 'stars', 'stars', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (33, 'monde d’ete', 'Monde d’été', 1);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (33, 'stars', 'stars', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (34, 'monde d’ete', 'Monde d’été', 1);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (34, 'stars', 'stars', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (35, 'monde d’ete', 'Monde d’été', 1);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (35, 'stars', 'stars', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (36, 'monde d’ete', 'Monde d’été', 1);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (36, 'stars', 'stars', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (37, 'monde d’ete', 'Monde d’été', 1);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (37, 'stars', 'stars', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (38, 'monde d’ete', 'Monde d’été', 1);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (38, 'stars', 'stars', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (39, 'monde d’ete', 'Monde d’été', 1);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (39, 'stars', 'stars', 0);
INSERT INTO tag (entry_id, folded, tag, position) VALUES (40, 'history', 'history', 0);
INSERT INTO feed_tag (feed_id, folded, tag, entries) VALUES (1, 'corrected', 'corrected', 1);
INSERT INTO feed_tag (feed_id, folded, tag, entries) VALUES (1, 'history', 'history', 1);
INSERT INTO feed_tag (feed_id, folded, tag, entries) VALUES (1, 'moon', 'moon', 2);
INSERT INTO feed_tag (feed_id, folded, tag, entries) VALUES (1, 'stars', 'stars', 4);
INSERT INTO feed_tag (feed_id, folded, tag, entries) VALUES (1, 'stars ☆', 'Stars ☆', 1);
INSERT INTO feed_tag (feed_id, folded, tag, entries) VALUES (9, 'monde d’ete', 'Monde d’été', 22);
INSERT INTO feed_tag (feed_id, folded, tag, entries) VALUES (9, 'stars', 'stars', 22);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'link:garden.example/shared', NULL);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'path:/shared', NULL);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'guid:g1', 1);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'link:garden.example/1', 1);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'path:/1', 1);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'whole:814fedb451326fe41f3feffdac31db89', 1);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'guid:g2', 2);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'link:garden.example/2', 2);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'path:/2', 2);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'whole:2704cbce583a5c1ea5bdc2c0bdae90dd', 2);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'guid:g3', 3);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'link:garden.example/3', 3);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'path:/3', 3);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'whole:f6111289676568f6b751e3b9a4af831e', 3);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'guid:g4', 4);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'link:garden.example/4', 4);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'path:/4', 4);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'whole:478f55b70a458db5e405d719b08344cb', 4);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'guid:g5', 5);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'link:garden.example/5', 5);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'path:/5', 5);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'whole:26b5b0408e7541fc4df07796b0b0c4a5', 5);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'guid:g6', 6);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'link:garden.example/6', 6);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'path:/6', 6);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'whole:7f91de8f4f1075b1c917c92800160646', 6);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'guid:g7', 7);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'link:garden.example/7', 7);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'path:/7', 7);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'whole:e49f06b7019aa89cd2e2421f795ebd93', 7);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'guid:g8', 8);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'whole:b5faa5bca593fefacbc2ba5731c54c8f', 8);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'guid:g9', 9);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'whole:543fb48066d2291a94bc014fa6adbb22', 9);
INSERT INTO seen (feed_id, key, entry_id) VALUES (2, 'guid:u1', 10);
INSERT INTO seen (feed_id, key, entry_id) VALUES (2, 'link:old.example/feed/1', 10);
INSERT INTO seen (feed_id, key, entry_id) VALUES (2, 'path:/feed/1', 10);
INSERT INTO seen (feed_id, key, entry_id) VALUES (2, 'whole:3b0ce2bde285f49d6e9a9928ce16629b', 10);
INSERT INTO seen (feed_id, key, entry_id) VALUES (5, 'guid:u1', 11);
INSERT INTO seen (feed_id, key, entry_id) VALUES (5, 'link:slow.example/rss/1', 11);
INSERT INTO seen (feed_id, key, entry_id) VALUES (5, 'path:/rss/1', 11);
INSERT INTO seen (feed_id, key, entry_id) VALUES (5, 'whole:35f4c88a92822cf936c4a2e33c46fa0d', 11);
INSERT INTO seen (feed_id, key, entry_id) VALUES (7, 'guid:u1', 12);
INSERT INTO seen (feed_id, key, entry_id) VALUES (7, 'link:left.example/rss/1', 12);
INSERT INTO seen (feed_id, key, entry_id) VALUES (7, 'path:/rss/1', 12);
INSERT INTO seen (feed_id, key, entry_id) VALUES (7, 'whole:dd4d253ba81380dfb479e9b01bc1ca86', 12);
INSERT INTO seen (feed_id, key, entry_id) VALUES (8, 'guid:u1', 13);
INSERT INTO seen (feed_id, key, entry_id) VALUES (8, 'link:opml.example/rss/1', 13);
INSERT INTO seen (feed_id, key, entry_id) VALUES (8, 'path:/rss/1', 13);
INSERT INTO seen (feed_id, key, entry_id) VALUES (8, 'whole:205db4002ae3da286f9dd809ee8cc225', 13);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'guid:u1', 14);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'link:discord.example/rss/1', 14);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'path:/rss/1', 14);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'whole:98076d9e0e6b71345fc5e7b287ef9e29', 14);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'guid:g20', 15);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'link:garden.example/20', 15);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'path:/20', 15);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'whole:b508712674b075987f9eb53fafc12585', 15);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'guid:g21', 16);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'link:garden.example/21', 16);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'path:/21', 16);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'whole:fcbe07b996e880624d185bd7d2b0fcfd', 16);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'guid:g22', 17);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'link:garden.example/22', 17);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'path:/22', 17);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'whole:793dfa0e3fe752720f8866c4a7c0665a', 17);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'guid:d1', 18);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'link:discord.example/1', 18);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'path:/1', 18);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'whole:7969873e07458413c404a77d5279d19f', 18);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'guid:d2', 19);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'link:discord.example/2', 19);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'path:/2', 19);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'whole:f858ecae0fdadc26ee24f3a85ebd9dc5', 19);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'guid:d10', 20);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'link:discord.example/10', 20);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'path:/10', 20);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'whole:db0213d667682e828bdec0b4855b267f', 20);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'guid:d11', 21);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'link:discord.example/11', 21);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'path:/11', 21);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'whole:62e36db7b9438d3f831e37e364a87a67', 21);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'guid:d12', 22);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'link:discord.example/12', 22);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'path:/12', 22);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'whole:8a5f6504ec1b3b6dbd19f9d14ac2e252', 22);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'guid:d13', 23);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'link:discord.example/13', 23);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'path:/13', 23);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'whole:8aadb542005b51e7ca08d2b4f51625dd', 23);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'guid:d14', 24);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'link:discord.example/14', 24);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'path:/14', 24);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'whole:d231e8bafe7509a1cbff415c57504689', 24);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'guid:d20', 25);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'link:discord.example/20', 25);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'path:/20', 25);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'whole:8c828833a11025e2b1eaf6b5cbc4ab2c', 25);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'guid:d21', 26);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'link:discord.example/21', 26);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'path:/21', 26);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'whole:fe324a0e8bf9e1496f017609db22e165', 26);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'guid:d22', 27);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'link:discord.example/22', 27);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'path:/22', 27);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'whole:2abd3b5375fb29175a9a7c6b498f4136', 27);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'guid:d23', 28);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'link:discord.example/23', 28);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'path:/23', 28);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'whole:39f856f33b1b416299d81f0bb8f8ee5e', 28);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'guid:d24', 29);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'link:discord.example/24', 29);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'path:/24', 29);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'whole:ee6c3f085243adcf8c8b343edc15ee42', 29);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'guid:d30', 30);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'link:discord.example/30', 30);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'path:/30', 30);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'whole:4bf1afc10af8b549e295a0554260b533', 30);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'guid:d31', 31);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'link:discord.example/31', 31);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'path:/31', 31);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'whole:0373b8d889aefd4a2bb820d3a80991ca', 31);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'guid:d32', 32);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'link:discord.example/32', 32);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'path:/32', 32);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'whole:4f0fddb89fc7bbe60f1c844f0935bfdb', 32);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'guid:d33', 33);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'link:discord.example/33', 33);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'path:/33', 33);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'whole:3a748828a69f75fcbd1196605c28a938', 33);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'guid:d34', 34);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'link:discord.example/34', 34);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'path:/34', 34);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'whole:d9123fcb22416ee0def88d1d2dda1b0d', 34);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'guid:d40', 35);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'link:discord.example/40', 35);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'path:/40', 35);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'whole:6c0949934e0c0d5e58486bf621b0ca66', 35);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'guid:d41', 36);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'link:discord.example/41', 36);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'path:/41', 36);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'whole:d6ec0c1d5651b04af922ee0d440478ec', 36);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'guid:d42', 37);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'link:discord.example/42', 37);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'path:/42', 37);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'whole:fc738d54de26b35c7aeb3cbf087b04a1', 37);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'guid:d43', 38);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'link:discord.example/43', 38);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'path:/43', 38);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'whole:fabed2c4d18fb6697b70c0fdfe7a45ed', 38);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'guid:d44', 39);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'link:discord.example/44', 39);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'path:/44', 39);
INSERT INTO seen (feed_id, key, entry_id) VALUES (9, 'whole:42e2997460eaad547f13d1215eabb8b5', 39);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'guid:g500', 40);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'link:garden.example/500', 40);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'path:/500', 40);
INSERT INTO seen (feed_id, key, entry_id) VALUES (1, 'whole:1c7087580a347b5fc9ce4855dd57aad5', 40);
INSERT INTO guild (id, notices_channel_id, left_at) VALUES (7, 110, NULL);
INSERT INTO guild (id, notices_channel_id, left_at) VALUES (8, NULL, NULL);
INSERT INTO guild (id, notices_channel_id, left_at) VALUES (9, NULL, 1777900140000);
INSERT INTO channel (id, guild_id, gone_at, state, reason, suspended_at, probe_at, probes) VALUES (100, 7, NULL, 'open', '', NULL, NULL, 0);
INSERT INTO channel (id, guild_id, gone_at, state, reason, suspended_at, probe_at, probes) VALUES (101, 7, NULL, 'open', '', NULL, NULL, 0);
INSERT INTO channel (id, guild_id, gone_at, state, reason, suspended_at, probe_at, probes) VALUES (102, 7, NULL, 'suspended', 'The bot lacks Send Messages.', 1777900140000, 1777903740000, 1);
INSERT INTO channel (id, guild_id, gone_at, state, reason, suspended_at, probe_at, probes) VALUES (103, 7, NULL, 'open', '', NULL, NULL, 0);
INSERT INTO channel (id, guild_id, gone_at, state, reason, suspended_at, probe_at, probes) VALUES (104, 7, NULL, 'open', '', NULL, NULL, 0);
INSERT INTO channel (id, guild_id, gone_at, state, reason, suspended_at, probe_at, probes) VALUES (105, 7, 1777900140000, 'suspended', 'The channel was deleted; follow the feed in another one.', 1777900140000, 4931500140000, 0);
INSERT INTO channel (id, guild_id, gone_at, state, reason, suspended_at, probe_at, probes) VALUES (106, 7, NULL, 'open', '', NULL, NULL, 0);
INSERT INTO channel (id, guild_id, gone_at, state, reason, suspended_at, probe_at, probes) VALUES (107, 7, NULL, 'open', '', NULL, NULL, 0);
INSERT INTO channel (id, guild_id, gone_at, state, reason, suspended_at, probe_at, probes) VALUES (108, 7, NULL, 'open', '', NULL, NULL, 0);
INSERT INTO channel (id, guild_id, gone_at, state, reason, suspended_at, probe_at, probes) VALUES (109, 7, NULL, 'open', '', NULL, NULL, 0);
INSERT INTO channel (id, guild_id, gone_at, state, reason, suspended_at, probe_at, probes) VALUES (800, 8, NULL, 'open', '', NULL, NULL, 0);
INSERT INTO channel (id, guild_id, gone_at, state, reason, suspended_at, probe_at, probes) VALUES (900, 9, 1777900140000, 'suspended', 'The bot was removed from the server; invite it again within 30 days and everything is as it was.', 1777900140000, 4931500140000, 0);
INSERT INTO subscription (id, feed_id, channel_id, origin, rule, style, mention_roles, paused, baseline_due, created_at) VALUES (1, 1, 100, 'config', '{"tags":[],"exclude_tags":[],"words":[],"exclude_words":[]}', 'card', '[55,56]', 0, 0, 1777896000000);
INSERT INTO subscription (id, feed_id, channel_id, origin, rule, style, mention_roles, paused, baseline_due, created_at) VALUES (2, 1, 101, 'config', '{"tags":[],"exclude_tags":[],"words":[],"exclude_words":[]}', 'compact', '[]', 0, 0, 1777896000000);
INSERT INTO subscription (id, feed_id, channel_id, origin, rule, style, mention_roles, paused, baseline_due, created_at) VALUES (3, 1, 102, 'config', '{"tags":[],"exclude_tags":[],"words":[],"exclude_words":[]}', 'full', '[]', 0, 0, 1777896000000);
INSERT INTO subscription (id, feed_id, channel_id, origin, rule, style, mention_roles, paused, baseline_due, created_at) VALUES (4, 1, 103, 'config', '{"tags":[],"exclude_tags":[],"words":[],"exclude_words":[]}', 'link', '[]', 0, 0, 1777896000000);
INSERT INTO subscription (id, feed_id, channel_id, origin, rule, style, mention_roles, paused, baseline_due, created_at) VALUES (5, 1, 104, 'config', '{"tags":[],"exclude_tags":[],"words":[],"exclude_words":[]}', 'card', '[]', 1, 0, 1777896000000);
INSERT INTO subscription (id, feed_id, channel_id, origin, rule, style, mention_roles, paused, baseline_due, created_at) VALUES (6, 1, 105, 'config', '{"tags":[],"exclude_tags":[],"words":[],"exclude_words":[]}', 'card', '[]', 0, 0, 1777896000000);
INSERT INTO subscription (id, feed_id, channel_id, origin, rule, style, mention_roles, paused, baseline_due, created_at) VALUES (7, 2, 100, 'config', '{"tags":[],"exclude_tags":[],"words":[],"exclude_words":[]}', 'card', '[]', 0, 0, 1777896000000);
INSERT INTO subscription (id, feed_id, channel_id, origin, rule, style, mention_roles, paused, baseline_due, created_at) VALUES (8, 3, 106, 'config', '{"tags":[],"exclude_tags":[],"words":[],"exclude_words":[]}', 'card', '[]', 0, 1, 1777896000000);
INSERT INTO subscription (id, feed_id, channel_id, origin, rule, style, mention_roles, paused, baseline_due, created_at) VALUES (9, 4, 106, 'config', '{"tags":[],"exclude_tags":[],"words":[],"exclude_words":[]}', 'card', '[]', 0, 1, 1777896000000);
INSERT INTO subscription (id, feed_id, channel_id, origin, rule, style, mention_roles, paused, baseline_due, created_at) VALUES (10, 5, 100, 'config', '{"tags":[],"exclude_tags":[],"words":[],"exclude_words":[]}', 'card', '[]', 0, 0, 1777896000000);
INSERT INTO subscription (id, feed_id, channel_id, origin, rule, style, mention_roles, paused, baseline_due, created_at) VALUES (11, 6, 100, 'config', '{"tags":[],"exclude_tags":[],"words":[],"exclude_words":[]}', 'card', '[]', 0, 1, 1777896000000);
INSERT INTO subscription (id, feed_id, channel_id, origin, rule, style, mention_roles, paused, baseline_due, created_at) VALUES (12, 7, 900, 'config', '{"tags":[],"exclude_tags":[],"words":[],"exclude_words":[]}', 'card', '[]', 0, 0, 1777896000000);
INSERT INTO subscription (id, feed_id, channel_id, origin, rule, style, mention_roles, paused, baseline_due, created_at) VALUES (13, 8, 107, 'opml', '{"tags":[],"exclude_tags":[],"words":[],"exclude_words":[]}', 'card', '[]', 0, 0, 1777896000000);
INSERT INTO subscription (id, feed_id, channel_id, origin, rule, style, mention_roles, paused, baseline_due, created_at) VALUES (14, 9, 800, 'discord', '{"tags":["stars","Monde d’été"],"exclude_tags":["ads"],"words":["bean"],"exclude_words":["pea"]}', 'card', '[]', 0, 0, 1777896000000);
INSERT INTO subscription (id, feed_id, channel_id, origin, rule, style, mention_roles, paused, baseline_due, created_at) VALUES (15, 9, 108, 'discord', '{"tags":["stars"],"exclude_tags":[],"words":[],"exclude_words":[]}', 'card', '[]', 0, 0, 1777896000000);
INSERT INTO hold (id, subscription_id, created_at, decision, decided_by, decided_at) VALUES (1, 14, 1777899900000, 'newest', 42, 1777899900000);
INSERT INTO hold (id, subscription_id, created_at, decision, decided_by, decided_at) VALUES (2, 15, 1777899900000, 'newest', 42, 1777899900000);
INSERT INTO hold (id, subscription_id, created_at, decision, decided_by, decided_at) VALUES (3, 14, 1777899960000, 'all', 42, 1777899960000);
INSERT INTO hold (id, subscription_id, created_at, decision, decided_by, decided_at) VALUES (4, 15, 1777899960000, 'all', 42, 1777899960000);
INSERT INTO hold (id, subscription_id, created_at, decision, decided_by, decided_at) VALUES (5, 14, 1777900020000, 'skip', 42, 1777900020000);
INSERT INTO hold (id, subscription_id, created_at, decision, decided_by, decided_at) VALUES (6, 15, 1777900020000, 'skip', 42, 1777900020000);
INSERT INTO hold (id, subscription_id, created_at, decision, decided_by, decided_at) VALUES (7, 14, 1777900080000, NULL, NULL, NULL);
INSERT INTO hold (id, subscription_id, created_at, decision, decided_by, decided_at) VALUES (8, 15, 1777900080000, NULL, NULL, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (1, 1, 15, 100, 'feed:1:guid:g20', 'sent', NULL, '', 1777899600000, 1, NULL, NULL, NULL, 1000000000000000001, 1777899600000, 1777899600000);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (2, 2, 15, 101, 'feed:1:guid:g20', 'sent', NULL, '', 1777899600000, 1, NULL, NULL, NULL, 1000000000000000002, 1777899600000, 1777899600000);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (3, 3, 15, 102, 'feed:1:guid:g20', 'pending', NULL, 'The bot lacks Send Messages.', 1777900140000, 2, NULL, NULL, NULL, NULL, 1777899600000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (4, 4, 15, 103, 'feed:1:guid:g20', 'dead', NULL, 'Discord does not take it: HTTP 400', 1777899600000, 1, NULL, NULL, NULL, NULL, 1777899600000, 1777899600000);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (5, 5, 15, 104, 'feed:1:guid:g20', 'paused', NULL, '', 1777899600000, 0, NULL, NULL, NULL, NULL, 1777899600000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (6, 6, 15, 105, 'feed:1:guid:g20', 'pending', NULL, 'Discord answered 503', 1777986000000, 1, NULL, NULL, NULL, NULL, 1777899600000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (7, 1, 16, 100, 'feed:1:guid:g21', 'sent', NULL, '', 1777899660000, 1, NULL, NULL, NULL, 1000000000000000007, 1777899600000, 1777899660000);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (8, 2, 16, 101, 'feed:1:guid:g21', 'sent', NULL, '', 1777899660000, 1, NULL, NULL, NULL, 1000000000000000008, 1777899600000, 1777899660000);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (9, 3, 16, 102, 'feed:1:guid:g21', 'pending', NULL, '', 1777899600000, 0, NULL, NULL, NULL, NULL, 1777899600000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (10, 4, 16, 103, 'feed:1:guid:g21', 'sending', NULL, 'no answer', 1777899660000, 3, 1777907340000, 1777900140000, 1777899660000, NULL, 1777899600000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (11, 5, 16, 104, 'feed:1:guid:g21', 'paused', NULL, '', 1777899600000, 0, NULL, NULL, NULL, NULL, 1777899600000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (12, 6, 16, 105, 'feed:1:guid:g21', 'pending', NULL, '', 1777899600000, 0, NULL, NULL, NULL, NULL, 1777899600000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (13, 1, 17, 100, 'feed:1:guid:g22', 'sending', NULL, '', 1777899600000, 2, 1777907340000, 1777900140000, 1777899720000, NULL, 1777899600000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (14, 2, 17, 101, 'feed:1:guid:g22', 'sent', NULL, '', 1777899720000, 1, NULL, NULL, NULL, 1000000000000000014, 1777899600000, 1777899720000);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (15, 3, 17, 102, 'feed:1:guid:g22', 'pending', NULL, '', 1777899600000, 0, NULL, NULL, NULL, NULL, 1777899600000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (16, 4, 17, 103, 'feed:1:guid:g22', 'pending', NULL, '', 1777899600000, 0, NULL, NULL, NULL, NULL, 1777899600000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (17, 5, 17, 104, 'feed:1:guid:g22', 'paused', NULL, '', 1777899600000, 0, NULL, NULL, NULL, NULL, 1777899600000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (18, 6, 17, 105, 'feed:1:guid:g22', 'pending', NULL, '', 1777899600000, 0, NULL, NULL, NULL, NULL, 1777899600000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (19, 14, 18, 800, 'feed:9:guid:d1', 'sent', NULL, '', 1777900140000, 1, NULL, NULL, NULL, 1000000000000000019, 1777899840000, 1777900140000);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (20, 15, 18, 108, 'feed:9:guid:d1', 'sent', NULL, '', 1777900140000, 1, NULL, NULL, NULL, 1000000000000000020, 1777899840000, 1777900140000);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (21, NULL, 18, 109, 'feed:9:guid:d1', 'skipped', NULL, 'the subscription ended', 1777899840000, 0, NULL, NULL, NULL, NULL, 1777899840000, 1777899840000);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (22, 14, 19, 800, 'feed:9:guid:d2', 'pending', NULL, '', 1777899840000, 0, NULL, NULL, NULL, NULL, 1777899840000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (23, 15, 19, 108, 'feed:9:guid:d2', 'pending', NULL, '', 1777899840000, 0, NULL, NULL, NULL, NULL, 1777899840000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (24, NULL, 19, 109, 'feed:9:guid:d2', 'skipped', NULL, 'the subscription ended', 1777899840000, 0, NULL, NULL, NULL, NULL, 1777899840000, 1777899840000);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (25, 14, 20, 800, 'feed:9:guid:d10', 'skipped', 1, 'an admin skipped it', 1777899900000, 0, NULL, NULL, NULL, NULL, 1777899900000, 1777899900000);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (26, 15, 20, 108, 'feed:9:guid:d10', 'skipped', 2, 'an admin skipped it', 1777899900000, 0, NULL, NULL, NULL, NULL, 1777899900000, 1777899900000);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (27, 14, 21, 800, 'feed:9:guid:d11', 'skipped', 1, 'an admin skipped it', 1777899900000, 0, NULL, NULL, NULL, NULL, 1777899900000, 1777899900000);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (28, 15, 21, 108, 'feed:9:guid:d11', 'skipped', 2, 'an admin skipped it', 1777899900000, 0, NULL, NULL, NULL, NULL, 1777899900000, 1777899900000);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (29, 14, 22, 800, 'feed:9:guid:d12', 'pending', 1, 'more new posts at once than posts.burst_limit', 1777899900000, 0, NULL, NULL, NULL, NULL, 1777899900000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (30, 15, 22, 108, 'feed:9:guid:d12', 'pending', 2, 'more new posts at once than posts.burst_limit', 1777899900000, 0, NULL, NULL, NULL, NULL, 1777899900000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (31, 14, 23, 800, 'feed:9:guid:d13', 'pending', 1, 'more new posts at once than posts.burst_limit', 1777899900000, 0, NULL, NULL, NULL, NULL, 1777899900000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (32, 15, 23, 108, 'feed:9:guid:d13', 'pending', 2, 'more new posts at once than posts.burst_limit', 1777899900000, 0, NULL, NULL, NULL, NULL, 1777899900000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (33, 14, 24, 800, 'feed:9:guid:d14', 'pending', 1, 'more new posts at once than posts.burst_limit', 1777899900000, 0, NULL, NULL, NULL, NULL, 1777899900000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (34, 15, 24, 108, 'feed:9:guid:d14', 'pending', 2, 'more new posts at once than posts.burst_limit', 1777899900000, 0, NULL, NULL, NULL, NULL, 1777899900000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (35, 14, 25, 800, 'feed:9:guid:d20', 'pending', 3, 'more new posts at once than posts.burst_limit', 1777899960000, 0, NULL, NULL, NULL, NULL, 1777899960000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (36, 15, 25, 108, 'feed:9:guid:d20', 'pending', 4, 'more new posts at once than posts.burst_limit', 1777899960000, 0, NULL, NULL, NULL, NULL, 1777899960000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (37, 14, 26, 800, 'feed:9:guid:d21', 'pending', 3, 'more new posts at once than posts.burst_limit', 1777899960000, 0, NULL, NULL, NULL, NULL, 1777899960000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (38, 15, 26, 108, 'feed:9:guid:d21', 'pending', 4, 'more new posts at once than posts.burst_limit', 1777899960000, 0, NULL, NULL, NULL, NULL, 1777899960000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (39, 14, 27, 800, 'feed:9:guid:d22', 'pending', 3, 'more new posts at once than posts.burst_limit', 1777899960000, 0, NULL, NULL, NULL, NULL, 1777899960000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (40, 15, 27, 108, 'feed:9:guid:d22', 'pending', 4, 'more new posts at once than posts.burst_limit', 1777899960000, 0, NULL, NULL, NULL, NULL, 1777899960000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (41, 14, 28, 800, 'feed:9:guid:d23', 'pending', 3, 'more new posts at once than posts.burst_limit', 1777899960000, 0, NULL, NULL, NULL, NULL, 1777899960000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (42, 15, 28, 108, 'feed:9:guid:d23', 'pending', 4, 'more new posts at once than posts.burst_limit', 1777899960000, 0, NULL, NULL, NULL, NULL, 1777899960000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (43, 14, 29, 800, 'feed:9:guid:d24', 'pending', 3, 'more new posts at once than posts.burst_limit', 1777899960000, 0, NULL, NULL, NULL, NULL, 1777899960000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (44, 15, 29, 108, 'feed:9:guid:d24', 'pending', 4, 'more new posts at once than posts.burst_limit', 1777899960000, 0, NULL, NULL, NULL, NULL, 1777899960000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (45, 14, 30, 800, 'feed:9:guid:d30', 'skipped', 5, 'an admin skipped it', 1777900020000, 0, NULL, NULL, NULL, NULL, 1777900020000, 1777900020000);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (46, 15, 30, 108, 'feed:9:guid:d30', 'skipped', 6, 'an admin skipped it', 1777900020000, 0, NULL, NULL, NULL, NULL, 1777900020000, 1777900020000);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (47, 14, 31, 800, 'feed:9:guid:d31', 'skipped', 5, 'an admin skipped it', 1777900020000, 0, NULL, NULL, NULL, NULL, 1777900020000, 1777900020000);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (48, 15, 31, 108, 'feed:9:guid:d31', 'skipped', 6, 'an admin skipped it', 1777900020000, 0, NULL, NULL, NULL, NULL, 1777900020000, 1777900020000);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (49, 14, 32, 800, 'feed:9:guid:d32', 'skipped', 5, 'an admin skipped it', 1777900020000, 0, NULL, NULL, NULL, NULL, 1777900020000, 1777900020000);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (50, 15, 32, 108, 'feed:9:guid:d32', 'skipped', 6, 'an admin skipped it', 1777900020000, 0, NULL, NULL, NULL, NULL, 1777900020000, 1777900020000);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (51, 14, 33, 800, 'feed:9:guid:d33', 'skipped', 5, 'an admin skipped it', 1777900020000, 0, NULL, NULL, NULL, NULL, 1777900020000, 1777900020000);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (52, 15, 33, 108, 'feed:9:guid:d33', 'skipped', 6, 'an admin skipped it', 1777900020000, 0, NULL, NULL, NULL, NULL, 1777900020000, 1777900020000);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (53, 14, 34, 800, 'feed:9:guid:d34', 'skipped', 5, 'an admin skipped it', 1777900020000, 0, NULL, NULL, NULL, NULL, 1777900020000, 1777900020000);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (54, 15, 34, 108, 'feed:9:guid:d34', 'skipped', 6, 'an admin skipped it', 1777900020000, 0, NULL, NULL, NULL, NULL, 1777900020000, 1777900020000);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (55, 14, 35, 800, 'feed:9:guid:d40', 'held', 7, 'more new posts at once than posts.burst_limit', 1777900080000, 0, NULL, NULL, NULL, NULL, 1777900080000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (56, 15, 35, 108, 'feed:9:guid:d40', 'held', 8, 'more new posts at once than posts.burst_limit', 1777900080000, 0, NULL, NULL, NULL, NULL, 1777900080000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (57, 14, 36, 800, 'feed:9:guid:d41', 'held', 7, 'more new posts at once than posts.burst_limit', 1777900080000, 0, NULL, NULL, NULL, NULL, 1777900080000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (58, 15, 36, 108, 'feed:9:guid:d41', 'held', 8, 'more new posts at once than posts.burst_limit', 1777900080000, 0, NULL, NULL, NULL, NULL, 1777900080000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (59, 14, 37, 800, 'feed:9:guid:d42', 'held', 7, 'more new posts at once than posts.burst_limit', 1777900080000, 0, NULL, NULL, NULL, NULL, 1777900080000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (60, 15, 37, 108, 'feed:9:guid:d42', 'held', 8, 'more new posts at once than posts.burst_limit', 1777900080000, 0, NULL, NULL, NULL, NULL, 1777900080000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (61, 14, 38, 800, 'feed:9:guid:d43', 'held', 7, 'more new posts at once than posts.burst_limit', 1777900080000, 0, NULL, NULL, NULL, NULL, 1777900080000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (62, 15, 38, 108, 'feed:9:guid:d43', 'held', 8, 'more new posts at once than posts.burst_limit', 1777900080000, 0, NULL, NULL, NULL, NULL, 1777900080000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (63, 14, 39, 800, 'feed:9:guid:d44', 'held', 7, 'more new posts at once than posts.burst_limit', 1777900080000, 0, NULL, NULL, NULL, NULL, 1777900080000, NULL);
INSERT INTO delivery (id, subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, attempts, leased_until, sending_since, doubt_since, message_id, created_at, settled_at) VALUES (64, 15, 39, 108, 'feed:9:guid:d44', 'held', 8, 'more new posts at once than posts.burst_limit', 1777900080000, 0, NULL, NULL, NULL, NULL, 1777900080000, NULL);
INSERT INTO publication (delivery_id, channel_id, message_id, due_at, attempts, published_at, given_up, reason) VALUES (2, 101, 1000000000000000002, 1777900080000, 1, 1777899780000, 0, '');
INSERT INTO publication (delivery_id, channel_id, message_id, due_at, attempts, published_at, given_up, reason) VALUES (8, 101, 1000000000000000008, 1777900080000, 1, NULL, 1, 'no such message');
INSERT INTO publication (delivery_id, channel_id, message_id, due_at, attempts, published_at, given_up, reason) VALUES (14, 101, 1000000000000000014, 1777903380000, 1, NULL, 0, 'HTTP 500');
INSERT INTO notice (id, kind, channel_id, feed_id, about_channel_id, hold_id, detail, state, created_at, due_at, attempts, doubt_since, message_id) VALUES (1, 'channel suspended', 100, NULL, 102, NULL, 'The bot lacks Send Messages.', 'sent', 1777899600000, 1777900440000, 1, NULL, 2000000000000000001);
INSERT INTO notice (id, kind, channel_id, feed_id, about_channel_id, hold_id, detail, state, created_at, due_at, attempts, doubt_since, message_id) VALUES (2, 'posts held', 800, 9, 800, 1, '', 'dropped', 1777899900000, 1777899900000, 0, NULL, NULL);
INSERT INTO notice (id, kind, channel_id, feed_id, about_channel_id, hold_id, detail, state, created_at, due_at, attempts, doubt_since, message_id) VALUES (3, 'posts held', 108, 9, 108, 2, '', 'dropped', 1777899900000, 1777899900000, 0, NULL, NULL);
INSERT INTO notice (id, kind, channel_id, feed_id, about_channel_id, hold_id, detail, state, created_at, due_at, attempts, doubt_since, message_id) VALUES (12, 'posts held', 800, 9, 800, 3, '', 'dropped', 1777899960000, 1777899960000, 0, NULL, NULL);
INSERT INTO notice (id, kind, channel_id, feed_id, about_channel_id, hold_id, detail, state, created_at, due_at, attempts, doubt_since, message_id) VALUES (13, 'posts held', 108, 9, 108, 4, '', 'dropped', 1777899960000, 1777899960000, 0, NULL, NULL);
INSERT INTO notice (id, kind, channel_id, feed_id, about_channel_id, hold_id, detail, state, created_at, due_at, attempts, doubt_since, message_id) VALUES (22, 'posts held', 800, 9, 800, 5, '', 'dropped', 1777900020000, 1777900020000, 0, NULL, NULL);
INSERT INTO notice (id, kind, channel_id, feed_id, about_channel_id, hold_id, detail, state, created_at, due_at, attempts, doubt_since, message_id) VALUES (23, 'posts held', 108, 9, 108, 6, '', 'dropped', 1777900020000, 1777900020000, 0, NULL, NULL);
INSERT INTO notice (id, kind, channel_id, feed_id, about_channel_id, hold_id, detail, state, created_at, due_at, attempts, doubt_since, message_id) VALUES (32, 'posts held', 800, 9, 800, 7, '', 'pending', 1777900080000, 1777903740000, 1, 1777900140000, NULL);
INSERT INTO notice (id, kind, channel_id, feed_id, about_channel_id, hold_id, detail, state, created_at, due_at, attempts, doubt_since, message_id) VALUES (33, 'posts held', 108, 9, 108, 8, '', 'dropped', 1777900080000, 1777900440000, 1, NULL, NULL);
INSERT INTO notice (id, kind, channel_id, feed_id, about_channel_id, hold_id, detail, state, created_at, due_at, attempts, doubt_since, message_id) VALUES (42, 'feed broken', 106, 3, NULL, NULL, 'The site answered HTTP 500.', 'sent', 1777900140000, 1777900440000, 1, NULL, 2000000000000000042);
INSERT INTO notice (id, kind, channel_id, feed_id, about_channel_id, hold_id, detail, state, created_at, due_at, attempts, doubt_since, message_id) VALUES (43, 'feed ended', 106, 4, NULL, NULL, 'The site answered HTTP 500.', 'pending', 1777900140000, 1777900440000, 1, 1777900140000, NULL);
INSERT INTO notice (id, kind, channel_id, feed_id, about_channel_id, hold_id, detail, state, created_at, due_at, attempts, doubt_since, message_id) VALUES (44, 'feed moved', 100, 2, NULL, NULL, 'new.example/feed', 'pending', 1777900140000, 1777900440000, 1, 1777900140000, NULL);
INSERT INTO notice (id, kind, channel_id, feed_id, about_channel_id, hold_id, detail, state, created_at, due_at, attempts, doubt_since, message_id) VALUES (45, 'feed broken', 107, 8, NULL, NULL, 'The site answered HTTP 500.', 'pending', 1777900140000, 1777903740000, 1, 1777900140000, NULL);
INSERT INTO notice (id, kind, channel_id, feed_id, about_channel_id, hold_id, detail, state, created_at, due_at, attempts, doubt_since, message_id) VALUES (46, 'feed recovered', 107, 8, NULL, NULL, '', 'pending', 1777900140000, 1777900140000, 0, NULL, NULL);
INSERT INTO notice (id, kind, channel_id, feed_id, about_channel_id, hold_id, detail, state, created_at, due_at, attempts, doubt_since, message_id) VALUES (47, 'channel resumed', 102, NULL, 102, NULL, '', 'pending', 1777900140000, 1777900140000, 0, NULL, NULL);
INSERT INTO notice (id, kind, channel_id, feed_id, about_channel_id, hold_id, detail, state, created_at, due_at, attempts, doubt_since, message_id) VALUES (48, 'channel suspended', 100, NULL, 102, NULL, 'The bot lacks Send Messages.', 'pending', 1777900140000, 1777900140000, 0, NULL, NULL);
INSERT INTO backfill (feed_id, state, kind, cursor, pages, mark, page_hash, archived, read, total, since, most, attempts, error, due_at, worker, leased_until, requested_at, finished_at) VALUES (1, 'running', 'linked', 'https://garden.example/rss?page=2', 1, 'https://garden.example/rss?page=1', 'ffff', 1, 1, 200, 1746360000000, NULL, 0, '', 1777900200000, 'run', 1777900800000, 1777900200000, NULL);
INSERT INTO backfill (feed_id, state, kind, cursor, pages, mark, page_hash, archived, read, total, since, most, attempts, error, due_at, worker, leased_until, requested_at, finished_at) VALUES (2, 'done', 'paged', '', 3, '', 'hash', 0, 40, 40, NULL, NULL, 0, '', 1777900200000, NULL, NULL, 1777900200000, 1777900200000);
INSERT INTO backfill (feed_id, state, kind, cursor, pages, mark, page_hash, archived, read, total, since, most, attempts, error, due_at, worker, leased_until, requested_at, finished_at) VALUES (5, 'failed', 'wordpress', 'page=7', 7, 'page=4', 'abc', 0, 3, NULL, 1769256000000, 500, 8, 'The site answered HTTP 500.', 1777900260000, NULL, NULL, 1777900200000, 1777900260000);
INSERT INTO backfill (feed_id, state, kind, cursor, pages, mark, page_hash, archived, read, total, since, most, attempts, error, due_at, worker, leased_until, requested_at, finished_at) VALUES (6, 'running', '', '', 0, '', '', 0, 0, NULL, NULL, NULL, 0, '', 1777900200000, NULL, NULL, 1777900200000, NULL);
INSERT INTO backfill (feed_id, state, kind, cursor, pages, mark, page_hash, archived, read, total, since, most, attempts, error, due_at, worker, leased_until, requested_at, finished_at) VALUES (8, 'stopped', '', '', 0, '', '', 0, 0, NULL, NULL, 20, 0, '', 1777900200000, NULL, NULL, 1777900200000, NULL);
INSERT INTO backfill (feed_id, state, kind, cursor, pages, mark, page_hash, archived, read, total, since, most, attempts, error, due_at, worker, leased_until, requested_at, finished_at) VALUES (9, 'running', '', '', 0, '', '', 0, 0, NULL, NULL, 100, 0, '', 1777900200000, 'shell', 1777900800000, 1777900200000, NULL);
INSERT INTO question (id, token, guild_id, user_id, asked, asked_at) VALUES (1, 123456789012345678, 7, 42, '{"query": "bean", "tag": "stars", "feed": "9", "after": "2026-05-01", "before": "", "order": "newest", "most": null, "without": ["tag:moon", " before"]}', 1777900200000);
INSERT INTO question (id, token, guild_id, user_id, asked, asked_at) VALUES (2, 234567890123456789, 7, 42, '{"query": "", "tag": "", "feed": "1", "after": "", "before": "", "order": "relevance", "most": 5, "without": []}', 1777900200000);
INSERT INTO question (id, token, guild_id, user_id, asked, asked_at) VALUES (3, 345678901234567890, 8, 43, '{"query": "soup"}', 1777900200000);
DELETE FROM search_config;
INSERT INTO search_config (k, v) VALUES ('usermerge', 2);
INSERT INTO search_config (k, v) VALUES ('version', 4);
DELETE FROM search_data;
INSERT INTO search_data (id, block) VALUES (1, X'25812C548117194A6A');
INSERT INTO search_data (id, block) VALUES (10, X'00000001020F2D000F1001010101010201010301010401010501010601010701010801010901010A01010B01010C01010D01010E01010000');
INSERT INTO search_data (id, block) VALUES (137438953473, X'000000CF03303332B4FE929C00020301046265616EB4FE929C000A0201010203010164B4FE929C00060102050103657465B4FE929C000601020601056D6F6E6465B4FE929C000601020401036F6461B4FE929C000601030201057374617273B4FE929C00060102020112EE80806D6F6E6465EE84A064E28099657465B4FE929C000601020704057374617273B4FE929C000601020303028139B4FE929C00060104020305826265616EB4FE929C000804010502030183B4FE929C0006010403030485626561B4FE929C000805010503040B110C0E100E101D100D110C');
INSERT INTO search_data (id, block) VALUES (274877906945, X'000000CF03303333B4FE929F60020301046265616EB4FE929F600A0201010203010164B4FE929F60060102050103657465B4FE929F600601020601056D6F6E6465B4FE929F600601020401036F6461B4FE929F600601030201057374617273B4FE929F60060102020112EE80806D6F6E6465EE84A064E28099657465B4FE929F600601020704057374617273B4FE929F600601020303028139B4FE929F60060104020305826265616EB4FE929F600804010502030183B4FE929F6006010403030485626561B4FE929F600805010503040B110C0E100E101D100D110C');
INSERT INTO search_data (id, block) VALUES (412316860417, X'000000CF03303334B4FE92A340020301046265616EB4FE92A3400A0201010203010164B4FE92A340060102050103657465B4FE92A3400601020601056D6F6E6465B4FE92A3400601020401036F6461B4FE92A3400601030201057374617273B4FE92A340060102020112EE80806D6F6E6465EE84A064E28099657465B4FE92A3400601020704057374617273B4FE92A3400601020303028139B4FE92A340060104020305826265616EB4FE92A3400804010502030183B4FE92A34006010403030485626561B4FE92A3400805010503040B110C0E100E101D100D110C');
INSERT INTO search_data (id, block) VALUES (549755813889, X'000000CF03303430B4FE92BA00020301046265616EB4FE92BA000A0201010203010164B4FE92BA00060102050103657465B4FE92BA000601020601056D6F6E6465B4FE92BA000601020401036F6461B4FE92BA000601030201057374617273B4FE92BA00060102020112EE80806D6F6E6465EE84A064E28099657465B4FE92BA000601020704057374617273B4FE92BA000601020303028139B4FE92BA00060104020305826265616EB4FE92BA000804010502030183B4FE92BA0006010403030485626561B4FE92BA000805010503040B110C0E100E101D100D110C');
INSERT INTO search_data (id, block) VALUES (687194767361, X'000000CF03303431B4FE92BD60020301046265616EB4FE92BD600A0201010203010164B4FE92BD60060102050103657465B4FE92BD600601020601056D6F6E6465B4FE92BD600601020401036F6461B4FE92BD600601030201057374617273B4FE92BD60060102020112EE80806D6F6E6465EE84A064E28099657465B4FE92BD600601020704057374617273B4FE92BD600601020303028139B4FE92BD60060104020305826265616EB4FE92BD600804010502030183B4FE92BD6006010403030485626561B4FE92BD600805010503040B110C0E100E101D100D110C');
INSERT INTO search_data (id, block) VALUES (824633720833, X'000000CF03303432B4FE92C140020301046265616EB4FE92C1400A0201010203010164B4FE92C140060102050103657465B4FE92C1400601020601056D6F6E6465B4FE92C1400601020401036F6461B4FE92C1400601030201057374617273B4FE92C140060102020112EE80806D6F6E6465EE84A064E28099657465B4FE92C1400601020704057374617273B4FE92C1400601020303028139B4FE92C140060104020305826265616EB4FE92C1400804010502030183B4FE92C14006010403030485626561B4FE92C1400805010503040B110C0E100E101D100D110C');
INSERT INTO search_data (id, block) VALUES (962072674305, X'000000CF03303433B4FE92C520020301046265616EB4FE92C5200A0201010203010164B4FE92C520060102050103657465B4FE92C5200601020601056D6F6E6465B4FE92C5200601020401036F6461B4FE92C5200601030201057374617273B4FE92C520060102020112EE80806D6F6E6465EE84A064E28099657465B4FE92C5200601020704057374617273B4FE92C5200601020303028139B4FE92C520060104020305826265616EB4FE92C5200804010502030183B4FE92C52006010403030485626561B4FE92C5200805010503040B110C0E100E101D100D110C');
INSERT INTO search_data (id, block) VALUES (1099511627777, X'000000CF03303434B4FE92C900020301046265616EB4FE92C9000A0201010203010164B4FE92C900060102050103657465B4FE92C9000601020601056D6F6E6465B4FE92C9000601020401036F6461B4FE92C9000601030201057374617273B4FE92C900060102020112EE80806D6F6E6465EE84A064E28099657465B4FE92C9000601020704057374617273B4FE92C9000601020303028139B4FE92C900060104020305826265616EB4FE92C9000804010502030183B4FE92C90006010403030485626561B4FE92C9000805010503040B110C0E100E101D100D110C');
INSERT INTO search_data (id, block) VALUES (1236950581249, X'0000009503303230B4FE91EF000101056672657368B4FE91EF0001010470656173B4FE91EF000101057374617273B4FE91EF00010108EE80807374617273B4FE91EF000103028131B4FE91EF00010306826672657368B4FE91EF00010403706561B4FE91EF0001030183B4FE91EF00010306856672657368B4FE91EF00010403706561B4FE91EF00010104F09F8CB1B4FE91EF0001040A0D0C0D100A0E0B090E0B');
INSERT INTO search_data (id, block) VALUES (1374389534721, X'0000010603303230B4FE91EF0002030106626574746572B4FE91EF00060101020109636F72726563746564B4FE91EF00060102040106656469746564B4FE91EF00020401056672657368B4FE91EF00020201057374617273B4FE91EF0006010202010CEE8080636F72726563746564B4FE91EF000601020504057374617273B4FE91EF000601020303028131B4FE91EF0006010402030782626574746572B4FE91EF0006010502040465646974B4FE91EF00080501050304056672657368B4FE91EF000806010504030183B4FE91EF0006010403030485626574B4FE91EF00060105050406656469746564B4FE91EF00080701050604056672657368B4FE91EF000808010507040B11140F0E1017100D1210110C0F12');
INSERT INTO search_data (id, block) VALUES (1511828488193, X'000000DB023031B4F1A3FC000101056265616E73B4F1A3FC00010107636C696D626564B4F1A3FC00010103646179B4F1A3FC0001010469726973B4F1A3FC000101026F66B4F1A3FC00010104706F7374B4F1A3FC000101057374617273B4F1A3FC00010103746865B4F1A3FC00010103E29886B4F1A3FC00010108EE80807374617273B4F1A3FC00010906EE84A0E29886B4F1A3FC000103028131B4F1A3FC00010305826265616EB4F1A3FC00010405636C696D62B4F1A3FC00010403646179B4F1A3FC00010404706F7374B4F1A3FC0001030183B4F1A3FC000104090D0F0B0C0A0C0D0B0B100E0A0D0D0B0C');
INSERT INTO search_data (id, block) VALUES (1649267441665, X'000000C0023032B4F1CE94000101056265616E73B4F1CE9400010107636C696D626564B4F1CE9400010103646179B4F1CE940001010469726973B4F1CE94000101046D6F6F6EB4F1CE94000101026F66B4F1CE9400010104706F7374B4F1CE9400010103746865B4F1CE9400010107EE80806D6F6F6EB4F1CE94000103028131B4F1CE9400010305826265616EB4F1CE9400010405636C696D62B4F1CE9400010403646179B4F1CE9400010404706F7374B4F1CE940001030183B4F1CE94000104090D0F0B0C0C0A0C0B0F0A0D0D0B0C');
INSERT INTO search_data (id, block) VALUES (1786706395137, X'000000DB023033B4F1F8AC000101056265616E73B4F1F8AC00010107636C696D626564B4F1F8AC00010103646179B4F1F8AC0001010469726973B4F1F8AC000101026F66B4F1F8AC00010104706F7374B4F1F8AC000101057374617273B4F1F8AC00010103746865B4F1F8AC00010103E29886B4F1F8AC00010108EE80807374617273B4F1F8AC00010906EE84A0E29886B4F1F8AC000103028131B4F1F8AC00010305826265616EB4F1F8AC00010405636C696D62B4F1F8AC00010403646179B4F1F8AC00010404706F7374B4F1F8AC0001030183B4F1F8AC000104090D0F0B0C0A0C0D0B0B100E0A0D0D0B0C');
INSERT INTO search_data (id, block) VALUES (1924145348609, X'0000007E0430353030B4E0BCB40002030107686973746F7279B4E0BCB400060102020104706F7374B4E0BCB4000202010AEE8080686973746F7279B4E0BCB4000601020303028131B4E0BCB40006010402030582706F7374B4E0BCB4000804010502030183B4E0BCB40006010403030485706F73B4E0BCB4000805010503040C120D150D110C');
INSERT INTO search_data (id, block) VALUES (2199023255553, X'00000CF1023031B4F1A3FC0008030101068CEDAB600203020130B4FE91C9400203020131B4FE91CD200203020132B4FE91D1000203020133B4FE91D4600203020134B4FE91D8400203010132B4F1CE940008030101068CC397400203020130B4FE91EF000803010104010203020131B4FE91F2600803010104010203020132B4FE91F6400803010104010203020133B4FE91FA200203020134B4FE91FE000203010133B4F1F8AC000803010106020130B4FE9294400203020131B4FE9298200203010134B4F2A2C4000803010106010135B4F2CCDC000803010106010136B4F2F6F4000803010106010138B4FE91C2000203010161B4FDE78C00060101020106010102010601010201060101020106010102AA977C08010102050206646472657373B4FE91C560020502066E6F74686572B4FE91C5600202020174B4FE91C560020301046265616EB4FE91A7600A020101020383600A02010102039E000A020101020383600A020101020383600A020101020383600A020101020383600A020101020396410A020101020383600A020101020383600A0201010203835F0A020101020383600A020101020396400A020101020383600A0201010203050173B4F1A3FC0006010103AA980006010103AA980006010103AA980006010103AA980006010103AA9800060101030107636C696D626564B4F1A3FC0006010107AA980006010107AA980006010107AA980006010107AA980006010107AA980006010107010164B4FE91A760060102058360060102059E0006010205836006010205836006010205836006010205836006010205964106010205836006010205836006010205835F060102058360060102059640060102058360060102050203617465B4FE91A40006010106030179B4F1A3FC0006010105AA980006010105AA980006010105AA980006010105AA980006010105AA98000601010502066973636F7264B4FDE78C0402040103657465B4FE91A760060102068360060102069E0006010206836006010206836006010206836006010206836006010206964106010206836006010206836006010206835F06010206836006010206964006010206836006010206020678616D706C65B4FDE78C00020501020501020501020501020501056669727374B4FDE78C000202010202010202010202010202020472657368B4FE91EF0008020101028360080201010283600802010102010568656C6C6FB4FDE78C00060101030106010103010601010301060101030106010103010469726973B4F1A3FC0006010302AA980006010302AA980006010302AA980006010302AA980006010302AA98000601030201046C656674B4FDE78C02020401056D6F6E6465B4FE91A760060102048360060102049E0006010204836006010204836006010204836006010204836006010204964106010204836006010204836006010204835F0601020483600601020496400601020483600601020403026F6EB4F1CE940006010202D4B00006010202D4B0000601020201036F6461B4FE91A760060103028360060103029E0006010302836006010302836006010302836006010302836006010302964106010302836006010302836006010302835F06010302836006010302964006010302836006010302020166B4F1A3FC0006010104AA980006010104AA980006010104AA980006010104AA980006010104AA9800060101048AF09800020301020301020301020301020302026C64B4FDE78C00020402026E65B4FE91C56002040203706D6CB4FDE78C0302040103706561B4FE91A4000203040173B4FE91EF000601010383600601010383600601010302036F7374B4F1A3FC000202AA98000202AA98000202AA98000202AA98000202AA980002028B9ACE0002020104736C6F77B4FDE78C01020402036F7570B4FE91A4000804010103020474617273B4F1A3FC000801020204D4B0000801020204D4B00008010202048BC4CB60060102028360060102029E00060102028360060102028360060102028360060102028360060102029640060102020106010202835F060102020106010202835F060102020106010202835F060102028360060102029640060102028360060102020103746865B4F1A3FC0006010102AA980006010102AA980006010102AA980006010102AA980006010102AA9800060101020107756E6461746564B4FE91A40002020107776974686F7574B4FE91A400060101040103E29886B4F1A3FC0006010205D4B00006010205D4B000060102050112EE80806D6F6E6465EE84A064E28099657465B4FE91A760060102078360060102079E0006010207836006010207836006010207836006010207836006010207964106010207836006010207836006010207835F0601020783600601020796400601020783600601020706026F6EB4F1CE940006010203D4B00006010203D4B0000601020304057374617273B4F1A3FC0006010203D4B00006010203D4B000060102038BC4CB60060102038360060102039E00060102038360060102038360060102038360060102038360060102039640060102030106010203835F060102030106010203835F060102030106010203835F060102038360060102039640060102038360060102030906EE84A0E29886B4F1A3FC0006010206D4B00006010206D4B0000601020603028131B4F1A3FC0006010402AA980006010402AA980006010402AA980006010402AA980006010402AA9800060104028B9AB000060104029E0006010402836006010402A92006010402836006010402836006010402040132B4FDE78C0006010402040135B4FDE78C0106010402040137B4FDE78C0206010402040138B4FDE78C0306010402040139B4FDE78C0406010402AA9B5C060104028360060104029E0006010402836006010402836006010402836006010402836006010402964106010402836006010402836006010402835F0601040283600601040296400601040283600601040203088261646472657373B4FE91C560080601050205046E6F7468B4FE91C560080701050304046265616EB4F1A3FC0006010502AA980006010502AA980006010502AA980006010502AA980006010502AA9800060105028B9AB3600804010502836008040105029E00080401050283600804010502836008040105028360080401050283600804010502964108040105028360080401050283600804010502835F08040105028360080401050296400804010502836008040105020405636C696D62B4F1A3FC0006010503AA980006010503AA980006010503AA980006010503AA980006010503AA980006010503040464617465B4FE91A40006010502060179B4F1A3FC0006010504AA980006010504AA980006010504AA980006010504AA980006010504AA98000601050405066973636F7264B4FDE78C04080601050204066578616D706CB4FDE78C00080601050201080601050201080601050201080601050201080701050304056669727374B4FDE78C000807010503010807010503010807010503010807010503010808010504050472657368B4FE91EF0008050105028360080501050283600805010502040568656C6C6FB4FDE78C0006010504010601050401060105040106010504010601050504046C656674B4FDE78C02080801050504036F6C64B4FDE78C0008080105050503706D6CB4FDE78C0308080105050403706561B4FE91A4000805010503CB000601050383600601050383600601050305036F7374B4F1A3FC000804010505AA98000804010505AA98000804010505AA98000804010505AA98000804010505AA980008040105058B9ACE0008040105020404736C6F77B4FDE78C01080801050505036F7570B4FE91A40008060105040405756E646174B4FE91A40008070105050407776974686F7574B4FE91A40006010506030183B4F1A3FC0006010403AA980006010403AA980006010403AA980006010403AA980006010403AA9800060104038AF09800060104030106010403010601040301060104030106010403AA977C060104038360060104038360060104039640060104038360060104038360060104038360060104038360060104038360060104038360060104039640060104030106010403835F060104030106010403835F060104030106010403835F06010403836006010403964006010403836006010403030485626561B4FE91A7600805010503836008050105039E00080501050383600805010503836008050105038360080501050383600805010503964108050105038360080501050383600805010503835F08050105038360080501050396400805010503836008050105030403646174B4FE91A4000601050704056672657368B4FE91EF00080601050483600806010504836008060105040403706561B4FE91A4000808010508CB000601050583600601050583600601050505026F73B4FE91C20008050105030404736F7570B4FE91A40008090105090407756E6461746564B4FE91A400080A01050A0406776974686F75B4FE91A4000601050B0104F09F8CB1B4FE91EF000204836002048360020404130A0A0A0A0A131010100A0A0D0A0A0D0D0D0A280F0F0A792F355A0E2F0F5C1B1A1E24320D5E1B5C410B0B0C0C182B0D0F81053110121C6B1B81031F560C0C0C0C6114108116330F2F122A291E24100F0F2140100F111281416B0E1F210E101311');
DELETE FROM search_docsize;
INSERT INTO search_docsize (id, sz) VALUES (14160960000, X'040002000202');
INSERT INTO search_docsize (id, sz) VALUES (14198284800, X'030602010204');
INSERT INTO search_docsize (id, sz) VALUES (14198976000, X'030605010204');
INSERT INTO search_docsize (id, sz) VALUES (14199667200, X'030602010204');
INSERT INTO search_docsize (id, sz) VALUES (14222476800, X'070200000204');
INSERT INTO search_docsize (id, sz) VALUES (14222476801, X'070200000204');
INSERT INTO search_docsize (id, sz) VALUES (14222476802, X'070200000204');
INSERT INTO search_docsize (id, sz) VALUES (14222476803, X'070200000204');
INSERT INTO search_docsize (id, sz) VALUES (14222476804, X'070200000204');
INSERT INTO search_docsize (id, sz) VALUES (14223168000, X'09050000020A');
INSERT INTO search_docsize (id, sz) VALUES (14223168480, X'040206010202');
INSERT INTO search_docsize (id, sz) VALUES (14223168960, X'040206010202');
INSERT INTO search_docsize (id, sz) VALUES (14223171840, X'040000000202');
INSERT INTO search_docsize (id, sz) VALUES (14223172320, X'060000000202');
INSERT INTO search_docsize (id, sz) VALUES (14223172800, X'040206010202');
INSERT INTO search_docsize (id, sz) VALUES (14223173280, X'040206010202');
INSERT INTO search_docsize (id, sz) VALUES (14223173760, X'040206010202');
INSERT INTO search_docsize (id, sz) VALUES (14223174240, X'040206010202');
INSERT INTO search_docsize (id, sz) VALUES (14223174720, X'040206010202');
INSERT INTO search_docsize (id, sz) VALUES (14223177600, X'070104000206');
INSERT INTO search_docsize (id, sz) VALUES (14223177601, X'040206010202');
INSERT INTO search_docsize (id, sz) VALUES (14223178080, X'050302000204');
INSERT INTO search_docsize (id, sz) VALUES (14223178081, X'040206010202');
INSERT INTO search_docsize (id, sz) VALUES (14223178560, X'050302000204');
INSERT INTO search_docsize (id, sz) VALUES (14223178561, X'040206010202');
INSERT INTO search_docsize (id, sz) VALUES (14223179040, X'040206010202');
INSERT INTO search_docsize (id, sz) VALUES (14223179520, X'040206010202');
INSERT INTO search_docsize (id, sz) VALUES (14223182400, X'040206010202');
INSERT INTO search_docsize (id, sz) VALUES (14223182880, X'040206010202');
INSERT INTO search_docsize (id, sz) VALUES (14223183360, X'040206010202');
INSERT INTO search_docsize (id, sz) VALUES (14223183840, X'040206010202');
INSERT INTO search_docsize (id, sz) VALUES (14223184320, X'040206010202');
INSERT INTO search_docsize (id, sz) VALUES (14223187200, X'040206010202');
INSERT INTO search_docsize (id, sz) VALUES (14223187680, X'040206010202');
INSERT INTO search_docsize (id, sz) VALUES (14223188160, X'040206010202');
INSERT INTO search_docsize (id, sz) VALUES (14223188640, X'040206010202');
INSERT INTO search_docsize (id, sz) VALUES (14223189120, X'040206010202');
DELETE FROM search_idx;
INSERT INTO search_idx (segid, term, pgno) VALUES (1, X'', 2);
INSERT INTO search_idx (segid, term, pgno) VALUES (2, X'', 2);
INSERT INTO search_idx (segid, term, pgno) VALUES (3, X'', 2);
INSERT INTO search_idx (segid, term, pgno) VALUES (4, X'', 2);
INSERT INTO search_idx (segid, term, pgno) VALUES (5, X'', 2);
INSERT INTO search_idx (segid, term, pgno) VALUES (6, X'', 2);
INSERT INTO search_idx (segid, term, pgno) VALUES (7, X'', 2);
INSERT INTO search_idx (segid, term, pgno) VALUES (8, X'', 2);
INSERT INTO search_idx (segid, term, pgno) VALUES (9, X'', 2);
INSERT INTO search_idx (segid, term, pgno) VALUES (10, X'', 2);
INSERT INTO search_idx (segid, term, pgno) VALUES (11, X'', 2);
INSERT INTO search_idx (segid, term, pgno) VALUES (12, X'', 2);
INSERT INTO search_idx (segid, term, pgno) VALUES (13, X'', 2);
INSERT INTO search_idx (segid, term, pgno) VALUES (14, X'', 2);
INSERT INTO search_idx (segid, term, pgno) VALUES (16, X'', 2);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence (name, seq) VALUES ('delivery', 64);
INSERT INTO sqlite_sequence (name, seq) VALUES ('notice', 48);
CREATE INDEX feed_due ON feed (next_poll_at) WHERE state = 'active';
CREATE INDEX feed_site ON feed (site);
CREATE INDEX feed_address_feed ON feed_address (feed_id);
CREATE INDEX entry_feed ON entry (feed_id, id);
CREATE INDEX entry_newest ON entry (feed_id, coalesce(published_at, first_seen_at) DESC, id DESC);
CREATE INDEX entry_identity ON entry (identity, id);
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
CREATE INDEX seen_entry ON seen (entry_id);
CREATE INDEX channel_guild ON channel (guild_id);
CREATE INDEX subscription_channel ON subscription (channel_id);
CREATE UNIQUE INDEX hold_undecided ON hold (subscription_id) WHERE decision IS NULL;
CREATE INDEX delivery_owed ON delivery (channel_id, id) WHERE state IN ('pending', 'sending');
CREATE INDEX delivery_entry ON delivery (entry_id);
CREATE INDEX delivery_subscription ON delivery (subscription_id);
CREATE INDEX delivery_kept ON delivery (subscription_id, id) WHERE state IN ('held', 'paused');
CREATE INDEX delivery_hold ON delivery (hold_id) WHERE hold_id IS NOT NULL;
CREATE INDEX publication_owed ON publication (channel_id, delivery_id) WHERE published_at IS NULL AND given_up = 0;
CREATE INDEX publication_done ON publication (channel_id, published_at) WHERE published_at IS NOT NULL;
CREATE INDEX notice_owed ON notice (due_at) WHERE state = 'pending';
CREATE INDEX notice_day ON notice (channel_id, created_at);
CREATE UNIQUE INDEX notice_hold ON notice (hold_id) WHERE hold_id IS NOT NULL;
CREATE INDEX backfill_due ON backfill (due_at) WHERE state = 'running';
CREATE INDEX backfill_leased ON backfill (leased_until) WHERE leased_until IS NOT NULL;
COMMIT;

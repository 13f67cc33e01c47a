-- The database as it is today. Times are milliseconds since 1970, UTC; lengths of time are milliseconds.
-- Lists and values that are only read whole stand as JSON.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The unit of politeness: a registrable domain, or an IP address.
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
CREATE INDEX feed_due ON feed (next_poll_at) WHERE state = 'active';
CREATE INDEX feed_site ON feed (site);

-- Every address that ever led to a feed: the config file may still name the one before a move.
CREATE TABLE feed_address (
    url     TEXT PRIMARY KEY,
    feed_id INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX feed_address_feed ON feed_address (feed_id);

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
    edited_at     INTEGER
) STRICT;
CREATE INDEX entry_feed ON entry (feed_id, id);
CREATE INDEX entry_newest ON entry (feed_id, coalesce(published_at, first_seen_at) DESC, id DESC);

CREATE TABLE tag (
    entry_id INTEGER NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    folded   TEXT NOT NULL,  -- as tags are compared
    tag      TEXT NOT NULL,  -- as the author wrote it
    position INTEGER NOT NULL,
    PRIMARY KEY (entry_id, folded)
) STRICT, WITHOUT ROWID;
CREATE INDEX tag_folded ON tag (folded, entry_id);

-- Every key ever met in a feed. A post is new only if none of its keys stands here; nothing is ever deleted.
CREATE TABLE seen (
    feed_id  INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
    key      TEXT NOT NULL,
    entry_id INTEGER REFERENCES entry (id) ON DELETE CASCADE,  -- NULL: two entries bore it, it identifies neither
    PRIMARY KEY (feed_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_entry ON seen (entry_id);

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
CREATE INDEX channel_guild ON channel (guild_id);

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
CREATE INDEX subscription_channel ON subscription (channel_id);

-- Posts that are kept back until an admin decides about all of them at once.
CREATE TABLE hold (
    id              INTEGER PRIMARY KEY,
    subscription_id INTEGER NOT NULL REFERENCES subscription (id) ON DELETE CASCADE,
    created_at      INTEGER NOT NULL,
    decision        TEXT CHECK (decision IN ('newest', 'all', 'skip')),  -- NULL: undecided
    decided_by      INTEGER,  -- a member's id
    decided_at      INTEGER,
    CHECK ((decision IS NULL) = (decided_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX hold_undecided ON hold (subscription_id) WHERE decision IS NULL;  -- more of a flood joins it

-- The outbox. A delivery refers to its entry; its message is rendered when it is sent.
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
CREATE INDEX delivery_owed ON delivery (channel_id, id) WHERE state IN ('pending', 'sending');
CREATE INDEX delivery_entry ON delivery (entry_id);
CREATE INDEX delivery_subscription ON delivery (subscription_id);
CREATE INDEX delivery_kept ON delivery (subscription_id, id) WHERE state IN ('held', 'paused');
CREATE INDEX delivery_hold ON delivery (hold_id) WHERE hold_id IS NOT NULL;

-- Messages of announcement channels that are owed to the channels' followers.
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
CREATE INDEX publication_owed ON publication (channel_id, delivery_id) WHERE published_at IS NULL AND given_up = 0;
CREATE INDEX publication_done ON publication (channel_id, published_at) WHERE published_at IS NOT NULL;

-- What admins are told: each thing once, where their guild wants it.
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
CREATE INDEX notice_owed ON notice (due_at) WHERE state = 'pending';
CREATE INDEX notice_day ON notice (channel_id, created_at);
CREATE UNIQUE INDEX notice_hold ON notice (hold_id) WHERE hold_id IS NOT NULL;  -- a hold is announced once

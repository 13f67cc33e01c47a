-- The database as it is today. Times are milliseconds since 1970, UTC; lengths of time are milliseconds.
-- Lists and values that no query looks into are JSON.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The unit of politeness: a registrable domain, or an IP address.
CREATE TABLE site (
    domain         TEXT PRIMARY KEY,
    max_concurrent INTEGER NOT NULL CHECK (max_concurrent > 0),  -- requests at a time
    spacing        INTEGER NOT NULL CHECK (spacing >= 0),  -- between the starts of requests
    next_start_at  INTEGER NOT NULL DEFAULT 0,  -- no request starts earlier, because of the spacing
    cooldown_until INTEGER NOT NULL DEFAULT 0,  -- no request starts earlier, because the site asked for a pause
    first_due_at   INTEGER,  -- the earliest of its feeds' due times; the trigger below keeps it
    due_at         INTEGER GENERATED ALWAYS AS (  -- when the next poll may start; NULL: there is nothing to poll
        CASE
            WHEN first_due_at IS NULL THEN NULL
            WHEN first_due_at > next_start_at AND first_due_at > cooldown_until THEN first_due_at
            WHEN next_start_at > cooldown_until THEN next_start_at
            ELSE cooldown_until
        END
    ) VIRTUAL
) STRICT, WITHOUT ROWID;
CREATE INDEX site_due ON site (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE feed (
    id               INTEGER PRIMARY KEY,
    url              TEXT NOT NULL UNIQUE,
    label            TEXT NOT NULL,  -- the address without its secrets, shown where a feed has no name
    site             TEXT NOT NULL REFERENCES site (domain),
    name             TEXT NOT NULL DEFAULT '',  -- configured; '' = none
    title            TEXT NOT NULL DEFAULT '',
    link             TEXT NOT NULL DEFAULT '',
    interval         INTEGER CHECK (interval > 0),  -- NULL = the default of all feeds
    etag             TEXT NOT NULL DEFAULT '',
    last_modified    TEXT NOT NULL DEFAULT '',
    body_hash        TEXT NOT NULL DEFAULT '',
    state            TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'ended')),
    failures         INTEGER NOT NULL DEFAULT 0,  -- in a row
    error            TEXT NOT NULL DEFAULT '',
    last_poll_at     INTEGER,
    last_success_at  INTEGER,
    last_new_at      INTEGER,
    next_poll_at     INTEGER NOT NULL,
    leased_until     INTEGER,  -- somebody polls it, and finishes by then
    failing_since    INTEGER,
    failure_reported INTEGER NOT NULL DEFAULT 0 CHECK (failure_reported IN (0, 1)),  -- admins got a notice of the failure
    display_name     TEXT GENERATED ALWAYS AS (coalesce(nullif(name, ''), nullif(title, ''), label)) VIRTUAL,
    torn             INTEGER NOT NULL DEFAULT 0,  -- documents in a row that broke off, or were shorter than announced
    left_out         INTEGER NOT NULL DEFAULT 0,  -- the oldest posts of the last document, if it had too many to read
    last_full_at     INTEGER,  -- when the server last sent a document, and not only "not modified"
    parse_time       INTEGER NOT NULL DEFAULT 0,  -- of the last document
    read_from_start  INTEGER NOT NULL DEFAULT 0 CHECK (read_from_start IN (0, 1)),  -- by an earlier version: not its newest
    items_hash       TEXT NOT NULL DEFAULT '',  -- of the last document's items; '' = the next document is parsed
    ttl              INTEGER CHECK (ttl > 0),  -- how long the last document asked to wait between polls
    is_followed      INTEGER NOT NULL DEFAULT 0 CHECK (is_followed IN (0, 1)),  -- by a subscription; triggers keep it
    due_at           INTEGER GENERATED ALWAYS AS (  -- when it may be claimed; NULL: it is not polled
        CASE WHEN state = 'active' AND is_followed = 1 THEN
            CASE WHEN leased_until > next_poll_at THEN leased_until ELSE next_poll_at END
        END
    ) VIRTUAL,
    asked_interval   INTEGER CHECK (asked_interval > 0),  -- the shortest of its subscriptions'; triggers keep it
    asks_default     INTEGER NOT NULL DEFAULT 1 CHECK (asks_default IN (0, 1)),  -- a subscription has no own interval
    leased_by        INTEGER NOT NULL DEFAULT 0  -- the number of the process that polls it, if several do
) STRICT;
CREATE INDEX feed_due ON feed (site, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX feed_leased ON feed (site, leased_until) WHERE leased_until IS NOT NULL;
-- A claim looks at the sites that are due and at the first feed of each, and reads no others. Feeds are never deleted, and
-- a new one is not followed yet.
CREATE TRIGGER feed_rescheduled AFTER UPDATE OF next_poll_at, leased_until, state, is_followed, site ON feed
WHEN old.due_at IS NOT new.due_at OR old.site <> new.site BEGIN
    UPDATE site SET first_due_at = (SELECT min(due_at) FROM feed WHERE site = site.domain AND due_at IS NOT NULL)
    WHERE domain IN (old.site, new.site);
END;

-- The items of a feed's last document, at most 500, so that the next document's are parsed only if they are new.
CREATE TABLE feed_items (
    feed_id INTEGER PRIMARY KEY REFERENCES feed (id) ON DELETE CASCADE,
    frame   TEXT NOT NULL,  -- a hash of what surrounds the items
    items   TEXT NOT NULL CHECK (json_valid(items))  -- of each: its hash, its entry's id, three of the entry
) STRICT;

-- Every address that ever led to a feed: the config file may still name the one before a move.
CREATE TABLE feed_address (
    url     TEXT PRIMARY KEY,
    feed_id INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX feed_address_feed ON feed_address (feed_id);

-- A post that was pruned for its age has lost its texts, tags and media, and no search finds it. Its keys stay.
CREATE TABLE entry (
    id            INTEGER PRIMARY KEY,
    feed_id       INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
    identity      TEXT NOT NULL,  -- what the post is called across feeds; never changes
    fingerprint   TEXT NOT NULL,
    guid          TEXT NOT NULL,
    link          TEXT NOT NULL,
    title         TEXT NOT NULL,
    content       TEXT NOT NULL,  -- this, `summary` and `text`: what an earlier version wrote; '' when it is in `texts`
    summary       TEXT NOT NULL,
    text          TEXT NOT NULL,
    authors       TEXT NOT NULL CHECK (json_valid(authors)),
    media         TEXT NOT NULL CHECK (json_valid(media)),
    source_id     TEXT NOT NULL,
    published_at  INTEGER,
    updated_at    INTEGER,
    first_seen_at INTEGER NOT NULL,
    edited_at     INTEGER,
    pruned_at     INTEGER,
    warning       TEXT NOT NULL DEFAULT '',  -- what the feed itself warns of; '' = nothing
    texts         BLOB NOT NULL DEFAULT x''  -- content, summary and plain text, compressed: `bot/store/texts.py`
) STRICT;
CREATE INDEX entry_feed ON entry (feed_id, id);
CREATE INDEX entry_newest ON entry (feed_id, coalesce(published_at, first_seen_at) DESC, id DESC);
CREATE INDEX entry_identity ON entry (identity, id);

-- The entries that searches find. Document ids grow with the posts' dates, so that the index returns the newest hits
-- first, and a span of time is a span of ids.
CREATE TABLE document (
    docid     INTEGER PRIMARY KEY,  -- eighths of a second from 1970 to the post's date, or the next free number
    entry_id  INTEGER NOT NULL UNIQUE REFERENCES entry (id),
    feed_id   INTEGER NOT NULL,
    post_id   INTEGER NOT NULL,  -- the first entry with the same identity: a post that two feeds brought is one hit
    languages TEXT NOT NULL DEFAULT ''  -- in which its words are stemmed, separated by spaces
) STRICT;

-- The tokens of `bot/search/tokens.py`, without the texts, which are in `entry`. A rowid is a document id.
CREATE VIRTUAL TABLE search USING fts5 (title, text, tags, author, feed, stems, content = '', tokenize = 'ascii');

-- While the index is rebuilt, the former one answers for the entries that the new one does not have yet. An entry is in
-- one `document` table at most. Otherwise these two are empty.
CREATE TABLE former_document (
    docid     INTEGER PRIMARY KEY,
    entry_id  INTEGER NOT NULL UNIQUE REFERENCES entry (id),
    feed_id   INTEGER NOT NULL,
    post_id   INTEGER NOT NULL,
    languages TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE VIRTUAL TABLE former_search USING fts5 (title, text, tags, author, feed, stems, content = '', tokenize = 'ascii');

-- Every word of the index, for spelling and for words that are not finished. Some may be of posts that are gone.
CREATE TABLE word (
    word TEXT PRIMARY KEY,
    size INTEGER NOT NULL  -- about the binary logarithm of the number of posts with the word
) STRICT, WITHOUT ROWID;

-- The languages of each feed's posts: short posts are taken to be in their feed's usual ones.
CREATE TABLE feed_language (
    feed_id  INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
    language TEXT NOT NULL,
    posts    INTEGER NOT NULL,  -- posts that are surely in the language; not counted on when there are many
    PRIMARY KEY (feed_id, language)
) STRICT, WITHOUT ROWID;
CREATE INDEX feed_language_language ON feed_language (language);

CREATE TABLE tag (
    entry_id INTEGER NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    folded   TEXT NOT NULL,  -- as tags are compared
    tag      TEXT NOT NULL,  -- as the author wrote it
    position INTEGER NOT NULL,
    PRIMARY KEY (entry_id, folded)
) STRICT, WITHOUT ROWID;

-- How many entries of a feed have a tag, in this spelling.
CREATE TABLE feed_tag (
    feed_id INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
    folded  TEXT NOT NULL,
    tag     TEXT NOT NULL,
    entries INTEGER NOT NULL,
    PRIMARY KEY (feed_id, folded, tag)
) STRICT, WITHOUT ROWID;
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

-- Every key that an entry ever had. Several entries may have one key; what a poll finds by it is weighed. Keys stay when
-- an entry is pruned; only an edit replaces those made of its words and date.
CREATE TABLE seen (
    feed_id  INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
    key      TEXT NOT NULL,
    entry_id INTEGER NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    PRIMARY KEY (feed_id, key, entry_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_entry ON seen (entry_id);

CREATE TABLE guild (
    id                 INTEGER PRIMARY KEY,  -- Discord's snowflake
    notices_channel_id INTEGER,  -- NULL: no admin chose one
    left_at            INTEGER,  -- NULL: the bot is there
    updates_channel_id INTEGER,  -- Discord's channel for Community updates or safety alerts, if the bot can write there
    managers_role_id   INTEGER,  -- whose members may press the buttons of admins; NULL: no role
    time_zone          TEXT NOT NULL DEFAULT '',  -- where the days of searches begin; '' = UTC
    language           TEXT NOT NULL DEFAULT ''  -- of what the bot posts; '' = English
) STRICT;

CREATE TABLE channel (
    id           INTEGER PRIMARY KEY,  -- Discord's snowflake
    guild_id     INTEGER REFERENCES guild (id),  -- NULL until Discord reports it
    gone_at      INTEGER,  -- when it was deleted, or the bot was removed from its guild
    state        TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'suspended')),
    reason       TEXT NOT NULL DEFAULT '',
    suspended_at INTEGER,
    probe_at     INTEGER,
    probes       INTEGER NOT NULL DEFAULT 0,  -- refused sends in a row
    first_due_at INTEGER,  -- when its oldest unsettled delivery may be claimed; triggers of `delivery` keep it
    due_at       INTEGER GENERATED ALWAYS AS (  -- when a send or probe may start; NULL: there is nothing to send
        CASE WHEN probe_at > first_due_at THEN probe_at ELSE first_due_at END
    ) VIRTUAL,
    CHECK ((state = 'open') = (probe_at IS NULL))
) STRICT;
CREATE INDEX channel_guild ON channel (guild_id);
CREATE INDEX channel_due ON channel (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX channel_suspended ON channel (id) WHERE state = 'suspended';

CREATE TABLE subscription (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,  -- in custom ids, and kept by an Undo, so never reused
    feed_id       INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
    channel_id    INTEGER NOT NULL REFERENCES channel (id),
    origin        TEXT NOT NULL CHECK (origin IN ('config', 'discord', 'opml')),
    rule          TEXT NOT NULL CHECK (json_valid(rule)),
    style         TEXT NOT NULL,
    mention_roles TEXT NOT NULL CHECK (json_valid(mention_roles)),
    paused        INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
    baseline_due  INTEGER NOT NULL DEFAULT 1 CHECK (baseline_due IN (0, 1)),
    created_at    INTEGER NOT NULL,
    added_by      INTEGER,  -- a member's id; NULL: the config file or the command line
    name          TEXT NOT NULL DEFAULT '',  -- what its posts call the feed; '' = as all others do
    silent        INTEGER NOT NULL DEFAULT 0 CHECK (silent IN (0, 1)),  -- its messages notify no device
    thread        INTEGER CHECK (thread > 0),  -- when the thread below each post is hidden; NULL: no threads
    ping_cooldown INTEGER NOT NULL DEFAULT 0 CHECK (ping_cooldown >= 0),
    interval      INTEGER CHECK (interval > 0),  -- NULL = the default of all feeds
    pinged_at     INTEGER,  -- when a post last pinged
    fixed         TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(fixed)),  -- the settings that the config file names
    chosen        TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(chosen)),  -- those that an admin changed
    UNIQUE (feed_id, channel_id)
) STRICT;
CREATE INDEX subscription_channel ON subscription (channel_id);
CREATE TRIGGER feed_followed AFTER INSERT ON subscription BEGIN
    UPDATE feed SET is_followed = 1 WHERE id = new.feed_id AND is_followed = 0;
END;
CREATE TRIGGER feed_unfollowed AFTER DELETE ON subscription BEGIN
    UPDATE feed SET is_followed = 0
    WHERE id = old.feed_id AND NOT EXISTS (SELECT 1 FROM subscription WHERE feed_id = old.feed_id);
END;
CREATE TRIGGER feed_switched AFTER UPDATE OF feed_id ON subscription WHEN new.feed_id <> old.feed_id BEGIN
    UPDATE feed SET
        is_followed = EXISTS (SELECT 1 FROM subscription WHERE feed_id = feed.id),
        asked_interval = (SELECT min(interval) FROM subscription WHERE feed_id = feed.id),
        asks_default = EXISTS (SELECT 1 FROM subscription WHERE feed_id = feed.id AND interval IS NULL)
    WHERE id IN (old.feed_id, new.feed_id);
END;

CREATE TRIGGER interval_asked AFTER UPDATE OF interval ON subscription WHEN old.interval IS NOT new.interval BEGIN
    UPDATE feed SET
        asked_interval = (SELECT min(interval) FROM subscription WHERE feed_id = new.feed_id),
        asks_default = EXISTS (SELECT 1 FROM subscription WHERE feed_id = new.feed_id AND interval IS NULL)
    WHERE id = new.feed_id;
END;
CREATE TRIGGER interval_added AFTER INSERT ON subscription
WHEN new.interval IS NOT NULL OR (SELECT asks_default FROM feed WHERE id = new.feed_id) = 0 BEGIN
    UPDATE feed SET
        asked_interval = (SELECT min(interval) FROM subscription WHERE feed_id = new.feed_id),
        asks_default = EXISTS (SELECT 1 FROM subscription WHERE feed_id = new.feed_id AND interval IS NULL)
    WHERE id = new.feed_id;
END;
CREATE TRIGGER interval_dropped AFTER DELETE ON subscription BEGIN
    UPDATE feed SET
        asked_interval = (SELECT min(interval) FROM subscription WHERE feed_id = old.feed_id),
        asks_default = EXISTS (SELECT 1 FROM subscription WHERE feed_id = old.feed_id AND interval IS NULL)
    WHERE id = old.feed_id;
END;

-- What admins changed, so that the button Undo works after restarts. The newest of each subscription are kept.
CREATE TABLE settings_change (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,  -- part of the button's custom id, so never reused
    subscription_id INTEGER NOT NULL REFERENCES subscription (id) ON DELETE CASCADE,
    user_id         INTEGER NOT NULL,
    before          TEXT NOT NULL CHECK (json_valid(before)),  -- all settings
    after           TEXT NOT NULL CHECK (json_valid(after)),
    created_at      INTEGER NOT NULL,
    undone_at       INTEGER
) STRICT;
CREATE INDEX settings_change_subscription ON settings_change (subscription_id, id);

-- Posts that are kept back until an admin decides about all of them at once.
CREATE TABLE hold (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,  -- in custom ids, and kept by an Undo, so never reused
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
    uncertain_since INTEGER,  -- since when a message may exist that we do not know of
    message_id      INTEGER,
    created_at      INTEGER NOT NULL,
    settled_at      INTEGER,
    uncertain_until INTEGER,  -- when the last send that could have made such a message ended
    UNIQUE (channel_id, identity),  -- a channel gets a post once, even if two feeds bring it or two rules want it
    CHECK ((state = 'sent') = (message_id IS NOT NULL)),
    CHECK (state <> 'sending' OR (leased_until IS NOT NULL AND sending_since IS NOT NULL))
) STRICT;
CREATE INDEX delivery_owed ON delivery (channel_id, id) WHERE state IN ('pending', 'sending');
CREATE INDEX delivery_entry ON delivery (entry_id);
CREATE INDEX delivery_message ON delivery (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX delivery_subscription ON delivery (subscription_id);
CREATE INDEX delivery_kept ON delivery (subscription_id, id) WHERE state IN ('held', 'paused');
CREATE INDEX delivery_hold ON delivery (hold_id) WHERE hold_id IS NOT NULL;
-- A claim looks at the channels that are due and at the oldest delivery of each. A new delivery is the newest of its channel.
-- Deliveries are never deleted.
CREATE TRIGGER delivery_added AFTER INSERT ON delivery WHEN new.state IN ('pending', 'sending') BEGIN
    UPDATE channel SET first_due_at = CASE WHEN new.state = 'sending' THEN new.leased_until ELSE new.due_at END
    WHERE id = new.channel_id AND first_due_at IS NULL;
END;
CREATE TRIGGER delivery_changed AFTER UPDATE OF state, due_at, leased_until ON delivery
WHEN old.state IN ('pending', 'sending') OR new.state IN ('pending', 'sending') BEGIN
    UPDATE channel SET first_due_at = (
        SELECT CASE WHEN state = 'sending' THEN leased_until ELSE due_at END FROM delivery
        WHERE channel_id = new.channel_id AND state IN ('pending', 'sending') ORDER BY id LIMIT 1
    ) WHERE id = new.channel_id;
END;
CREATE TRIGGER delivery_moved AFTER UPDATE OF channel_id ON delivery WHEN new.state IN ('pending', 'sending') BEGIN
    UPDATE channel SET first_due_at = (
        SELECT CASE WHEN state = 'sending' THEN leased_until ELSE due_at END FROM delivery
        WHERE channel_id = channel.id AND state IN ('pending', 'sending') ORDER BY id LIMIT 1
    ) WHERE id IN (old.channel_id, new.channel_id);
END;

-- Subscriptions that an admin removed a few minutes ago. An Undo brings them back with what waited for them.
CREATE TABLE removal (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,  -- in custom ids, so never reused
    subscription_id INTEGER NOT NULL,
    guild_id        INTEGER NOT NULL,
    removed_at      INTEGER NOT NULL,
    hold_id         INTEGER,  -- the undecided hold that it had; NULL: none
    newest_entry_id INTEGER NOT NULL  -- of its feed at that time; later ones are new to it
) STRICT;
CREATE INDEX removal_due ON removal (removed_at);

-- The subscriptions themselves: with the columns of `subscription`.
CREATE TABLE removed_subscription (
    id            INTEGER PRIMARY KEY,
    feed_id       INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
    channel_id    INTEGER NOT NULL REFERENCES channel (id),
    origin        TEXT NOT NULL,
    rule          TEXT NOT NULL,
    style         TEXT NOT NULL,
    mention_roles TEXT NOT NULL,
    paused        INTEGER NOT NULL,
    baseline_due  INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    added_by      INTEGER,
    name          TEXT NOT NULL,
    silent        INTEGER NOT NULL,
    thread        INTEGER,
    ping_cooldown INTEGER NOT NULL,
    interval      INTEGER,
    pinged_at     INTEGER,
    fixed         TEXT NOT NULL,
    chosen        TEXT NOT NULL
) STRICT;
CREATE INDEX removed_subscription_feed ON removed_subscription (feed_id);

-- What waited for them.
CREATE TABLE removed_delivery (
    delivery_id INTEGER PRIMARY KEY REFERENCES delivery (id) ON DELETE CASCADE,
    removal_id  INTEGER NOT NULL REFERENCES removal (id) ON DELETE CASCADE,
    state       TEXT NOT NULL CHECK (state IN ('pending', 'held', 'paused')),
    reason      TEXT NOT NULL
) STRICT;
CREATE INDEX removed_delivery_removal ON removed_delivery (removal_id);

-- The feeds whose posts a channel has. Whoever may view the channel finds these posts, also when the feed is no longer
-- followed there.
CREATE TABLE posted_feed (
    channel_id INTEGER NOT NULL REFERENCES channel (id),
    feed_id    INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
    PRIMARY KEY (channel_id, feed_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX posted_feed_feed ON posted_feed (feed_id);
CREATE TRIGGER delivery_sent AFTER UPDATE OF state ON delivery WHEN new.state = 'sent' BEGIN
    INSERT INTO posted_feed (channel_id, feed_id) SELECT new.channel_id, feed_id FROM entry WHERE id = new.entry_id
    ON CONFLICT (channel_id, feed_id) DO NOTHING;
END;

-- Messages of announcement channels that must be published to the channels' followers.
CREATE TABLE publication (
    delivery_id INTEGER PRIMARY KEY REFERENCES delivery (id) ON DELETE CASCADE,
    channel_id  INTEGER NOT NULL,
    message_id  INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    attempts    INTEGER NOT NULL DEFAULT 0,
    published_at INTEGER,  -- for the limit of 10 an hour; NULL: not published yet
    given_up    INTEGER NOT NULL DEFAULT 0 CHECK (given_up IN (0, 1)),
    reason      TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX publication_owed ON publication (channel_id, delivery_id) WHERE published_at IS NULL AND given_up = 0;
CREATE INDEX publication_done ON publication (channel_id, published_at) WHERE published_at IS NOT NULL;

-- Work on messages that were sent: opening their threads, and editing them after a change of their look. Doing it twice does
-- no harm. Edits stay until the next request, to report how far they are.
CREATE TABLE upkeep (
    delivery_id     INTEGER NOT NULL REFERENCES delivery (id) ON DELETE CASCADE,
    kind            TEXT NOT NULL CHECK (kind IN ('thread', 'edit')),
    subscription_id INTEGER NOT NULL REFERENCES subscription (id) ON DELETE CASCADE,
    state           TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'failed')),
    reason          TEXT NOT NULL DEFAULT '',
    due_at          INTEGER NOT NULL,  -- while somebody works on it: the end of the lease
    attempts        INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (delivery_id, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX upkeep_owed ON upkeep (due_at) WHERE state = 'pending';
CREATE INDEX upkeep_subscription ON upkeep (subscription_id, kind);

-- Reports to admins, each sent once. Several may share a message.
CREATE TABLE notice (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,  -- part of the nonce, so never reused
    kind             TEXT NOT NULL,
    channel_id       INTEGER NOT NULL,  -- where it is sent; a member's id if it is direct
    feed_id          INTEGER REFERENCES feed (id) ON DELETE CASCADE,
    about_channel_id INTEGER,
    hold_id          INTEGER REFERENCES hold (id) ON DELETE CASCADE,
    detail           TEXT NOT NULL DEFAULT '',
    state            TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'dropped')),
    created_at       INTEGER NOT NULL,
    due_at           INTEGER NOT NULL,
    attempts         INTEGER NOT NULL DEFAULT 0,
    uncertain_since  INTEGER,
    message_id       INTEGER,
    about_guild_id   INTEGER,  -- NULL until Discord reports it
    direct           INTEGER NOT NULL DEFAULT 0 CHECK (direct IN (0, 1)),  -- a direct message to a member
    leader_id        INTEGER  -- the first notice of the message that it is in; NULL: it is in none yet
) STRICT;
CREATE INDEX notice_owed ON notice (due_at) WHERE state = 'pending';
CREATE INDEX notice_day ON notice (channel_id, created_at);
CREATE UNIQUE INDEX notice_hold ON notice (hold_id) WHERE hold_id IS NOT NULL;  -- a hold is announced once

-- Histories of feeds, read into the archive page by page. A page's posts and the bookmark after it are one transaction.
CREATE TABLE backfill (
    feed_id      INTEGER PRIMARY KEY REFERENCES feed (id) ON DELETE CASCADE,
    state        TEXT NOT NULL CHECK (state IN ('running', 'stopped', 'failed', 'done')),
    kind         TEXT NOT NULL DEFAULT '',  -- the source that the cursor belongs to; '' = none yet
    cursor       TEXT NOT NULL DEFAULT '',  -- where to continue; '' = at the beginning
    pages        INTEGER NOT NULL DEFAULT 0,  -- read since the last request
    cycle_marker TEXT NOT NULL DEFAULT '',  -- an earlier cursor; if it comes back, the pages go in a circle
    page_hash    TEXT NOT NULL DEFAULT '',  -- of the last page; if it comes back, the site repeats one page
    archived     INTEGER NOT NULL DEFAULT 0,
    read         INTEGER NOT NULL DEFAULT 0,  -- posts seen, including known ones
    total        INTEGER,  -- posts in the history; NULL: the source does not say
    since        INTEGER,
    max_posts    INTEGER CHECK (max_posts > 0),  -- NULL: all
    attempts     INTEGER NOT NULL DEFAULT 0,  -- failed tries of one page
    error        TEXT NOT NULL DEFAULT '',
    due_at       INTEGER NOT NULL,
    worker       TEXT CHECK (worker IN ('run', 'cli')),  -- who reads a page; at most one process of each kind
    leased_until INTEGER,
    requested_at INTEGER NOT NULL,
    finished_at  INTEGER,
    leased_by    INTEGER NOT NULL DEFAULT 0,  -- the seat of the process that has the lease; 0: the only process
    CHECK ((worker IS NULL) = (leased_until IS NULL))
) STRICT;
CREATE INDEX backfill_due ON backfill (due_at) WHERE state = 'running';
CREATE INDEX backfill_leased ON backfill (leased_until) WHERE leased_until IS NOT NULL;

-- What members searched for, so that the buttons below an answer work after restarts: it does not fit into a custom id.
CREATE TABLE search_request (
    id         INTEGER PRIMARY KEY,  -- the order; the newest are kept
    token      INTEGER NOT NULL UNIQUE,  -- random; part of the buttons' custom ids
    guild_id   INTEGER NOT NULL,
    user_id    INTEGER NOT NULL,
    request    TEXT NOT NULL CHECK (json_valid(request)),
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX search_request_member ON search_request (user_id, id);

-- What each running process last wrote down about itself, for `feed-relay status`.
CREATE TABLE heartbeat (
    process      TEXT PRIMARY KEY,
    version      TEXT NOT NULL,
    started_at   INTEGER NOT NULL,
    beat_at      INTEGER NOT NULL,
    gateway      TEXT NOT NULL,
    last_poll_at INTEGER,
    last_sent_at INTEGER
) STRICT, WITHOUT ROWID;

-- The sessions that the bot began at Discord's gateway within the last day: Discord resets the token of a bot that begins
-- more than 1,000.
CREATE TABLE session_start (
    started_at INTEGER NOT NULL,
    shard      INTEGER NOT NULL,
    PRIMARY KEY (started_at, shard)
) STRICT, WITHOUT ROWID;

-- Lists of feeds that were imported in Discord, until each of them was read once. Then who imported them gets a notice.
CREATE TABLE feed_import (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id   INTEGER NOT NULL,
    channel_id INTEGER NOT NULL,
    user_id    INTEGER NOT NULL,
    started_at INTEGER NOT NULL
) STRICT;
CREATE INDEX feed_import_started ON feed_import (started_at);
CREATE TABLE imported_feed (
    import_id INTEGER NOT NULL REFERENCES feed_import (id) ON DELETE CASCADE,
    feed_id   INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
    PRIMARY KEY (import_id, feed_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX imported_feed_feed ON imported_feed (feed_id);

-- After the database was restored from a copy: the channels to look through for what was sent since. Before that, nothing is
-- polled or sent.
CREATE TABLE recovery (
    channel_id   INTEGER PRIMARY KEY REFERENCES channel (id) ON DELETE CASCADE,
    since        INTEGER NOT NULL,  -- when the copy was made; it does not know later messages
    until        INTEGER NOT NULL,  -- when the bot started with it
    read_down_to INTEGER,  -- the oldest message that was read, from the newest on; NULL: none was
    pages        INTEGER NOT NULL DEFAULT 0,  -- read
    unread_until INTEGER,  -- messages before this time could not be read; NULL: all were
    ended_at     INTEGER  -- NULL: the channel must still be looked through
) STRICT;

-- The bot's messages that were found. Those of posts become their deliveries' messages, also when a feed is polled later.
CREATE TABLE found_message (
    message_id  INTEGER PRIMARY KEY,  -- Discord's snowflake
    channel_id  INTEGER NOT NULL REFERENCES recovery (channel_id) ON DELETE CASCADE,
    content     TEXT NOT NULL,
    embeds      TEXT NOT NULL CHECK (json_valid(embeds)),
    thread_name TEXT NOT NULL,  -- of the forum post that it opens; '' = none
    publishable INTEGER NOT NULL CHECK (publishable IN (0, 1))  -- to followers of the announcement channel
) STRICT;
CREATE INDEX found_message_channel ON found_message (channel_id, message_id);

-- Views, each for something that many queries need.

-- Subscriptions with their feeds and channels.
CREATE VIEW followed AS
SELECT s.*, f.url AS feed_url, coalesce(nullif(s.name, ''), f.display_name) AS feed_name, f.label AS feed_label,
    f.link AS feed_link, f.interval AS feed_interval, c.guild_id,
    CASE WHEN c.state = 'suspended' THEN c.reason ELSE '' END AS suspended
FROM subscription AS s JOIN feed AS f ON f.id = s.feed_id JOIN channel AS c ON c.id = s.channel_id;

-- Where notices about a subscription go: a channel, or a member if it is direct.
CREATE VIEW notice_place AS
SELECT s.id AS subscription_id, s.feed_id, s.channel_id AS follower_id, c.guild_id, c.gone_at,
    coalesce(g.notices_channel_id, g.updates_channel_id, s.added_by, s.channel_id) AS place,
    CASE
        WHEN coalesce(g.notices_channel_id, g.updates_channel_id) IS NULL AND s.added_by IS NOT NULL THEN 1 ELSE 0
    END AS direct
FROM subscription AS s JOIN channel AS c ON c.id = s.channel_id LEFT JOIN guild AS g ON g.id = c.guild_id;

-- Entries with their tags as a JSON list, in the author's order.
CREATE VIEW tagged_entry AS
SELECT e.*, (
    SELECT json_group_array(t.tag) FROM (SELECT tag FROM tag WHERE entry_id = e.id ORDER BY position) AS t
) AS tags
FROM entry AS e;

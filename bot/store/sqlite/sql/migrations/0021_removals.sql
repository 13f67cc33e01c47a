-- A removed subscription can come back, with its id and its hold, and posts are found where their messages are.

DROP VIEW followed;
DROP VIEW notice_place;

CREATE TABLE new_subscription (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    feed_id       INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
    channel_id    INTEGER NOT NULL REFERENCES channel (id),
    origin        TEXT NOT NULL CHECK (origin IN ('config', 'discord', 'opml')),
    rule          TEXT NOT NULL CHECK (json_valid(rule)),
    style         TEXT NOT NULL,
    mention_roles TEXT NOT NULL CHECK (json_valid(mention_roles)),
    paused        INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
    baseline_due  INTEGER NOT NULL DEFAULT 1 CHECK (baseline_due IN (0, 1)),
    created_at    INTEGER NOT NULL,
    added_by      INTEGER,
    name          TEXT NOT NULL DEFAULT '',
    silent        INTEGER NOT NULL DEFAULT 0 CHECK (silent IN (0, 1)),
    thread        INTEGER CHECK (thread > 0),
    ping_cooldown INTEGER NOT NULL DEFAULT 0 CHECK (ping_cooldown >= 0),
    interval      INTEGER CHECK (interval > 0),
    pinged_at     INTEGER,
    fixed         TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(fixed)),
    chosen        TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(chosen)),
    UNIQUE (feed_id, channel_id)
) STRICT;
INSERT INTO new_subscription (id, feed_id, channel_id, origin, rule, style, mention_roles, paused, baseline_due, created_at,
    added_by, name, silent, thread, ping_cooldown, interval, pinged_at,
    fixed, chosen)
SELECT id, feed_id, channel_id, origin, rule, style, mention_roles, paused, baseline_due, created_at, added_by,
    name, silent, thread, ping_cooldown, interval, pinged_at, fixed, chosen
FROM subscription;
DROP TABLE subscription;
ALTER TABLE new_subscription RENAME TO subscription;
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

CREATE TABLE new_hold (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    subscription_id INTEGER NOT NULL REFERENCES subscription (id) ON DELETE CASCADE,
    created_at      INTEGER NOT NULL,
    decision        TEXT CHECK (decision IN ('newest', 'all', 'skip')),
    decided_by      INTEGER,
    decided_at      INTEGER,
    CHECK ((decision IS NULL) = (decided_at IS NULL))
) STRICT;
INSERT INTO new_hold (id, subscription_id, created_at, decision, decided_by, decided_at)
SELECT id, subscription_id, created_at, decision, decided_by, decided_at FROM hold;
DROP TABLE hold;
ALTER TABLE new_hold RENAME TO hold;
CREATE UNIQUE INDEX hold_undecided ON hold (subscription_id) WHERE decision IS NULL;

CREATE TABLE removal (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    subscription_id INTEGER NOT NULL,
    guild_id        INTEGER NOT NULL,
    removed_at      INTEGER NOT NULL,
    hold_id         INTEGER,
    newest_entry_id INTEGER NOT NULL
) STRICT;
CREATE INDEX removal_due ON removal (removed_at);

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

CREATE TABLE removed_delivery (
    delivery_id INTEGER PRIMARY KEY REFERENCES delivery (id) ON DELETE CASCADE,
    removal_id  INTEGER NOT NULL REFERENCES removal (id) ON DELETE CASCADE,
    state       TEXT NOT NULL CHECK (state IN ('pending', 'held', 'paused')),
    reason      TEXT NOT NULL
) STRICT;
CREATE INDEX removed_delivery_removal ON removed_delivery (removal_id);

CREATE TABLE posted_feed (
    channel_id INTEGER NOT NULL REFERENCES channel (id),
    feed_id    INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
    PRIMARY KEY (channel_id, feed_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX posted_feed_feed ON posted_feed (feed_id);
INSERT INTO posted_feed (channel_id, feed_id)
SELECT DISTINCT d.channel_id, e.feed_id FROM delivery AS d JOIN entry AS e ON e.id = d.entry_id WHERE d.state = 'sent';
CREATE TRIGGER delivery_sent AFTER UPDATE OF state ON delivery WHEN new.state = 'sent' BEGIN
    INSERT INTO posted_feed (channel_id, feed_id) SELECT new.channel_id, feed_id FROM entry WHERE id = new.entry_id
    ON CONFLICT (channel_id, feed_id) DO NOTHING;
END;

CREATE TRIGGER delivery_moved AFTER UPDATE OF channel_id ON delivery WHEN new.state IN ('pending', 'sending') BEGIN
    UPDATE channel SET first_due_at = (
        SELECT CASE WHEN state = 'sending' THEN leased_until ELSE due_at END FROM delivery
        WHERE channel_id = channel.id AND state IN ('pending', 'sending') ORDER BY id LIMIT 1
    ) WHERE id IN (old.channel_id, new.channel_id);
END;

CREATE VIEW followed AS
SELECT s.*, f.url AS feed_url, coalesce(nullif(s.name, ''), f.display_name) AS feed_name, f.link AS feed_link,
    f.interval AS feed_interval, c.guild_id,
    CASE WHEN c.state = 'suspended' THEN c.reason ELSE '' END AS suspended
FROM subscription AS s JOIN feed AS f ON f.id = s.feed_id JOIN channel AS c ON c.id = s.channel_id;
CREATE VIEW notice_place AS
SELECT s.id AS subscription_id, s.feed_id, s.channel_id AS follower_id, c.guild_id, c.gone_at,
    coalesce(g.notices_channel_id, g.updates_channel_id, s.added_by, s.channel_id) AS place,
    CASE
        WHEN coalesce(g.notices_channel_id, g.updates_channel_id) IS NULL AND s.added_by IS NOT NULL THEN 1 ELSE 0
    END AS direct
FROM subscription AS s JOIN channel AS c ON c.id = s.channel_id LEFT JOIN guild AS g ON g.id = c.guild_id;

-- Settings of subscriptions that admins change in Discord, field by field, and what they changed, for Undo.

ALTER TABLE subscription ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE subscription ADD COLUMN silent INTEGER NOT NULL DEFAULT 0 CHECK (silent IN (0, 1));
ALTER TABLE subscription ADD COLUMN thread INTEGER CHECK (thread > 0);
ALTER TABLE subscription ADD COLUMN ping_cooldown INTEGER NOT NULL DEFAULT 0 CHECK (ping_cooldown >= 0);
ALTER TABLE subscription ADD COLUMN interval INTEGER CHECK (interval > 0);
ALTER TABLE subscription ADD COLUMN pinged_at INTEGER;
ALTER TABLE subscription ADD COLUMN fixed TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(fixed));
ALTER TABLE subscription ADD COLUMN chosen TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(chosen));
ALTER TABLE feed ADD COLUMN asked_interval INTEGER CHECK (asked_interval > 0);
ALTER TABLE feed ADD COLUMN asks_default INTEGER NOT NULL DEFAULT 1 CHECK (asks_default IN (0, 1));

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

CREATE TABLE settings_change (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    subscription_id INTEGER NOT NULL REFERENCES subscription (id) ON DELETE CASCADE,
    user_id         INTEGER NOT NULL,
    before          TEXT NOT NULL CHECK (json_valid(before)),
    after           TEXT NOT NULL CHECK (json_valid(after)),
    created_at      INTEGER NOT NULL,
    undone_at       INTEGER
) STRICT;
CREATE INDEX settings_change_subscription ON settings_change (subscription_id, id);

DROP VIEW followed;
CREATE VIEW followed AS
SELECT s.*, f.url AS feed_url, coalesce(nullif(s.name, ''), f.display_name) AS feed_name, f.link AS feed_link,
    f.interval AS feed_interval, c.guild_id,
    CASE WHEN c.state = 'suspended' THEN c.reason ELSE '' END AS suspended
FROM subscription AS s JOIN feed AS f ON f.id = s.feed_id JOIN channel AS c ON c.id = s.channel_id;

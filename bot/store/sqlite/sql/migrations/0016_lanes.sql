-- Sites and channels know when their first feed or delivery is due, so that a claim reads no others.

ALTER TABLE feed ADD COLUMN is_followed INTEGER NOT NULL DEFAULT 0 CHECK (is_followed IN (0, 1));
UPDATE feed SET is_followed = 1 WHERE id IN (SELECT feed_id FROM subscription);
ALTER TABLE feed ADD COLUMN due_at INTEGER GENERATED ALWAYS AS (
    CASE WHEN state = 'active' AND is_followed = 1 THEN
        CASE WHEN leased_until > next_poll_at THEN leased_until ELSE next_poll_at END
    END
) VIRTUAL;
DROP INDEX feed_due;
DROP INDEX feed_site;
CREATE INDEX feed_due ON feed (site, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX feed_leased ON feed (site, leased_until) WHERE leased_until IS NOT NULL;

ALTER TABLE site ADD COLUMN first_due_at INTEGER;
UPDATE site SET first_due_at = (SELECT min(due_at) FROM feed WHERE site = site.domain AND due_at IS NOT NULL);
ALTER TABLE site ADD COLUMN due_at INTEGER GENERATED ALWAYS AS (
    CASE
        WHEN first_due_at IS NULL THEN NULL
        WHEN first_due_at > next_start_at AND first_due_at > cooldown_until THEN first_due_at
        WHEN next_start_at > cooldown_until THEN next_start_at
        ELSE cooldown_until
    END
) VIRTUAL;
CREATE INDEX site_due ON site (due_at) WHERE due_at IS NOT NULL;
CREATE TRIGGER feed_rescheduled AFTER UPDATE OF next_poll_at, leased_until, state, is_followed, site ON feed
WHEN old.due_at IS NOT new.due_at OR old.site <> new.site BEGIN
    UPDATE site SET first_due_at = (SELECT min(due_at) FROM feed WHERE site = site.domain AND due_at IS NOT NULL)
    WHERE domain IN (old.site, new.site);
END;
CREATE TRIGGER feed_followed AFTER INSERT ON subscription BEGIN
    UPDATE feed SET is_followed = 1 WHERE id = new.feed_id AND is_followed = 0;
END;
CREATE TRIGGER feed_unfollowed AFTER DELETE ON subscription BEGIN
    UPDATE feed SET is_followed = 0
    WHERE id = old.feed_id AND NOT EXISTS (SELECT 1 FROM subscription WHERE feed_id = old.feed_id);
END;
DROP VIEW polled_feed;
DROP VIEW followed_feed;

ALTER TABLE channel ADD COLUMN first_due_at INTEGER;
UPDATE channel SET first_due_at = (
    SELECT CASE WHEN state = 'sending' THEN leased_until ELSE due_at END FROM delivery
    WHERE channel_id = channel.id AND state IN ('pending', 'sending') ORDER BY id LIMIT 1
);
ALTER TABLE channel ADD COLUMN due_at INTEGER GENERATED ALWAYS AS (
    CASE WHEN probe_at > first_due_at THEN probe_at ELSE first_due_at END
) VIRTUAL;
CREATE INDEX channel_due ON channel (due_at) WHERE due_at IS NOT NULL;
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

CREATE VIEW followed AS
SELECT s.*, f.url AS feed_url, f.display_name AS feed_name, f.link AS feed_link, c.guild_id,
    CASE WHEN c.state = 'suspended' THEN c.reason ELSE '' END AS suspended
FROM subscription AS s JOIN feed AS f ON f.id = s.feed_id JOIN channel AS c ON c.id = s.channel_id;

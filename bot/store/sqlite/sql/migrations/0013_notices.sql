-- Notices share messages, and go to Discord's own channels for a server's staff or to the admin who added the feed.

ALTER TABLE guild ADD COLUMN updates_channel_id INTEGER;
ALTER TABLE subscription ADD COLUMN added_by INTEGER;
ALTER TABLE notice ADD COLUMN about_guild_id INTEGER;
ALTER TABLE notice ADD COLUMN direct INTEGER NOT NULL DEFAULT 0 CHECK (direct IN (0, 1));
ALTER TABLE notice ADD COLUMN leader_id INTEGER;
UPDATE notice SET
    about_guild_id = (SELECT c.guild_id FROM channel AS c WHERE c.id = coalesce(notice.about_channel_id, notice.channel_id)),
    leader_id = CASE WHEN state = 'sent' OR attempts > 0 THEN id END;

-- Where notices about a subscription go: a channel, or a member if it is direct.
CREATE VIEW notice_place AS
SELECT s.id AS subscription_id, s.feed_id, s.channel_id AS follower_id, c.guild_id, c.gone_at,
    coalesce(g.notices_channel_id, g.updates_channel_id, s.added_by, s.channel_id) AS place,
    CASE
        WHEN coalesce(g.notices_channel_id, g.updates_channel_id) IS NULL AND s.added_by IS NOT NULL THEN 1 ELSE 0
    END AS direct
FROM subscription AS s JOIN channel AS c ON c.id = s.channel_id LEFT JOIN guild AS g ON g.id = c.guild_id;

-- Lists of feeds show addresses without their secrets, which are stored.

DROP VIEW followed;
CREATE VIEW followed AS
SELECT s.*, f.url AS feed_url, coalesce(nullif(s.name, ''), f.display_name) AS feed_name, f.label AS feed_label,
    f.link AS feed_link, f.interval AS feed_interval, c.guild_id,
    CASE WHEN c.state = 'suspended' THEN c.reason ELSE '' END AS suspended
FROM subscription AS s JOIN feed AS f ON f.id = s.feed_id JOIN channel AS c ON c.id = s.channel_id;

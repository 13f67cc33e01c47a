-- Each query has a name, a reason, and exactly one method that runs it.

-- name: instance
-- The random name of this database; part of every nonce, so that a new file never meets an old file's messages.
SELECT value FROM meta WHERE key = 'instance';

-- Sites and feeds

-- name: put_site
-- What a site may be asked follows the config of this run; its cool-down stays.
INSERT INTO site (domain, at_once, spacing) VALUES (:domain, :at_once, :spacing)
ON CONFLICT (domain) DO UPDATE SET at_once = excluded.at_once, spacing = excluded.spacing;

-- name: sites
SELECT domain FROM site;

-- name: feed_by_address
-- A feed answers to every address that ever led to it.
SELECT feed_id FROM feed_address WHERE url = ?;

-- name: add_feed
INSERT INTO feed (url, label, site, name, interval, next_poll_at)
VALUES (:url, :label, :site, :name, :interval, :now) RETURNING id;

-- name: add_address
INSERT INTO feed_address (url, feed_id) VALUES (:url, :feed_id) ON CONFLICT (url) DO NOTHING;

-- name: describe_feed
-- Name and interval come from the config file.
UPDATE feed SET name = :name, interval = :interval WHERE id = :id;

-- name: await_baseline
-- A new subscription needs the whole document at once, changed or not; it also revives a feed that had ended.
UPDATE feed SET next_poll_at = :now, etag = '', last_modified = '', body_hash = '', state = 'active', failures = 0
WHERE id = :id;

-- name: poll_all
-- `run --once` asks every feed now.
UPDATE feed SET next_poll_at = min(next_poll_at, :now) WHERE state = 'active';

-- name: claim_feeds
-- The feeds that are due, as far as their sites' budgets allow: never more at once than a site admits (pages of its
-- histories count), one at a time where starts are spaced, none while a site rests.
UPDATE feed SET leased_until = :lease WHERE id IN (
    SELECT id FROM (
        SELECT
            f.id, f.next_poll_at, s.spacing,
            row_number() OVER (PARTITION BY f.site ORDER BY f.next_poll_at, f.id) AS turn,
            s.at_once - (SELECT count(*) FROM feed AS busy WHERE busy.site = f.site AND busy.leased_until > :now) - (
                SELECT count(*) FROM backfill AS b JOIN feed AS read ON read.id = b.feed_id
                WHERE b.leased_until > :now AND read.site = f.site
            ) AS room
        FROM feed AS f JOIN site AS s ON s.domain = f.site
        WHERE f.state = 'active' AND f.next_poll_at <= :now AND coalesce(f.leased_until, 0) <= :now
            AND s.cool_until <= :now AND s.free_at <= :now
            AND EXISTS (SELECT 1 FROM subscription WHERE feed_id = f.id)
    )
    WHERE turn <= iif(spacing > 0, min(room, 1), room)
    ORDER BY next_poll_at LIMIT :limit
)
RETURNING *;

-- name: space_sites
-- The next fetch of a spaced site starts so much later.
UPDATE site SET free_at = :now + spacing
WHERE spacing > 0 AND domain IN (SELECT value FROM json_each(:sites));

-- name: waiting_feeds
-- What `run --once` still has to wait for: due feeds that no cool-down keeps, and when the first may start.
SELECT count(*) AS feeds, coalesce(min(max(s.free_at, f.next_poll_at)), 0) AS first_at
FROM feed AS f JOIN site AS s ON s.domain = f.site
WHERE f.state = 'active' AND f.next_poll_at <= :now AND s.cool_until <= :now AND coalesce(f.leased_until, 0) <= :now
    AND EXISTS (SELECT 1 FROM subscription WHERE feed_id = f.id);

-- name: resting_sites
-- Sites that asked for rest and have it, though feeds of theirs are due.
SELECT DISTINCT s.domain, s.cool_until FROM feed AS f JOIN site AS s ON s.domain = f.site
WHERE f.state = 'active' AND f.next_poll_at <= :now AND s.cool_until > :now
    AND EXISTS (SELECT 1 FROM subscription WHERE feed_id = f.id)
ORDER BY s.domain;

-- name: release_feeds
-- After a start: whoever polled before is gone.
UPDATE feed SET leased_until = NULL WHERE leased_until IS NOT NULL;

-- name: release_feed
-- A poll that was cut short by a stop.
UPDATE feed SET leased_until = NULL WHERE id = ?;

-- name: settle_good_poll
-- A feed whose admins were told that it fails tells of its recovery, too.
UPDATE feed SET
    etag = coalesce(:etag, etag), last_modified = coalesce(:last_modified, last_modified),
    body_hash = coalesce(:body_hash, body_hash),
    title = iif(:title <> '', :title, title), link = iif(:link <> '', :link, link),
    failures = 0, error = '', failing_since = NULL, told_broken = 0, last_poll_at = :now, last_good_at = :now,
    last_new_at = iif(:new > 0, :now, last_new_at),
    next_poll_at = :next_poll_at, leased_until = NULL
WHERE id = :id;

-- name: settle_failed_poll
UPDATE feed SET
    failures = failures + 1, error = :error, state = iif(:ended, 'ended', state),
    failing_since = coalesce(failing_since, :now),
    last_poll_at = :now, next_poll_at = :next_poll_at, leased_until = NULL
WHERE id = :id;

-- name: tell_broken
-- Worth telling once: after three failures or a day, or when the feed has ended.
UPDATE feed SET told_broken = 1
WHERE id = :id AND told_broken = 0 AND (:ended OR failures >= 3 OR failing_since <= :now - 86400000)
RETURNING id;

-- name: told_broken
SELECT told_broken FROM feed WHERE id = ?;

-- name: cool_site
UPDATE site SET cool_until = max(cool_until, :until) WHERE domain = (SELECT site FROM feed WHERE id = :id);

-- name: move_feed
-- The address of a feed after a permanent redirect, unless another feed lives there.
UPDATE feed SET url = :url, label = :label, site = :site WHERE id = :id AND NOT EXISTS (SELECT 1 FROM feed WHERE url = :url);

-- name: feeds
-- Every feed with its health and what depends on it.
SELECT f.*, s.cool_until,
    (SELECT json_group_array(url) FROM feed_address WHERE feed_id = f.id) AS addresses,
    (SELECT count(*) FROM entry WHERE feed_id = f.id) AS entries,
    (SELECT count(*) FROM subscription WHERE feed_id = f.id) AS subscriptions
FROM feed AS f JOIN site AS s ON s.domain = f.site ORDER BY f.id;

-- Entries

-- name: known
-- What the seen-table knows of a document's keys.
SELECT s.key, s.entry_id, e.fingerprint
FROM seen AS s LEFT JOIN entry AS e ON e.id = s.entry_id
WHERE s.feed_id = :feed_id AND s.key IN (SELECT value FROM json_each(:keys));

-- name: add_entry
INSERT INTO entry (feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id,
    published_at, updated_at, first_seen_at)
VALUES (:feed_id, :identity, :fingerprint, :guid, :link, :title, :content, :summary, :text, :authors, :media, :source_id,
    :published_at, :updated_at, :now)
RETURNING id;

-- name: drop_entry
-- An entry that turned out to be known when its keys were written.
DELETE FROM entry WHERE id = ?;

-- name: edit_entry
-- Also of one that was pruned: it has a body again, until the next time.
UPDATE entry SET fingerprint = :fingerprint, link = :link, title = :title, content = :content, summary = :summary,
    text = :text, authors = :authors, media = :media, published_at = :published_at, updated_at = :updated_at,
    edited_at = :now, pruned_at = NULL
WHERE id = :id;

-- name: see
-- A key of a new entry; what is returned was really new.
INSERT INTO seen (feed_id, key, entry_id)
SELECT :feed_id, value, :entry_id FROM json_each(:keys) WHERE true
ON CONFLICT (feed_id, key) DO NOTHING RETURNING key;

-- name: see_more
-- Further keys of a known entry, bounded: a site that puts a new number in each address must not fill the disk.
INSERT INTO seen (feed_id, key, entry_id)
SELECT :feed_id, value, :entry_id FROM json_each(:keys)
WHERE (SELECT count(*) FROM seen WHERE entry_id = :entry_id) < 32
ON CONFLICT (feed_id, key) DO NOTHING;

-- name: see_shared
-- A key that two entries bear identifies neither, from now on.
INSERT INTO seen (feed_id, key, entry_id)
SELECT :feed_id, value, NULL FROM json_each(:keys) WHERE true
ON CONFLICT (feed_id, key) DO UPDATE SET entry_id = NULL WHERE entry_id IS NOT NULL;

-- name: add_tag
INSERT INTO tag (entry_id, folded, tag, position) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING;

-- name: drop_tags
DELETE FROM tag WHERE entry_id = ?;

-- Subscriptions

-- name: put_channel
INSERT INTO channel (id) VALUES (?) ON CONFLICT (id) DO NOTHING;

-- name: put_guild
INSERT INTO guild (id) VALUES (?) ON CONFLICT (id) DO NOTHING;

-- name: place_channels
-- Discord has told which guild channels belong to; it tells of all of them at each start.
UPDATE channel SET guild_id = :guild_id
WHERE id IN (SELECT value FROM json_each(:ids)) AND guild_id IS NOT :guild_id;

-- name: subscriptions_of
SELECT * FROM subscription WHERE feed_id = ? ORDER BY id;

-- name: find_subscription
SELECT id FROM subscription WHERE feed_id = :feed_id AND channel_id = :channel_id;

-- name: add_subscription
INSERT INTO subscription (feed_id, channel_id, origin, rule, style, mention_roles, created_at)
VALUES (:feed_id, :channel_id, :origin, :rule, :style, :mention_roles, :now);

-- name: declare_subscription
-- What the config file says of a subscription that stands already.
UPDATE subscription SET origin = 'config', rule = :rule, style = :style, mention_roles = :mention_roles
WHERE feed_id = :feed_id AND channel_id = :channel_id;

-- name: declared_subscriptions
SELECT id, feed_id, channel_id FROM subscription WHERE origin = 'config';

-- name: end_deliveries
-- Nobody follows any more: what waited is not owed.
UPDATE delivery SET state = 'skipped', reason = 'the subscription ended', settled_at = :now,
    leased_until = NULL, sending_since = NULL
WHERE subscription_id = :id AND state IN ('pending', 'held', 'paused');

-- name: end_subscription
DELETE FROM subscription WHERE id = :id;

-- name: baselined
UPDATE subscription SET baseline_due = 0 WHERE id IN (SELECT value FROM json_each(?));

-- name: followed
-- Subscriptions with the names of what they join: all, or those of one guild, or one of them.
SELECT s.*, f.url, f.label, f.title, f.name, f.link, c.guild_id, c.state AS channel_state, c.reason AS channel_reason
FROM subscription AS s JOIN feed AS f ON f.id = s.feed_id JOIN channel AS c ON c.id = s.channel_id
WHERE (:guild_id IS NULL OR c.guild_id = :guild_id) AND (:id IS NULL OR s.id = :id)
ORDER BY f.id, s.id;

-- name: count_subscriptions
SELECT count(*) AS subscriptions FROM subscription AS s JOIN channel AS c ON c.id = s.channel_id WHERE c.guild_id = ?;

-- name: set_rule
UPDATE subscription SET rule = :rule WHERE id = :id;

-- name: set_style
UPDATE subscription SET style = :style WHERE id = :id;

-- name: set_paused
UPDATE subscription SET paused = :paused WHERE id = :id;

-- name: pause_deliveries
UPDATE delivery SET state = 'paused' WHERE subscription_id = ? AND state = 'pending';

-- name: count_paused
SELECT count(*) AS deliveries FROM delivery WHERE subscription_id = ? AND state = 'paused';

-- name: resume_deliveries
UPDATE delivery SET state = 'pending', due_at = :now WHERE subscription_id = :id AND state = 'paused';

-- name: hold_deliveries
-- What waits for a subscription waits for an admin from now on.
UPDATE delivery SET state = 'held', hold_id = :hold_id, reason = :reason
WHERE subscription_id = :id AND state IN ('paused', 'pending');

-- name: post_now
-- A delivery that an admin asks for; one that was kept back is released, one that was sent is not repeated.
INSERT INTO delivery (subscription_id, entry_id, channel_id, identity, state, due_at, created_at)
SELECT s.id, e.id, s.channel_id, e.identity, 'pending', :now, :now
FROM subscription AS s JOIN entry AS e ON e.feed_id = s.feed_id
WHERE s.id = :id AND e.id = :entry_id
ON CONFLICT (channel_id, identity) DO UPDATE SET
    state = 'pending', subscription_id = excluded.subscription_id, hold_id = NULL, reason = '', due_at = :now
WHERE state IN ('held', 'paused', 'skipped')
RETURNING id;

-- Guilds

-- name: notices_channel
SELECT notices_channel_id FROM guild WHERE id = ?;

-- name: set_notices_channel
INSERT INTO guild (id, notices_channel_id) VALUES (:id, :channel_id)
ON CONFLICT (id) DO UPDATE SET notices_channel_id = excluded.notices_channel_id;

-- name: forget_notices_channel
UPDATE guild SET notices_channel_id = NULL WHERE notices_channel_id = ?;

-- name: tell_where_it_belongs
-- The channel for notices is gone: what was not told there yet is told in the channel that it concerns.
UPDATE notice SET channel_id = about_channel_id, attempts = 0, due_at = :now
WHERE channel_id = :channel_id AND state = 'pending' AND about_channel_id <> :channel_id;

-- name: guild_left
UPDATE guild SET left_at = :now WHERE id = :id AND left_at IS NULL RETURNING id;

-- name: guild_returned
UPDATE guild SET left_at = NULL WHERE id = ? AND left_at IS NOT NULL RETURNING id;

-- name: channels_gone
-- Deleted, or out of reach with their guild: suspended without a probe, since only an event can bring them back.
UPDATE channel SET state = 'suspended', reason = :reason, suspended_at = coalesce(suspended_at, :now),
    gone_at = :now, probe_at = :never
WHERE (id = :channel_id OR guild_id = :guild_id) AND gone_at IS NULL
RETURNING id;

-- name: channels_back
UPDATE channel SET state = 'open', reason = '', suspended_at = NULL, gone_at = NULL, probe_at = NULL, probes = 0
WHERE guild_id = ? AND gone_at IS NOT NULL;

-- name: waiting_in_guild
-- Subscriptions of a guild for which something waits that is not paused.
SELECT DISTINCT d.subscription_id FROM delivery AS d JOIN channel AS c ON c.id = d.channel_id
WHERE c.guild_id = ? AND d.state = 'pending' AND d.subscription_id IS NOT NULL ORDER BY d.subscription_id;

-- name: long_gone
-- What the config file declares stays as long as it stands there.
SELECT s.id FROM subscription AS s JOIN channel AS c ON c.id = s.channel_id
WHERE c.gone_at < ? AND s.origin <> 'config';

-- Holds

-- name: open_hold
-- More of a flood joins the hold that is not decided yet.
INSERT INTO hold (subscription_id, created_at) VALUES (:subscription_id, :now)
ON CONFLICT (subscription_id) WHERE decision IS NULL DO NOTHING;

-- name: undecided_hold
SELECT id FROM hold WHERE subscription_id = ? AND decision IS NULL;

-- name: hold
SELECT h.id, h.decision, h.decided_by, c.guild_id, s.channel_id,
    coalesce(nullif(f.name, ''), nullif(f.title, ''), f.label) AS feed_name,
    (SELECT count(*) FROM delivery WHERE hold_id = h.id AND state = 'held') AS waiting
FROM hold AS h JOIN subscription AS s ON s.id = h.subscription_id JOIN channel AS c ON c.id = s.channel_id
JOIN feed AS f ON f.id = s.feed_id
WHERE h.id = :id;

-- name: undecided_holds
SELECT id FROM hold
WHERE subscription_id IN (SELECT value FROM json_each(?)) AND decision IS NULL ORDER BY id;

-- name: decide_hold
-- Of two admins who press at once, one is first.
UPDATE hold SET decision = :decision, decided_by = :user_id, decided_at = :now
WHERE id = :id AND decision IS NULL RETURNING id;

-- name: release_held
-- The newest so many of a hold are owed now.
UPDATE delivery SET state = 'pending', due_at = :now WHERE id IN (
    SELECT id FROM delivery WHERE hold_id = :hold_id AND state = 'held' ORDER BY id DESC LIMIT :most
);

-- name: skip_held
UPDATE delivery SET state = 'skipped', reason = :reason, settled_at = :now WHERE hold_id = :hold_id AND state = 'held';

-- Notices

-- name: tell_of_feed
-- Once for each guild that names a channel for notices, else once for each channel that follows.
INSERT INTO notice (kind, channel_id, feed_id, detail, created_at, due_at)
SELECT DISTINCT :kind, coalesce(g.notices_channel_id, s.channel_id), s.feed_id, :detail, :now, :now
FROM subscription AS s JOIN channel AS c ON c.id = s.channel_id LEFT JOIN guild AS g ON g.id = c.guild_id
WHERE s.feed_id = :feed_id AND c.gone_at IS NULL;

-- name: tell_of_hold
-- Once, unless nobody could be told before.
INSERT INTO notice (kind, channel_id, feed_id, about_channel_id, hold_id, created_at, due_at)
SELECT 'posts held', coalesce(g.notices_channel_id, s.channel_id), s.feed_id, s.channel_id, :hold_id, :now, :now
FROM hold AS h JOIN subscription AS s ON s.id = h.subscription_id JOIN channel AS c ON c.id = s.channel_id
LEFT JOIN guild AS g ON g.id = c.guild_id
WHERE h.id = :hold_id
ON CONFLICT (hold_id) WHERE hold_id IS NOT NULL DO UPDATE SET
    state = 'pending', channel_id = excluded.channel_id, attempts = 0, due_at = :now, doubt_since = NULL
WHERE state = 'dropped';

-- name: tell_of_suspension
-- Where the guild wants notices, else in another channel of it that can be written.
INSERT INTO notice (kind, channel_id, about_channel_id, detail, created_at, due_at)
SELECT 'channel suspended', told.id, :channel_id, :detail, :now, :now FROM (
    SELECT coalesce(nullif(g.notices_channel_id, :channel_id), (
        SELECT min(other.id) FROM channel AS other JOIN subscription AS s ON s.channel_id = other.id
        WHERE other.guild_id = c.guild_id AND other.state = 'open' AND other.id <> :channel_id
    )) AS id
    FROM channel AS c JOIN guild AS g ON g.id = c.guild_id WHERE c.id = :channel_id
) AS told WHERE told.id IS NOT NULL;

-- name: tell_of_resumption
INSERT INTO notice (kind, channel_id, about_channel_id, created_at, due_at)
SELECT 'channel resumed', coalesce(g.notices_channel_id, c.id), c.id, :now, :now
FROM channel AS c LEFT JOIN guild AS g ON g.id = c.guild_id WHERE c.id = :channel_id;

-- name: tell_elsewhere
-- The place refuses a notice: the channel that it is about gets it, else one of the guild's that follows the feed.
UPDATE notice SET channel_id = other.id, attempts = 0, due_at = :now, doubt_since = NULL
FROM (
    SELECT coalesce(
        (SELECT id FROM channel WHERE id = n.about_channel_id AND id <> n.channel_id AND state = 'open'),
        (
            SELECT min(c.id) FROM guild AS g JOIN channel AS c ON c.guild_id = g.id
            JOIN subscription AS s ON s.channel_id = c.id AND s.feed_id = coalesce(n.feed_id, s.feed_id)
            WHERE g.notices_channel_id = n.channel_id AND c.id <> n.channel_id AND c.state = 'open'
        )
    ) AS id
    FROM notice AS n WHERE n.id = :id
) AS other
WHERE notice.id = :id AND other.id IS NOT NULL
RETURNING notice.id;

-- name: drop_decided
-- Nobody needs to be asked any more.
UPDATE notice SET state = 'dropped'
WHERE state = 'pending' AND hold_id IN (SELECT id FROM hold WHERE decision IS NOT NULL);

-- name: drop_notices
-- Never more than a few a day in one channel, however long they waited; what waits for a decision is always told.
-- The due time of one that was told is the lease under which it was.
UPDATE notice SET state = 'dropped' WHERE state = 'pending' AND hold_id IS NULL AND due_at <= :now AND (
    SELECT count(*) FROM notice AS told
    WHERE told.channel_id = notice.channel_id AND told.state = 'sent' AND told.due_at > :now - 86400000
) >= :most;

-- name: claim_notices
-- The oldest owed notice of each channel that can be written; the next due time is the lease.
UPDATE notice SET attempts = attempts + 1, due_at = :lease, doubt_since = coalesce(doubt_since, :now) WHERE id IN (
    SELECT n.id FROM notice AS n LEFT JOIN channel AS c ON c.id = n.channel_id
    WHERE n.state = 'pending' AND n.due_at <= :now AND coalesce(c.state, 'open') = 'open'
        AND n.id = (SELECT min(id) FROM notice WHERE channel_id = n.channel_id AND state = 'pending')
    ORDER BY n.id LIMIT :limit
)
RETURNING id;

-- name: claimed_notices
SELECT n.*, n.attempts - 1 AS tried,
    coalesce(nullif(f.name, ''), nullif(f.title, ''), f.label, '') AS feed_name,
    (SELECT count(*) FROM delivery WHERE hold_id = n.hold_id AND state = 'held') AS waiting,
    (SELECT count(*) FROM notice AS d WHERE d.channel_id = n.channel_id AND d.state = 'dropped' AND d.id < n.id AND d.id > (
        SELECT coalesce(max(id), 0) FROM notice WHERE channel_id = n.channel_id AND state = 'sent'
    )) AS more
FROM notice AS n LEFT JOIN feed AS f ON f.id = n.feed_id
WHERE n.id IN (SELECT value FROM json_each(?)) ORDER BY n.id;

-- name: settle_notice
UPDATE notice SET state = :state, due_at = coalesce(:due_at, due_at), doubt_since = iif(:in_doubt, doubt_since, NULL),
    message_id = :message_id
WHERE id = :id;

-- The outbox

-- name: add_delivery
-- Owed once: a post that this channel was already given, or is owed, or was kept from, is left as it stands.
-- The subscription may have been paused or ended since the poll began.
INSERT INTO delivery (subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, created_at)
SELECT s.id, e.id, :channel_id, e.identity, iif(:state = 'pending' AND s.paused, 'paused', :state), :hold_id, :reason,
    :now, :now
FROM entry AS e JOIN subscription AS s ON s.id = :subscription_id
WHERE e.id = :entry_id
ON CONFLICT (channel_id, identity) DO NOTHING;

-- name: claim_deliveries
-- The oldest owed delivery of each channel, if it is due and the channel is open or to be probed. A send that began
-- and never ended leaves doubt.
UPDATE delivery SET
    doubt_since = CASE WHEN state = 'sending' THEN coalesce(doubt_since, sending_since) ELSE doubt_since END,
    state = 'sending', attempts = attempts + 1, leased_until = :lease, sending_since = :now
WHERE id IN (
    SELECT d.id
    FROM channel AS c JOIN delivery AS d ON d.id = (
        SELECT id FROM delivery WHERE channel_id = c.id AND state IN ('pending', 'sending') ORDER BY id LIMIT 1
    )
    WHERE (c.state = 'open' OR c.probe_at <= :now) AND d.due_at <= :now
        AND (d.state = 'pending' OR d.leased_until <= :now)
    ORDER BY d.due_at, d.id LIMIT :limit
)
RETURNING id;

-- name: claimed
-- All that the messages of claimed deliveries are rendered from.
SELECT d.id AS delivery_id, d.channel_id, d.attempts - 1 AS attempts, d.doubt_since,
    c.probes, coalesce(s.style, 'card') AS style, coalesce(s.mention_roles, '[]') AS mention_roles,
    coalesce(nullif(f.name, ''), nullif(f.title, ''), f.label) AS feed_name, e.*,
    (SELECT json_group_array(tag) FROM (SELECT tag FROM tag WHERE entry_id = e.id ORDER BY position)) AS tags
FROM delivery AS d
JOIN channel AS c ON c.id = d.channel_id
JOIN entry AS e ON e.id = d.entry_id
JOIN feed AS f ON f.id = e.feed_id
LEFT JOIN subscription AS s ON s.id = d.subscription_id
WHERE d.id IN (SELECT value FROM json_each(?))
ORDER BY d.id;

-- name: posted
-- The messages of a channel that are known to stand since a moment, so that a look for another one passes them over.
SELECT message_id FROM delivery WHERE channel_id = :channel_id AND state = 'sent' AND settled_at >= :since;

-- name: release_deliveries
-- After a start: whoever was sending is gone; whether the messages stand is in doubt.
UPDATE delivery SET leased_until = 0 WHERE state = 'sending';

-- name: release_publications
-- Likewise; a publication that waited for its next try is tried sooner, which does no harm.
UPDATE publication SET due_at = min(due_at, :now) WHERE published_at IS NULL AND given_up = 0;

-- name: settle_delivery
-- What would be tried again is kept, or not owed any more, if its subscription was paused or ended during the send.
UPDATE delivery SET
    state = CASE
        WHEN :state <> 'pending' THEN :state
        WHEN subscription_id IS NULL THEN 'skipped'
        WHEN (SELECT paused FROM subscription WHERE id = delivery.subscription_id) THEN 'paused'
        ELSE :state
    END,
    reason = iif(:state = 'pending' AND subscription_id IS NULL, 'the subscription ended', :reason),
    due_at = :due_at, message_id = :message_id,
    doubt_since = :doubt_since, leased_until = NULL, sending_since = NULL,
    settled_at = iif(:state IN ('sent', 'dead') OR subscription_id IS NULL, :now, NULL)
WHERE id = :id AND state = 'sending';

-- name: open_channel
-- A probe went through.
UPDATE channel SET state = 'open', reason = '', suspended_at = NULL, gone_at = NULL, probe_at = NULL, probes = 0
WHERE id = :id AND state = 'suspended' RETURNING id;

-- name: suspend_channel
UPDATE channel SET state = 'suspended', reason = :reason, suspended_at = coalesce(suspended_at, :now),
    probe_at = :probe_at, probes = probes + 1
WHERE id = :id RETURNING suspended_at;

-- name: reopen_channels
-- Discord says that these can be written again.
UPDATE channel SET state = 'open', reason = '', suspended_at = NULL, probe_at = NULL, probes = 0
WHERE state = 'suspended' AND gone_at IS NULL AND id IN (SELECT value FROM json_each(?)) RETURNING id;

-- name: add_publication
INSERT INTO publication (delivery_id, channel_id, message_id, due_at)
SELECT id, channel_id, message_id, :now FROM delivery WHERE id = :id
ON CONFLICT (delivery_id) DO NOTHING;

-- name: claim_publications
-- The oldest owed publication of each channel, at most 10 an hour a channel (Discord's limit). Publishing twice does
-- no harm, so the claim is only a later due time.
UPDATE publication SET attempts = attempts + 1, due_at = :lease WHERE delivery_id IN (
    SELECT p.delivery_id FROM publication AS p
    WHERE p.published_at IS NULL AND p.given_up = 0 AND p.due_at <= :now
        AND p.delivery_id = (
            SELECT min(delivery_id) FROM publication
            WHERE channel_id = p.channel_id AND published_at IS NULL AND given_up = 0
        )
        AND (SELECT count(*) FROM publication WHERE channel_id = p.channel_id AND published_at > :now - 3600000) < 10
    LIMIT :limit
)
RETURNING delivery_id, channel_id, message_id, attempts - 1 AS attempts;

-- name: settle_publication
UPDATE publication SET due_at = coalesce(:due_at, due_at), reason = :reason,
    published_at = iif(:published, :now, NULL), given_up = (:due_at IS NULL AND NOT :published)
WHERE delivery_id = :delivery_id;

-- Back-fills

-- name: request_backfill
-- One that did not end goes on where it stands, one that is done where its bounds ended it; from the beginning if it
-- passed over posts that are wanted now. A page under way was claimed for the earlier request: it loses its lease, since
-- its bookmark would undo this one.
INSERT INTO backfill (feed_id, state, since, most, due_at, requested_at)
VALUES (:feed_id, 'running', :since, :most, :now, :now)
ON CONFLICT (feed_id) DO UPDATE SET
    state = 'running', since = :since, most = :most, pages = 0, mark = '', page_hash = '', attempts = 0, error = '',
    due_at = :now, cursor = iif(since IS NOT NULL AND (:since IS NULL OR :since < since), '', cursor),
    archived = iif(state = 'done', 0, archived), read = iif(state = 'done' AND cursor = '', 0, read),
    requested_at = iif(state = 'done', :now, requested_at), finished_at = NULL, worker = NULL, leased_until = NULL;

-- name: stop_backfill
-- A person wants no more of it; one that has ended stays as it ended.
UPDATE backfill SET state = 'stopped' WHERE feed_id = ? AND state = 'running';

-- name: backfill_progress
-- One that is asked for goes on only while somebody follows, and when its site rests no more.
SELECT b.*, coalesce(nullif(f.name, ''), nullif(f.title, ''), f.label) AS feed_name, f.last_good_at,
    max(b.due_at, s.cool_until) AS goes_on_at,
    iif(b.state = 'running' AND NOT EXISTS (SELECT 1 FROM subscription WHERE feed_id = f.id), 'stopped', b.state) AS stands
FROM backfill AS b JOIN feed AS f ON f.id = b.feed_id JOIN site AS s ON s.domain = f.site WHERE b.feed_id = ?;

-- name: claim_backfills
-- The back-fills whose next page is due, one a site, as far as the site's budget allows beside its polls. Whoever reads
-- histories looks more often than the polls do, and would always be first: while a feed of the site is due, the polls
-- have had their turn once the site was free for :polls_turn. A feed that was never polled well has no baseline yet, and
-- without one its newest posts would become old ones. The lease leaves time for a page's requests at the site's spacing.
UPDATE backfill SET worker = :worker, leased_until = :lease + :requests * (
    SELECT s.spacing FROM feed AS f JOIN site AS s ON s.domain = f.site WHERE f.id = backfill.feed_id
)
WHERE feed_id IN (
    SELECT feed_id FROM (
        SELECT b.feed_id, b.due_at, row_number() OVER (PARTITION BY f.site ORDER BY b.due_at, b.feed_id) AS turn
        FROM backfill AS b JOIN feed AS f ON f.id = b.feed_id JOIN site AS s ON s.domain = f.site
        WHERE b.state = 'running' AND b.due_at <= :now AND coalesce(b.leased_until, 0) <= :now
            AND (:feed_id IS NULL OR b.feed_id = :feed_id) AND f.last_good_at IS NOT NULL
            AND b.feed_id NOT IN (SELECT value FROM json_each(:reading))
            AND EXISTS (SELECT 1 FROM subscription WHERE feed_id = f.id)
            AND s.cool_until <= :now AND s.free_at <= :now
            AND s.at_once > (SELECT count(*) FROM feed AS busy WHERE busy.site = f.site AND busy.leased_until > :now)
            AND NOT EXISTS (
                SELECT 1 FROM backfill AS other JOIN feed AS read ON read.id = other.feed_id
                WHERE other.leased_until > :now AND read.site = f.site
            )
            AND (s.free_at <= :now - :polls_turn OR NOT EXISTS (
                SELECT 1 FROM feed AS due
                WHERE due.site = f.site AND due.state = 'active' AND due.next_poll_at <= :now
                    AND coalesce(due.leased_until, 0) <= :now
                    AND EXISTS (SELECT 1 FROM subscription WHERE feed_id = due.id)
            ))
    )
    WHERE turn = 1 ORDER BY due_at LIMIT :limit
)
RETURNING feed_id;

-- name: claimed_backfills
-- All that reading a page of theirs needs.
SELECT f.*, b.kind, b.cursor, b.pages, b.mark, b.page_hash, b.archived, b.since, b.most, b.attempts,
    b.leased_until AS lease, s.spacing
FROM backfill AS b JOIN feed AS f ON f.id = b.feed_id JOIN site AS s ON s.domain = f.site
WHERE b.feed_id IN (SELECT value FROM json_each(?)) ORDER BY b.due_at, b.feed_id;

-- name: take_slot
-- A back-fill may ask its site now, and nobody again before the pause is over.
UPDATE site SET free_at = :now + max(spacing, :pause)
WHERE domain = (SELECT site FROM feed WHERE id = :feed_id) AND free_at <= :now AND cool_until <= :now
RETURNING domain;

-- name: next_slot
-- When a slot that was refused may be asked for again.
SELECT max(s.free_at, s.cool_until) AS at FROM site AS s JOIN feed AS f ON f.site = s.domain WHERE f.id = ?;

-- name: step_backfill
-- Only for who still has the lease; one that a person stopped meanwhile stays stopped, but for what has ended anyway.
UPDATE backfill SET
    state = iif(state = 'stopped' AND :state = 'running', state, :state),
    kind = :kind, cursor = :cursor, pages = :pages, mark = :mark, page_hash = :page_hash,
    read = read + :read, total = coalesce(:total, total), attempts = :attempts, error = :error, due_at = :due_at,
    worker = NULL, leased_until = NULL, finished_at = iif(:state IN ('done', 'failed'), :now, NULL)
WHERE feed_id = :feed_id AND leased_until = :lease
RETURNING feed_id;

-- name: count_archived
-- Only writing the page tells how many of its posts were really new.
UPDATE backfill SET archived = archived + :archived WHERE feed_id = :feed_id;

-- name: first_seen
-- A post of the history that has no date counts as older than all that stand already.
SELECT min(first_seen_at) AS at FROM entry WHERE feed_id = ?;

-- name: release_backfills
-- After a start: the process that read pages in this one's place is gone.
UPDATE backfill SET worker = NULL, leased_until = NULL WHERE worker = ?;

-- name: release_backfill
-- A page that was cut short by a stop.
UPDATE backfill SET worker = NULL, leased_until = NULL WHERE feed_id = :feed_id AND leased_until = :lease;

-- The index

-- name: index_version
SELECT value FROM meta WHERE key = 'index version';

-- name: set_index_version
INSERT INTO meta (key, value) VALUES ('index version', :version) ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: empty_documents
-- The index is made anew, since its words are made in another way now.
DELETE FROM document;

-- name: empty_index
INSERT INTO search (search) VALUES ('delete-all');

-- name: set_usermerge
-- Two b-trees of one size are merged already, so that few are left.
INSERT INTO search (search, rank) VALUES ('usermerge', 2);

-- name: set_unindexed
-- Entries up to this one are not indexed yet; they are from the newest to the oldest.
INSERT INTO meta (key, value) SELECT 'unindexed', coalesce(:up_to, max(id), 0) FROM entry WHERE true
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: unindexed
-- Those of them that were edited meanwhile are indexed already.
SELECT e.id, EXISTS (SELECT 1 FROM document WHERE entry_id = e.id) AS is_indexed FROM entry AS e
WHERE e.id <= (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'unindexed') ORDER BY e.id DESC LIMIT :limit;

-- name: count_unindexed
-- About how many entries are not indexed yet: ids are given without gaps, nearly.
SELECT coalesce(max(CAST(value AS INTEGER)), 0) AS entries FROM meta WHERE key = 'unindexed';

-- name: indexable
-- What the index has of an entry, with its place; nothing of one that was pruned.
SELECT e.id, e.feed_id, e.title, e.text, e.authors, d.place,
    8 * (min(coalesce(e.published_at, e.first_seen_at), e.first_seen_at + 86400000) / 1000) AS wanted_place,
    (SELECT min(id) FROM entry WHERE identity = e.identity) AS post,
    (SELECT json_group_array(tag) FROM (SELECT tag FROM tag WHERE entry_id = e.id ORDER BY position)) AS tags
FROM entry AS e LEFT JOIN document AS d ON d.entry_id = e.id
WHERE e.id = :id AND e.pruned_at IS NULL;

-- name: add_document
-- At the place that its date gives it, or the first free one after that.
INSERT INTO document (place, entry_id, feed_id, post)
SELECT
    iif(NOT EXISTS (SELECT 1 FROM document WHERE place = :place), :place, (
        SELECT d.place + 1 FROM document AS d
        WHERE d.place >= :place AND NOT EXISTS (SELECT 1 FROM document WHERE place = d.place + 1)
        ORDER BY d.place LIMIT 1
    )),
    :entry_id, :feed_id, :post
RETURNING place;

-- name: drop_document
DELETE FROM document WHERE place = :place;

-- name: index_words
INSERT INTO search (rowid, title, text, tags, author, feed, stems)
VALUES (:place, :title, :text, :tags, :author, :feed, :stems);

-- name: unindex_words
-- The index does not keep the texts: it has to be told what they were.
INSERT INTO search (search, rowid, title, text, tags, author, feed, stems)
VALUES ('delete', :place, :title, :text, :tags, :author, :feed, :stems);

-- name: merge_index
-- About 2 MB of the work that keeps the index quick: others write between.
INSERT INTO search (search, rank) VALUES ('merge', 500);

-- name: total_changes
SELECT total_changes() AS changes;

-- name: prunable
-- The oldest entries with a body that nobody is owed.
SELECT e.id FROM entry AS e
WHERE e.pruned_at IS NULL AND coalesce(e.published_at, e.first_seen_at) < :before AND e.first_seen_at < :before
    AND NOT EXISTS (
        SELECT 1 FROM delivery
        WHERE entry_id = e.id AND state IN ('pending', 'sending', 'held', 'paused')
    )
ORDER BY e.id LIMIT :limit;

-- name: prune_entry
-- Its keys, its address and what became of it stay.
UPDATE entry SET content = '', summary = '', text = '', media = '[]', pruned_at = :now WHERE id = :id;

-- Searching

-- name: sample_share
-- Whether these are all feeds there are, and else which share of the newest entries is theirs.
SELECT NOT EXISTS (SELECT 1 FROM feed WHERE id NOT IN (SELECT value FROM json_each(:feeds))) AS is_all,
    (
        SELECT coalesce(avg(feed_id IN (SELECT value FROM json_each(:feeds))), 0.0)
        FROM (SELECT feed_id FROM document ORDER BY place DESC LIMIT 1000)
    ) AS share;

-- name: is_in_most
-- Whether more than half of so many newest posts have a word; not, where there are fewer posts.
SELECT coalesce((SELECT rowid FROM search WHERE search MATCH :match ORDER BY rowid DESC LIMIT 1 OFFSET :newest / 2)
    >= (SELECT place FROM document ORDER BY place DESC LIMIT 1 OFFSET :newest - 1), 0) AS is_in_most;

-- name: find
-- The newest hits, as many as are ranked, best first; the newest hit counts a quarter more than one of long ago.
-- `telling` ranks the hits of an expression that would take too long to be ranked by itself. Whatever the expression says,
-- nothing outside of `scope` is found, and no post that one of the entries `without` is.
WITH hit AS MATERIALIZED (
    SELECT rowid AS place, iif(:is_ranked, bm25(search, :title, :text, :tags, :author, 0.0, :stems), 0.0) AS score
    FROM search
    WHERE search MATCH :match AND rowid >= :first AND rowid < :last
        AND (:feeds IS NULL
            OR (SELECT feed_id FROM document WHERE place = search.rowid) IN (SELECT value FROM json_each(:feeds)))
    ORDER BY rowid DESC LIMIT :most
),
told AS MATERIALIZED (
    SELECT rowid AS place, bm25(search, :title, :text, :tags, :author, 0.0, :stems) AS score
    FROM search
    WHERE :telling IS NOT NULL AND search MATCH :telling AND +rowid IN (SELECT place FROM hit)
        AND rowid >= (SELECT min(place) FROM hit) AND rowid <= (SELECT max(place) FROM hit)
),
post AS (
    SELECT max(d.place) AS place, min(found.score) AS score
    FROM (SELECT place, score FROM hit UNION ALL SELECT place, score FROM told) AS found
    JOIN document AS d ON d.place = found.place
    WHERE d.post NOT IN (SELECT post FROM document WHERE entry_id IN (SELECT value FROM json_each(:without)))
        AND (:scope IS NULL OR d.feed_id IN (SELECT value FROM json_each(:scope)))
    GROUP BY d.post
),
page AS (
    SELECT place, count(*) OVER () AS total,
        score * (1.0 + 0.25 / (1.0 + ((SELECT max(place) FROM post) - place) / 252460800.0)) AS score
    FROM post ORDER BY 3, place DESC LIMIT :limit OFFSET :offset
)
SELECT page.total, (SELECT count(*) FROM hit) AS hits, e.id, e.feed_id, e.identity, e.title, e.link, e.text,
    e.published_at, e.first_seen_at, coalesce(nullif(f.name, ''), nullif(f.title, ''), f.label) AS feed_name,
    (SELECT json_group_array(tag) FROM (SELECT tag FROM tag WHERE entry_id = e.id ORDER BY position)) AS tags
FROM page JOIN document AS d ON d.place = page.place JOIN entry AS e ON e.id = d.entry_id
JOIN feed AS f ON f.id = e.feed_id
ORDER BY page.score, page.place DESC;

-- name: posted_messages
-- The messages of a guild that bear these posts, whichever feed brought them.
SELECT d.identity, d.channel_id, d.message_id FROM delivery AS d JOIN channel AS c ON c.id = d.channel_id
WHERE c.guild_id = :guild_id AND d.state = 'sent' AND d.identity IN (SELECT value FROM json_each(:identities))
ORDER BY d.id DESC;

-- name: tag_counts
-- Spellings of one tag count together, under the one that is used most.
SELECT tag, sum(entries) AS entries, max(entries) FROM (
    SELECT t.folded, t.tag, sum(t.entries) AS entries
    FROM json_each(coalesce(:feeds, (SELECT json_group_array(id) FROM feed))) AS f
    JOIN feed_tag AS t ON t.feed_id = f.value AND t.folded >= :first AND t.folded < :last
    GROUP BY t.folded, t.tag
)
GROUP BY folded ORDER BY 2 DESC, folded LIMIT :limit OFFSET :offset;

-- Figures

-- name: counts
SELECT
    (SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()) AS bytes,
    (SELECT count(*) FROM feed) AS feeds, (SELECT count(*) FROM entry) AS entries, (SELECT count(*) FROM seen) AS seen,
    (SELECT count(*) FROM subscription) AS subscriptions, (SELECT count(*) FROM channel) AS channels,
    (SELECT count(*) FROM channel WHERE state = 'suspended') AS suspended;

-- name: delivery_counts
SELECT state, count(*) AS deliveries FROM delivery GROUP BY state ORDER BY state;

-- name: held
-- What the flood breaker keeps back, for each subscription.
SELECT d.channel_id, coalesce(nullif(f.name, ''), nullif(f.title, ''), f.label) AS feed_name, count(*) AS deliveries,
    min(d.created_at) AS since
FROM delivery AS d JOIN entry AS e ON e.id = d.entry_id JOIN feed AS f ON f.id = e.feed_id
WHERE d.state = 'held' GROUP BY d.channel_id, f.id ORDER BY f.id;

-- name: suspended_channels
SELECT c.id, c.reason, c.suspended_at, c.probe_at,
    (SELECT count(*) FROM delivery WHERE channel_id = c.id AND state IN ('pending', 'sending')) AS waiting
FROM channel AS c WHERE c.state = 'suspended' ORDER BY c.id;

-- name: newest
SELECT e.*, (SELECT json_group_array(tag) FROM (SELECT tag FROM tag WHERE entry_id = e.id ORDER BY position)) AS tags
FROM entry AS e WHERE e.feed_id = :feed_id
ORDER BY coalesce(e.published_at, e.first_seen_at) DESC, e.id DESC LIMIT :limit;

-- name: statuses
-- The feeds that a guild follows, with what waits for it.
SELECT f.*, s.cool_until,
    (
        SELECT count(*) FROM entry WHERE feed_id = f.id AND coalesce(published_at, first_seen_at) > :now - 2419200000
    ) AS posts_last_month,
    sum(coalesce(d.waiting, 0)) AS waiting, sum(coalesce(d.held, 0)) AS held, sum(coalesce(d.paused, 0)) AS paused
FROM feed AS f JOIN site AS s ON s.domain = f.site
JOIN subscription AS x ON x.feed_id = f.id JOIN channel AS c ON c.id = x.channel_id
LEFT JOIN (
    SELECT subscription_id, sum(state IN ('pending', 'sending')) AS waiting, sum(state = 'held') AS held,
        sum(state = 'paused') AS paused
    FROM delivery WHERE state IN ('pending', 'sending', 'held', 'paused') GROUP BY subscription_id
) AS d ON d.subscription_id = x.id
WHERE c.guild_id = :guild_id GROUP BY f.id
ORDER BY f.state = 'ended' DESC, f.failures DESC, held DESC, waiting DESC, f.id;

-- name: traced
-- The entries that a link may mean, in the feeds that a guild follows.
SELECT DISTINCT e.*, coalesce(nullif(f.name, ''), nullif(f.title, ''), f.label) AS feed_name,
    (SELECT json_group_array(tag) FROM (SELECT tag FROM tag WHERE entry_id = e.id ORDER BY position)) AS tags,
    (SELECT json_group_array(key) FROM seen WHERE entry_id = e.id) AS keys
FROM seen AS s JOIN entry AS e ON e.id = s.entry_id JOIN feed AS f ON f.id = e.feed_id
WHERE s.key IN (SELECT value FROM json_each(:keys)) AND s.feed_id IN (
    SELECT x.feed_id FROM subscription AS x JOIN channel AS c ON c.id = x.channel_id WHERE c.guild_id = :guild_id
)
ORDER BY e.id;

-- name: traced_deliveries
SELECT d.* FROM delivery AS d JOIN channel AS c ON c.id = d.channel_id
WHERE d.entry_id = :entry_id AND c.guild_id = :guild_id ORDER BY d.id;

-- name: recent_entries
-- For completing a post as one types: by its title or address, newest first.
SELECT e.*, (SELECT json_group_array(tag) FROM (SELECT tag FROM tag WHERE entry_id = e.id ORDER BY position)) AS tags
FROM entry AS e
WHERE (e.title LIKE :part ESCAPE '\' OR e.link LIKE :part ESCAPE '\') AND e.feed_id IN (
    SELECT x.feed_id FROM subscription AS x JOIN channel AS c ON c.id = x.channel_id WHERE c.guild_id = :guild_id
)
ORDER BY e.id DESC LIMIT :limit;

-- Questions

-- name: put_question
INSERT INTO question (token, guild_id, user_id, asked, asked_at) VALUES (:token, :guild_id, :user_id, :asked, :now);

-- name: forget_questions
-- What a member searched for is nobody's business for long.
DELETE FROM question WHERE id <= (SELECT max(id) FROM question) - :kept OR asked_at < :oldest;

-- name: question
SELECT * FROM question WHERE token = ?;

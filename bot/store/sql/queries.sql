-- Queries in the SQL that SQLite and PostgreSQL share. Each has a name, a reason, and exactly one method that runs it.
-- Queries that only one engine supports are in that engine's own file.

-- name: instance
-- The random name of this database is part of every nonce, so a new file never matches messages of an old one.
SELECT value FROM meta WHERE key = 'instance';

-- name: move_marks
-- A database that was moved must not be used, nor one whose move is unfinished.
SELECT key, value FROM meta WHERE key IN ('moved to', 'unfinished move');

-- name: unfinished_move
-- An interrupted move is finished by repeating it.
SELECT 1 AS found FROM meta WHERE key = 'unfinished move';

-- name: mark_moved
-- The source can't be used after the move.
INSERT INTO meta (key, value) VALUES ('moved to', :place) ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: finish_move
-- The source is marked as moved, so the copy can be used.
DELETE FROM meta WHERE key = 'unfinished move';

-- Sites and feeds

-- name: put_site
-- A site's budget follows the config of this run; its cool-down stays.
INSERT INTO site (domain, max_concurrent, spacing) VALUES (:domain, :max_concurrent, :spacing)
ON CONFLICT (domain) DO UPDATE SET max_concurrent = excluded.max_concurrent, spacing = excluded.spacing;

-- name: sites
-- At a start, the budgets of all known sites are compared with the config.
SELECT domain, max_concurrent, spacing FROM site;

-- name: feed_by_address
-- A feed is found by every address that ever led to it.
SELECT feed_id FROM feed_address WHERE url = :url;

-- name: add_feed
-- A new feed is due at once.
INSERT INTO feed (url, label, site, name, interval, next_poll_at)
VALUES (:url, :label, :site, :name, :interval, :now) RETURNING id;

-- name: add_address
-- An address leads to one feed: the first that had it.
INSERT INTO feed_address (url, feed_id) VALUES (:url, :feed_id) ON CONFLICT (url) DO NOTHING;

-- name: describe_feed
-- Name and interval come from the config file.
UPDATE feed SET name = :name, interval = :interval WHERE id = :id;

-- name: named_by
-- The version of the rules that made the feeds' labels and titles.
SELECT value FROM meta WHERE key = 'names';

-- name: set_named_by
-- All labels and titles were made with this version.
INSERT INTO meta (key, value) VALUES ('names', :version) ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: feed_names
-- Labels and titles are made again if another version made them.
SELECT id, url, label, title FROM feed;

-- name: rename_feed
-- Labels and titles never contain the secrets of an address.
UPDATE feed SET label = :label, title = :title WHERE id = :id;

-- name: await_baseline
-- A new subscription needs the whole document at once, changed or not. This also revives a feed that had ended. A poll in
-- progress loses its claim: it may report that nothing has changed, or how the former address failed.
UPDATE feed SET next_poll_at = :now, etag = '', last_modified = '', body_hash = '', items_hash = '', state = 'active',
    failures = 0, leased_until = NULL
WHERE id = :id;

-- name: record_shown
-- The document that an admin saw counts as a poll, unless a later one was made.
UPDATE feed SET
    link = CASE WHEN :link <> '' THEN :link ELSE link END,
    last_new_at = CASE WHEN :new > 0 THEN :now ELSE last_new_at END,
    last_poll_at = CASE WHEN coalesce(last_poll_at, 0) < :read_at THEN :read_at ELSE last_poll_at END,
    last_success_at = CASE WHEN coalesce(last_success_at, 0) < :read_at THEN :read_at ELSE last_success_at END
WHERE id = :id;

-- name: polled_since
-- Whether a feed was polled after a document of it was read.
SELECT id FROM feed WHERE id = :id AND last_success_at > :read_at;

-- name: entries_since
-- Posts that a poll brought after a document was read. A backfill brings posts older than the oldest in the document.
SELECT e.* FROM tagged_entry AS e
WHERE e.feed_id = :feed_id AND e.first_seen_at > :read_at AND coalesce(e.published_at, e.first_seen_at) >= :oldest
ORDER BY e.id;

-- name: poll_all
-- `run --once` polls every feed now.
UPDATE feed SET next_poll_at = :now WHERE state = 'active' AND next_poll_at > :now;

-- name: next_poll
-- When the next feed may be polled, in the future: its due time, the end of its site's pause, or that of a lease.
SELECT min(due_at) AS start_at FROM site WHERE due_at > :now;

-- name: first_start
-- `run --once` sleeps until a feed that is due may start. Sites without due feeds, or with a cool-down, come later.
SELECT due_at FROM site
WHERE due_at IS NOT NULL AND first_due_at <= :now AND cooldown_until <= :now ORDER BY due_at LIMIT 1;

-- name: cooling_sites
-- `run --once` reports the sites whose due feeds it did not poll because of a cool-down.
SELECT domain, cooldown_until FROM site WHERE first_due_at <= :now AND cooldown_until > :now ORDER BY domain;

-- name: release_feeds
-- At a start, the process that held these leases no longer runs.
UPDATE feed SET leased_until = NULL WHERE leased_until IS NOT NULL;

-- name: claiming_seats
-- The seats of the processes that poll feeds or read histories; some of these may no longer run.
SELECT leased_by FROM feed WHERE leased_until IS NOT NULL
UNION ALL
SELECT leased_by FROM backfill WHERE leased_until IS NOT NULL AND worker = 'run';

-- name: release_feed
-- The poll was interrupted by a stop.
UPDATE feed SET leased_until = NULL WHERE id = :id;

-- name: record_success
-- Fields that the feed did not send stay unchanged; the count of failures starts again. Nothing changes if the poll lost its
-- claim.
UPDATE feed SET
    etag = coalesce(:etag, etag), last_modified = coalesce(:last_modified, last_modified),
    body_hash = coalesce(:body_hash, body_hash),
    title = CASE WHEN :title <> '' THEN :title ELSE title END, link = CASE WHEN :link <> '' THEN :link ELSE link END,
    failures = 0, error = '', failing_since = NULL, last_poll_at = :now, last_success_at = :now,
    last_new_at = CASE WHEN :new > 0 THEN :now ELSE last_new_at END,
    torn = CASE WHEN :torn = 1 THEN torn + 1 ELSE 0 END, left_out = coalesce(:left_out, left_out),
    read_from_start = CASE WHEN :left_out IS NULL THEN read_from_start ELSE 0 END,
    last_full_at = CASE WHEN :full = 1 THEN :now ELSE last_full_at END,
    parse_time = coalesce(:parse_time, parse_time),
    items_hash = coalesce(:items_hash, items_hash), ttl = CASE WHEN :items_hash IS NULL THEN ttl ELSE :ttl END,
    next_poll_at = :next_poll_at, leased_until = NULL
WHERE id = :id AND (CAST(:lease AS BIGINT) IS NULL OR leased_until = :lease) RETURNING failure_reported;

-- name: record_failure
-- A feed that failed backs off; one that has ended is not polled again. Nothing changes if the poll lost its claim.
UPDATE feed SET
    failures = failures + 1, error = :error, state = CASE WHEN :ended = 1 THEN 'ended' ELSE state END,
    failing_since = coalesce(failing_since, :now), parse_time = coalesce(:parse_time, parse_time),
    last_poll_at = :now, next_poll_at = :next_poll_at, leased_until = NULL
WHERE id = :id AND (CAST(:lease AS BIGINT) IS NULL OR leased_until = :lease);

-- name: report_failure
-- A failure is worth one notice after three polls or a day, and another one when the feed has ended.
UPDATE feed SET failure_reported = 1
WHERE id = :id AND (:ended = 1 OR failure_reported = 0 AND (failures >= 3 OR failing_since + 86400000 <= :now))
RETURNING id;

-- name: report_recovery
-- Admins who know of a failure also get a notice of the recovery.
UPDATE feed SET failure_reported = 0 WHERE id = :id;

-- name: cool_down_site
-- A cool-down can only become longer.
UPDATE site SET cooldown_until = :until
WHERE cooldown_until < :until AND domain = (SELECT site FROM feed WHERE id = :id);

-- name: rest_site
-- A document that was slow to parse delays the next request to its site.
UPDATE site SET next_start_at = :until
WHERE next_start_at < :until AND domain = (SELECT site FROM feed WHERE id = :id);

-- name: move_feed
-- A permanent redirect changes the address, unless another feed has it.
UPDATE feed SET url = :url, label = :label, site = :site
WHERE id = :id AND NOT EXISTS (SELECT 1 FROM feed AS other WHERE other.url = :url);

-- Entries

-- name: put_items
-- The items of a feed's last document, which are not parsed again.
INSERT INTO feed_items (feed_id, frame, items) VALUES (:feed_id, :frame, :items)
ON CONFLICT (feed_id) DO UPDATE SET frame = excluded.frame, items = excluded.items;

-- name: add_entry
-- The time is when the entry counts as first seen.
INSERT INTO entry (feed_id, identity, fingerprint, guid, link, title, content, summary, text, authors, media, source_id,
    warning, published_at, updated_at, first_seen_at, texts)
VALUES (:feed_id, :identity, :fingerprint, :guid, :link, :title, '', '', '', :authors, :media, :source_id,
    :warning, :published_at, :updated_at, :now, :texts)
RETURNING id;

-- name: newest_entry
-- Entries with a higher id were written later.
SELECT id FROM entry WHERE feed_id = :feed_id ORDER BY id DESC LIMIT 1;

-- name: keys_since
-- The keys that others wrote between the caller's read of the feed and now.
SELECT s.key FROM entry AS e JOIN seen AS s ON s.entry_id = e.id WHERE e.feed_id = :feed_id AND e.id > :entry_id;

-- name: rekeyed
-- The version of the entries' keys, and up to which entry they were made.
SELECT value FROM meta WHERE key = 'keys';

-- name: set_rekeyed
-- After a crash, rekeying continues from here.
INSERT INTO meta (key, value) VALUES ('keys', :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: entries_to_rekey
-- The next entries, with everything that their keys are made from.
SELECT e.*, f.link AS site_link, f.url AS feed_url FROM tagged_entry AS e JOIN feed AS f ON f.id = e.feed_id
WHERE e.id > :after ORDER BY e.id LIMIT :limit;

-- name: readdress_entry
-- The site has moved or puts a token into its links, so the latest link works longest.
UPDATE entry SET link = :link WHERE id = :id AND link <> :link;

-- name: drop_hints
-- An edited entry has other words, and perhaps another date.
DELETE FROM seen WHERE entry_id = :entry_id AND (key LIKE 'words:%' OR key LIKE 'date:%');

-- name: edit_entry
-- A pruned entry that is edited has a body again, until it is pruned again.
UPDATE entry SET fingerprint = :fingerprint, link = :link, title = :title, content = '', summary = '', text = '',
    texts = :texts, authors = :authors, media = :media, warning = :warning, published_at = :published_at,
    updated_at = :updated_at, edited_at = :now, pruned_at = NULL
WHERE id = :id;

-- name: add_tag
-- Of two tags that compare equal, the first one counts.
INSERT INTO tag (entry_id, folded, tag, position) VALUES (:entry_id, :folded, :tag, :position) ON CONFLICT DO NOTHING;

-- name: drop_tags
-- An edited entry gets new tags; a pruned one has none.
DELETE FROM tag WHERE entry_id = :entry_id;

-- name: prunable
-- The oldest entries with a body that no delivery still needs.
SELECT e.id FROM entry AS e
WHERE e.pruned_at IS NULL AND coalesce(e.published_at, e.first_seen_at) < :before AND e.first_seen_at < :before
    AND NOT EXISTS (
        SELECT 1 FROM delivery AS d
        WHERE d.entry_id = e.id AND d.state IN ('pending', 'sending', 'held', 'paused')
    )
ORDER BY e.id LIMIT :limit;

-- name: prune_entry
-- The keys, the address and the deliveries of a pruned entry stay.
UPDATE entry SET content = '', summary = '', text = '', texts = :texts, media = '[]', warning = '', pruned_at = :now
WHERE id = :id;

-- name: has_loose_texts
-- Entries up to this id may have texts that are not compressed yet.
SELECT value FROM meta WHERE key = 'loose texts' AND value <> '0';

-- name: loose_texts
-- The next entries whose texts may not be compressed; those that were edited meanwhile are.
SELECT id, content, summary, text, texts FROM entry
WHERE id <= (SELECT CAST(value AS BIGINT) FROM meta WHERE key = 'loose texts') ORDER BY id DESC LIMIT :limit;

-- name: pack_entry
-- Replaces the texts by their compressed form.
UPDATE entry SET content = '', summary = '', text = '', texts = :texts WHERE id = :id;

-- name: set_loose_texts
-- After a crash, compressing continues from here.
UPDATE meta SET value = CAST(CAST(:up_to AS BIGINT) AS TEXT) WHERE key = 'loose texts';

-- name: newest
-- The newest posts of a feed, for previews and lists.
SELECT e.* FROM tagged_entry AS e WHERE e.feed_id = :feed_id
ORDER BY coalesce(e.published_at, e.first_seen_at) DESC, e.id DESC LIMIT :limit;

-- name: first_seen
-- A post of the history without a date counts as older than all archived posts.
SELECT min(first_seen_at) AS at FROM entry WHERE feed_id = :feed_id;

-- Subscriptions

-- name: put_channel
-- A subscription refers to its channel.
INSERT INTO channel (id) VALUES (:id) ON CONFLICT (id) DO NOTHING;

-- name: put_guild
-- A channel refers to its guild.
INSERT INTO guild (id) VALUES (:id) ON CONFLICT (id) DO NOTHING;

-- name: subscriptions_of
-- The plan matches each of a feed's subscriptions. After a restore, it needs to know what their channels have.
SELECT s.*, r.since AS copied_at, r.unread_until, coalesce(nullif(s.name, ''), f.display_name) AS feed_name
FROM subscription AS s JOIN feed AS f ON f.id = s.feed_id LEFT JOIN recovery AS r ON r.channel_id = s.channel_id
WHERE s.feed_id = :feed_id ORDER BY s.id;

-- name: find_subscription
-- A channel follows a feed at most once.
SELECT * FROM subscription WHERE feed_id = :feed_id AND channel_id = :channel_id;

-- name: add_subscription
-- A new subscription waits for its baseline.
INSERT INTO subscription (feed_id, channel_id, origin, rule, style, mention_roles, name, silent, thread, ping_cooldown,
    interval, fixed, chosen, created_at, added_by)
VALUES (:feed_id, :channel_id, :origin, :rule, :style, :mention_roles, :name, :silent, :thread, :ping_cooldown,
    :interval, :fixed, :chosen, :now, :added_by)
RETURNING id;

-- name: declare_subscription
-- The config file changes a subscription that exists.
UPDATE subscription SET origin = 'config', rule = :rule, style = :style, mention_roles = :mention_roles, name = :name,
    silent = :silent, thread = :thread, ping_cooldown = :ping_cooldown, interval = :interval, fixed = :fixed,
    chosen = :chosen
WHERE feed_id = :feed_id AND channel_id = :channel_id;

-- name: declared_subscriptions
-- What the config file declared before: what is the same is not written again, and what is missing ends.
SELECT * FROM subscription WHERE origin = 'config';

-- name: end_deliveries
-- When a subscription ends, its waiting posts are skipped.
UPDATE delivery SET state = 'skipped', reason = 'the subscription ended', settled_at = :now,
    leased_until = NULL, sending_since = NULL
WHERE subscription_id = :id AND state IN ('pending', 'held', 'paused');

-- name: record_removal
-- A removal can be undone for some minutes.
INSERT INTO removal (subscription_id, guild_id, removed_at, hold_id, newest_entry_id)
SELECT s.id, c.guild_id, CAST(:now AS BIGINT), (SELECT id FROM hold WHERE subscription_id = s.id AND decision IS NULL),
    coalesce((SELECT max(id) FROM entry WHERE feed_id = s.feed_id), 0)
FROM subscription AS s JOIN channel AS c ON c.id = s.channel_id
WHERE s.id = :id AND s.origin <> 'config' AND c.guild_id IS NOT NULL RETURNING id;

-- name: keep_removed
-- An Undo needs the whole subscription.
INSERT INTO removed_subscription (
    id, feed_id, channel_id, origin, rule, style, mention_roles, paused, baseline_due, created_at, added_by, name,
    silent, thread, ping_cooldown, interval, pinged_at, fixed, chosen
)
SELECT id, feed_id, channel_id, origin, rule, style, mention_roles, paused, baseline_due, created_at, added_by, name,
    silent, thread, ping_cooldown, interval, pinged_at, fixed, chosen
FROM subscription WHERE id = :id;

-- name: keep_removed_deliveries
-- An Undo needs the unsettled deliveries. One that is being sent would wait again if the send fails.
INSERT INTO removed_delivery (delivery_id, removal_id, state, reason)
SELECT id, CAST(:removal_id AS BIGINT), CASE WHEN state = 'sending' THEN 'pending' ELSE state END, reason
FROM delivery WHERE subscription_id = :id AND state IN ('pending', 'sending', 'held', 'paused');

-- name: removal
-- What an Undo brings back, unless it is too late.
SELECT r.id, r.guild_id, r.removed_at, r.hold_id, r.newest_entry_id, s.id AS subscription_id, s.feed_id, s.channel_id, s.baseline_due,
    f.display_name AS feed_name
FROM removal AS r JOIN removed_subscription AS s ON s.id = r.subscription_id JOIN feed AS f ON f.id = s.feed_id
WHERE r.id = :id AND r.removed_at >= :after;

-- name: restore_subscription
-- The subscription gets its id back, which is never reused.
INSERT INTO subscription (
    id, feed_id, channel_id, origin, rule, style, mention_roles, paused, baseline_due, created_at, added_by, name,
    silent, thread, ping_cooldown, interval, pinged_at, fixed, chosen
)
SELECT id, feed_id, channel_id, origin, rule, style, mention_roles, paused, baseline_due, created_at, added_by, name,
    silent, thread, ping_cooldown, interval, pinged_at, fixed, chosen
FROM removed_subscription WHERE id = :id;

-- name: restore_hold
-- The hold gets its id back, so the buttons of its notice work again.
INSERT INTO hold (id, subscription_id, created_at) VALUES (:id, :subscription_id, :now);

-- name: restore_deliveries
-- What waited is due now, held again, or kept by the pause. Another subscription of the channel may have posted some of it.
UPDATE delivery SET
    state = CASE WHEN delivery.state = 'skipped' THEN k.state ELSE delivery.state END,
    reason = CASE WHEN delivery.state = 'skipped' THEN k.reason ELSE delivery.reason END,
    settled_at = CASE WHEN delivery.state = 'skipped' THEN NULL ELSE settled_at END,
    hold_id = CASE WHEN delivery.state = 'skipped' AND k.state = 'held' THEN CAST(:hold_id AS BIGINT) ELSE hold_id END,
    due_at = CASE WHEN delivery.state = 'skipped' THEN CAST(:now AS BIGINT) ELSE due_at END, subscription_id = :id
FROM removed_delivery AS k
WHERE k.removal_id = :removal_id AND delivery.id = k.delivery_id AND delivery.subscription_id IS NULL
    AND (delivery.state = 'sending' OR delivery.state = 'skipped');

-- name: missed_entries
-- Posts that polls found while a subscription was removed, without older ones from a backfill.
SELECT e.* FROM tagged_entry AS e
WHERE e.feed_id = :feed_id AND e.id > :entry_id AND (
    coalesce(e.published_at, e.first_seen_at) >= :since OR NOT EXISTS (
        SELECT 1 FROM backfill AS b WHERE b.feed_id = :feed_id AND coalesce(b.finished_at, :since) >= :since
    )
)
ORDER BY e.id;

-- name: forget_removal
-- The removal was undone, or can no longer be undone.
DELETE FROM removal WHERE id = :id;

-- name: forget_removed
-- The kept subscription goes with its removal.
DELETE FROM removed_subscription WHERE id = (SELECT subscription_id FROM removal WHERE id = :id);

-- name: late_removals
-- Removals that can no longer be undone.
SELECT id FROM removal WHERE removed_at < :before;

-- name: end_subscription
-- When a subscription ends, only its deliveries stay.
DELETE FROM subscription WHERE id = :id;

-- name: followed
-- Every subscription, for lists.
SELECT * FROM followed ORDER BY feed_id, id;

-- name: followed_in_guild
-- The feeds that a guild's members can search and its admins can change.
SELECT * FROM followed WHERE guild_id = :guild_id ORDER BY feed_id, id;

-- name: followed_by
-- A request to follow a feed returns the subscription that it created or found.
SELECT * FROM followed WHERE id = :id;

-- name: count_subscriptions
-- A guild has a maximum number of subscriptions.
SELECT count(*) AS subscriptions FROM subscription AS s JOIN channel AS c ON c.id = s.channel_id
WHERE c.guild_id = :guild_id;

-- name: set_settings
-- A new rule applies from the next poll on, everything else from the next message on, including waiting posts.
UPDATE subscription SET rule = :rule, style = :style, mention_roles = :mention_roles, name = :name, silent = :silent,
    thread = :thread, ping_cooldown = :ping_cooldown, interval = :interval, chosen = :chosen
WHERE id = :id;

-- name: poll_now
-- A changed interval counts from now, unless the feed backs off. A poll in progress loses its claim, since it would wait for
-- the former interval.
UPDATE feed SET next_poll_at = :now, leased_until = NULL WHERE id = :id AND failures = 0;

-- name: add_settings_change
-- An Undo needs the settings before and after the change.
INSERT INTO settings_change (subscription_id, user_id, before, after, created_at)
VALUES (:subscription_id, :user_id, :before, :after, :now) RETURNING id;

-- name: forget_settings_changes
-- Older changes of a subscription can't be undone.
DELETE FROM settings_change WHERE subscription_id = :subscription_id AND id <= (
    SELECT id FROM settings_change WHERE subscription_id = :subscription_id ORDER BY id DESC LIMIT 1 OFFSET :kept
);

-- name: settings_change
-- The change that a press of Undo refers to.
SELECT * FROM settings_change WHERE id = :id;

-- name: mark_undone
-- If two admins press Undo at the same time, it is undone once.
UPDATE settings_change SET undone_at = :now WHERE id = :id AND undone_at IS NULL RETURNING id;

-- name: set_paused
-- Deliveries that are added or settled later check whether the subscription is paused.
UPDATE subscription SET paused = :paused WHERE id = :id AND paused <> :paused;

-- name: pause_deliveries
-- A pause keeps the posts that wait.
UPDATE delivery SET state = 'paused' WHERE subscription_id = :id AND state = 'pending';

-- name: count_paused
-- If more posts than `posts.burst_limit` wait, they are held instead of sent.
SELECT count(*) AS deliveries FROM delivery WHERE subscription_id = :id AND state = 'paused';

-- name: resume_deliveries
-- The posts that a pause kept are due now.
UPDATE delivery SET state = 'pending', due_at = :now WHERE subscription_id = :id AND state = 'paused';

-- name: hold_deliveries
-- The waiting posts of a subscription are held until an admin decides.
UPDATE delivery SET state = 'held', hold_id = :hold_id, reason = :reason
WHERE subscription_id = :id AND state IN ('paused', 'pending');

-- name: post_now
-- An admin requests a post. If it was kept back, it is released; if it was sent, it is not repeated.
INSERT INTO delivery (subscription_id, entry_id, channel_id, identity, state, due_at, created_at)
SELECT s.id, e.id, s.channel_id, e.identity, 'pending', CAST(:now AS BIGINT), CAST(:now AS BIGINT)
FROM subscription AS s JOIN entry AS e ON e.feed_id = s.feed_id
WHERE s.id = :id AND e.id = :entry_id
ON CONFLICT (channel_id, identity) DO UPDATE SET
    state = 'pending', subscription_id = excluded.subscription_id, hold_id = NULL, reason = '', due_at = :now
WHERE delivery.state IN ('held', 'paused', 'skipped')
RETURNING id;

-- Moves

-- name: movable
-- If two admins move a subscription at once, the second one no longer finds it. The config file's can't be moved.
SELECT id, feed_id FROM subscription WHERE id = :id AND channel_id = :channel_id AND origin <> 'config';

-- name: move_subscription
-- The subscription keeps everything except its channel.
UPDATE subscription SET channel_id = :channel_id WHERE id = :id;

-- name: move_deliveries
-- Waiting posts move along, unless the other channel has them. The bot searches for uncertain messages in the old channel.
UPDATE delivery SET channel_id = :target_id
WHERE subscription_id = :id AND channel_id = :source_id AND state IN ('pending', 'held', 'paused')
    AND uncertain_since IS NULL AND NOT EXISTS (
        SELECT 1 FROM delivery AS other WHERE other.channel_id = :target_id AND other.identity = delivery.identity
    );

-- name: skip_unmoved
-- The other channel already has these posts.
UPDATE delivery SET state = 'skipped', reason = :reason, settled_at = :now
WHERE subscription_id = :id AND channel_id = :source_id AND state IN ('pending', 'held', 'paused')
    AND uncertain_since IS NULL;

-- name: copyable
-- The subscription may have been removed meanwhile.
SELECT id, feed_id FROM subscription WHERE id = :id;

-- name: copy_subscription
-- Another channel follows the same feed with the same settings. The copy can be changed in Discord, even if the config file
-- declares the original.
INSERT INTO subscription (feed_id, channel_id, origin, rule, style, mention_roles, paused, baseline_due, created_at,
    added_by, name, silent, thread, ping_cooldown, interval)
SELECT feed_id, CAST(:channel_id AS BIGINT), 'discord', rule, style, mention_roles, paused, baseline_due,
    CAST(:now AS BIGINT), CAST(:user_id AS BIGINT), name, silent, thread, ping_cooldown, interval
FROM subscription WHERE id = :id;

-- name: has_past
-- Whether an Undo would bring back a subscription to a feed, or another guild has posts of it.
SELECT 1 AS found FROM removed_subscription WHERE feed_id = :feed_id
UNION ALL
SELECT 1 FROM posted_feed AS p JOIN channel AS c ON c.id = p.channel_id
WHERE p.feed_id = :feed_id AND coalesce(c.guild_id, 0) <> :guild_id LIMIT 1;

-- name: readdress_feed
-- The feed keeps its posts and what it has seen.
UPDATE feed SET url = :url, label = :label, site = :site WHERE id = :id;

-- name: drop_addresses
-- A person chose the new address. The old addresses must not lead to this feed.
DELETE FROM feed_address WHERE feed_id = :feed_id;

-- name: switch_feed
-- The subscription follows the feed at the other address, whose current posts are its baseline.
UPDATE subscription SET feed_id = :feed_id, baseline_due = 1 WHERE id = :id;

-- Guilds

-- name: notices_channels
-- An admin can choose one channel for all notices of a guild; without that, Discord's own one is used.
SELECT notices_channel_id, updates_channel_id FROM guild WHERE id = :id;

-- name: set_notices_channel
-- NULL: the default.
INSERT INTO guild (id, notices_channel_id) VALUES (:id, :channel_id)
ON CONFLICT (id) DO UPDATE SET notices_channel_id = excluded.notices_channel_id;

-- name: managers_role
-- A press of an admin's button asks who may press it.
SELECT managers_role_id FROM guild WHERE id = :id;

-- name: set_managers_role
-- NULL: only members with Manage Server may press the buttons of admins.
INSERT INTO guild (id, managers_role_id) VALUES (:id, :role_id)
ON CONFLICT (id) DO UPDATE SET managers_role_id = excluded.managers_role_id;

-- name: time_zone
-- A search asks where its days begin.
SELECT time_zone FROM guild WHERE id = :id;

-- name: set_time_zone
-- The guild may not be known yet.
INSERT INTO guild (id, time_zone) VALUES (:id, :time_zone)
ON CONFLICT (id) DO UPDATE SET time_zone = excluded.time_zone;

-- name: language
-- What the bot posts in the guild is in this language.
SELECT language FROM guild WHERE id = :id;

-- name: set_language
-- The bot may not have reported the guild yet.
INSERT INTO guild (id, language) VALUES (:id, :language)
ON CONFLICT (id) DO UPDATE SET language = excluded.language;

-- name: clear_notices_channel
-- The channel was deleted.
UPDATE guild SET
    notices_channel_id = nullif(notices_channel_id, :channel_id),
    updates_channel_id = nullif(updates_channel_id, :channel_id)
WHERE :channel_id IN (notices_channel_id, updates_channel_id);

-- name: set_updates_channel
-- Discord reports the guild's channel for Community updates or safety alerts; NULL: the bot can write in neither.
INSERT INTO guild (id, updates_channel_id) VALUES (:id, :channel_id)
ON CONFLICT (id) DO UPDATE SET updates_channel_id = excluded.updates_channel_id;

-- name: return_notices
-- The channel for notices was deleted: those not sent yet go to the channels that they concern.
UPDATE notice SET channel_id = about_channel_id, leader_id = NULL, attempts = 0, due_at = :now
WHERE channel_id = :channel_id AND state = 'pending' AND about_channel_id <> :channel_id;

-- name: guild_left
-- The first report of a removal counts.
UPDATE guild SET left_at = :now WHERE id = :id AND left_at IS NULL RETURNING id;

-- name: guild_returned
-- Nothing is returned if the bot had not left.
UPDATE guild SET left_at = NULL WHERE id = :id AND left_at IS NOT NULL RETURNING id;

-- name: channels_gone
-- Channels that were deleted or whose guild is gone are suspended without a probe: only an event can reopen them.
UPDATE channel SET state = 'suspended', reason = :reason, suspended_at = coalesce(suspended_at, :now),
    gone_at = coalesce(gone_at, :now), probe_at = :never
WHERE (id = :channel_id AND (gone_at IS NULL OR reason <> :reason)) OR (guild_id = :guild_id AND gone_at IS NULL)
RETURNING id;

-- name: channels_back
-- The bot is in the guild again. Channels that were deleted stay so.
UPDATE channel SET state = 'open', reason = '', suspended_at = NULL, gone_at = NULL, probe_at = NULL, probes = 0
WHERE guild_id = :guild_id AND gone_at IS NOT NULL AND reason <> :deleted;

-- name: followed_channels
-- The stored state of channels is compared with what Discord reports.
SELECT c.id, c.guild_id, CASE WHEN c.gone_at IS NULL THEN 0 ELSE 1 END AS gone,
    CASE WHEN g.left_at IS NULL THEN 0 ELSE 1 END AS has_left
FROM channel AS c LEFT JOIN guild AS g ON g.id = c.guild_id
WHERE EXISTS (SELECT 1 FROM subscription AS s WHERE s.channel_id = c.id);

-- name: waiting_in_guild
-- After the bot returns, an admin decides about the posts that waited, except those of paused subscriptions.
SELECT DISTINCT d.subscription_id FROM delivery AS d JOIN channel AS c ON c.id = d.channel_id
WHERE c.guild_id = :guild_id AND c.gone_at IS NULL AND d.state = 'pending' AND d.subscription_id IS NOT NULL
ORDER BY d.subscription_id;

-- name: long_gone
-- Subscriptions of channels that were gone for too long are deleted, unless the config file declares them.
SELECT s.id FROM subscription AS s JOIN channel AS c ON c.id = s.channel_id
WHERE c.gone_at < :before AND s.origin <> 'config';

-- Holds

-- name: open_hold
-- More posts of a flood join the hold that is still undecided.
INSERT INTO hold (subscription_id, created_at) VALUES (:subscription_id, :now)
ON CONFLICT (subscription_id) WHERE decision IS NULL DO NOTHING;

-- name: undecided_hold
-- A subscription has at most one undecided hold.
SELECT id FROM hold WHERE subscription_id = :subscription_id AND decision IS NULL;

-- name: hold
-- The hold that an admin decides about.
SELECT h.id, h.subscription_id, h.decision, h.decided_by, c.guild_id, s.channel_id, s.paused,
    coalesce(nullif(s.name, ''), f.display_name) AS feed_name, g.managers_role_id, coalesce(g.language, '') AS language,
    (SELECT count(*) FROM delivery AS d WHERE d.hold_id = h.id AND d.state = 'held') AS waiting
FROM hold AS h JOIN subscription AS s ON s.id = h.subscription_id JOIN channel AS c ON c.id = s.channel_id
JOIN feed AS f ON f.id = s.feed_id LEFT JOIN guild AS g ON g.id = c.guild_id
WHERE h.id = :id;

-- name: decide_hold
-- If two admins press at the same time, the first one decides.
UPDATE hold SET decision = :decision, decided_by = :user_id, decided_at = :now
WHERE id = :id AND decision IS NULL RETURNING id;

-- name: release_held
-- The newest posts of a hold are released.
UPDATE delivery SET state = 'pending', due_at = :now WHERE id IN (
    SELECT id FROM delivery WHERE hold_id = :hold_id AND state = 'held' ORDER BY id DESC LIMIT :limit
);

-- name: skip_held
-- The posts that the decision did not release are skipped.
UPDATE delivery SET state = 'skipped', reason = :reason, settled_at = :now WHERE hold_id = :hold_id AND state = 'held';

-- Imports

-- name: add_import
-- An import is kept until all its feeds were read.
INSERT INTO feed_import (guild_id, channel_id, user_id, started_at) VALUES (:guild_id, :channel_id, :user_id, :now) RETURNING id;

-- name: add_imported_feed
-- The feeds that the import added to its channel.
INSERT INTO imported_feed (import_id, feed_id) VALUES (:id, :feed_id);

-- name: import_progress
-- Which feeds of an import were read, and the error of those that failed.
SELECT f.display_name AS name, f.error, CASE WHEN f.last_poll_at >= i.started_at THEN 1 ELSE 0 END AS polled
FROM feed_import AS i JOIN imported_feed AS x ON x.import_id = i.id JOIN feed AS f ON f.id = x.feed_id
WHERE i.id = :id;

-- name: answered_imports
-- Imports whose answer can no longer be edited.
SELECT id, started_at FROM feed_import WHERE started_at < :before;

-- name: add_import_notice
-- The notice goes to the guild's channel for notices, else to the person who imported the feeds.
INSERT INTO notice (kind, channel_id, direct, about_guild_id, about_channel_id, detail, created_at, due_at)
SELECT 'feeds imported', coalesce(g.notices_channel_id, g.updates_channel_id, i.user_id),
    CASE WHEN coalesce(g.notices_channel_id, g.updates_channel_id) IS NULL THEN 1 ELSE 0 END, i.guild_id, i.channel_id,
    CAST(:detail AS TEXT), CAST(:now AS BIGINT), CAST(:now AS BIGINT)
FROM feed_import AS i LEFT JOIN guild AS g ON g.id = i.guild_id WHERE i.id = :id;

-- name: drop_import
-- The result was shown, or its notice was written.
DELETE FROM feed_import WHERE id = :id;

-- Notices

-- name: add_feed_notice
-- One notice for each place that gets notices about the feed. All notices within a minute share its message.
INSERT INTO notice (kind, channel_id, direct, about_guild_id, feed_id, about_channel_id, detail, created_at, due_at)
SELECT CAST(:kind AS TEXT), place, direct, guild_id, feed_id, min(follower_id), CAST(:detail AS TEXT),
    CAST(:now AS BIGINT), CAST(:due_at AS BIGINT)
FROM notice_place WHERE feed_id = :feed_id AND gone_at IS NULL
GROUP BY place, direct, guild_id, feed_id;

-- name: add_hold_notice
-- A hold is announced once. If its notice could not be sent, it is announced again.
INSERT INTO notice (kind, channel_id, direct, about_guild_id, feed_id, about_channel_id, hold_id, created_at, due_at)
SELECT 'posts held', p.place, p.direct, p.guild_id, p.feed_id, p.follower_id, h.id,
    CAST(:now AS BIGINT), CAST(:now AS BIGINT)
FROM hold AS h JOIN notice_place AS p ON p.subscription_id = h.subscription_id
WHERE h.id = :hold_id
ON CONFLICT (hold_id) WHERE hold_id IS NOT NULL DO UPDATE SET
    state = 'pending', channel_id = excluded.channel_id, direct = excluded.direct, leader_id = NULL, attempts = 0,
    due_at = :now, uncertain_since = NULL
WHERE notice.state = 'dropped';

-- name: add_suspension_notice
-- The notice goes to the guild's channel for notices, else to the member who added a feed to the suspended channel, else to
-- another open channel of the guild.
INSERT INTO notice (kind, channel_id, direct, about_guild_id, about_channel_id, detail, created_at, due_at)
SELECT 'channel suspended', coalesce(t.chosen, t.member, t.other),
    CASE WHEN t.chosen IS NULL AND t.member IS NOT NULL THEN 1 ELSE 0 END, t.guild_id,
    CAST(:channel_id AS BIGINT), CAST(:detail AS TEXT), CAST(:now AS BIGINT), CAST(:due_at AS BIGINT)
FROM (
    SELECT g.id AS guild_id,
        coalesce(nullif(g.notices_channel_id, :channel_id), nullif(g.updates_channel_id, :channel_id)) AS chosen,
        (
            SELECT s.added_by FROM subscription AS s WHERE s.channel_id = c.id AND s.added_by IS NOT NULL
            ORDER BY s.id DESC LIMIT 1
        ) AS member,
        (
            SELECT min(other.id) FROM channel AS other JOIN subscription AS s ON s.channel_id = other.id
            WHERE other.guild_id = c.guild_id AND other.state = 'open' AND other.id <> :channel_id
        ) AS other
    FROM channel AS c JOIN guild AS g ON g.id = c.guild_id WHERE c.id = :channel_id
) AS t WHERE coalesce(t.chosen, t.member, t.other) IS NOT NULL;

-- name: add_backup_notice
-- The owner of the bot at Discord (0) gets one notice when backups begin to fail, and one when they work again.
INSERT INTO notice (kind, channel_id, direct, detail, created_at, due_at)
SELECT CAST(:kind AS TEXT), 0, 1, CAST(:detail AS TEXT), CAST(:now AS BIGINT), CAST(:now AS BIGINT)
FROM (SELECT max(id) AS id FROM notice WHERE channel_id = 0 AND kind IN ('backup failed', 'backup works')) AS last
LEFT JOIN notice AS n ON n.id = last.id
WHERE coalesce(n.kind, 'backup works') <> :kind;

-- name: add_resumption_notice
-- Admins who got a notice of a suspension also get one when it ends.
INSERT INTO notice (kind, channel_id, direct, about_guild_id, about_channel_id, created_at, due_at)
SELECT 'channel resumed', coalesce(t.chosen, t.member, t.id),
    CASE WHEN t.chosen IS NULL AND t.member IS NOT NULL THEN 1 ELSE 0 END, t.guild_id, t.id, CAST(:now AS BIGINT), CAST(:due_at AS BIGINT)
FROM (
    SELECT c.id, c.guild_id, coalesce(g.notices_channel_id, g.updates_channel_id) AS chosen,
        (
            SELECT s.added_by FROM subscription AS s WHERE s.channel_id = c.id AND s.added_by IS NOT NULL
            ORDER BY s.id DESC LIMIT 1
        ) AS member
    FROM channel AS c LEFT JOIN guild AS g ON g.id = c.guild_id WHERE c.id = :channel_id
) AS t;

-- name: redirect_notice
-- A place refuses a notice that the caller has claimed. From a guild's channel for notices it goes to whoever added the feed,
-- from there to the channel that it is about, else to one of the guild that follows the feed.
UPDATE notice SET channel_id = coalesce(t.member, t.own, t.other),
    direct = CASE WHEN t.member IS NULL THEN 0 ELSE 1 END, leader_id = NULL, attempts = 0, due_at = :now, uncertain_since = NULL
FROM (
    SELECT
        CASE WHEN n.direct = 0 AND n.channel_id IN (g.notices_channel_id, g.updates_channel_id) THEN (
            SELECT s.added_by FROM subscription AS s JOIN channel AS c ON c.id = s.channel_id
            WHERE c.guild_id = g.id AND s.added_by IS NOT NULL
                AND (s.feed_id = n.feed_id OR n.feed_id IS NULL AND s.channel_id = n.about_channel_id)
            ORDER BY s.id DESC LIMIT 1
        ) END AS member,
        (
            SELECT c.id FROM channel AS c WHERE c.id = n.about_channel_id AND c.id <> n.channel_id AND c.state = 'open'
                AND c.id NOT IN (coalesce(g.notices_channel_id, 0), coalesce(g.updates_channel_id, 0))
        ) AS own,
        CASE WHEN n.direct = 1 OR n.channel_id IN (g.notices_channel_id, g.updates_channel_id) THEN (
            SELECT min(c.id) FROM channel AS c JOIN subscription AS s ON s.channel_id = c.id
            WHERE c.guild_id = g.id AND s.feed_id = coalesce(n.feed_id, s.feed_id) AND c.state = 'open'
                AND c.id <> n.channel_id AND c.id NOT IN (coalesce(g.notices_channel_id, 0), coalesce(g.updates_channel_id, 0))
        ) END AS other
    FROM notice AS n LEFT JOIN guild AS g ON g.id = n.about_guild_id WHERE n.id = :id
) AS t
WHERE notice.id = :id AND notice.state = 'pending' AND notice.due_at = :lease AND coalesce(t.member, t.own, t.other) IS NOT NULL
RETURNING notice.id;

-- name: notice_still_leased
-- A process that was frozen checks whether another one has taken over.
SELECT id FROM notice WHERE id = :id AND state = 'pending' AND leader_id = id AND due_at = :lease;

-- name: drop_decided
-- A hold that was decided needs no notice.
UPDATE notice SET state = 'dropped'
WHERE state = 'pending'
    AND EXISTS (SELECT 1 FROM hold WHERE hold.id = notice.hold_id AND hold.decision IS NOT NULL);

-- name: notice_places
-- The places with a due notice, except suspended channels and places with an earlier message that is being sent or retried.
SELECT n.channel_id, n.direct, coalesce(n.about_guild_id, 0) AS guild_id
FROM notice AS n LEFT JOIN channel AS c ON c.id = n.channel_id
WHERE n.state = 'pending' AND n.due_at <= :now AND coalesce(c.state, 'open') = 'open' AND NOT EXISTS (
    SELECT 1 FROM notice AS busy
    WHERE busy.channel_id = n.channel_id AND busy.state = 'pending' AND busy.leader_id IS NOT NULL AND busy.due_at > :now
)
GROUP BY n.channel_id, n.direct, coalesce(n.about_guild_id, 0) ORDER BY min(n.id) LIMIT :limit;

-- name: waiting_notices
-- Everything that rendering the next message to a place needs.
SELECT n.*, coalesce(f.display_name, '') AS feed_name, g.managers_role_id, coalesce(g.language, '') AS language,
    (SELECT count(*) FROM delivery WHERE hold_id = n.hold_id AND state = 'held') AS waiting
FROM notice AS n LEFT JOIN feed AS f ON f.id = n.feed_id LEFT JOIN guild AS g ON g.id = n.about_guild_id
WHERE n.state = 'pending' AND n.channel_id = :channel_id AND n.direct = :direct AND coalesce(n.about_guild_id, 0) = :guild_id
ORDER BY n.id LIMIT :limit;

-- name: sent_notices
-- The notices that a place got within the last day. A sent notice's due time is the end of the lease for its send.
SELECT kind, feed_id, about_channel_id, coalesce(leader_id, id) AS message, due_at FROM notice
WHERE channel_id = :channel_id AND direct = :direct AND coalesce(about_guild_id, 0) = :guild_id AND state = 'sent' AND due_at > :since
ORDER BY due_at, id;

-- name: postpone_notice
-- The notice repeats a problem, so it waits and is reported together with later repeats.
UPDATE notice SET due_at = :until WHERE id = :id;

-- name: release_notices
-- At a start, the process that was sending no longer runs, so its messages may or may not have arrived.
UPDATE notice SET due_at = :now WHERE state = 'pending' AND uncertain_since IS NOT NULL AND due_at > :now;

-- name: settle_notices
-- The notices of a message were sent or dropped, or are due again. Without the lease, another process may be sending it, so
-- only the fact that it was sent is recorded.
UPDATE notice SET state = :state, due_at = coalesce(:due_at, due_at),
    uncertain_since = CASE WHEN :uncertain = 1 THEN uncertain_since END, message_id = :message_id
WHERE leader_id = :leader_id AND state = 'pending' AND (:state = 'sent' OR due_at = :lease);

-- After a restore

-- name: restored
-- The time of the backup that the database was restored from, until the bot has started with it.
SELECT value FROM meta WHERE key = 'restored';

-- name: forget_restored
-- The bot has started with the restored database.
DELETE FROM meta WHERE key = 'restored';

-- name: expire_nonces
-- Nonces begin with the name of the database, which the restore has changed, so earlier ones are useless.
UPDATE delivery SET uncertain_since = uncertain_since - :nonce_ttl, sending_since = sending_since - :nonce_ttl
WHERE state IN ('pending', 'sending', 'held', 'paused');

-- name: doubt_notices
-- Notices that were waiting in the backup may have been sent since.
UPDATE notice SET uncertain_since = :since, attempts = CASE WHEN attempts = 0 THEN 1 ELSE attempts END
WHERE state = 'pending';

-- name: begin_recoveries
-- Every channel that can get posts must be read. What an earlier restore left unread is still unread.
INSERT INTO recovery (channel_id, since, until)
SELECT c.id, CAST(:since AS BIGINT), CAST(:now AS BIGINT) FROM channel AS c
WHERE c.id IN (SELECT channel_id FROM subscription)
    OR c.id IN (SELECT channel_id FROM delivery WHERE state IN ('pending', 'sending'))
ON CONFLICT (channel_id) DO UPDATE SET
    since = CASE
        WHEN (recovery.ended_at IS NULL OR recovery.unread_until IS NOT NULL) AND recovery.since < excluded.since
        THEN recovery.since ELSE excluded.since
    END,
    until = excluded.until, read_down_to = NULL, pages = 0, unread_until = NULL, ended_at = NULL;

-- name: unfinished_recoveries
-- The channels that must still be read.
SELECT * FROM recovery WHERE ended_at IS NULL ORDER BY channel_id;

-- name: unread_channels
-- Until the channels of a restored database are read, nothing is polled.
SELECT 1 AS unread FROM meta WHERE key = 'restored'
UNION ALL
SELECT 1 FROM recovery WHERE ended_at IS NULL
LIMIT 1;

-- name: add_found
-- Stores a message that the backup doesn't know. A page may be read twice.
INSERT INTO found_message (message_id, channel_id, content, embeds, thread_name, publishable)
SELECT CAST(:message_id AS BIGINT), CAST(:channel_id AS BIGINT), CAST(:content AS TEXT), CAST(:embeds AS TEXT),
    CAST(:thread_name AS TEXT), CAST(:publishable AS BIGINT)
WHERE NOT EXISTS (SELECT 1 FROM delivery WHERE message_id = :message_id)
ON CONFLICT (message_id) DO NOTHING;

-- name: note_page
-- After a restart, reading the channel continues here.
UPDATE recovery SET read_down_to = coalesce(:read_down_to, read_down_to), pages = pages + 1 WHERE channel_id = :channel_id;

-- name: unsettled_deliveries
-- Posts that were waiting in the backup may have been sent since.
SELECT id FROM delivery WHERE channel_id = :channel_id AND state IN ('pending', 'sending')
UNION ALL
SELECT id FROM delivery
WHERE subscription_id IN (SELECT id FROM subscription WHERE channel_id = :channel_id) AND state IN ('held', 'paused')
ORDER BY id;

-- name: found_messages
-- The messages found in a channel that were not matched with a post yet.
SELECT * FROM found_message AS m
WHERE m.channel_id = :channel_id AND NOT EXISTS (SELECT 1 FROM delivery WHERE message_id = m.message_id)
ORDER BY m.message_id;

-- name: settle_found
-- The post was sent as the message that was found, unless that message belongs to another post.
UPDATE delivery SET state = 'sent', message_id = CAST(:message_id AS BIGINT), reason = :reason, hold_id = NULL,
    leased_until = NULL, sending_since = NULL, uncertain_since = NULL, uncertain_until = NULL, settled_at = CAST(:now AS BIGINT)
WHERE entry_id = :entry_id AND channel_id = :channel_id AND state IN ('pending', 'sending', 'held', 'paused')
    AND NOT EXISTS (SELECT 1 FROM delivery AS other WHERE other.message_id = :message_id)
RETURNING id;

-- name: end_empty_holds
-- All held posts were found in the channel, so an admin had decided before the restore.
UPDATE hold SET decision = 'all', decided_at = :now
WHERE decision IS NULL AND subscription_id IN (SELECT id FROM subscription WHERE channel_id = :channel_id)
    AND NOT EXISTS (SELECT 1 FROM delivery WHERE hold_id = hold.id AND state = 'held');

-- name: doubt_deliveries
-- Posts that wait for the channel may be among the messages that could not be read.
UPDATE delivery SET
    uncertain_since = CASE WHEN uncertain_since < :since THEN uncertain_since ELSE CAST(:since AS BIGINT) END,
    uncertain_until = CAST(:until AS BIGINT)
WHERE channel_id = :channel_id AND state IN ('pending', 'sending', 'held', 'paused');

-- name: end_recovery
-- The channel was read as far as possible. A process that was frozen meanwhile may come second.
UPDATE recovery SET ended_at = :now, unread_until = CAST(:unread_until AS BIGINT)
WHERE channel_id = :channel_id AND ended_at IS NULL;

-- name: forget_recoveries
-- Feeds no longer show posts of that time as new.
DELETE FROM recovery WHERE ended_at < :ended_before;

-- The outbox

-- name: add_delivery
-- A channel gets each post once, so an earlier delivery stays as it is, whatever its state. The subscription may have been
-- paused or ended since the poll began.
INSERT INTO delivery (
    subscription_id, entry_id, channel_id, identity, state, hold_id, reason, due_at, created_at, uncertain_since, uncertain_until
)
SELECT s.id, e.id, CAST(:channel_id AS BIGINT), e.identity,
    CASE WHEN :state = 'pending' AND s.paused = 1 THEN 'paused' ELSE :state END,
    CAST(:hold_id AS BIGINT), CAST(:reason AS TEXT), CAST(:due_at AS BIGINT), CAST(:now AS BIGINT),
    CAST(:doubtful_since AS BIGINT), CAST(:doubtful_until AS BIGINT)
FROM entry AS e JOIN subscription AS s ON s.id = :subscription_id
WHERE e.id = :entry_id
ON CONFLICT (channel_id, identity) DO NOTHING;

-- name: posted
-- The known messages of a channel, which the search for a lost message skips.
SELECT message_id FROM delivery WHERE channel_id = :channel_id AND state = 'sent' AND settled_at >= :since;

-- name: release_deliveries
-- At a start, the process that was sending no longer runs, so its messages may or may not have arrived.
UPDATE delivery SET leased_until = 0 WHERE state IN ('pending', 'sending') AND state = 'sending';

-- name: release_publications
-- At a start, all publications are due at once. Retrying one too early does no harm.
UPDATE publication SET due_at = :now WHERE published_at IS NULL AND given_up = 0 AND due_at > :now;

-- name: settle_delivery
-- If the subscription was paused or ended during the send, a retry is kept or skipped instead. Without the lease, another
-- process may be sending it, so only the fact that a message was sent is recorded.
UPDATE delivery SET
    state = CASE
        WHEN :state <> 'pending' THEN :state
        WHEN subscription_id IS NULL THEN 'skipped'
        WHEN (SELECT paused FROM subscription WHERE id = delivery.subscription_id) = 1 THEN 'paused'
        ELSE :state
    END,
    reason = CASE WHEN :state = 'pending' AND subscription_id IS NULL THEN 'the subscription ended' ELSE :reason END,
    due_at = :due_at, message_id = :message_id,
    uncertain_since = :uncertain_since, uncertain_until = :uncertain_until,
    leased_until = NULL, sending_since = NULL,
    settled_at = CASE WHEN :state IN ('sent', 'dead') OR subscription_id IS NULL THEN CAST(:now AS BIGINT) END
WHERE id = :id AND state = 'sending' AND (:state = 'sent' OR leased_until = :lease);

-- name: still_leased
-- A process that was frozen checks whether another one has taken over.
SELECT id FROM delivery WHERE id = :id AND state = 'sending' AND leased_until = :lease;

-- name: mark_pinged
-- Other posts of the subscription don't ping until its `ping_cooldown` is over.
UPDATE subscription SET pinged_at = :now WHERE id = (SELECT subscription_id FROM delivery WHERE id = :id);

-- name: open_channel
-- A probe succeeded, so the channel is open again.
UPDATE channel SET state = 'open', reason = '', suspended_at = NULL, gone_at = NULL, probe_at = NULL, probes = 0
WHERE id = :id AND state = 'suspended' RETURNING id;

-- name: suspend_channel
-- The channel refused a send, so nothing is sent there until the next probe. A deleted channel stays deleted.
UPDATE channel SET state = 'suspended', suspended_at = coalesce(suspended_at, :now), probes = probes + 1,
    reason = CASE WHEN gone_at IS NULL THEN :reason ELSE reason END,
    probe_at = CASE WHEN gone_at IS NULL THEN CAST(:probe_at AS BIGINT) ELSE probe_at END
WHERE id = :id RETURNING suspended_at;

-- name: add_publication
-- A message in an announcement channel must be published to the channel's followers.
INSERT INTO publication (delivery_id, channel_id, message_id, due_at)
SELECT id, channel_id, message_id, CAST(:now AS BIGINT) FROM delivery WHERE id = :id
ON CONFLICT (delivery_id) DO NOTHING;

-- name: due_publication
-- Usually none is due.
SELECT 1 AS due FROM publication WHERE published_at IS NULL AND given_up = 0 AND due_at <= :now LIMIT 1;

-- name: settle_publication
-- The message was published or given up, or is due again. Without the claim, only that it was published is recorded.
UPDATE publication SET due_at = coalesce(:due_at, due_at), reason = :reason,
    published_at = CASE WHEN :published = 1 THEN CAST(:now AS BIGINT) END,
    given_up = CASE WHEN CAST(:due_at AS BIGINT) IS NULL AND :published = 0 THEN 1 ELSE 0 END
WHERE delivery_id = :delivery_id AND published_at IS NULL AND (:published = 1 OR due_at = :lease);

-- name: add_thread
-- A sent message gets a thread if its subscription has threads.
INSERT INTO upkeep (delivery_id, kind, subscription_id, due_at)
SELECT d.id, 'thread', s.id, CAST(:now AS BIGINT) FROM delivery AS d JOIN subscription AS s ON s.id = d.subscription_id
WHERE d.id = :id AND d.message_id > 0 AND s.thread IS NOT NULL
ON CONFLICT (delivery_id, kind) DO NOTHING;

-- name: forget_message
-- The message was deleted in Discord, so nothing links to it or edits it.
UPDATE delivery SET message_id = 0 WHERE channel_id = :channel_id AND identity = :identity AND message_id = :message_id;

-- name: forget_edits
-- A new request for a new look replaces the earlier one.
DELETE FROM upkeep WHERE subscription_id = :id AND kind = 'edit';

-- name: add_edits
-- The newest messages of a subscription get its new look. A message with the id 0 was deleted, and the texts of a pruned
-- entry are gone.
INSERT INTO upkeep (delivery_id, kind, subscription_id, due_at)
SELECT d.id, 'edit', CAST(:id AS BIGINT), CAST(:now AS BIGINT) FROM delivery AS d JOIN entry AS e ON e.id = d.entry_id
WHERE d.subscription_id = :id AND d.state = 'sent' AND d.message_id > 0 AND e.pruned_at IS NULL
ORDER BY d.id DESC LIMIT :limit;

-- name: count_messages
-- How many messages of a subscription could get a new look, at most `limit`.
SELECT count(*) AS messages FROM (
    SELECT d.id FROM delivery AS d JOIN entry AS e ON e.id = d.entry_id
    WHERE d.subscription_id = :id AND d.state = 'sent' AND d.message_id > 0 AND e.pruned_at IS NULL
    ORDER BY d.id DESC LIMIT :limit
) AS found;

-- name: count_edits
-- The progress of the last request for a new look.
SELECT state, count(*) AS messages FROM upkeep WHERE subscription_id = :id AND kind = 'edit' GROUP BY state;

-- name: release_upkeep
-- At a start, no work is in progress. Retrying too early does no harm.
UPDATE upkeep SET due_at = :now WHERE state = 'pending' AND due_at > :now;

-- name: due_upkeep
-- Usually none is due.
SELECT 1 AS due FROM upkeep WHERE state = 'pending' AND due_at <= :now LIMIT 1;

-- name: claimed_upkeep
-- Everything that rendering the messages again needs.
SELECT e.*, u.delivery_id, u.kind, u.attempts - 1 AS attempts, u.due_at, d.channel_id, d.message_id, s.style, s.thread,
    coalesce(nullif(s.name, ''), f.display_name) AS feed_name, coalesce(g.language, '') AS language
FROM upkeep AS u JOIN delivery AS d ON d.id = u.delivery_id JOIN subscription AS s ON s.id = u.subscription_id
JOIN tagged_entry AS e ON e.id = d.entry_id JOIN feed AS f ON f.id = e.feed_id
JOIN channel AS c ON c.id = d.channel_id LEFT JOIN guild AS g ON g.id = c.guild_id
WHERE u.delivery_id = :delivery_id AND u.kind = :kind;

-- name: upkeep_still_leased
-- A process that was frozen checks whether another one has taken over.
SELECT kind FROM upkeep WHERE delivery_id = :delivery_id AND kind = :kind AND due_at = :lease AND state = 'pending';

-- name: settle_upkeep
-- The work is done, given up, or due again, unless it was requested again meanwhile.
UPDATE upkeep SET state = :state, reason = :reason, due_at = coalesce(:due_at, due_at)
WHERE delivery_id = :delivery_id AND kind = :kind AND due_at = :lease AND state = 'pending';

-- name: forget_thread
-- The result of opening a thread is never shown.
DELETE FROM upkeep WHERE delivery_id = :delivery_id AND kind = 'thread' AND state <> 'pending';

-- Backfills

-- name: request_backfill
-- An unfinished backfill continues where it is, and a finished one where its bounds ended it. If it skipped posts that are
-- wanted now, it starts from the beginning. A page that is being read belongs to the earlier request and loses its lease,
-- because its bookmark would overwrite this request.
INSERT INTO backfill (feed_id, state, since, max_posts, due_at, requested_at)
VALUES (:feed_id, 'running', :since, :max_posts, :now, :now)
ON CONFLICT (feed_id) DO UPDATE SET
    state = 'running', since = :since, max_posts = :max_posts, pages = 0, cycle_marker = '', page_hash = '', attempts = 0,
    error = '', due_at = :now,
    cursor = CASE
        WHEN backfill.since IS NOT NULL AND (CAST(:since AS BIGINT) IS NULL OR :since < backfill.since) THEN ''
        ELSE backfill.cursor
    END,
    archived = CASE WHEN backfill.state = 'done' THEN 0 ELSE backfill.archived END,
    read = CASE WHEN backfill.state = 'done' AND backfill.cursor = '' THEN 0 ELSE backfill.read END,
    requested_at = CASE WHEN backfill.state = 'done' THEN :now ELSE backfill.requested_at END,
    finished_at = NULL, worker = NULL, leased_until = NULL;

-- name: stop_backfill
-- A person stops a backfill. One that has already ended does not change.
UPDATE backfill SET state = 'stopped' WHERE feed_id = :feed_id AND state = 'running';

-- name: backfill_progress
-- A running backfill counts as stopped while nobody follows the feed, and waits for its site's cool-down.
SELECT b.feed_id, b.archived, b.read, b.total, b.error, b.due_at, s.cooldown_until, f.display_name AS feed_name,
    f.last_success_at,
    CASE
        WHEN b.state = 'running' AND f.is_followed = 0 THEN 'stopped'
        ELSE b.state
    END AS state
FROM backfill AS b JOIN feed AS f ON f.id = b.feed_id JOIN site AS s ON s.domain = f.site WHERE b.feed_id = :feed_id;

-- name: take_slot
-- Reserve the site for one request of a backfill. No other request starts before the pause is over.
UPDATE site SET next_start_at = :now + CASE WHEN spacing > :pause THEN spacing ELSE :pause END
WHERE domain = (SELECT site FROM feed WHERE id = :feed_id) AND next_start_at <= :now AND cooldown_until <= :now
RETURNING domain;

-- name: next_slot
-- A refused slot is free again at the later of these times.
SELECT s.next_start_at, s.cooldown_until FROM site AS s JOIN feed AS f ON f.site = s.domain WHERE f.id = :feed_id;

-- name: due_backfill
-- Usually none is due.
SELECT 1 AS due FROM backfill WHERE state = 'running' AND due_at <= :now LIMIT 1;

-- name: step_backfill
-- Only while the caller holds the lease. If a person stopped the backfill meanwhile, it stays stopped unless it has ended.
UPDATE backfill SET
    state = CASE WHEN state = 'stopped' AND :state = 'running' THEN state ELSE :state END,
    kind = :kind, cursor = :cursor, pages = :pages, cycle_marker = :cycle_marker, page_hash = :page_hash,
    read = read + :read, total = coalesce(:total, total), attempts = :attempts, error = :error, due_at = :due_at,
    worker = NULL, leased_until = NULL, finished_at = CASE WHEN :state IN ('done', 'failed') THEN CAST(:now AS BIGINT) END
WHERE feed_id = :feed_id AND leased_until = :lease
RETURNING feed_id;

-- name: count_archived
-- How many posts of a page were new is only known after they were written.
UPDATE backfill SET archived = archived + :archived WHERE feed_id = :feed_id;

-- name: release_backfills
-- At a start, the earlier process of this kind no longer runs.
UPDATE backfill SET worker = NULL, leased_until = NULL WHERE worker = :worker;

-- name: release_backfill
-- The page was interrupted by a stop.
UPDATE backfill SET worker = NULL, leased_until = NULL WHERE feed_id = :feed_id AND leased_until = :lease;

-- The index

-- name: index_version
-- The index must be rebuilt if it was made with another version of the tokens.
SELECT value FROM meta WHERE key = 'index version';

-- name: set_index_version
-- The index is filled with tokens of this version.
INSERT INTO meta (key, value) VALUES ('index version', :version)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: empty_documents
-- The index is about to be rebuilt.
DELETE FROM document;

-- name: set_unindexed
-- Entries up to this id are not indexed yet (NULL: all); they are indexed from the newest to the oldest.
INSERT INTO meta (key, value)
SELECT 'unindexed', CAST(coalesce(CAST(:up_to AS BIGINT), max(id), 0) AS TEXT) FROM entry WHERE true
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: unindexed
-- The next entries to index; those that were edited meanwhile are indexed already.
SELECT e.id, CASE WHEN EXISTS (SELECT 1 FROM document AS d WHERE d.entry_id = e.id) THEN 1 ELSE 0 END AS is_indexed
FROM entry AS e
WHERE e.id <= (SELECT CAST(value AS BIGINT) FROM meta WHERE key = 'unindexed') ORDER BY e.id DESC LIMIT :limit;

-- name: count_unindexed
-- Ids have almost no gaps, so this is about how many entries are not indexed yet.
SELECT coalesce(max(CAST(value AS BIGINT)), 0) AS entries FROM meta WHERE key = 'unindexed';

-- name: indexable
-- What the index contains of an entry; nothing if it was pruned. The document's id is its date in eighths of a second, if
-- that id is free. A date more than a day after the entry was first seen is ignored.
SELECT e.id, e.feed_id, e.title, e.text, e.texts, e.authors, e.tags, d.docid, d.languages, o.docid AS former_docid,
    CASE
        WHEN e.published_at IS NULL THEN e.first_seen_at
        WHEN e.published_at < e.first_seen_at + 86400000 THEN e.published_at
        ELSE e.first_seen_at + 86400000
    END / 1000 * 8 AS wanted_docid,
    (SELECT min(id) FROM entry WHERE identity = e.identity) AS post_id
FROM tagged_entry AS e LEFT JOIN document AS d ON d.entry_id = e.id
LEFT JOIN former_document AS o ON o.entry_id = e.id
WHERE e.id = :id AND e.pruned_at IS NULL;

-- name: add_document
-- The document's id is derived from its date. If that id is taken, the next free one is used. If many posts have the same
-- date, the search for a free one starts after `crowded`, which differs for each, so that none has to skip all the others.
INSERT INTO document (docid, entry_id, feed_id, post_id, languages)
SELECT
    CASE WHEN NOT EXISTS (SELECT 1 FROM document WHERE docid = :docid) THEN CAST(:docid AS BIGINT) ELSE coalesce(
        (
            SELECT d.docid + 1 FROM document AS d
            WHERE d.docid >= :docid AND d.docid < :docid + :near
                AND NOT EXISTS (SELECT 1 FROM document AS n WHERE n.docid = d.docid + 1)
            ORDER BY d.docid LIMIT 1
        ),
        CASE WHEN EXISTS (SELECT 1 FROM document WHERE docid = :crowded) THEN (
            SELECT d.docid + 1 FROM document AS d
            WHERE d.docid >= :crowded AND NOT EXISTS (SELECT 1 FROM document AS n WHERE n.docid = d.docid + 1)
            ORDER BY d.docid LIMIT 1
        ) END,
        CAST(:crowded AS BIGINT)
    ) END,
    CAST(:entry_id AS BIGINT), CAST(:feed_id AS BIGINT), CAST(:post_id AS BIGINT), CAST(:languages AS TEXT)
RETURNING docid;

-- name: drop_document
-- An entry that changes, or loses its body, leaves the index first.
DELETE FROM document WHERE docid = :docid;

-- name: drop_former_document
-- The former index no longer answers for an entry that was indexed again, has changed, or was deleted.
DELETE FROM former_document WHERE docid = :docid;

-- name: empty_former_documents
-- The index is complete again.
DELETE FROM former_document;

-- name: has_documents
-- An index with documents is set aside before it is rebuilt, unless another one is set aside already.
SELECT
    CASE WHEN EXISTS (SELECT 1 FROM document) THEN 1 ELSE 0 END AS now,
    CASE WHEN EXISTS (SELECT 1 FROM former_document) THEN 1 ELSE 0 END AS formerly;

-- name: languages_of_feed
-- Short posts are assumed to be in their feed's usual languages.
SELECT language, posts FROM feed_language WHERE feed_id = :feed_id ORDER BY posts DESC, language;

-- Statistics

-- name: totals
-- The sizes that `db stats` shows.
SELECT
    (SELECT count(*) FROM feed) AS feeds, (SELECT count(*) FROM entry) AS entries, (SELECT count(*) FROM seen) AS seen,
    (SELECT count(*) FROM subscription) AS subscriptions, (SELECT count(*) FROM channel) AS channels;

-- name: delivery_counts
-- How many deliveries are in each state.
SELECT state, count(*) AS deliveries FROM delivery GROUP BY state ORDER BY state;

-- name: held
-- Posts that wait for an admin, by channel and feed.
SELECT d.channel_id, f.display_name AS feed_name, count(*) AS deliveries, min(d.created_at) AS since
FROM delivery AS d JOIN entry AS e ON e.id = d.entry_id JOIN feed AS f ON f.id = e.feed_id
WHERE d.state = 'held' GROUP BY d.channel_id, f.id ORDER BY f.id;

-- name: suspended_channels
-- Posts that wait for channels that refuse the bot.
SELECT c.id AS channel_id, c.reason, c.suspended_at, c.probe_at,
    (SELECT count(*) FROM delivery WHERE channel_id = c.id AND state IN ('pending', 'sending')) AS waiting
FROM channel AS c WHERE c.state = 'suspended' ORDER BY c.id;

-- name: traced_deliveries
-- What happened to a post in each channel of a guild, for `/why`.
SELECT d.* FROM delivery AS d JOIN channel AS c ON c.id = d.channel_id
WHERE d.entry_id = :entry_id AND c.guild_id = :guild_id ORDER BY d.id;

-- name: posted_feeds
-- Feeds that a guild's channels no longer follow, but whose posts they have.
SELECT p.channel_id, p.feed_id, f.url AS feed_url, f.display_name AS feed_name, f.label AS feed_label, f.link AS feed_link
FROM channel AS c JOIN posted_feed AS p ON p.channel_id = c.id JOIN feed AS f ON f.id = p.feed_id
WHERE c.guild_id = :guild_id AND c.gone_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM subscription AS s WHERE s.feed_id = p.feed_id AND s.channel_id = p.channel_id
)
ORDER BY p.feed_id, p.channel_id;

-- Search requests

-- name: add_search_request
-- The buttons below an answer find the request by its token.
INSERT INTO search_request (token, guild_id, user_id, request, created_at)
VALUES (:token, :guild_id, :user_id, :request, :now);

-- name: forget_search_requests
-- Only the newest are kept, and only for a few days: searches are private.
DELETE FROM search_request WHERE id <= (SELECT max(id) FROM search_request) - :kept
    OR id < (SELECT id FROM search_request WHERE created_at >= :oldest ORDER BY id LIMIT 1);

-- name: forget_search_requests_of
-- Only the newest requests of a member are kept, so that one who searches all day doesn't push out those of others.
DELETE FROM search_request WHERE user_id = :user_id AND id <= (
    SELECT id FROM search_request WHERE user_id = :user_id ORDER BY id DESC LIMIT 1 OFFSET :kept
);

-- name: search_request
-- A button repeats a search.
SELECT * FROM search_request WHERE token = :token;

-- Health

-- name: put_heartbeat
-- A running process records its state.
INSERT INTO heartbeat (process, version, started_at, beat_at, gateway, last_poll_at, last_sent_at)
VALUES (:process, :version, :started_at, :beat_at, :gateway, :last_poll_at, :last_sent_at)
ON CONFLICT (process) DO UPDATE SET
    version = excluded.version, started_at = excluded.started_at, beat_at = excluded.beat_at,
    gateway = excluded.gateway, last_poll_at = excluded.last_poll_at, last_sent_at = excluded.last_sent_at;

-- name: heartbeats
-- The last recorded states of the processes, for `feed-relay status`.
SELECT process, version, started_at, beat_at, gateway, last_poll_at, last_sent_at FROM heartbeat ORDER BY process;

-- name: remove_heartbeat
-- A process that stopped properly must not look hung.
DELETE FROM heartbeat WHERE process = :process;

-- name: put_backup_state
-- `status`, checks and metrics show the last backup and its failures. '' = the bot makes no backups.
INSERT INTO meta (key, value) VALUES ('backups', :state) ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: backup_state
-- The last recorded state of the daily backups.
SELECT value FROM meta WHERE key = 'backups' AND value <> '';

-- name: backlog
-- What is waiting, and since when. Posts for a channel that refuses the bot are not late.
SELECT
    (SELECT count(*) FROM feed WHERE due_at IS NOT NULL) AS feeds,
    (SELECT min(due_at) FROM site WHERE due_at IS NOT NULL) AS feed_due_at,
    (SELECT min(due_at) FROM channel WHERE due_at IS NOT NULL AND state = 'open') AS send_due_at,
    (SELECT count(*) FROM delivery WHERE state IN ('pending', 'sending')) AS waiting,
    (SELECT min(created_at) FROM delivery WHERE state IN ('pending', 'sending')) AS oldest_at,
    (
        SELECT count(*) FROM delivery WHERE state IN ('pending', 'sending') AND uncertain_since IS NOT NULL
    ) AS uncertain,
    (SELECT count(*) FROM delivery WHERE state IN ('held', 'paused') AND state = 'held') AS held,
    (SELECT count(*) FROM channel WHERE state = 'suspended') AS suspended,
    (SELECT CAST(value AS BIGINT) FROM meta WHERE key = 'no session until') AS no_session_until;

-- name: stop_sessions
-- For `status` and metrics.
INSERT INTO meta (key, value) VALUES ('no session until', CAST(CAST(:until AS BIGINT) AS TEXT))
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: resume_sessions
-- A session may begin again.
DELETE FROM meta WHERE key = 'no session until';

-- name: add_session_notice
-- The owner of the bot at Discord (0) gets at most one a day, even if each next session ends soon, too.
INSERT INTO notice (kind, channel_id, direct, detail, created_at, due_at)
SELECT 'no sessions', 0, 1, CAST(:detail AS TEXT), CAST(:now AS BIGINT), CAST(:now AS BIGINT)
WHERE NOT EXISTS (SELECT 1 FROM notice WHERE channel_id = 0 AND kind = 'no sessions' AND created_at > :since);

-- name: forget_session_starts
-- Discord limits sessions per day. Clocks of machines differ a little; what is further in the future was written before the
-- clock was set back, and must not count for longer.
DELETE FROM session_start WHERE started_at <= :before OR started_at > :after;

-- name: count_session_starts
-- How many sessions began within a day, and when the first of them began.
SELECT count(*) AS sessions, min(started_at) AS first_at FROM session_start WHERE started_at > :since;

-- name: add_session_start
-- A session begins now.
INSERT INTO session_start (started_at, shard) VALUES (:now, :shard) ON CONFLICT DO NOTHING;

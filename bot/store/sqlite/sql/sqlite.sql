-- Queries that only SQLite supports: lists as JSON (json_each), the full-text index (FTS5), the size of the file.

-- name: feeds
-- Every feed with its health, and how many subscriptions it has.
SELECT f.*, s.cooldown_until,
    (SELECT json_group_array(url) FROM feed_address WHERE feed_id = f.id) AS addresses,
    (SELECT count(*) FROM subscription WHERE feed_id = f.id) AS subscriptions
FROM feed AS f JOIN site AS s ON s.domain = f.site ORDER BY f.id;

-- name: declared_feeds
-- The known feeds among those that the config file declares, as it described them before.
SELECT a.url, a.feed_id, f.name, f.interval FROM json_each(:urls) AS u
JOIN feed_address AS a ON a.url = u.value JOIN feed AS f ON f.id = a.feed_id;

-- name: forget_intervals
-- Feeds that are no longer in the config file are polled as often as their subscriptions ask.
UPDATE feed SET interval = NULL
WHERE interval IS NOT NULL AND id NOT IN (SELECT value FROM json_each(:declared));

-- name: claim_feeds
-- Claim feeds of due sites that have requests left: of max_concurrent, of which pages of backfills count. First the first
-- feed of each site, in the order of the sites, then the second ones. With spacing, only the first one may start now.
UPDATE feed SET leased_until = :lease, leased_by = :seat WHERE id IN (
    SELECT id FROM (
        SELECT f.id, s.due_at, s.room, row_number() OVER (PARTITION BY f.site ORDER BY f.due_at, f.id) AS place
        FROM (
            SELECT domain, due_at, min(CASE WHEN spacing > 0 THEN 1 ELSE :limit END, max_concurrent - (
                SELECT count(*) FROM feed AS busy WHERE busy.site = site.domain AND busy.leased_until > :now
            ) - (
                SELECT count(*) FROM backfill AS b JOIN feed AS other ON other.id = b.feed_id
                WHERE b.leased_until > :now AND other.site = site.domain
            )) AS room
            FROM site WHERE due_at <= :now AND room > 0 ORDER BY due_at LIMIT :limit
        ) AS s
        JOIN feed AS f ON f.id IN (
            SELECT x.id FROM feed AS x
            WHERE x.site = s.domain AND x.due_at <= :now AND x.id NOT IN (SELECT value FROM json_each(:polling))
            ORDER BY x.due_at, x.id LIMIT :limit
        )
    )
    WHERE place <= room ORDER BY place, due_at LIMIT :limit
)
RETURNING *;

-- name: take_back_feeds
-- The processes that held these leases no longer run.
UPDATE feed SET leased_until = NULL
WHERE leased_until IS NOT NULL AND leased_by IN (SELECT value FROM json_each(:seats));

-- name: take_back_backfills
-- The processes that read these pages no longer run.
UPDATE backfill SET worker = NULL, leased_until = NULL
WHERE leased_until IS NOT NULL AND worker = 'run' AND leased_by IN (SELECT value FROM json_each(:seats));

-- name: take_back_unpolled
-- This process claimed these feeds a while ago, and doesn't poll them.
UPDATE feed SET leased_until = NULL
WHERE leased_until <= :until AND leased_by = :seat AND id NOT IN (SELECT value FROM json_each(:polling));

-- name: take_back_unread
-- This process claimed these pages a while ago, and doesn't read them.
UPDATE backfill SET worker = NULL, leased_until = NULL
WHERE leased_until <= :until AND worker = :worker AND leased_by = :seat AND feed_id NOT IN (SELECT value FROM json_each(:reading));

-- name: space_sites
-- On a site with spacing, the next fetch starts later.
UPDATE site SET next_start_at = :now + spacing
WHERE spacing > 0 AND domain IN (SELECT value FROM json_each(:sites));

-- name: stored_items
-- The entries of a document's known items.
SELECT e.*, k.value AS item
FROM feed_items AS f, json_each(f.items) AS k
JOIN tagged_entry AS e ON e.id = json_extract(k.value, '$[1]') AND e.feed_id = f.feed_id
WHERE f.feed_id = :feed_id AND f.frame = :frame
    AND json_extract(k.value, '$[0]') IN (SELECT value FROM json_each(:hashes));

-- name: holders
-- The posts that may be a document's entries: for each key, the newest entries that have it.
SELECT s.key, s.entry_id FROM json_each(:keys) AS k
JOIN seen AS s ON s.feed_id = :feed_id AND s.key = k.value AND s.entry_id IN (
    SELECT x.entry_id FROM seen AS x WHERE x.feed_id = :feed_id AND x.key = k.value
    ORDER BY x.entry_id DESC LIMIT :holders
)
ORDER BY s.entry_id DESC;

-- name: known
-- The fields of these posts that are compared. Their keys are a query of their own, since a post has several.
SELECT e.id AS entry_id, e.fingerprint, e.guid, e.link, e.title, substr(e.text, 1, :sample) AS text,
    substr(e.texts, 1, :packed_sample) AS texts, e.source_id, e.published_at, e.pruned_at
FROM entry AS e WHERE e.id IN (SELECT value FROM json_each(:ids));

-- name: add_keys
-- The keys of an entry; it may have some of them already.
INSERT INTO seen (feed_id, key, entry_id)
SELECT :feed_id, value, :entry_id FROM json_each(:keys) WHERE true
ON CONFLICT DO NOTHING;

-- name: add_more_keys
-- Further keys of a known entry, up to a limit for each kind: a site that puts a new number in each address must neither
-- fill the disk nor keep a new guid out.
INSERT INTO seen (feed_id, key, entry_id)
SELECT :feed_id, k.value, :entry_id FROM json_each(:keys) AS k
WHERE (
    SELECT count(*) FROM seen
    WHERE entry_id = :entry_id AND substr(key, 1, instr(key, ':')) = substr(k.value, 1, instr(k.value, ':'))
) < 12
ON CONFLICT DO NOTHING;

-- name: assign_channels
-- Discord reports at each start which channels belong to a guild.
UPDATE channel SET guild_id = :guild_id
WHERE id IN (SELECT value FROM json_each(:ids)) AND guild_id IS NOT :guild_id;

-- name: readdressable
-- Subscriptions to a feed whose address somebody changes, unless it was changed meanwhile. The config file's stay.
SELECT s.id, s.channel_id, s.feed_id FROM json_each(:ids) AS i
JOIN subscription AS s ON s.id = i.value JOIN feed AS f ON f.id = s.feed_id
WHERE f.url = :url AND s.origin <> 'config';

-- name: baselined
-- These subscriptions have their baseline now.
UPDATE subscription SET baseline_due = 0 WHERE id IN (SELECT value FROM json_each(:ids));

-- name: undecided_holds
-- The holds that wait for an admin's decision, oldest first.
SELECT id FROM hold
WHERE subscription_id IN (SELECT value FROM json_each(:subscription_ids)) AND decision IS NULL ORDER BY id;

-- name: worst_first
-- The feeds that a guild follows, sorted by their problems: ended feeds, failing ones and those in `first` come first, then
-- feeds with held or waiting posts for this guild.
SELECT f.id FROM (
    SELECT x.feed_id, 0 AS waiting, (
        SELECT count(*) FROM delivery AS d
        WHERE d.subscription_id = x.id AND d.state IN ('held', 'paused') AND d.state = 'held'
    ) AS held
    FROM subscription AS x JOIN channel AS c ON c.id = x.channel_id WHERE c.guild_id = :guild_id
    UNION ALL
    SELECT x.feed_id, 1, 0 FROM channel AS c JOIN delivery AS d ON d.channel_id = c.id
    JOIN subscription AS x ON x.id = d.subscription_id
    WHERE c.guild_id = :guild_id AND d.state IN ('pending', 'sending')
) AS part JOIN feed AS f ON f.id = part.feed_id GROUP BY f.id
ORDER BY
    CASE WHEN f.state = 'ended' OR f.failures > 0 OR f.id IN (SELECT value FROM json_each(:first)) THEN 0 ELSE 1 END,
    CASE WHEN f.state = 'ended' THEN 0 ELSE 1 END, f.failures DESC, sum(part.held) DESC, sum(part.waiting) DESC, f.id;

-- name: statuses
-- Some of the feeds that a guild follows, with what waits for this guild. The + keeps the planner from an index of
-- everything that a subscription ever sent.
SELECT f.*, f.id AS feed_id, s.cooldown_until,
    (
        SELECT count(*) FROM entry AS e WHERE e.feed_id = f.id AND coalesce(e.published_at, e.first_seen_at) > :month_ago
    ) AS posts_last_month,
    sum((
        SELECT count(*) FROM delivery AS d
        WHERE d.channel_id = x.channel_id AND d.state IN ('pending', 'sending') AND +d.subscription_id = x.id
    )) AS waiting,
    sum((
        SELECT count(*) FROM delivery AS d
        WHERE d.subscription_id = x.id AND d.state IN ('held', 'paused') AND d.state = 'held'
    )) AS held,
    sum((
        SELECT count(*) FROM delivery AS d
        WHERE d.subscription_id = x.id AND d.state IN ('held', 'paused') AND d.state = 'paused'
    )) AS paused
FROM feed AS f JOIN site AS s ON s.domain = f.site
JOIN subscription AS x ON x.feed_id = f.id JOIN channel AS c ON c.id = x.channel_id
WHERE c.guild_id = :guild_id AND f.id IN (SELECT value FROM json_each(:feeds)) GROUP BY f.id, s.cooldown_until;

-- name: claim_notices
-- These notices share a message from now on. If a send began and never ended, its result is uncertain.
UPDATE notice SET leader_id = :leader_id, attempts = attempts + 1, due_at = :lease,
    uncertain_since = coalesce(uncertain_since, :now)
WHERE id IN (SELECT value FROM json_each(:ids));

-- name: claim_deliveries
-- The oldest pending delivery of each channel that is due; none while it is being sent. A send that began and never ended
-- is uncertain.
UPDATE delivery SET
    uncertain_since = CASE WHEN state = 'sending' THEN coalesce(uncertain_since, sending_since) ELSE uncertain_since END,
    uncertain_until = CASE WHEN state = 'sending' THEN :now ELSE uncertain_until END,
    state = 'sending', attempts = attempts + 1, leased_until = :lease, sending_since = :now
WHERE id IN (
    SELECT (
        SELECT id FROM delivery WHERE channel_id = c.id AND state IN ('pending', 'sending') ORDER BY id LIMIT 1
    )
    FROM channel AS c WHERE c.due_at <= :now ORDER BY c.due_at LIMIT :limit
) AND id NOT IN (SELECT value FROM json_each(:sending))
RETURNING id;

-- name: take_back_unsent
-- Claimed a while ago, and not being sent: the claim's answer was lost, or a former leader claimed it late.
UPDATE delivery SET leased_until = 0
WHERE state IN ('pending', 'sending') AND state = 'sending' AND leased_until > 0 AND sending_since <= :before
    AND id NOT IN (SELECT value FROM json_each(:sending));

-- name: claimed_deliveries
-- Everything that rendering the claimed deliveries needs.
SELECT e.*, d.id AS delivery_id, d.channel_id, d.attempts - 1 AS attempts, d.uncertain_since, d.uncertain_until,
    d.leased_until, c.probes, e.id AS entry_id, coalesce(s.style, 'card') AS style, coalesce(s.mention_roles, '[]') AS mention_roles,
    coalesce(nullif(s.name, ''), f.display_name) AS feed_name, coalesce(s.silent, 0) AS silent, s.thread,
    coalesce(g.language, '') AS language, coalesce(s.ping_cooldown, 0) AS ping_cooldown, s.pinged_at,
    CASE WHEN d.uncertain_since IS NOT NULL THEN (
        SELECT json_group_array(key) FROM seen WHERE entry_id = e.id AND key LIKE 'link:%'
    ) END AS link_keys
FROM delivery AS d
JOIN channel AS c ON c.id = d.channel_id
JOIN tagged_entry AS e ON e.id = d.entry_id
JOIN feed AS f ON f.id = e.feed_id
LEFT JOIN subscription AS s ON s.id = d.subscription_id
LEFT JOIN guild AS g ON g.id = c.guild_id
WHERE d.id IN (SELECT value FROM json_each(:ids))
ORDER BY d.id;

-- name: reopen_channels
-- Discord reports that the bot can write in these channels again.
UPDATE channel SET state = 'open', reason = '', suspended_at = NULL, probe_at = NULL, probes = 0
WHERE state = 'suspended' AND gone_at IS NULL AND id IN (SELECT value FROM json_each(:ids)) RETURNING id;

-- name: claim_publications
-- The oldest pending publication of each channel, at most 10 an hour per channel (Discord's limit). Publishing twice does
-- no harm, so the claim is only a later due time.
UPDATE publication SET attempts = attempts + 1, due_at = :lease WHERE delivery_id IN (
    SELECT p.delivery_id FROM publication AS p
    WHERE p.published_at IS NULL AND p.given_up = 0 AND p.due_at <= :now
        AND p.delivery_id = (
            SELECT min(delivery_id) FROM publication
            WHERE channel_id = p.channel_id AND published_at IS NULL AND given_up = 0
        )
        AND (
            SELECT count(*) FROM publication WHERE channel_id = p.channel_id AND published_at > :hour_ago
        ) < 10
    LIMIT :limit
) AND delivery_id NOT IN (SELECT value FROM json_each(:publishing))
RETURNING delivery_id, channel_id, message_id, attempts - 1 AS attempts, due_at;

-- name: claim_upkeep
-- Not in channels that have a post to send, or that refuse the bot. The claim is only a later due time.
UPDATE upkeep SET attempts = attempts + 1, due_at = :lease WHERE (delivery_id, kind) IN (
    SELECT u.delivery_id, u.kind FROM upkeep AS u
    JOIN delivery AS d ON d.id = u.delivery_id JOIN channel AS c ON c.id = d.channel_id
    WHERE u.state = 'pending' AND u.due_at <= :now AND c.state = 'open' AND coalesce(c.due_at, :lease) > :now
    ORDER BY u.due_at LIMIT :limit
) AND delivery_id NOT IN (SELECT value FROM json_each(:working))
RETURNING delivery_id, kind;

-- name: claim_backfills
-- The backfills whose next page is due, one per site, within the budget that polls leave. A backfill looks for work more
-- often than the polls do and would always be first. So while a feed of the site is due, polls go first until the site has
-- been free for :poll_priority. A feed without a successful poll has no baseline, so its newest posts would be archived as
-- old. The lease leaves time for a page's requests at the site's spacing.
UPDATE backfill SET worker = :worker, leased_by = :seat, leased_until = :lease + :requests * (
    SELECT s.spacing FROM feed AS f JOIN site AS s ON s.domain = f.site WHERE f.id = backfill.feed_id
)
WHERE feed_id IN (
    SELECT feed_id FROM (
        SELECT b.feed_id, b.due_at, row_number() OVER (PARTITION BY f.site ORDER BY b.due_at, b.feed_id) AS position
        FROM backfill AS b JOIN feed AS f ON f.id = b.feed_id JOIN site AS s ON s.domain = f.site
        WHERE b.state = 'running' AND b.due_at <= :now AND coalesce(b.leased_until, 0) <= :now
            AND (:feed_id IS NULL OR b.feed_id = :feed_id) AND f.is_followed = 1 AND f.last_success_at IS NOT NULL
            AND b.feed_id NOT IN (SELECT value FROM json_each(:reading))
            AND s.cooldown_until <= :now AND s.next_start_at <= :now
            AND s.max_concurrent > (
                SELECT count(*) FROM feed AS busy WHERE busy.site = f.site AND busy.leased_until > :now
            )
            AND NOT EXISTS (
                SELECT 1 FROM backfill AS other JOIN feed AS read ON read.id = other.feed_id
                WHERE other.leased_until > :now AND read.site = f.site
            )
            AND (s.next_start_at <= :now - :poll_priority OR coalesce(s.first_due_at > :now, true))
    ) AS ranked
    WHERE position = 1 ORDER BY due_at LIMIT :limit
)
RETURNING feed_id;

-- name: claimed_backfills
-- Everything that reading the next page needs.
SELECT f.*, b.kind, b.cursor, b.pages, b.cycle_marker, b.page_hash, b.archived, b.since, b.max_posts, b.attempts,
    b.leased_until AS lease, s.spacing
FROM backfill AS b JOIN feed AS f ON f.id = b.feed_id JOIN site AS s ON s.domain = f.site
WHERE b.feed_id IN (SELECT value FROM json_each(:feed_ids)) ORDER BY b.due_at, b.feed_id;

-- name: traced
-- The entries that a link may mean, in the feeds that a guild follows, for `/why`.
SELECT DISTINCT e.*, e.id AS entry_id, f.display_name AS feed_name,
    (SELECT json_group_array(key) FROM seen WHERE entry_id = e.id) AS keys
FROM seen AS s JOIN tagged_entry AS e ON e.id = s.entry_id JOIN feed AS f ON f.id = e.feed_id
WHERE s.key IN (SELECT value FROM json_each(:keys)) AND s.feed_id IN (
    SELECT x.feed_id FROM subscription AS x JOIN channel AS c ON c.id = x.channel_id WHERE c.guild_id = :guild_id
)
ORDER BY e.id;

-- name: traced_by_entry
-- An entry, and those with which other feeds that a guild follows brought the same post, for `/why`.
SELECT e.*, e.id AS entry_id, f.display_name AS feed_name,
    (SELECT json_group_array(key) FROM seen WHERE entry_id = e.id) AS keys
FROM tagged_entry AS e JOIN feed AS f ON f.id = e.feed_id
WHERE e.identity = (SELECT identity FROM entry WHERE id = :entry_id) AND e.feed_id IN (
    SELECT x.feed_id FROM subscription AS x JOIN channel AS c ON c.id = x.channel_id WHERE c.guild_id = :guild_id
)
ORDER BY e.id;

-- name: traced_by_message
-- The entry that a message of a guild shows, for `/why`. The + keeps the planner from reading all that the guild was sent.
SELECT e.*, e.id AS entry_id, f.display_name AS feed_name,
    (SELECT json_group_array(key) FROM seen WHERE entry_id = e.id) AS keys
FROM tagged_entry AS e JOIN feed AS f ON f.id = e.feed_id
WHERE e.id IN (
    SELECT d.entry_id FROM json_each(:messages) AS m JOIN delivery AS d ON d.message_id = m.value
    JOIN channel AS c ON c.id = d.channel_id WHERE +c.guild_id = :guild_id
)
ORDER BY e.id;

-- name: recent_entries
-- Autocompletion and `/why` find a post by its title or address, newest first. LIKE ignores ASCII case only in SQLite.
SELECT e.* FROM tagged_entry AS e
WHERE (e.title LIKE :part ESCAPE '\' OR e.link LIKE :part ESCAPE '\') AND e.feed_id IN (SELECT value FROM json_each(:feeds))
ORDER BY e.id DESC LIMIT :limit;

-- name: posted_messages
-- The messages of a guild that show these posts, whichever feed they came from.
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

-- name: file_size
-- Bytes of the database file, for `db stats` and the metrics.
SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size();

-- The full-text index

-- name: empty_index
-- The index is about to be rebuilt.
INSERT INTO search (search) VALUES ('delete-all');

-- name: empty_former_index
-- The index is complete again.
INSERT INTO former_search (former_search) VALUES ('delete-all');

-- name: set_usermerge
-- Merges also join only two b-trees of the same size, so that few b-trees remain.
INSERT INTO search (search, rank) VALUES ('usermerge', 2);

-- name: index_words
-- An entry's tokens, without its texts.
INSERT INTO search (rowid, title, text, tags, author, feed, stems)
VALUES (:docid, :title, :text, :tags, :author, :feed, :stems);

-- name: unindex_words
-- The index does not keep the texts: deleting needs the same values as inserting.
INSERT INTO search (search, rowid, title, text, tags, author, feed, stems)
VALUES ('delete', :docid, :title, :text, :tags, :author, :feed, :stems);

-- name: add_words
-- Each word with the binary logarithm of the number of new posts with it. Its size grows with every post while it is small,
-- then with about one post in 2 ** size, so that common words are seldom written. `salt` is as good as random, and differs
-- each time.
INSERT INTO word (word, size) SELECT key, value FROM json_each(:words) WHERE true
ON CONFLICT (word) DO UPDATE SET size = max(size + 1, excluded.size)
WHERE (:salt & ((1 << size) - 1)) < (1 << excluded.size);

-- name: count_languages
-- The languages of a feed's posts. After a hundred posts, its usual languages are known.
INSERT INTO feed_language (feed_id, language, posts)
SELECT :feed_id, key, value FROM json_each(:posts) WHERE true
ON CONFLICT (feed_id, language) DO UPDATE SET posts = posts + excluded.posts WHERE excluded.posts > 0 AND posts < 100;

-- name: merge_index
-- Merging keeps searches quick. About 2 MB at a time, so that other writes do not wait.
INSERT INTO search (search, rank) VALUES ('merge', 500);

-- name: total_changes
-- A merge that changed nothing is the last one needed.
SELECT total_changes() AS changes;

-- Searching

-- name: sample_share
-- Whether these are all feeds, and otherwise their share of the newest entries, which decides how a search is restricted.
SELECT NOT EXISTS (SELECT 1 FROM feed WHERE id NOT IN (SELECT value FROM json_each(:feeds))) AS is_all,
    (
        SELECT coalesce(avg(feed_id IN (SELECT value FROM json_each(:feeds))), 0.0)
        FROM (SELECT feed_id FROM document ORDER BY docid DESC LIMIT 1000)
    ) AS share;

-- name: searched
-- Which of these languages have posts, whether a former index must be searched, too, and about how many entries there are.
SELECT
    (
        SELECT json_group_array(value) FROM json_each(:languages)
        WHERE EXISTS (SELECT 1 FROM feed_language WHERE language = value)
    ) AS languages,
    EXISTS (SELECT 1 FROM former_document) AS has_former,
    coalesce((SELECT max(id) FROM entry), 0) AS entry_count;

-- name: words_starting
-- The most used words with a beginning, how many there are, and in about how many posts they occur together.
SELECT word, size, count(*) OVER () AS words, sum(1 << size) OVER () AS posts
FROM word WHERE word >= :first AND word < :last ORDER BY size DESC, word LIMIT :limit;

-- name: is_in_most
-- Whether more than half of the newest posts contain a word; no if there are fewer posts than that.
SELECT coalesce((SELECT rowid FROM search WHERE search MATCH :match ORDER BY rowid DESC LIMIT 1 OFFSET :newest / 2)
    >= (SELECT docid FROM document ORDER BY docid DESC LIMIT 1 OFFSET :newest - 1), 0) AS is_in_most;

-- name: hits
-- The newest posts that match, newest first, and those of them with a message in `channels`. Each row has lists, since a row
-- for each post would take longer to read. Until the index is complete, the former one is searched as well. The lower a
-- score, in billionths, the better the hit.
SELECT 0 AS is_former, 0 AS is_posted, json_group_array(docid) AS docids, json_group_array(entry_id) AS entries,
    json_group_array(post_id) AS posts, iif(:is_scoped, json_group_array(feed_id), NULL) AS feeds,
    iif(:is_ranked, json_group_array(score), NULL) AS scores
FROM (
    SELECT h.docid, d.entry_id, d.post_id, d.feed_id, h.score
    FROM (
        SELECT rowid AS docid, iif(:is_ranked, CAST(bm25(search, :title, :text, :tags, :author, 0.0, :stems) * 1e9 AS INTEGER), 0) AS score
        FROM search
        WHERE :match IS NOT NULL AND search MATCH :match AND rowid >= :first AND rowid < :last
            AND (:feeds IS NULL
                OR (SELECT feed_id FROM document WHERE docid = search.rowid) IN (SELECT value FROM json_each(:feeds)))
        ORDER BY rowid DESC LIMIT :max_hits
    ) AS h CROSS JOIN document AS d ON d.docid = h.docid
)
UNION ALL
SELECT 1 AS is_former, 0 AS is_posted, json_group_array(docid) AS docids, json_group_array(entry_id) AS entries,
    json_group_array(post_id) AS posts, iif(:is_scoped, json_group_array(feed_id), NULL) AS feeds,
    iif(:is_ranked, json_group_array(score), NULL) AS scores
FROM (
    SELECT h.docid, d.entry_id, d.post_id, d.feed_id, h.score
    FROM (
        SELECT rowid AS docid, iif(:is_ranked, CAST(bm25(former_search, :title, :text, :tags, :author, 0.0, :stems) * 1e9 AS INTEGER), 0) AS score
        FROM former_search
        WHERE :has_former AND :match IS NOT NULL AND former_search MATCH :match AND rowid >= :first AND rowid < :last
            AND (:feeds IS NULL
                OR (SELECT feed_id FROM former_document WHERE docid = former_search.rowid) IN (SELECT value FROM json_each(:feeds)))
        ORDER BY rowid DESC LIMIT :max_hits
    ) AS h CROSS JOIN former_document AS d ON d.docid = h.docid
)
UNION ALL
SELECT 0 AS is_former, 1 AS is_posted, json_group_array(docid) AS docids, json_group_array(entry_id) AS entries,
    json_group_array(post_id) AS posts, iif(:is_scoped, json_group_array(feed_id), NULL) AS feeds,
    iif(:is_ranked, json_group_array(score), NULL) AS scores
FROM (
    SELECT h.docid, d.entry_id, d.post_id, d.feed_id, h.score
    FROM (
        SELECT rowid AS docid, iif(:is_ranked, CAST(bm25(search, :title, :text, :tags, :author, 0.0, :stems) * 1e9 AS INTEGER), 0) AS score
        FROM search
        WHERE :posted_match IS NOT NULL AND search MATCH :posted_match AND rowid >= :first AND rowid < :last
        ORDER BY rowid DESC LIMIT :max_posted
    ) AS h CROSS JOIN document AS d ON d.docid = h.docid JOIN entry AS e ON e.id = d.entry_id
    WHERE EXISTS (
        SELECT 1 FROM json_each(:channels) AS c
        JOIN delivery AS p ON p.channel_id = c.value AND p.identity = e.identity AND p.state = 'sent'
    )
)
UNION ALL
SELECT 1 AS is_former, 1 AS is_posted, json_group_array(docid) AS docids, json_group_array(entry_id) AS entries,
    json_group_array(post_id) AS posts, iif(:is_scoped, json_group_array(feed_id), NULL) AS feeds,
    iif(:is_ranked, json_group_array(score), NULL) AS scores
FROM (
    SELECT h.docid, d.entry_id, d.post_id, d.feed_id, h.score
    FROM (
        SELECT rowid AS docid, iif(:is_ranked, CAST(bm25(former_search, :title, :text, :tags, :author, 0.0, :stems) * 1e9 AS INTEGER), 0) AS score
        FROM former_search
        WHERE :has_former AND :posted_match IS NOT NULL AND former_search MATCH :posted_match AND rowid >= :first AND rowid < :last
        ORDER BY rowid DESC LIMIT :max_posted
    ) AS h CROSS JOIN former_document AS d ON d.docid = h.docid JOIN entry AS e ON e.id = d.entry_id
    WHERE EXISTS (
        SELECT 1 FROM json_each(:channels) AS c
        JOIN delivery AS p ON p.channel_id = c.value AND p.identity = e.identity AND p.state = 'sent'
    )
);

-- name: scores
-- The scores of some hits by an expression that ranks, where scoring by the one that matches would take too long, or there may
-- be too few hits to score. The limit keeps SQLite from merging the queries, where bm25() fails.
SELECT 0 AS is_former, json_group_array(docid) AS docids, json_group_array(score) AS scores
FROM (
    SELECT rowid AS docid, CAST(bm25(search, :title, :text, :tags, :author, 0.0, :stems) * 1e9 AS INTEGER) AS score
    FROM search
    WHERE search MATCH :match AND rowid >= :first AND rowid <= :last AND +rowid IN (SELECT value FROM json_each(:docids))
    LIMIT -1
)
UNION ALL
SELECT 1 AS is_former, json_group_array(docid) AS docids, json_group_array(score) AS scores
FROM (
    SELECT rowid AS docid, CAST(bm25(former_search, :title, :text, :tags, :author, 0.0, :stems) * 1e9 AS INTEGER) AS score
    FROM former_search
    WHERE :has_former AND former_search MATCH :match AND rowid >= :first AND rowid <= :last
        AND +rowid IN (SELECT value FROM json_each(:docids))
    LIMIT -1
);

-- name: close_hits
-- Those of some hits in which searched words are close together.
SELECT 0 AS is_former, json_group_array(docid) AS docids
FROM (
    SELECT rowid AS docid FROM search
    WHERE search MATCH :match AND rowid >= :first AND rowid <= :last AND +rowid IN (SELECT value FROM json_each(:docids))
)
UNION ALL
SELECT 1 AS is_former, json_group_array(docid) AS docids
FROM (
    SELECT rowid AS docid FROM former_search
    WHERE :has_former AND former_search MATCH :match AND rowid >= :first AND rowid <= :last
        AND +rowid IN (SELECT value FROM json_each(:docids))
);

-- name: posts_of
-- The posts of entries.
SELECT post_id FROM document WHERE entry_id IN (SELECT value FROM json_each(:entries))
UNION ALL
SELECT post_id FROM former_document WHERE entry_id IN (SELECT value FROM json_each(:entries));

-- name: sample_hits
-- Where the first hits of each search are: 'in scope' if any of them is, 'elsewhere' if none is, 'nowhere' if there are none;
-- NULL if there may be more hits than these. Oldest first: FTS5 reads its lists faster in that order.
SELECT c.key AS number, (
    SELECT CASE
        WHEN max(is_in_scope) THEN 'in scope' WHEN count(*) = 0 THEN 'nowhere' WHEN count(*) < :most THEN 'elsewhere'
    END
    FROM (
        SELECT :scope IS NULL OR d.feed_id IN (SELECT value FROM json_each(:scope)) AS is_in_scope
        FROM search JOIN document AS d ON d.docid = search.rowid
        WHERE search MATCH json_extract(c.value, '$[0]')
            AND search.rowid >= json_extract(c.value, '$[1]') AND search.rowid < json_extract(c.value, '$[2]')
        LIMIT :most
    )
) AS place
FROM json_each(:conditions) AS c;

-- name: have_hits
-- Which of some searches find a post in `scope`. Oldest first: FTS5 reads its lists faster in that order.
SELECT c.key AS number FROM json_each(:conditions) AS c
WHERE EXISTS (
    SELECT 1 FROM search
    WHERE search MATCH json_extract(c.value, '$[0]')
        AND rowid >= json_extract(c.value, '$[1]') AND rowid < json_extract(c.value, '$[2]')
        AND EXISTS (
            SELECT 1 FROM document AS d
            WHERE d.docid = search.rowid AND (:scope IS NULL OR d.feed_id IN (SELECT value FROM json_each(:scope)))
        )
);

-- name: search_hits
-- What is shown of the posts on a page, in their order.
SELECT e.id AS entry_id, e.feed_id, e.identity, e.title, e.link, e.text, e.texts, e.published_at, e.first_seen_at,
    f.display_name AS feed_name, e.tags
FROM json_each(:entries) AS h JOIN tagged_entry AS e ON e.id = h.value JOIN feed AS f ON f.id = e.feed_id ORDER BY h.key;

-- name: hits_with_tag
-- Of the posts that a search found, those with a tag, in any spelling.
SELECT t.entry_id FROM json_each(:entries) AS h JOIN tag AS t ON t.entry_id = h.value AND t.folded = :folded;

-- name: tags_of_hits
-- The tags of posts, as `count_tags` reads them: grouping them here would take twice as long.
SELECT json_group_array(iif(t.tag = t.folded, t.tag, t.folded || char(10) || t.tag)) AS tags
FROM json_each(:entries) AS h JOIN tag AS t ON t.entry_id = h.value;

-- name: known_words
-- Those of many possible spellings that some post has, and in about how many posts they are.
SELECT w.word, 1 << w.size AS posts FROM json_each(:words) AS x JOIN word AS w ON w.word = x.value;

-- name: known_parts
-- Those of some parts of words that some post has, and how many posts, up to a limit. They are tokens, so no quote ends the
-- quoted part.
SELECT value AS word, (
    SELECT count(*) FROM (
        SELECT 1 FROM search WHERE search MATCH '{title text tags author} : "' || value || '"' LIMIT :most
    )
) AS posts
FROM json_each(:words) WHERE posts > 0;

-- Queries that only PostgreSQL supports: lists as arrays, JSON, the full-text index (tsvector), the size of the database.

-- name: feeds
-- Every feed with its health, and how many subscriptions it has.
SELECT f.*, s.cooldown_until,
    CAST((SELECT coalesce(json_agg(url), '[]') FROM feed_address WHERE feed_id = f.id) AS TEXT) AS addresses,
    (SELECT count(*) FROM subscription WHERE feed_id = f.id) AS subscriptions
FROM feed AS f JOIN site AS s ON s.domain = f.site ORDER BY f.id;

-- name: declared_feeds
-- The known feeds among those that the config file declares, as it described them before.
SELECT a.url, a.feed_id, f.name, f.interval FROM unnest(CAST(:urls AS TEXT[])) AS u (value)
JOIN feed_address AS a ON a.url = u.value JOIN feed AS f ON f.id = a.feed_id;

-- name: forget_intervals
-- Feeds that are no longer in the config file are polled as often as their subscriptions ask.
UPDATE feed SET interval = NULL
WHERE interval IS NOT NULL AND id <> ALL(CAST(:declared AS BIGINT[]));

-- name: claim_feeds
-- Claim the first feed of each due site that has a request left and that nobody else claims from: see the schema.
SELECT * FROM claim_feeds(:now, :lease, CAST(:polling AS BIGINT[]), :limit, :seat);

-- name: take_back_feeds
-- The processes that held these leases no longer run.
UPDATE feed SET leased_until = NULL WHERE leased_until IS NOT NULL AND leased_by = ANY(CAST(:seats AS BIGINT[]));

-- name: take_back_backfills
-- The processes that read these pages no longer run.
UPDATE backfill SET worker = NULL, leased_until = NULL
WHERE leased_until IS NOT NULL AND worker = 'run' AND leased_by = ANY(CAST(:seats AS BIGINT[]));

-- name: take_back_unpolled
-- This process claimed these feeds a while ago, and doesn't poll them.
UPDATE feed SET leased_until = NULL
WHERE leased_until <= :until AND leased_by = :seat AND id <> ALL(CAST(:polling AS BIGINT[]));

-- name: take_back_unread
-- This process claimed these pages a while ago, and doesn't read them.
UPDATE backfill SET worker = NULL, leased_until = NULL
WHERE leased_until <= :until AND worker = :worker AND leased_by = :seat AND feed_id <> ALL(CAST(:reading AS BIGINT[]));

-- name: space_sites
-- On a site with spacing, the next fetch starts later.
UPDATE site SET next_start_at = :now + spacing
WHERE spacing > 0 AND domain = ANY(CAST(:sites AS TEXT[]));

-- name: stored_items
-- The entries of a document's known items.
SELECT e.*, CAST(k.value AS TEXT) AS item
FROM feed_items AS f CROSS JOIN json_array_elements(CAST(f.items AS JSON)) AS k (value)
JOIN tagged_entry AS e ON e.id = CAST(k.value ->> 1 AS BIGINT) AND e.feed_id = f.feed_id
WHERE f.feed_id = :feed_id AND f.frame = :frame AND k.value ->> 0 = ANY(CAST(:hashes AS TEXT[]));

-- name: holders
-- The posts that may be a document's entries: for each key, the newest entries that have it.
SELECT s.key, s.entry_id FROM unnest(CAST(:keys AS TEXT[])) AS k (value)
JOIN seen AS s ON s.feed_id = :feed_id AND s.key = k.value AND s.entry_id IN (
    SELECT x.entry_id FROM seen AS x WHERE x.feed_id = :feed_id AND x.key = k.value
    ORDER BY x.entry_id DESC LIMIT :holders
)
ORDER BY s.entry_id DESC;

-- name: known
-- The fields of these posts that are compared. Their keys are a query of their own, since a post has several.
SELECT e.id AS entry_id, e.fingerprint, e.guid, e.link, e.title, substr(e.text, 1, CAST(:sample AS INTEGER)) AS text,
    substr(e.texts, 1, CAST(:packed_sample AS INTEGER)) AS texts, e.source_id, e.published_at, e.pruned_at
FROM entry AS e WHERE e.id = ANY(CAST(:ids AS BIGINT[]));

-- name: add_keys
-- The keys of an entry; it may have some of them already.
INSERT INTO seen (feed_id, key, entry_id)
SELECT CAST(:feed_id AS BIGINT), k.value, CAST(:entry_id AS BIGINT) FROM unnest(CAST(:keys AS TEXT[])) AS k (value)
ON CONFLICT DO NOTHING;

-- name: add_more_keys
-- Further keys of a known entry, up to a limit for each kind: a site that puts a new number in each address must neither
-- fill the disk nor keep a new guid out.
INSERT INTO seen (feed_id, key, entry_id)
SELECT CAST(:feed_id AS BIGINT), k.value, CAST(:entry_id AS BIGINT) FROM unnest(CAST(:keys AS TEXT[])) AS k (value)
WHERE (
    SELECT count(*) FROM seen WHERE entry_id = :entry_id AND split_part(key, ':', 1) = split_part(k.value, ':', 1)
) < 12
ON CONFLICT DO NOTHING;

-- name: assign_channels
-- Discord reports at each start which channels belong to a guild.
UPDATE channel SET guild_id = :guild_id
WHERE id = ANY(CAST(:ids AS BIGINT[])) AND guild_id IS DISTINCT FROM :guild_id;

-- name: readdressable
-- Subscriptions to a feed whose address somebody changes, unless it was changed meanwhile. The config file's stay.
SELECT s.id, s.channel_id, s.feed_id FROM unnest(CAST(:ids AS BIGINT[])) AS i (value)
JOIN subscription AS s ON s.id = i.value JOIN feed AS f ON f.id = s.feed_id
WHERE f.url = :url AND s.origin <> 'config';

-- name: baselined
-- These subscriptions have their baseline now.
UPDATE subscription SET baseline_due = 0 WHERE id = ANY(CAST(:ids AS BIGINT[]));

-- name: undecided_holds
-- The holds that wait for an admin's decision, oldest first.
SELECT id FROM hold
WHERE subscription_id = ANY(CAST(:subscription_ids AS BIGINT[])) AND decision IS NULL ORDER BY id;

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
    CASE WHEN f.state = 'ended' OR f.failures > 0 OR f.id = ANY(CAST(:first AS BIGINT[])) THEN 0 ELSE 1 END,
    CASE WHEN f.state = 'ended' THEN 0 ELSE 1 END, f.failures DESC, sum(part.held) DESC, sum(part.waiting) DESC, f.id;

-- name: statuses
-- Some of the feeds that a guild follows, with what waits for this guild.
SELECT f.*, f.id AS feed_id, s.cooldown_until,
    (
        SELECT count(*) FROM entry AS e WHERE e.feed_id = f.id AND coalesce(e.published_at, e.first_seen_at) > :month_ago
    ) AS posts_last_month,
    CAST(sum((
        SELECT count(*) FROM delivery AS d
        WHERE d.channel_id = x.channel_id AND d.state IN ('pending', 'sending') AND d.subscription_id = x.id
    )) AS BIGINT) AS waiting,
    CAST(sum((
        SELECT count(*) FROM delivery AS d
        WHERE d.subscription_id = x.id AND d.state IN ('held', 'paused') AND d.state = 'held'
    )) AS BIGINT) AS held,
    CAST(sum((
        SELECT count(*) FROM delivery AS d
        WHERE d.subscription_id = x.id AND d.state IN ('held', 'paused') AND d.state = 'paused'
    )) AS BIGINT) AS paused
FROM feed AS f JOIN site AS s ON s.domain = f.site
JOIN subscription AS x ON x.feed_id = f.id JOIN channel AS c ON c.id = x.channel_id
WHERE c.guild_id = :guild_id AND f.id = ANY(CAST(:feeds AS BIGINT[])) GROUP BY f.id, s.cooldown_until;

-- name: claim_notices
-- These notices share a message from now on. If a send began and never ended, its result is uncertain.
UPDATE notice SET leader_id = :leader_id, attempts = attempts + 1, due_at = :lease,
    uncertain_since = coalesce(uncertain_since, :now)
WHERE id = ANY(CAST(:ids AS BIGINT[]));

-- name: claim_deliveries
-- The oldest pending delivery of each channel that is due, and that nobody else claims from; none while it is being sent.
-- A send that began and never ended is uncertain. What another process did before the channel was locked counts: the
-- conditions on the delivery itself are checked again.
WITH lane AS MATERIALIZED (
    SELECT (
        SELECT id FROM delivery WHERE channel_id = c.id AND state IN ('pending', 'sending') ORDER BY id LIMIT 1
    ) AS head
    FROM channel AS c WHERE c.due_at <= :now ORDER BY c.due_at LIMIT :limit FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE delivery SET
    uncertain_since = CASE WHEN state = 'sending' THEN coalesce(uncertain_since, sending_since) ELSE uncertain_since END,
    uncertain_until = CASE WHEN state = 'sending' THEN :now ELSE uncertain_until END,
    state = 'sending', attempts = attempts + 1, leased_until = :lease, sending_since = :now
WHERE id IN (SELECT head FROM lane) AND id <> ALL(CAST(:sending AS BIGINT[]))
    AND (state = 'pending' AND due_at <= :now OR state = 'sending' AND leased_until <= :now)
RETURNING id;

-- name: take_back_unsent
-- Claimed a while ago, and not being sent: the claim's answer was lost, or a former leader claimed it late.
UPDATE delivery SET leased_until = 0
WHERE state IN ('pending', 'sending') AND state = 'sending' AND leased_until > 0 AND sending_since <= :before
    AND id <> ALL(CAST(:sending AS BIGINT[]));

-- name: claimed_deliveries
-- Everything that rendering the claimed deliveries needs.
SELECT e.*, d.id AS delivery_id, d.channel_id, d.attempts - 1 AS attempts, d.uncertain_since, d.uncertain_until,
    d.leased_until, c.probes, e.id AS entry_id, coalesce(s.style, 'card') AS style, coalesce(s.mention_roles, '[]') AS mention_roles,
    coalesce(nullif(s.name, ''), f.display_name) AS feed_name, coalesce(s.silent, 0) AS silent, s.thread,
    coalesce(g.language, '') AS language, coalesce(s.ping_cooldown, 0) AS ping_cooldown, s.pinged_at,
    CASE WHEN d.uncertain_since IS NOT NULL THEN CAST((
        SELECT coalesce(json_agg(key), '[]') FROM seen WHERE entry_id = e.id AND key LIKE 'link:%'
    ) AS TEXT) END AS link_keys
FROM delivery AS d
JOIN channel AS c ON c.id = d.channel_id
JOIN tagged_entry AS e ON e.id = d.entry_id
JOIN feed AS f ON f.id = e.feed_id
LEFT JOIN subscription AS s ON s.id = d.subscription_id
LEFT JOIN guild AS g ON g.id = c.guild_id
WHERE d.id = ANY(CAST(:ids AS BIGINT[]))
ORDER BY d.id;

-- name: reopen_channels
-- Discord reports that the bot can write in these channels again.
UPDATE channel SET state = 'open', reason = '', suspended_at = NULL, probe_at = NULL, probes = 0
WHERE state = 'suspended' AND gone_at IS NULL AND id = ANY(CAST(:ids AS BIGINT[])) RETURNING id;

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
) AND delivery_id <> ALL(CAST(:publishing AS BIGINT[]))
RETURNING delivery_id, channel_id, message_id, attempts - 1 AS attempts, due_at;

-- name: claim_upkeep
-- Not in channels that have a post to send, or that refuse the bot. The claim is only a later due time.
UPDATE upkeep SET attempts = attempts + 1, due_at = :lease WHERE (delivery_id, kind) IN (
    SELECT u.delivery_id, u.kind FROM upkeep AS u
    JOIN delivery AS d ON d.id = u.delivery_id JOIN channel AS c ON c.id = d.channel_id
    WHERE u.state = 'pending' AND u.due_at <= :now AND c.state = 'open' AND coalesce(c.due_at, :lease) > :now
    ORDER BY u.due_at LIMIT :limit
) AND delivery_id <> ALL(CAST(:working AS BIGINT[]))
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
            AND (CAST(:feed_id AS BIGINT) IS NULL OR b.feed_id = :feed_id) AND f.is_followed = 1 AND f.last_success_at IS NOT NULL
            AND b.feed_id <> ALL(CAST(:reading AS BIGINT[]))
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
WHERE b.feed_id = ANY(CAST(:feed_ids AS BIGINT[])) ORDER BY b.due_at, b.feed_id;

-- name: traced
-- The entries that a link may mean, in the feeds that a guild follows, for `/why`.
SELECT e.*, e.id AS entry_id, f.display_name AS feed_name,
    CAST((SELECT coalesce(json_agg(key), '[]') FROM seen WHERE entry_id = e.id) AS TEXT) AS keys
FROM tagged_entry AS e JOIN feed AS f ON f.id = e.feed_id
WHERE e.id IN (SELECT entry_id FROM seen WHERE key = ANY(CAST(:keys AS TEXT[]))) AND e.feed_id IN (
    SELECT x.feed_id FROM subscription AS x JOIN channel AS c ON c.id = x.channel_id WHERE c.guild_id = :guild_id
)
ORDER BY e.id;

-- name: traced_by_entry
-- An entry, and those with which other feeds that a guild follows brought the same post, for `/why`.
SELECT e.*, e.id AS entry_id, f.display_name AS feed_name,
    CAST((SELECT coalesce(json_agg(key), '[]') FROM seen WHERE entry_id = e.id) AS TEXT) AS keys
FROM tagged_entry AS e JOIN feed AS f ON f.id = e.feed_id
WHERE e.identity = (SELECT identity FROM entry WHERE id = :entry_id) AND e.feed_id IN (
    SELECT x.feed_id FROM subscription AS x JOIN channel AS c ON c.id = x.channel_id WHERE c.guild_id = :guild_id
)
ORDER BY e.id;

-- name: traced_by_message
-- The entry that a message of a guild shows, for `/why`.
SELECT e.*, e.id AS entry_id, f.display_name AS feed_name,
    CAST((SELECT coalesce(json_agg(key), '[]') FROM seen WHERE entry_id = e.id) AS TEXT) AS keys
FROM tagged_entry AS e JOIN feed AS f ON f.id = e.feed_id
WHERE e.id IN (
    SELECT d.entry_id FROM unnest(CAST(:messages AS BIGINT[])) AS m (value) JOIN delivery AS d ON d.message_id = m.value
    JOIN channel AS c ON c.id = d.channel_id WHERE c.guild_id = :guild_id
)
ORDER BY e.id;

-- name: recent_entries
-- Autocompletion and `/why` find a post by its title or address, newest first.
SELECT e.* FROM tagged_entry AS e
WHERE (e.title ILIKE :part ESCAPE '\' OR e.link ILIKE :part ESCAPE '\') AND e.feed_id = ANY(CAST(:feeds AS BIGINT[]))
ORDER BY e.id DESC LIMIT :limit;

-- name: posted_messages
-- The messages of a guild that show these posts, whichever feed they came from.
SELECT d.identity, d.channel_id, d.message_id FROM delivery AS d JOIN channel AS c ON c.id = d.channel_id
WHERE c.guild_id = :guild_id AND d.state = 'sent' AND d.identity = ANY(CAST(:identities AS TEXT[]))
ORDER BY d.id DESC;

-- name: tag_counts
-- Spellings of one tag count together, under the one that is used most.
SELECT (array_agg(t.tag ORDER BY t.entries DESC, t.tag))[1] AS tag, CAST(sum(t.entries) AS BIGINT) AS entries FROM (
    SELECT folded, tag, sum(entries) AS entries FROM feed_tag
    WHERE (CAST(:feeds AS BIGINT[]) IS NULL OR feed_id = ANY(CAST(:feeds AS BIGINT[])))
        AND folded >= :first AND folded < :last
    GROUP BY folded, tag
) AS t
GROUP BY t.folded ORDER BY 2 DESC, t.folded LIMIT :limit OFFSET :offset;

-- name: file_size
-- Bytes of the database, for `db stats` and the metrics.
SELECT pg_database_size(current_database()) AS bytes;

-- name: empty_index
-- The index is about to be rebuilt.
DELETE FROM search;

-- name: empty_former_index
-- The index is complete again.
DELETE FROM former_search;

-- name: index_words
-- An entry's tokens, without its texts. The start of the text is enough to rank many hits.
INSERT INTO search (docid, head, vec) VALUES (
    :docid,
    post_vector(:title, :tags, :author, :text, concat(CAST(:stems AS TEXT), ' ', CAST(:feed AS TEXT)), 100),
    post_vector(:title, :tags, :author, :text, concat(CAST(:stems AS TEXT), ' ', CAST(:feed AS TEXT)), 50000)
);

-- name: unindex_words
-- With its document.
DELETE FROM search WHERE docid = :docid;

-- name: add_words
-- Each word with the binary logarithm of the number of new posts with it. Its size grows with every post while it is small,
-- then with about one post in 2 ** size, so that common words are seldom written. `salt` is as good as random, and differs
-- each time.
INSERT INTO word (word, size)
SELECT w.key, CAST(w.value AS BIGINT) FROM json_each_text(CAST(CAST(:words AS TEXT) AS JSON)) AS w
ON CONFLICT (word) DO UPDATE SET size = greatest(word.size + 1, excluded.size)
WHERE (CAST(:salt AS BIGINT) & ((CAST(1 AS BIGINT) << CAST(word.size AS INTEGER)) - 1))
    < (CAST(1 AS BIGINT) << CAST(excluded.size AS INTEGER));

-- name: count_languages
-- The languages of a feed's posts. After a hundred posts, its usual languages are known.
INSERT INTO feed_language (feed_id, language, posts)
SELECT CAST(:feed_id AS BIGINT), l.key, CAST(l.value AS BIGINT) FROM json_each_text(CAST(CAST(:posts AS TEXT) AS JSON)) AS l
ON CONFLICT (feed_id, language) DO UPDATE SET posts = feed_language.posts + excluded.posts
WHERE excluded.posts > 0 AND feed_language.posts < 100;

-- name: sample_share
-- Whether these are all feeds, and otherwise their share of the newest entries, which decides how a search is restricted.
SELECT NOT EXISTS (SELECT 1 FROM feed WHERE id <> ALL(CAST(:feeds AS BIGINT[]))) AS is_all, (
    SELECT CAST(coalesce(avg(CASE WHEN n.feed_id = ANY(CAST(:feeds AS BIGINT[])) THEN 1 ELSE 0 END), 0) AS DOUBLE PRECISION)
    FROM (SELECT feed_id FROM document ORDER BY docid DESC LIMIT 1000) AS n
) AS share;

-- name: searched
-- Which of these languages have posts, and whether a former index must be searched, too.
SELECT
    CAST((
        SELECT coalesce(json_agg(l.value), '[]') FROM unnest(CAST(:languages AS TEXT[])) AS l (value)
        WHERE EXISTS (SELECT 1 FROM feed_language WHERE language = l.value)
    ) AS TEXT) AS languages,
    EXISTS (SELECT 1 FROM former_document) AS has_former;

-- name: words_starting
-- The most used words with a beginning, how many there are, and in about how many posts they occur together.
SELECT word, size, count(*) OVER () AS words,
    CAST(sum(CAST(1 AS BIGINT) << CAST(size AS INTEGER)) OVER () AS BIGINT) AS posts
FROM word WHERE word >= :first AND word < :last ORDER BY size DESC, word LIMIT :limit;

-- name: is_in_most
-- Whether more than half of the newest posts contain a word; no if there are fewer posts than that.
SELECT count(*) >= CAST(:newest AS BIGINT)
    AND count(*) FILTER (WHERE s.vec @@ CAST(CAST(:match AS TEXT) AS TSQUERY)) > CAST(:newest AS BIGINT) / 2 AS is_in_most
FROM (SELECT docid FROM document ORDER BY docid DESC LIMIT :newest) AS n JOIN search AS s ON s.docid = n.docid;

-- name: find
-- A page of the newest hits, best first; the newest hit counts a quarter more than an old one. All hits are ranked by the
-- start of their posts, and the best by all of it; hits of `near` count more: words that are close together. Each of `terms`
-- counts as much as it is rare. Only the newest hits are looked up in `document`, one by one: OFFSET 0 keeps the planner from
-- reading all of it. Whatever the expressions say, only posts in `scope` or with a message in `channels` are
-- found, and none with an entry in `without`. Until the index is complete, the former one is searched as well; `place`
-- orders the documents of both.
WITH followed_hit AS MATERIALIZED (
    (
        SELECT 0 AS is_former, h.docid, d.feed_id, d.post_id, 0 AS is_posted
        FROM (
            SELECT s.docid FROM search AS s
            WHERE s.vec @@ CAST(CAST(:match AS TEXT) AS TSQUERY) AND s.docid >= :first AND s.docid < :last
                AND (CAST(:feeds AS BIGINT[]) IS NULL OR EXISTS (
                    SELECT 1 FROM document AS f WHERE f.docid = s.docid AND f.feed_id = ANY(CAST(:feeds AS BIGINT[]))
                ))
            ORDER BY s.docid DESC LIMIT :max_hits
        ) AS h CROSS JOIN LATERAL (
            SELECT d.feed_id, d.post_id FROM document AS d WHERE d.docid = h.docid OFFSET 0
        ) AS d
    )
    UNION ALL
    (
        SELECT 1 AS is_former, h.docid, d.feed_id, d.post_id, 0 AS is_posted
        FROM (
            SELECT s.docid FROM former_search AS s
            WHERE s.vec @@ CAST(CAST(:match AS TEXT) AS TSQUERY) AND :has_former = 1 AND s.docid >= :first AND s.docid < :last
                AND (CAST(:feeds AS BIGINT[]) IS NULL OR EXISTS (
                    SELECT 1 FROM former_document AS f WHERE f.docid = s.docid AND f.feed_id = ANY(CAST(:feeds AS BIGINT[]))
                ))
            ORDER BY s.docid DESC LIMIT :max_hits
        ) AS h CROSS JOIN LATERAL (
            SELECT d.feed_id, d.post_id FROM former_document AS d WHERE d.docid = h.docid OFFSET 0
        ) AS d
    )
),
posted_hit AS MATERIALIZED (
    SELECT h.is_former, h.docid, d.feed_id, d.post_id, 1 AS is_posted
    FROM (
        SELECT 0 AS is_former, s.docid FROM search AS s
        WHERE s.vec @@ CAST(CAST(:posted_match AS TEXT) AS TSQUERY) AND s.docid >= :first AND s.docid < :last
        ORDER BY s.docid DESC LIMIT :max_posted
    ) AS h JOIN document AS d ON d.docid = h.docid JOIN entry AS e ON e.id = d.entry_id
    WHERE EXISTS (
        SELECT 1 FROM delivery AS p
        WHERE p.channel_id = ANY(CAST(:channels AS BIGINT[])) AND p.identity = e.identity AND p.state = 'sent'
    )
    UNION ALL
    SELECT h.is_former, h.docid, d.feed_id, d.post_id, 1 AS is_posted
    FROM (
        SELECT 1 AS is_former, s.docid FROM former_search AS s
        WHERE s.vec @@ CAST(CAST(:posted_match AS TEXT) AS TSQUERY) AND :has_former = 1 AND s.docid >= :first AND s.docid < :last
        ORDER BY s.docid DESC LIMIT :max_posted
    ) AS h JOIN former_document AS d ON d.docid = h.docid JOIN entry AS e ON e.id = d.entry_id
    WHERE EXISTS (
        SELECT 1 FROM delivery AS p
        WHERE p.channel_id = ANY(CAST(:channels AS BIGINT[])) AND p.identity = e.identity AND p.state = 'sent'
    )
),
hit AS MATERIALIZED (
    SELECT h.docid * 2 + h.is_former AS place, h.docid, h.is_former, h.post_id,
        bool_or(h.is_posted = 1 OR CAST(:scope AS BIGINT[]) IS NULL OR h.feed_id = ANY(CAST(:scope AS BIGINT[]))) AS is_visible
    FROM (SELECT * FROM followed_hit UNION ALL SELECT * FROM posted_hit) AS h
    WHERE h.post_id NOT IN (
        SELECT post_id FROM document WHERE entry_id = ANY(CAST(:without AS BIGINT[]))
        UNION ALL
        SELECT post_id FROM former_document WHERE entry_id = ANY(CAST(:without AS BIGINT[]))
    )
    GROUP BY h.docid, h.is_former, h.post_id
),
term AS MATERIALIZED (
    SELECT CAST(t.query AS TSQUERY) AS query, t.weight
    FROM unnest(CAST(:terms AS TEXT[]), CAST(:term_weights AS DOUBLE PRECISION[])) AS t (query, weight)
),
post AS MATERIALIZED (
    SELECT max(h.place) AS place, max(coalesce((
        SELECT sum(t.weight * ts_rank(CAST(:weights AS REAL[]), coalesce(s.head, o.head), t.query, 1)) FROM term AS t
    ), 0)) AS score
    FROM hit AS h
    LEFT JOIN search AS s ON s.docid = h.docid AND h.is_former = 0
    LEFT JOIN former_search AS o ON o.docid = h.docid AND h.is_former = 1
    WHERE h.is_visible GROUP BY h.post_id
),
dated AS MATERIALIZED (
    SELECT place, score, 1.0 + 0.25 / (1.0 + ((SELECT max(place) FROM post) - place) / 504921600.0) AS recency FROM post
),
best AS MATERIALIZED (
    SELECT b.place, b.recency * (
        SELECT sum(t.weight * ts_rank(CAST(:weights AS REAL[]), coalesce(s.vec, o.vec), t.query, 1)) FROM term AS t
    ) * CASE WHEN coalesce(s.vec, o.vec) @@ CAST(CAST(:near AS TEXT) AS TSQUERY) THEN CAST(:closeness AS DOUBLE PRECISION) ELSE 1 END AS score
    FROM (
        SELECT place, recency FROM dated WHERE EXISTS (SELECT 1 FROM term)
        ORDER BY score * recency DESC, place DESC LIMIT :best
    ) AS b
    LEFT JOIN search AS s ON s.docid = b.place >> 1 AND b.place & 1 = 0
    LEFT JOIN former_search AS o ON o.docid = b.place >> 1 AND b.place & 1 = 1
),
page AS MATERIALIZED (
    SELECT d.place, count(*) OVER () AS total,
        row_number() OVER (ORDER BY b.score DESC NULLS LAST, d.score * d.recency DESC, d.place DESC) AS position
    FROM dated AS d LEFT JOIN best AS b ON b.place = d.place
    ORDER BY 3 LIMIT :limit OFFSET :offset
)
SELECT page.total, (SELECT count(*) FROM followed_hit) AS hits, coalesce(d.entry_id, o.entry_id) AS entry_id,
    page.place >> 1 AS docid
FROM page
LEFT JOIN document AS d ON d.docid = page.place >> 1 AND page.place & 1 = 0
LEFT JOIN former_document AS o ON o.docid = page.place >> 1 AND page.place & 1 = 1
ORDER BY page.position;

-- name: search_hits
-- What is shown of the posts on a page, in their order.
SELECT e.id AS entry_id, e.feed_id, e.identity, e.title, e.link, e.text, e.texts, e.published_at, e.first_seen_at,
    f.display_name AS feed_name, e.tags
FROM unnest(CAST(:entries AS BIGINT[])) WITH ORDINALITY AS h (value, key)
JOIN tagged_entry AS e ON e.id = h.value JOIN feed AS f ON f.id = e.feed_id ORDER BY h.key;

-- name: hits_with_tag
-- Of the posts that a search found, those with a tag, in any spelling.
SELECT t.entry_id FROM tag AS t WHERE t.entry_id = ANY(CAST(:entries AS BIGINT[])) AND t.folded = :folded;

-- name: tags_of_hits
-- The tags of posts, as `count_tags` reads them.
SELECT CAST(coalesce(json_agg(CASE WHEN t.tag = t.folded THEN t.tag ELSE concat(t.folded, chr(10), t.tag) END), '[]') AS TEXT) AS tags
FROM tag AS t WHERE t.entry_id = ANY(CAST(:entries AS BIGINT[]));

-- name: known_words
-- Those of many possible spellings that some post has, and in about how many posts they are.
SELECT word, CAST(1 AS BIGINT) << CAST(size AS INTEGER) AS posts FROM word WHERE word = ANY(CAST(:words AS TEXT[]));

-- name: known_parts
-- Those of some parts of words that some post has, and how many posts, up to a limit. They are tokens, so no quote ends the
-- quoted part.
SELECT w.value AS word, found.posts FROM unnest(CAST(:words AS TEXT[])) AS w (value) CROSS JOIN LATERAL (
    SELECT count(*) AS posts FROM (
        SELECT 1 FROM search WHERE vec @@ CAST('''' || w.value || '''' AS TSQUERY) LIMIT :most
    ) AS few
) AS found
WHERE found.posts > 0;

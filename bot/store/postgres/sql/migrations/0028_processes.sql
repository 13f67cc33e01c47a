-- expand
-- Several processes claim at the same time: each locks the sites that it claims from.
CREATE OR REPLACE FUNCTION feed_rescheduled() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    -- Lock first, then look: another process may just have changed the site's other feeds.
    PERFORM FROM site WHERE domain IN (old.site, new.site) ORDER BY domain FOR NO KEY UPDATE;
    UPDATE site SET first_due_at = (SELECT min(due_at) FROM feed WHERE site = site.domain AND due_at IS NOT NULL)
    WHERE domain IN (old.site, new.site);
    RETURN NULL;
END $$;
-- Claims the first feed of each due site that has a request left: of max_concurrent, of which pages of backfills count.
-- Sites from which another process claims at the same time are left out. What it did before they were locked is seen by the
-- second statement, which begins after that.
CREATE FUNCTION claim_feeds(at BIGINT, lease BIGINT, polling BIGINT[], most BIGINT) RETURNS SETOF feed
LANGUAGE plpgsql AS $$ DECLARE locked TEXT[]; BEGIN
    SELECT array_agg(domain) INTO locked FROM (
        SELECT s.domain FROM site AS s WHERE s.due_at <= at AND s.max_concurrent > requests_of(s.domain, at)
        ORDER BY s.due_at LIMIT most FOR NO KEY UPDATE SKIP LOCKED
    ) AS lane;
    RETURN QUERY UPDATE feed SET leased_until = lease FROM (
        SELECT head.id FROM site AS s CROSS JOIN LATERAL (
            SELECT f.id FROM feed AS f WHERE f.site = s.domain AND f.due_at <= at AND f.id <> ALL(polling)
            ORDER BY f.due_at, f.id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED  -- a poll that took too long may be ending now
        ) AS head
        WHERE s.domain = ANY(locked) AND s.due_at <= at AND s.max_concurrent > requests_of(s.domain, at)
    ) AS found
    WHERE feed.id = found.id RETURNING feed.*;
END $$;
-- How many requests a site may be answering.
CREATE FUNCTION requests_of(place TEXT, at BIGINT) RETURNS BIGINT LANGUAGE sql STABLE AS $$
    SELECT (
        SELECT count(*) FROM feed AS busy WHERE busy.site = place AND busy.leased_until > at
    ) + (
        SELECT count(*) FROM backfill AS b JOIN feed AS other ON other.id = b.feed_id
        WHERE b.leased_until > at AND other.site = place
    );
$$;

-- The sessions that the bot began at Discord's gateway within the last day: Discord resets the token of a bot that begins
-- more than 1,000.
CREATE TABLE session_start (
    started_at BIGINT NOT NULL,
    shard      BIGINT NOT NULL,
    PRIMARY KEY (started_at, shard)
);

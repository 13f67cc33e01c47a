-- replace: the function has another parameter
-- Which process polls a feed, so that the others can take over if it is gone.
ALTER TABLE feed ADD COLUMN leased_by BIGINT NOT NULL DEFAULT 0;
DROP FUNCTION claim_feeds(BIGINT, BIGINT, BIGINT[], BIGINT);
-- Claims the first feed of each due site that has a request left: of max_concurrent, of which pages of backfills count.
-- Sites from which another process claims at the same time are left out. What it did before they were locked is seen by the
-- second statement, which begins after that.
CREATE FUNCTION claim_feeds(at BIGINT, lease BIGINT, polling BIGINT[], most BIGINT, worker BIGINT) RETURNS SETOF feed
LANGUAGE plpgsql AS $$ DECLARE locked TEXT[]; BEGIN
    SELECT array_agg(domain) INTO locked FROM (
        SELECT s.domain FROM site AS s WHERE s.due_at <= at AND s.max_concurrent > requests_of(s.domain, at)
        ORDER BY s.due_at LIMIT most FOR NO KEY UPDATE SKIP LOCKED
    ) AS lane;
    RETURN QUERY UPDATE feed SET leased_until = lease, leased_by = worker FROM (
        SELECT head.id FROM site AS s CROSS JOIN LATERAL (
            SELECT f.id FROM feed AS f WHERE f.site = s.domain AND f.due_at <= at AND f.id <> ALL(polling)
            ORDER BY f.due_at, f.id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED  -- a poll that took too long may be ending now
        ) AS head
        WHERE s.domain = ANY(locked) AND s.due_at <= at AND s.max_concurrent > requests_of(s.domain, at)
    ) AS found
    WHERE feed.id = found.id RETURNING feed.*;
END $$;

-- Work on messages that were sent: opening their threads, and editing them after a change of their look.

CREATE TABLE upkeep (
    delivery_id     INTEGER NOT NULL REFERENCES delivery (id) ON DELETE CASCADE,
    kind            TEXT NOT NULL CHECK (kind IN ('thread', 'edit')),
    subscription_id INTEGER NOT NULL REFERENCES subscription (id) ON DELETE CASCADE,
    state           TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'failed')),
    reason          TEXT NOT NULL DEFAULT '',
    due_at          INTEGER NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (delivery_id, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX upkeep_owed ON upkeep (due_at) WHERE state = 'pending';
CREATE INDEX upkeep_subscription ON upkeep (subscription_id, kind);

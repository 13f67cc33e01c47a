-- Posts are stemmed in their languages. The index is made anew while the former one answers for what is missing: see
-- `store/sqlite/fts_index.py`.

ALTER TABLE document ADD COLUMN languages TEXT NOT NULL DEFAULT '';
CREATE TABLE former_document (
    docid     INTEGER PRIMARY KEY,
    entry_id  INTEGER NOT NULL UNIQUE REFERENCES entry (id),
    feed_id   INTEGER NOT NULL,
    post_id   INTEGER NOT NULL,
    languages TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE VIRTUAL TABLE former_search USING fts5 (title, text, tags, author, feed, stems, content = '', tokenize = 'ascii');

CREATE TABLE word (
    word TEXT PRIMARY KEY,
    size INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE feed_language (
    feed_id  INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
    language TEXT NOT NULL,
    posts    INTEGER NOT NULL,
    PRIMARY KEY (feed_id, language)
) STRICT, WITHOUT ROWID;
CREATE INDEX feed_language_language ON feed_language (language);

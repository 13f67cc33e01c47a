-- Stems have a column of their own. What the index had is made anew: see `store/index.py`.

DROP TABLE search;
CREATE VIRTUAL TABLE search USING fts5 (title, text, tags, author, feed, stems, content = '', tokenize = 'ascii');

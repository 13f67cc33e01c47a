-- expand
-- What the bot posts in a server is in the server's language.

ALTER TABLE guild ADD COLUMN language TEXT COLLATE "C" NOT NULL DEFAULT '';

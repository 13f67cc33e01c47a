-- Posts that their feed itself warns of show no picture openly.

ALTER TABLE entry ADD COLUMN warning TEXT NOT NULL DEFAULT '';

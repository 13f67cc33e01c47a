-- Until when an uncertain message was being sent bounds the search for it. Earlier versions sent for five minutes at most.

ALTER TABLE delivery ADD COLUMN uncertain_until INTEGER;
UPDATE delivery SET uncertain_until = uncertain_since + 600000 WHERE uncertain_since IS NOT NULL;

-- A role whose members may press the buttons of admins.

ALTER TABLE guild ADD COLUMN managers_role_id INTEGER;

-- The post of a message is found by the message.

CREATE INDEX delivery_message ON delivery (message_id) WHERE message_id IS NOT NULL;

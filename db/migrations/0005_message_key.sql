-- Messages are found by a short key made of their MessageId instead of by MessageId and sender, which
-- took five times the space: with 10 million call logs a gigabyte of index, of which each record
-- reads and writes a page at a random place.

ALTER TABLE call_log ADD COLUMN message_key INTEGER;  -- See store/message_key.hpp.
UPDATE call_log SET message_key = message_key(message_id) WHERE message_id <> '';

DROP INDEX call_log_message;
DROP INDEX call_log_repeat;

-- Finds the duplicates of a message, and call logs by message_id. Not unique: different MessageIds
-- may have one key, and repeats do.
CREATE INDEX call_log_message ON call_log (message_key) WHERE message_key IS NOT NULL;

-- Messages are found by a short key made of their MessageId instead of by MessageId and sender, which
-- took four times the space: with 10 million call logs a gigabyte of index, of which each record
-- reads and writes a page at a random place.

PRAGMA secure_delete = ON;  -- What is moved stays nowhere else.

DROP INDEX call_log_message;
DROP INDEX call_log_repeat;

-- The keys come by a table of their own, since an UPDATE that calls a function has SQLite keep what
-- each page said before in a file in the folder for temporary ones.
CREATE TABLE new_message_key (call_log_id INTEGER PRIMARY KEY, message_key INTEGER) STRICT;
INSERT INTO new_message_key
SELECT id, message_key(message_id) FROM call_log WHERE message_id <> '';
ALTER TABLE call_log ADD COLUMN message_key INTEGER;  -- See store/message_key.hpp.
UPDATE call_log
SET message_key = (SELECT message_key FROM new_message_key WHERE call_log_id = call_log.id);
DROP TABLE new_message_key;

-- Finds the duplicates of a message, and call logs by message_id. Not unique: different senders may
-- use one MessageId, and different MessageIds may have one key.
CREATE INDEX call_log_message ON call_log (message_key) WHERE repeat = 0 AND message_key IS NOT NULL;

-- The rest of the call logs with a message_id; costs nothing while there are none.
CREATE INDEX call_log_repeat ON call_log (message_key) WHERE repeat = 1;

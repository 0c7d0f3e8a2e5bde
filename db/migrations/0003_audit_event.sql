-- Who did what to credentials, keys and personal data. Holds none of it itself: a person's account
-- is named by a keyed hash of its number. Lines are added and never changed or removed.
--
-- Since then the sealed columns of requestor and open_content are written anew when the key is
-- changed, and call logs are removed by age or account.

CREATE TABLE audit_event (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,                -- UTC, as call_log.received_at.
    actor TEXT NOT NULL,             -- "alice (1000)": the user of the operating system.
    event TEXT NOT NULL,             -- "erase"
    subject TEXT NOT NULL,           -- "account 0123...", "credential 3", "call log 17"
    detail TEXT NOT NULL             -- "state=done removed=2"
) STRICT;

CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event
BEGIN SELECT raise(ABORT, 'the audit trail is append-only'); END;

CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event
BEGIN SELECT raise(ABORT, 'the audit trail is append-only'); END;

-- INSERT OR REPLACE removes a row without asking the trigger above.
CREATE TRIGGER audit_event_no_replace BEFORE INSERT ON audit_event
WHEN EXISTS (SELECT 1 FROM audit_event WHERE id = NEW.id)
BEGIN SELECT raise(ABORT, 'the audit trail is append-only'); END;

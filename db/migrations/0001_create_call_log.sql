-- Rows of these tables are written once and never changed; only credential is updated.
-- Times are UTC in ISO 8601, which sorts as text: 2011-03-04T10:06:07.250Z.

CREATE TABLE call_log (
    id INTEGER PRIMARY KEY,
    received_at TEXT NOT NULL,
    sender BLOB NOT NULL,            -- Keyed hash of the direct token.
    credential_label TEXT NOT NULL,  -- Of the registered credential; '' if not registered.
    content_digest BLOB NOT NULL,
    repeat INTEGER NOT NULL DEFAULT 0 CHECK (repeat IN (0, 1)),  -- 1: stored though its key was there.
    user_id TEXT,
    message_date_time TEXT,          -- As sent.
    message_date_time_utc TEXT,
    message_id TEXT,
    caller_id TEXT,
    csr_id TEXT,
    created_date_time TEXT,          -- As sent.
    created_date_time_utc TEXT,
    log_text TEXT,
    request_type INTEGER,
    nil_elements TEXT                -- Paths of elements sent as xsi:nil, one a line.
) STRICT;

-- The key of a message. Finds its duplicates, and call logs by message_id.
CREATE UNIQUE INDEX call_log_message ON call_log (message_id, sender)
WHERE repeat = 0 AND message_id <> '';

-- The rest of the call logs with a message_id; costs nothing while there are none.
CREATE INDEX call_log_repeat ON call_log (message_id) WHERE repeat = 1;

-- Grows at its end only, hence cheap.
CREATE INDEX call_log_received ON call_log (received_at);

CREATE TABLE requestor (
    call_log_id INTEGER PRIMARY KEY REFERENCES call_log ON DELETE CASCADE,
    contact_type TEXT,
    prefix TEXT,
    first_name TEXT,
    middle_initial TEXT,
    last_name TEXT,
    suffix TEXT,
    full_name TEXT,
    created_date TEXT,
    memo TEXT,
    ssn BLOB,                        -- Sealed: key id, nonce, ciphertext.
    csr_id TEXT,
    critical_contact_flag INTEGER,
    status_code TEXT,
    critical_expiration_date TEXT,
    employer_name TEXT
) STRICT;

CREATE TABLE customer (
    call_log_id INTEGER PRIMARY KEY REFERENCES call_log ON DELETE CASCADE,
    customer_id TEXT,
    customer_name TEXT,
    customer_number TEXT,
    dba TEXT,
    rep_id TEXT
) STRICT;

CREATE TABLE premise (
    call_log_id INTEGER PRIMARY KEY REFERENCES call_log ON DELETE CASCADE,
    premise_number TEXT
) STRICT;

CREATE TABLE account (
    call_log_id INTEGER PRIMARY KEY REFERENCES call_log ON DELETE CASCADE,
    account_number TEXT,
    account_type TEXT,
    account_status TEXT
) STRICT;

-- What call logs are looked up by. Each of these indexes costs every record a write at a random
-- place, so there is one per filter and none besides; records without the value pay nothing.
CREATE INDEX customer_customer_id ON customer (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX customer_customer_number ON customer (customer_number) WHERE customer_number IS NOT NULL;
CREATE INDEX premise_premise_number ON premise (premise_number) WHERE premise_number IS NOT NULL;
CREATE INDEX account_account_number ON account (account_number) WHERE account_number IS NOT NULL;

-- Repeating parts: the rows of a call log lie side by side, numbered from 1.

CREATE TABLE name_value (
    call_log_id INTEGER NOT NULL REFERENCES call_log ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT,
    value TEXT,
    PRIMARY KEY (call_log_id, position)
) STRICT, WITHOUT ROWID;

-- A phone or an email in which nothing is set has no row if call_log.nil_elements names it.
CREATE TABLE phone (
    call_log_id INTEGER NOT NULL REFERENCES call_log ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('PrimaryContact', 'SecondaryContact', 'OtherPhone', 'Fax')),
    position INTEGER NOT NULL,
    phone_type TEXT,
    phone TEXT,
    extension TEXT,
    do_not_call_flag INTEGER,
    PRIMARY KEY (call_log_id, kind, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE email (
    call_log_id INTEGER PRIMARY KEY REFERENCES call_log ON DELETE CASCADE,
    email_type TEXT,
    email TEXT
) STRICT;

CREATE TABLE open_content (
    call_log_id INTEGER NOT NULL REFERENCES call_log ON DELETE CASCADE,
    position INTEGER NOT NULL,
    path TEXT NOT NULL,
    xml TEXT,
    sealed BLOB,                     -- In the place of xml for a DriverLicense.
    PRIMARY KEY (call_log_id, position),
    CHECK ((xml IS NULL) <> (sealed IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE credential (
    id INTEGER PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('direct', 'originating')),
    label TEXT NOT NULL,
    token_hash BLOB NOT NULL,        -- Keyed; the token itself is nowhere kept.
    created_at TEXT NOT NULL,
    expires_at TEXT,
    revoked_at TEXT,
    UNIQUE (role, token_hash)
) STRICT;

-- A call log becomes one row: what it has once in columns, what it repeats as JSON. The store wrote
-- 13 rows into ten tables, which cost more than all the rest of a request; each of the former
-- tables is now a view of the same name and columns, for whoever reads the database with SQL.

PRAGMA secure_delete = ON;  -- What is copied stays nowhere else.

CREATE TABLE new_call_log (
    id INTEGER PRIMARY KEY,
    received_at TEXT NOT NULL,
    sender BLOB NOT NULL,            -- Keyed hash of the direct token.
    credential_label TEXT NOT NULL,  -- Of the registered credential; '' if not registered.
    content_digest BLOB NOT NULL,
    repeat INTEGER NOT NULL DEFAULT 0 CHECK (repeat IN (0, 1)),  -- 1: stored though its key was there.
    message_id TEXT,
    account_number TEXT,
    customer_id TEXT,
    customer_number TEXT,
    premise_number TEXT,

    -- Which parts were sent, if only empty.
    has_requestor INTEGER NOT NULL,
    has_email INTEGER NOT NULL,
    has_customer INTEGER NOT NULL,
    has_premise INTEGER NOT NULL,
    has_account INTEGER NOT NULL,

    user_id TEXT,
    message_date_time TEXT,          -- As sent.
    message_date_time_utc TEXT,
    caller_id TEXT,
    csr_id TEXT,
    created_date_time TEXT,          -- As sent.
    created_date_time_utc TEXT,
    request_type INTEGER,
    customer_name TEXT,
    dba TEXT,
    rep_id TEXT,
    account_type TEXT,
    account_status TEXT,
    requestor_contact_type TEXT,
    requestor_prefix TEXT,
    requestor_first_name TEXT,
    requestor_middle_initial TEXT,
    requestor_last_name TEXT,
    requestor_suffix TEXT,
    requestor_full_name TEXT,
    requestor_created_date TEXT,
    requestor_memo TEXT,
    requestor_ssn BLOB,              -- Sealed: key id, nonce, ciphertext.
    requestor_csr_id TEXT,
    requestor_critical_contact_flag INTEGER,
    requestor_status_code TEXT,
    requestor_critical_expiration_date TEXT,
    requestor_employer_name TEXT,
    email_type TEXT,
    email TEXT,
    log_text TEXT,

    -- JSON arrays of objects, in the order sent; NULL for none. Their keys are the columns of the
    -- views. A phone in which nothing is set has no object if nil_elements names it.
    name_value TEXT,
    phone TEXT,
    open_content TEXT,
    nil_elements TEXT                -- Paths of elements sent as xsi:nil, one a line.
) STRICT;

-- Open content that is encrypted at rest: the DriverLicense.
CREATE TABLE sealed_content (
    call_log_id INTEGER NOT NULL REFERENCES new_call_log ON DELETE CASCADE,
    position INTEGER NOT NULL,       -- In call_log.open_content, from 1; there it has no xml.
    sealed BLOB NOT NULL,
    PRIMARY KEY (call_log_id, position)
) STRICT, WITHOUT ROWID;

INSERT INTO new_call_log
SELECT id, received_at, sender, credential_label, content_digest, repeat, message_id,
    account_number, customer_id, customer_number, premise_number,
    requestor.call_log_id IS NOT NULL, email.call_log_id IS NOT NULL,
    customer.call_log_id IS NOT NULL, premise.call_log_id IS NOT NULL,
    account.call_log_id IS NOT NULL,
    user_id, message_date_time, message_date_time_utc, caller_id, call_log.csr_id,
    created_date_time, created_date_time_utc, request_type,
    customer_name, dba, rep_id, account_type, account_status,
    contact_type, prefix, first_name, middle_initial, last_name, suffix, full_name, created_date,
    memo, ssn, requestor.csr_id, critical_contact_flag, status_code, critical_expiration_date,
    employer_name, email_type, email, log_text,
    (SELECT nullif(json_group_array(json_object('name', name, 'value', value)), '[]')
     FROM (SELECT * FROM name_value WHERE call_log_id = id ORDER BY position)),
    (SELECT nullif(json_group_array(json_object('kind', kind, 'position', position,
         'phone_type', phone_type, 'phone', phone, 'extension', extension,
         'do_not_call_flag', do_not_call_flag)), '[]')
     FROM (SELECT * FROM phone WHERE call_log_id = id ORDER BY kind, position)),
    (SELECT nullif(json_group_array(json_object('path', path, 'xml', xml)), '[]')
     FROM (SELECT * FROM open_content WHERE call_log_id = id ORDER BY position)),
    nil_elements
FROM call_log
    LEFT JOIN requestor ON requestor.call_log_id = id
    LEFT JOIN email ON email.call_log_id = id
    LEFT JOIN customer ON customer.call_log_id = id
    LEFT JOIN premise ON premise.call_log_id = id
    LEFT JOIN account ON account.call_log_id = id
ORDER BY id;

-- The positions are those in the array, should the former ones have gaps.
INSERT INTO sealed_content
SELECT call_log_id, position, sealed FROM (
    SELECT call_log_id, sealed,
        row_number() OVER (PARTITION BY call_log_id ORDER BY position) AS position
    FROM open_content)
WHERE sealed IS NOT NULL;

DROP TABLE requestor;
DROP TABLE customer;
DROP TABLE premise;
DROP TABLE account;
DROP TABLE name_value;
DROP TABLE phone;
DROP TABLE email;
DROP TABLE open_content;
DROP TABLE call_log;
ALTER TABLE new_call_log RENAME TO call_log;

-- The key of a message. Finds its duplicates, and call logs by message_id.
CREATE UNIQUE INDEX call_log_message ON call_log (message_id, sender)
WHERE repeat = 0 AND message_id <> '';

-- The rest of the call logs with a message_id; costs nothing while there are none.
CREATE INDEX call_log_repeat ON call_log (message_id) WHERE repeat = 1;

-- Grows at its end only, hence cheap.
CREATE INDEX call_log_received ON call_log (received_at);

-- What else call logs are looked up by, in the order of their ids. An index in the order of each
-- number would cost every record a write at a random place, and with many call logs there is
-- nothing that is slower; this one grows at its end only, and is read through in each search.
CREATE INDEX call_log_numbers
ON call_log (id, account_number, customer_id, customer_number, premise_number);

CREATE VIEW requestor AS
SELECT id AS call_log_id, requestor_contact_type AS contact_type, requestor_prefix AS prefix,
    requestor_first_name AS first_name, requestor_middle_initial AS middle_initial,
    requestor_last_name AS last_name, requestor_suffix AS suffix,
    requestor_full_name AS full_name, requestor_created_date AS created_date,
    requestor_memo AS memo, requestor_ssn AS ssn, requestor_csr_id AS csr_id,
    requestor_critical_contact_flag AS critical_contact_flag,
    requestor_status_code AS status_code,
    requestor_critical_expiration_date AS critical_expiration_date,
    requestor_employer_name AS employer_name
FROM call_log WHERE has_requestor;

CREATE VIEW email AS
SELECT id AS call_log_id, email_type, email FROM call_log WHERE has_email;

CREATE VIEW customer AS
SELECT id AS call_log_id, customer_id, customer_name, customer_number, dba, rep_id
FROM call_log WHERE has_customer;

CREATE VIEW premise AS
SELECT id AS call_log_id, premise_number FROM call_log WHERE has_premise;

CREATE VIEW account AS
SELECT id AS call_log_id, account_number, account_type, account_status
FROM call_log WHERE has_account;

CREATE VIEW name_value AS
SELECT call_log.id AS call_log_id, key + 1 AS position,
    json_extract(value, '$.name') AS name, json_extract(value, '$.value') AS value
FROM call_log, json_each(name_value);

CREATE VIEW phone AS
SELECT call_log.id AS call_log_id, json_extract(value, '$.kind') AS kind,
    json_extract(value, '$.position') AS position,
    json_extract(value, '$.phone_type') AS phone_type, json_extract(value, '$.phone') AS phone,
    json_extract(value, '$.extension') AS extension,
    json_extract(value, '$.do_not_call_flag') AS do_not_call_flag
FROM call_log, json_each(phone);

CREATE VIEW open_content AS
SELECT call_log.id AS call_log_id, key + 1 AS position, json_extract(value, '$.path') AS path,
    json_extract(value, '$.xml') AS xml, sealed
FROM call_log, json_each(open_content)
    LEFT JOIN sealed_content ON call_log_id = call_log.id AND sealed_content.position = key + 1;

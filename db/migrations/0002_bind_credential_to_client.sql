-- The subject of the client certificate that the credential is taken with, as in RFC 2253; NULL: it
-- is taken from any client.
ALTER TABLE credential ADD COLUMN client_subject TEXT CHECK (client_subject <> '');

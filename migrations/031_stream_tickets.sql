-- One-shot tickets: who cannot send a token with the request that opens a
-- stream (a page) gets one of these before and puts it into the URL.  Only the
-- SHA-256 is kept.  AUTOINCREMENT, because broadcastd remembers by id which it
-- has seen: none may come again.  Expired rows go with the next one made.
CREATE TABLE stream_ticket (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
	token_id TEXT NOT NULL REFERENCES token (id),
	created_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX stream_ticket_token_id ON stream_ticket (token_id, expires_at);
CREATE INDEX stream_ticket_expires_at ON stream_ticket (expires_at);

-- What everything else stands on: the event stream, batches and the journal of
-- their renames, tokens, and remembered answers.
--
-- Times are milliseconds since 1970, UTC.  Tables are STRICT, so that a value
-- of the wrong type is refused instead of stored.

-- Facts about this database: epoch (its id, new when it is restored) and
-- genesis (the hash the first event is chained to).
CREATE TABLE property (
	key TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The stream, the audit chain and the outbox in one.  AUTOINCREMENT keeps the
-- highest seq ever given in sqlite_sequence, so that cutting off the end of
-- the table shows.  hash covers the row before and this row; its exact form
-- is in src/store/event_store.h.
CREATE TABLE event (
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	type TEXT NOT NULL,
	ts_ms INTEGER NOT NULL,
	payload TEXT NOT NULL,
	batch_id TEXT,
	patch_id TEXT,
	order_id TEXT,
	task_id TEXT,
	requester TEXT,
	workspace TEXT,
	file TEXT,
	op TEXT,
	hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- Most events belong to no patch; those need no place in an index.
CREATE INDEX event_patch_id ON event (patch_id) WHERE patch_id IS NOT NULL;
CREATE INDEX event_batch_id ON event (batch_id) WHERE batch_id IS NOT NULL;

-- One row for each batch that was accepted for writing.
CREATE TABLE patch_batch (
	id TEXT PRIMARY KEY,
	workspace TEXT NOT NULL,
	order_id TEXT,
	requester TEXT,
	ops INTEGER NOT NULL,
	state TEXT NOT NULL
	    CHECK (state IN ('open', 'applied', 'failed', 'rolled_back')),
	created_at INTEGER NOT NULL,
	closed_at INTEGER
) STRICT;

-- Nearly always empty: what a crash has left.
CREATE INDEX patch_batch_open ON patch_batch (workspace, created_at)
    WHERE state = 'open';
CREATE INDEX patch_batch_order_id ON patch_batch (order_id)
    WHERE order_id IS NOT NULL;

-- The renames of an open batch, in their order; gone when it is closed.
CREATE TABLE journal_file (
	batch_id TEXT NOT NULL REFERENCES patch_batch (id),
	n INTEGER NOT NULL,
	action TEXT NOT NULL CHECK (action IN ('replace', 'create', 'delete')),
	path TEXT NOT NULL,
	staged TEXT NOT NULL,
	before_sha256 TEXT,
	after_sha256 TEXT,
	PRIMARY KEY (batch_id, n)
) STRICT, WITHOUT ROWID;

-- The outcome events an open batch will have when its renames are done, ready
-- for whoever finishes it.
CREATE TABLE journal_event (
	batch_id TEXT NOT NULL REFERENCES patch_batch (id),
	n INTEGER NOT NULL,
	type TEXT NOT NULL,
	ts_ms INTEGER NOT NULL,
	payload TEXT NOT NULL,
	patch_id TEXT,
	order_id TEXT,
	task_id TEXT,
	requester TEXT,
	workspace TEXT,
	file TEXT,
	op TEXT,
	PRIMARY KEY (batch_id, n)
) STRICT, WITHOUT ROWID;

-- Bearer tokens; only the SHA-256 of the secret part is kept.
CREATE TABLE token (
	id TEXT PRIMARY KEY,
	name TEXT NOT NULL,
	hash BLOB NOT NULL CHECK (length(hash) = 32),
	scopes TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	expires_at INTEGER,
	revoked_at INTEGER
) STRICT;

-- Answers to requests that carried an Idempotency-Key.  status is 0 while the
-- first of them is being worked on.
CREATE TABLE idempotency (
	token_id TEXT NOT NULL,
	route TEXT NOT NULL,
	key TEXT NOT NULL,
	body_sha256 BLOB NOT NULL CHECK (length(body_sha256) = 32),
	batch_id TEXT,
	status INTEGER NOT NULL DEFAULT 0,
	content_type TEXT,
	answer BLOB,
	created_at INTEGER NOT NULL,
	UNIQUE (token_id, route, key)
) STRICT;

CREATE INDEX idempotency_created_at ON idempotency (created_at);
CREATE INDEX idempotency_batch_id ON idempotency (batch_id)
    WHERE batch_id IS NOT NULL;

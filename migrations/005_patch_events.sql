-- The log of patches: a projection of event, written in the same transaction.

-- One row for each event of a patch; id is the seq of that event.
CREATE TABLE patch_events (
	id INTEGER PRIMARY KEY REFERENCES event (seq),
	patch_id TEXT NOT NULL,
	task_id TEXT,
	-- producers elsewhere do not always tell file and op
	file_path TEXT,
	op TEXT,
	ts_check_ok INTEGER CHECK (ts_check_ok IN (0, 1)),
	diff_path TEXT,
	meta TEXT,
	created_at INTEGER NOT NULL,
	-- the event's type, and what became of the patch by it
	type TEXT NOT NULL,
	status TEXT NOT NULL,
	batch_id TEXT,
	order_id TEXT,
	requester TEXT,
	reason TEXT,
	branch TEXT,
	phase TEXT,
	workspace TEXT,
	factory TEXT,
	model TEXT,
	-- of a failure: what kind, one sentence, and where in the request
	code TEXT,
	error TEXT,
	at TEXT,
	-- the whole file before and after; NULL when there was none
	before_sha256 TEXT,
	after_sha256 TEXT,
	lines_added INTEGER,
	lines_removed INTEGER,
	shift INTEGER,
	duration_ms INTEGER
) STRICT;

CREATE INDEX patch_events_patch_id ON patch_events (patch_id);
CREATE INDEX patch_events_created_at ON patch_events (created_at);
CREATE INDEX patch_events_task_id ON patch_events (task_id)
    WHERE task_id IS NOT NULL;
CREATE INDEX patch_events_order_id ON patch_events (order_id)
    WHERE order_id IS NOT NULL;
CREATE INDEX patch_events_batch_id ON patch_events (batch_id)
    WHERE batch_id IS NOT NULL;

CREATE VIEW v_patch_activity AS
SELECT id, patch_id, task_id, file_path, op, created_at, requester, reason,
    error
FROM patch_events;

-- The unified diff of a patch: a blob, because files need not be UTF-8.
CREATE TABLE patch_diff (
	patch_id TEXT PRIMARY KEY,
	diff BLOB NOT NULL
) STRICT;

-- What a factory told about its work; id is the seq of that event.
CREATE TABLE patch_custody (
	id INTEGER PRIMARY KEY REFERENCES event (seq),
	patch_id TEXT,
	factory TEXT,
	event_type TEXT NOT NULL,
	message TEXT,
	ts INTEGER NOT NULL,
	order_id TEXT,
	task_id TEXT
) STRICT;

CREATE INDEX patch_custody_patch_id ON patch_custody (patch_id)
    WHERE patch_id IS NOT NULL;
CREATE INDEX patch_custody_order_id ON patch_custody (order_id)
    WHERE order_id IS NOT NULL;

-- Events that producers elsewhere sent, by their own id of it, so that sending
-- one again changes nothing.
CREATE TABLE producer_event (
	client_id TEXT PRIMARY KEY,
	seq INTEGER NOT NULL REFERENCES event (seq)
) STRICT, WITHOUT ROWID;

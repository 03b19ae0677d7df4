-- The log in narrow rows: what repeats is stored once, what a page shows comes
-- from the event itself, and sums are kept beside the rows.  Everything here is
-- a projection of table event and can be made anew from it.

DROP VIEW v_patch_activity;
DROP TABLE patch_events;

-- Values that repeat, once each.  field is enum term_field (src/ledger/term.h),
-- whose numbers never change.
CREATE TABLE term (
	id INTEGER PRIMARY KEY,
	field INTEGER NOT NULL,
	text TEXT NOT NULL,
	UNIQUE (field, text)
) STRICT;

-- Three letters in a row -> terms of the fields that are searched.  The text
-- is in term; hits are compared with it, hence neither columns nor places.
CREATE VIRTUAL TABLE term_gram USING fts5 (
	text, content = '', columnsize = 0, detail = none, tokenize = 'trigram'
);

-- One row for each event of a patch; id is the seq of that event.  The values
-- are terms; 0: none.
CREATE TABLE patch_log (
	id INTEGER PRIMARY KEY,
	created_at INTEGER NOT NULL,
	-- 1: meta has values; 2: the patch has several files
	flags INTEGER NOT NULL,
	type INTEGER NOT NULL,
	status INTEGER NOT NULL,
	file INTEGER NOT NULL,
	op INTEGER NOT NULL,
	task INTEGER NOT NULL,
	"order" INTEGER NOT NULL,
	requester INTEGER NOT NULL,
	reason INTEGER NOT NULL,
	error INTEGER NOT NULL,
	phase INTEGER NOT NULL,
	workspace INTEGER NOT NULL
) STRICT;

-- Which rows of patch_log have a term, to within a block of 256 ids.
CREATE TABLE posting (
	term INTEGER NOT NULL,
	block INTEGER NOT NULL,
	PRIMARY KEY (term, block)
) STRICT, WITHOUT ROWID;

-- The ids of each UTC day of created_at.
CREATE TABLE log_day (
	day INTEGER PRIMARY KEY,
	first_id INTEGER NOT NULL,
	last_id INTEGER NOT NULL
) STRICT;

-- What became of each patch, by the last event that tells: 1 ok, 2 failed; and
-- 3 for one that was taken back.  In the order of time, for sums over a range.
CREATE TABLE patch_outcome (
	created_at INTEGER NOT NULL,
	id INTEGER NOT NULL,
	outcome INTEGER NOT NULL CHECK (outcome IN (1, 2, 3)),
	op INTEGER NOT NULL,
	phase INTEGER NOT NULL,
	requester INTEGER NOT NULL,
	workspace INTEGER NOT NULL,
	"order" INTEGER NOT NULL,
	task INTEGER NOT NULL,
	file INTEGER NOT NULL,
	error INTEGER NOT NULL,
	duration_ms INTEGER,
	lines_added INTEGER,
	lines_removed INTEGER,
	PRIMARY KEY (created_at, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX patch_outcome_order ON patch_outcome ("order", created_at)
    WHERE "order" <> 0;

-- Sums of patch_outcome; what the numbers mean is in src/ledger/rollup.h.  The
-- cells of a bucket are one piece (src/ledger/packed.h): a range of a year is
-- read in a millisecond or two.
CREATE TABLE rollup (
	facet INTEGER NOT NULL,
	grain INTEGER NOT NULL,
	bucket INTEGER NOT NULL,
	requester INTEGER NOT NULL,
	workspace INTEGER NOT NULL,
	cells BLOB NOT NULL,
	PRIMARY KEY (facet, grain, bucket, requester, workspace)
) STRICT, WITHOUT ROWID;

-- Orders and tasks, over their whole life, and in steps of time.
CREATE TABLE work_item (
	term INTEGER PRIMARY KEY,
	field INTEGER NOT NULL,
	-- no outcome is older or younger than that; NULL: none yet
	first_at INTEGER,
	last_at INTEGER,
	-- of an order: its last event, of whatever type
	last_id INTEGER NOT NULL,
	ok INTEGER NOT NULL,
	failed INTEGER NOT NULL,
	reverted INTEGER NOT NULL
) STRICT;

CREATE INDEX work_item_last ON work_item (field, last_at, term, first_at);

CREATE TABLE work_cell (
	term INTEGER NOT NULL,
	grain INTEGER NOT NULL,
	bucket INTEGER NOT NULL,
	ok INTEGER NOT NULL,
	failed INTEGER NOT NULL,
	reverted INTEGER NOT NULL,
	PRIMARY KEY (term, grain, bucket)
) STRICT, WITHOUT ROWID;

-- Whether an event came from a producer elsewhere.
CREATE INDEX producer_event_seq ON producer_event (seq);

-- The log by its specified names.
CREATE VIEW patch_events AS
SELECT p.id, e.patch_id, e.task_id, e.file AS file_path, e.op,
    json_extract(e.payload, '$.ts_check_ok') AS ts_check_ok,
    json_extract(e.payload, '$.diff_path') AS diff_path,
    json_extract(e.payload, '$.meta') AS meta,
    p.created_at, e.type, s.text AS status, e.batch_id, e.order_id,
    e.requester, r.text AS reason,
    json_extract(e.payload, '$.branch') AS branch, h.text AS phase,
    e.workspace, json_extract(e.payload, '$.factory') AS factory,
    json_extract(e.payload, '$.model') AS model,
    json_extract(e.payload, '$.code') AS code, x.text AS error,
    json_extract(e.payload, '$.at') AS at,
    json_extract(e.payload, '$.before_sha256') AS before_sha256,
    json_extract(e.payload, '$.after_sha256') AS after_sha256,
    json_extract(e.payload, '$.lines_added') AS lines_added,
    json_extract(e.payload, '$.lines_removed') AS lines_removed,
    json_extract(e.payload, '$.shift') AS shift,
    json_extract(e.payload, '$.duration_ms') AS duration_ms,
    json_extract(e.payload, '$.revert_id') AS revert_id,
    json_extract(e.payload, '$.reverts') AS reverts
FROM patch_log AS p JOIN event AS e ON e.seq = p.id
LEFT JOIN term AS s ON s.id = p.status
LEFT JOIN term AS r ON r.id = p.reason
LEFT JOIN term AS h ON h.id = p.phase
LEFT JOIN term AS x ON x.id = p.error;

CREATE VIEW v_patch_activity AS
SELECT id, patch_id, task_id, file_path, op, created_at, requester, reason,
    error
FROM patch_events;

-- How far the projections have come; without it they are complete.
INSERT INTO property (key, value)
SELECT 'projected_to', '0' WHERE EXISTS (SELECT 1 FROM event);

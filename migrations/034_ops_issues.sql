-- What scans need beside the lines: where each source stands, what was grouped
-- with what, what is to be said to GitHub, and how much may be asked.

-- A line that is read twice (windows overlap, scans die) is stored once.
ALTER TABLE worker_logs ADD COLUMN line_key BLOB;
ALTER TABLE worker_logs ADD COLUMN issue_id INTEGER;
CREATE UNIQUE INDEX worker_logs_line_key ON worker_logs (line_key)
	WHERE line_key IS NOT NULL;
CREATE INDEX worker_logs_issue_id ON worker_logs (issue_id)
	WHERE issue_id IS NOT NULL;

ALTER TABLE build_logs ADD COLUMN workflow TEXT;
ALTER TABLE build_logs ADD COLUMN job TEXT;
ALTER TABLE build_logs ADD COLUMN step TEXT;
ALTER TABLE build_logs ADD COLUMN line_key BLOB;
ALTER TABLE build_logs ADD COLUMN issue_id INTEGER;
CREATE UNIQUE INDEX build_logs_line_key ON build_logs (line_key)
	WHERE line_key IS NOT NULL;
CREATE INDEX build_logs_issue_id ON build_logs (issue_id)
	WHERE issue_id IS NOT NULL;

-- An issue is a group of lines: one for each fingerprint and repository in
-- which it is filed (target; empty while none is configured).
ALTER TABLE ops_issues ADD COLUMN target TEXT NOT NULL DEFAULT '';
ALTER TABLE ops_issues ADD COLUMN fingerprint TEXT;
ALTER TABLE ops_issues ADD COLUMN fingerprint_version INTEGER;
ALTER TABLE ops_issues ADD COLUMN fingerprint_inputs TEXT;
ALTER TABLE ops_issues ADD COLUMN title TEXT;
ALTER TABLE ops_issues ADD COLUMN template TEXT;
ALTER TABLE ops_issues ADD COLUMN error_type TEXT;
ALTER TABLE ops_issues ADD COLUMN sample TEXT;
ALTER TABLE ops_issues ADD COLUMN level INTEGER NOT NULL DEFAULT 3;
ALTER TABLE ops_issues ADD COLUMN rule TEXT;
ALTER TABLE ops_issues ADD COLUMN proposed_severity INTEGER;
ALTER TABLE ops_issues ADD COLUMN count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ops_issues ADD COLUMN runs INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ops_issues ADD COLUMN regressions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ops_issues ADD COLUMN first_seen INTEGER;
ALTER TABLE ops_issues ADD COLUMN last_seen INTEGER;
ALTER TABLE ops_issues ADD COLUMN claimed_by TEXT;
ALTER TABLE ops_issues ADD COLUMN claimed_at INTEGER;
ALTER TABLE ops_issues ADD COLUMN resolved_at INTEGER;
ALTER TABLE ops_issues ADD COLUMN updated_at INTEGER;
ALTER TABLE ops_issues ADD COLUMN judged_at INTEGER;
ALTER TABLE ops_issues ADD COLUMN told_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ops_issues ADD COLUMN umbrella_id INTEGER;
CREATE UNIQUE INDEX ops_issues_fingerprint
	ON ops_issues (target, fingerprint) WHERE fingerprint IS NOT NULL;
CREATE INDEX ops_issues_created_at ON ops_issues (created_at);
CREATE INDEX ops_issues_gh_issue_number
	ON ops_issues (target, gh_issue_number)
	WHERE gh_issue_number IS NOT NULL;
CREATE INDEX ops_issues_unfiled ON ops_issues (id)
	WHERE gh_issue_number IS NULL AND fingerprint IS NOT NULL;
CREATE INDEX ops_issues_unjudged ON ops_issues (id) WHERE judged_at IS NULL;

-- The builds that showed it; how many is what rules ask for.
CREATE TABLE ops_issue_run (
	issue_id INTEGER NOT NULL REFERENCES ops_issues (id),
	run_id TEXT NOT NULL,
	PRIMARY KEY (issue_id, run_id)
) STRICT, WITHOUT ROWID;

-- By hand: lines with this fingerprint belong to that issue.
CREATE TABLE ops_issue_alias (
	target TEXT NOT NULL,
	fingerprint TEXT NOT NULL,
	issue_id INTEGER NOT NULL REFERENCES ops_issues (id),
	PRIMARY KEY (target, fingerprint)
) STRICT, WITHOUT ROWID;
CREATE INDEX ops_issue_alias_issue_id ON ops_issue_alias (issue_id);

ALTER TABLE ops_scans ADD COLUMN status TEXT NOT NULL DEFAULT 'done'
	CHECK (status IN ('running', 'done', 'partial', 'failed', 'died'));
ALTER TABLE ops_scans ADD COLUMN asked_by TEXT;
ALTER TABLE ops_scans ADD COLUMN seen_at INTEGER;
ALTER TABLE ops_scans ADD COLUMN error TEXT;

-- Where each source of logs stands: everything before covered_to was read;
-- cursor is its own word for where to go on.
CREATE TABLE ops_source (
	name TEXT PRIMARY KEY,
	covered_to INTEGER NOT NULL,
	cursor TEXT,
	read_at INTEGER,
	lines INTEGER NOT NULL DEFAULT 0,
	error TEXT
) STRICT, WITHOUT ROWID;

-- Templates of messages (Drain).  first is what it was when it was born, which
-- fingerprints use; text is what it is now.
CREATE TABLE ops_template (
	id INTEGER PRIMARY KEY,
	scope TEXT NOT NULL,
	first TEXT NOT NULL,
	text TEXT NOT NULL,
	alias_of INTEGER REFERENCES ops_template (id),
	frozen INTEGER NOT NULL DEFAULT 0,
	count INTEGER NOT NULL DEFAULT 0
) STRICT;
-- Grows with each change of them: processes have them in memory.
CREATE TABLE ops_template_version (version INTEGER NOT NULL) STRICT;
INSERT INTO ops_template_version (version) VALUES (0);

-- What is to be said to GitHub, once.  A row that is "sent" when nobody sends
-- may have arrived: it is looked for before it is said again.
CREATE TABLE github_outbox (
	id INTEGER PRIMARY KEY,
	kind TEXT NOT NULL CHECK (kind IN ('create', 'comment', 'update')),
	issue_id INTEGER NOT NULL REFERENCES ops_issues (id),
	target TEXT NOT NULL,
	once TEXT NOT NULL UNIQUE,
	body TEXT NOT NULL,
	state TEXT NOT NULL
		CHECK (state IN ('waiting', 'sent', 'unsure', 'done', 'dead')),
	tries INTEGER NOT NULL DEFAULT 0,
	looked INTEGER NOT NULL DEFAULT 0,
	next_at INTEGER NOT NULL,
	error TEXT,
	created_at INTEGER NOT NULL,
	done_at INTEGER
) STRICT;
CREATE INDEX github_outbox_open ON github_outbox (next_at, id)
	WHERE state IN ('waiting', 'sent', 'unsure');
CREATE INDEX github_outbox_issue_id ON github_outbox (issue_id);

-- How much was asked of a host with one credential, for all processes.
CREATE TABLE remote_gate (
	host TEXT NOT NULL,
	credential TEXT NOT NULL,
	state TEXT NOT NULL,
	PRIMARY KEY (host, credential)
) STRICT, WITHOUT ROWID;

CREATE TABLE remote_etag (
	url TEXT NOT NULL,
	credential TEXT NOT NULL,
	etag TEXT NOT NULL,
	body TEXT NOT NULL,
	link TEXT,
	used_at INTEGER NOT NULL,
	PRIMARY KEY (url, credential)
) STRICT, WITHOUT ROWID;
CREATE INDEX remote_etag_used_at ON remote_etag (used_at);

-- Webhooks that came; GitHub sends the same id again when it is not sure.
CREATE TABLE webhook_delivery (
	id TEXT PRIMARY KEY,
	event TEXT NOT NULL,
	came_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_delivery_came_at ON webhook_delivery (came_at);

-- Answers of the language model, by what they are about.
CREATE TABLE model_answer (
	fingerprint TEXT NOT NULL,
	model TEXT NOT NULL,
	analysis TEXT NOT NULL,
	prompt TEXT NOT NULL,
	severity INTEGER,
	made_at INTEGER NOT NULL,
	PRIMARY KEY (fingerprint, model)
) STRICT, WITHOUT ROWID;

-- What was used up on a day (UTC): issues filed, questions to the model.
CREATE TABLE ops_budget (
	day TEXT NOT NULL,
	what TEXT NOT NULL,
	used INTEGER NOT NULL,
	PRIMARY KEY (day, what)
) STRICT, WITHOUT ROWID;

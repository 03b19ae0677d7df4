-- Logs of workers and builds, the issues found in them, and the scans that
-- looked for them.

CREATE TABLE worker_logs (
	id INTEGER PRIMARY KEY,
	source TEXT NOT NULL,
	worker TEXT NOT NULL,
	level TEXT NOT NULL,
	message TEXT NOT NULL,
	meta TEXT,
	ts INTEGER NOT NULL
) STRICT;

CREATE INDEX worker_logs_ts ON worker_logs (ts);

CREATE TABLE build_logs (
	id INTEGER PRIMARY KEY,
	source TEXT NOT NULL,
	repo TEXT NOT NULL,
	run_id TEXT NOT NULL,
	level TEXT NOT NULL,
	message TEXT NOT NULL,
	meta TEXT,
	ts INTEGER NOT NULL
) STRICT;

CREATE INDEX build_logs_ts ON build_logs (ts);

CREATE TABLE ops_issues (
	id INTEGER PRIMARY KEY,
	kind TEXT NOT NULL CHECK (kind IN ('worker-log', 'build-log')),
	severity INTEGER NOT NULL CHECK (severity BETWEEN 1 AND 5),
	status TEXT NOT NULL,
	worker TEXT,
	repo TEXT,
	run_id TEXT,
	prompt TEXT,
	analysis TEXT,
	gh_issue_number INTEGER,
	gh_issue_url TEXT,
	created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX ops_issues_status ON ops_issues (status, created_at);

CREATE TABLE ops_scans (
	id INTEGER PRIMARY KEY,
	scope TEXT NOT NULL CHECK (scope IN ('cloudflare', 'cicd', 'full')),
	started_at INTEGER NOT NULL,
	finished_at INTEGER,
	totals TEXT
) STRICT;

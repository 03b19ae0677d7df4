-- What was delivered for an order.  A report that is made again replaces the
-- one before it, so that an order never has two.

CREATE TABLE delivery_reports (
	id INTEGER PRIMARY KEY,
	order_id TEXT NOT NULL UNIQUE,
	report_md TEXT NOT NULL,
	report_json TEXT NOT NULL,
	-- share of the patches that were applied, 0 to 1; NULL without patches
	success_rate REAL CHECK (success_rate BETWEEN 0 AND 1),
	total_patches INTEGER NOT NULL,
	created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX delivery_reports_created_at ON delivery_reports (created_at);

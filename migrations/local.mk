migrationsdir = $(pkgdatadir)/migrations
dist_migrations_DATA = \
	migrations/001_core.sql \
	migrations/005_patch_events.sql \
	migrations/006_delivery_reports.sql \
	migrations/025_ops_monitoring.sql \
	migrations/026_file_edits.sql \
	migrations/027_journal_mode.sql \
	migrations/028_narrow_log.sql \
	migrations/029_report_versions.sql \
	migrations/030_event_seals.sql \
	migrations/031_stream_tickets.sql \
	migrations/032_error_cells.sql \
	migrations/033_gram.sql \
	migrations/034_ops_issues.sql

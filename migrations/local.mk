migrationsdir = $(pkgdatadir)/migrations
dist_migrations_DATA =

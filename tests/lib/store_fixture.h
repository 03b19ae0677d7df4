/* store_fixture.h - a fresh folder with a migrated database for one test. */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/db.h"
#include "base/hash.h"
#include "store/event_store.h"
#include "store/migrate.h"
#include "tap.h"

static char store_dir[200], store_path[220], store_migrations[300];
static struct arena *store_arena;
static struct err store_err;

static inline void
store_remove(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *f;
	char path[600];

	while (d && (f = readdir(d))) {
		snprintf(path, sizeof(path), "%s/%s", dir, f->d_name);
		if (f->d_name[0] != '.')
			unlink(path);
	}
	if (d)
		closedir(d);
	rmdir(dir);
}

static inline void
store_end(void)
{
	arena_free(store_arena);
	store_remove(store_dir);
}

static inline void
store_begin(void)
{
	const char *tmp = getenv("TMPDIR"), *src = getenv("srcdir");

	snprintf(store_dir, sizeof(store_dir), "%s/store.XXXXXX",
	    tmp ? tmp : "/tmp");
	snprintf(store_migrations, sizeof(store_migrations), "%s/migrations",
	    src ? src : ".");
	if (!mkdtemp(store_dir))
		bail_out("no folder for temporary files");
	snprintf(store_path, sizeof(store_path), "%s/pw.db", store_dir);
	store_arena = arena_new();
}

static inline int
store_migrate(void)
{
	struct migration *m;
	size_t n;

	return migrate_run(store_path, store_migrations, false, store_arena,
	    &m, &n, &store_err);
}

static inline struct db *
store_open_as(enum db_mode mode, int busy_ms)
{
	struct db_options o = { .path = store_path, .mode = mode,
	    .busy_ms = busy_ms };
	struct db *db = NULL;

	if (db_open(&o, false, &db, &store_err) != 0)
		printf("# db_open: %s\n", store_err.detail);
	return db;
}

static inline struct db *
store_open(void)
{
	if (store_migrate() != 0)
		bail_out(store_err.detail);
	return store_open_as(DB_RW, 5000);
}

/* Append n events of one batch in a transaction of their own. */
static inline int
store_append(struct db *db, int n, struct err *e)
{
	if (db_begin(db, e) != 0)
		return -1;
	for (int i = 0; i < n; i++) {
		struct event ev = { .type = EVENT_PATCH_APPLIED,
		    .ts_ms = clock_now_ms(), .payload = STR("{\"a\":1}"),
		    .patch_id = STR("p"), .file = STR("src/a.c") };

		if (event_store_append(db, &ev, e) != 0) {
			db_rollback(db);
			return -1;
		}
	}
	return db_commit(db, e);
}

#endif

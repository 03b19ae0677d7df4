/* migrate.h - bring a database to the schema of this program.
 *
 * Files are named NNN_name.sql, run in number order, each in a transaction of
 * its own, and are never undone.  What has run is kept with its SHA-256 in
 * schema_migrations(version, name, sha256, applied_at).  The first one that
 * runs gives the database its epoch and the start of its hash chain. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "base/arena.h"
#include "base/err.h"

enum migration_state { MIGRATION_PENDING, MIGRATION_APPLIED, MIGRATION_NEW };

struct migration {
	int64_t version;
	struct str name;		/* "005_patch_events" */
	enum migration_state state;	/* NEW: applied by this call */
};

/* Create the database (0660) when it is missing, and apply what is pending;
 * with dry_run nothing is written and nothing created.  0 and all files as *n
 * rows in *out (arena), in order.
 * ERR_SCHEMA_NEWER when the database knows a version this program does not;
 * ERR_CONFIG when dir is unreadable, lacks or adds a version, or when a file
 * that has run was edited since; ERR_STORE_FAILED naming the file whose SQL
 * fails, with everything before it applied. */
int migrate_run(const char *db_path, const char *dir, bool dry_run,
    struct arena *a, struct migration **out, size_t *n, struct err *e);

#endif

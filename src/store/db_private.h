/* db_private.h - the inside of struct db, for the files db.h speaks of. */
#ifndef STORE_DB_PRIVATE_H
#define STORE_DB_PRIVATE_H

#include <sqlite3.h>
#include <time.h>
#include <sys/types.h>

#include "base/hash.h"
#include "store/db.h"

#define STMT_BUCKETS	64
/* Log queries differ only in which filters are set; few shapes are in use. */
#define STMT_TEXTS_MAX	32

#define STMT_PLACES 40

struct stmt {
	struct db *db;
	sqlite3_stmt *handle;	/* NULL: could not be prepared */
	const char *sql;	/* the key: by address, or by content if owned */
	size_t len;
	bool owned;
	bool failed;		/* fault tells what */
	uint64_t used;		/* db->uses when it was last asked for */
	/* Callers bind the same names in the same order: SQLite's search by
	 * name is done once for each. */
	struct {
		const char *name;
		int at;
	} place[STMT_PLACES];
	size_t n_bound;
	struct stmt *next;
	struct err fault;
};

struct db {
	struct timespec wal_moved;	/* its time at the last passive checkpoint */
	sqlite3 *handle;	/* NULL: reconnecting failed */
	struct db_options options;
	char *path, *lock_path, *wal_path;
	bool any_schema;
	dev_t dev;		/* of the file that is open */
	ino_t ino;
	char epoch[64];

	int lock_fd;		/* -1: not open */
	bool locked;
	const char *begun_file;	/* NULL: no transaction */
	int begun_line;
	bool writing;

	int deadline_ms;
	int64_t deadline_at;	/* monotonic ms; 0: none */

	/* The last event of this transaction, so that the next one need not
	 * be looked up. */
	bool head_known;
	int64_t head_seq;
	struct sha256 head_hash;

	const struct db_companion *companion;
	void *companion_ctx;
	struct row_hasher *hasher;	/* NULL until the first row */

	uint64_t uses;
	size_t texts;
	struct stmt *by_address[STMT_BUCKETS];
	struct stmt *by_text;	/* a list */
};

/* What SQLite said about the last call on db, as an error; -1.  errno is as
 * that call left it, and was 0 before. */
int store_fault(struct db *db, int rc, const char *doing, struct err *e);
/* The same for a handle that has no struct db's statements yet. */
int store_fault_of(sqlite3 *handle, const char *path, int rc,
    const char *doing, struct err *e);

/* Exclusive among all processes; ERR_BUSY after options.busy_ms. */
int lock_take(struct db *db, struct err *e);
void lock_drop(struct db *db);
void lock_close(struct db *db);
/* A number that those who have had the lock leave for those who get it; 0. */
int64_t lock_note(const struct db *db);
void lock_note_set(const struct db *db, int64_t note);

/* plan.c: tell how SQLite goes about it, when somebody wants to know. */
void plan_note(struct db *db, const struct stmt *s);
/* checkpoint.c: after COMMIT, the lock still held. */
void checkpoint_overdue(struct db *db);
void stmts_free(struct db *db);		/* finalizes all */
/* Run a literal that returns nothing, past the check of stmt_step(). */
int stmt_control(struct db *db, const char *sql, struct err *e);
/* Run statements that are not kept. */
int db_exec(struct db *db, const char *sql, const char *doing, struct err *e);
/* The name is another file's by now, or nobody's. */
bool db_was_replaced(const struct db *db);
int db_table_exists(struct db *db, const char *name, bool *out, struct err *e);

#endif

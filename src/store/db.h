/* db.h - one connection to the database (SQLite, WAL).
 *
 * Statements are literals, prepared once per connection and cached by the
 * address of their text.  A write transaction holds the lock file beside the
 * database from begin to end, so that writers and the checkpointer never run
 * at the same time (Debian 12's SQLite has the WAL-reset race). */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct db;
struct stmt;

enum db_mode { DB_RW, DB_RO };

struct db_options {
	const char *path;
	enum db_mode mode;
	int busy_ms;		/* how long to wait for the lock */
	bool synchronous_full;	/* else NORMAL */
};

/* 0 and *out to be db_close()d; ERR_STORE_FAILED, ERR_SCHEMA_OLDER/NEWER
 * (unless any_schema) otherwise.  Never creates the file unless any_schema
 * (that is what migrate uses).  A file system of the network is refused: its
 * locks cannot be relied on. */
int db_open(const struct db_options *o, bool any_schema, struct db **out,
    struct err *e);
void db_close(struct db *db);		/* NULL is fine */
/* Lives until the next db_refresh(), db_begin(), db_read_begin(). */
struct str db_epoch(const struct db *db);
/* Whether the file was replaced (restored) or removed since it was opened:
 * 0 no, 1 it was and the new one is open now, -1 it cannot be opened; a later
 * call tries again.  Not inside a transaction.  The two begins do it too. */
int db_refresh(struct db *db, struct err *e);
/* Queries from now on end with ERR_BUSY after that many ms; 0: no limit.
 * Transactions opened by db_begin() are never cut short. */
void db_deadline_ms(struct db *db, int ms);

/* BEGIN IMMEDIATE under the lock; ERR_BUSY after busy_ms.  db_begin remembers
 * its file and line; a second begin before the end aborts and names both. */
#define db_begin(db, e) db_begin_at((db), __FILE__, __LINE__, (e))
int db_begin_at(struct db *db, const char *file, int line, struct err *e);
/* Ends it in any case: -1 means nothing of it can be seen.  A write that is
 * stepped outside of db_begin() fails with ERR_INTERNAL. */
int db_commit(struct db *db, struct err *e);
void db_rollback(struct db *db);	/* fine when none is open */
/* A read transaction: several statements see one snapshot. */
int db_read_begin(struct db *db, struct err *e);
void db_read_end(struct db *db);

/* What a layer above keeps with a connection and writes with a transaction.
 * commit: inside the transaction, before it ends; -1 makes it fail.  undone:
 * the transaction did not happen, or another file is open now.  drop: the
 * connection ends. */
struct db_companion {
	int (*commit)(void *ctx, struct db *db, struct err *e);
	void (*undone)(void *ctx);
	void (*drop)(void *ctx);
};
void db_companion_set(struct db *db, const struct db_companion *c, void *ctx);
void *db_companion(const struct db *db);	/* its ctx; NULL: none */

/* The cached statement, reset, nothing bound; never NULL: a failure to
 * prepare or bind shows at the first step.  What is bound is borrowed until
 * the statement is reset.  Results are valid until the next step. */
struct stmt *db_stmt(struct db *db, const char *sql);
/* The same for text made at run time of fixed pieces (log filters); the text
 * is the cache's key by content and is copied. */
struct stmt *db_stmt_text(struct db *db, struct str sql);
void stmt_bind_str(struct stmt *s, const char *name, struct str v); /* STR_NONE: NULL */
void stmt_bind_blob(struct stmt *s, const char *name, struct str v);
void stmt_bind_int(struct stmt *s, const char *name, int64_t v);
void stmt_bind_null(struct stmt *s, const char *name);
int stmt_step(struct stmt *s, struct err *e);	/* 1 row, 0 done, -1 */
int stmt_run(struct stmt *s, struct err *e);	/* to the end, reset */
int stmt_one_int(struct stmt *s, int64_t *out, struct err *e);
void stmt_reset(struct stmt *s);
struct str stmt_str(struct stmt *s, int column);	/* STR_NONE for NULL */
struct str stmt_copy(struct stmt *s, struct arena *a, int column);
int64_t stmt_int(struct stmt *s, int column);
bool stmt_is_null(struct stmt *s, int column);
int64_t db_changes(struct db *db);		/* rows of the last statement */
bool db_in_transaction(const struct db *db);	/* also one that only reads */
/* rows, or a larger copy, with room for one more than n; start with NULL. */
void *rows_room(struct arena *a, void *rows, size_t n, size_t each);

/* SQLite's own quick check, and no row that refers to nothing;
 * ERR_STORE_FAILED with the first finding. */
int db_integrity(struct db *db, struct err *e);

/* Move the WAL into the database when it has at least min_bytes; takes the
 * lock.  Only the process that checkpoints calls it.  1 when the WAL is empty
 * now, 0 when it is smaller than that or readers held the end of it back. */
int db_checkpoint(struct db *db, int64_t min_bytes, struct err *e);
/* The same without waiting for readers and without shortening the file, so that
 * the next writers overwrite it in place, when it has min_bytes and was written
 * since the last time.  1 done, 0 nothing to do, -1. */
int db_checkpoint_passive(struct db *db, int64_t min_bytes, struct err *e);

#endif

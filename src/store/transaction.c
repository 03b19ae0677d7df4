#include <stdio.h>
#include <stdlib.h>

#include "store/db_private.h"

bool
db_in_transaction(const struct db *db)
{
	return db->begun_file != NULL;
}

/* Two transactions at once on one connection are a mistake of the program
 * that no caller could do anything about. */
static void
begin_check(const struct db *db, const char *file, int line)
{
	if (!db->begun_file)
		return;
	fprintf(stderr, "%s:%d: transaction begun while that of %s:%d is"
	    " open\n", file, line, db->begun_file, db->begun_line);
	abort();
}

int
db_begin_at(struct db *db, const char *file, int line, struct err *e)
{
	begin_check(db, file, line);
	/* It may have been replaced while this one waited for the lock: what is
	 * written into the old file then is lost. */
	do {
		lock_drop(db);
		if (db_refresh(db, e) < 0 || lock_take(db, e) != 0)
			return -1;
	} while (db_was_replaced(db));
	if (stmt_control(db, "BEGIN IMMEDIATE", e) != 0) {
		lock_drop(db);
		return -1;
	}
	db->begun_file = file;
	db->begun_line = line;
	db->writing = true;
	db->head_known = false;
	return 0;
}

static void
transaction_end(struct db *db, bool committed)
{
	if (db->writing && !committed && db->companion)
		db->companion->undone(db->companion_ctx);
	/* SQLite has rolled back by itself after some failures. */
	if (db->handle && !sqlite3_get_autocommit(db->handle))
		stmt_control(db, "ROLLBACK", NULL);
	db->begun_file = NULL;
	db->writing = false;
	db->head_known = false;
	lock_drop(db);
}

int
db_commit(struct db *db, struct err *e)
{
	int rc;

	if (!db->writing)
		return err_set(e, ERR_INTERNAL, "commit without a begin");
	rc = db->companion ? db->companion->commit(db->companion_ctx, db, e) :
	    0;
	if (rc == 0 && sqlite3_get_autocommit(db->handle))
		rc = err_set(e, ERR_STORE_FAILED, "the transaction on %s was"
		    " undone by an earlier failure", db->path);
	if (rc == 0)
		rc = stmt_control(db, "COMMIT", e);
	if (rc == 0)
		checkpoint_overdue(db);
	transaction_end(db, rc == 0);
	return rc;
}

void
db_rollback(struct db *db)
{
	if (db->begun_file)
		transaction_end(db, false);
}

int
db_read_begin(struct db *db, struct err *e)
{
	begin_check(db, "db_read_begin", 0);
	if (db_refresh(db, e) < 0 || stmt_control(db, "BEGIN", e) != 0)
		return -1;
	db->begun_file = "db_read_begin";
	db->begun_line = 0;
	return 0;
}

void
db_read_end(struct db *db)
{
	if (db->begun_file && !db->writing)
		transaction_end(db, false);
}

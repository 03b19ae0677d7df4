#include <stdio.h>
#include <stdlib.h>

#include "store/db_private.h"

/* PATCHWARDEN_PLANS names a file: how SQLite goes about each statement is
 * written there when it is prepared first.  For whoever asks why something is
 * slow, and for the tests, which want no big table walked from end to end. */
void
plan_note(struct db *db, const struct stmt *s)
{
	const char *path = getenv("PATCHWARDEN_PLANS");
	sqlite3_stmt *plan = NULL;
	char *sql;
	FILE *f;

	if (!path || !path[0] || sqlite3_stmt_isexplain(s->handle))
		return;
	f = fopen(path, "ae");
	if (!f)
		return;
	if (asprintf(&sql, "EXPLAIN QUERY PLAN %.*s", (int)s->len,
	    s->sql) < 0)
		abort();
	fprintf(f, "%.*s\n", (int)s->len, s->sql);
	if (sqlite3_prepare_v2(db->handle, sql, -1, &plan, NULL) == SQLITE_OK)
		while (sqlite3_step(plan) == SQLITE_ROW)
			fprintf(f, "\t%s\n", sqlite3_column_text(plan, 3));
	sqlite3_finalize(plan);
	free(sql);
	fclose(f);
}

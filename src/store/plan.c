#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "store/db_private.h"

/* PATCHWARDEN_PLANS names a file: how SQLite goes about each statement is
 * written there when it is prepared first.  For whoever asks why something is
 * slow, and for the tests, which want no big table walked from end to end. */
void
plan_note(struct db *db, const struct stmt *s)
{
	const char *path = getenv("PATCHWARDEN_PLANS");
	struct buf text = BUF_INIT(KIB(64));
	sqlite3_stmt *plan = NULL;
	struct buf sql = BUF_INIT(KIB(64));
	int fd;

	if (!path || !path[0] || sqlite3_stmt_isexplain(s->handle))
		return;
	buf_addf(&sql, "EXPLAIN QUERY PLAN %.*s", (int)s->len, s->sql);
	buf_addf(&text, "%.*s\n", (int)s->len, s->sql);
	if (sqlite3_prepare_v2(db->handle, sql.p, -1, &plan, NULL) == SQLITE_OK)
		while (sqlite3_step(plan) == SQLITE_ROW)
			buf_addf(&text, "\t%s\n",
			    (const char *)sqlite3_column_text(plan, 3));
	sqlite3_finalize(plan);
	/* one piece, so that threads and processes do not mix theirs */
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0660);
	if (fd >= 0) {
		fd_write_all(fd, buf_str(&text));
		close(fd);
	}
	buf_free(&sql);
	buf_free(&text);
}

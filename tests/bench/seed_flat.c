#include "seed_flat.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"

struct flat {
	sqlite3 *handle;
	sqlite3_stmt *insert;
	int64_t seq;
};

/* created_at is a text, so that strftime() has something to take apart.  Of a
 * patch of several files file_path has all, one a line: LIKE finds each. */
static const char schema[] =
    "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
    "PRAGMA cache_size = -500000;"
    "CREATE TABLE patch_events (id INTEGER PRIMARY KEY, patch_id TEXT NOT NULL,"
    " task_id TEXT, file_path TEXT, op TEXT, ts_check_ok INTEGER,"
    " diff_path TEXT, meta TEXT, created_at TEXT NOT NULL, type TEXT NOT NULL,"
    " status TEXT NOT NULL, order_id TEXT, requester TEXT, reason TEXT,"
    " error TEXT, phase TEXT, workspace TEXT)";
static const char finish[] =
    "CREATE INDEX patch_events_patch_id ON patch_events (patch_id);"
    "CREATE INDEX patch_events_task_id ON patch_events (task_id);"
    "CREATE INDEX patch_events_created_at ON patch_events (created_at);"
    "ANALYZE;"
    "PRAGMA journal_mode = WAL";

static int
fault(struct flat *f, const char *doing, struct err *e)
{
	return err_set(e, ERR_STORE_FAILED, "%s: %s", doing,
	    sqlite3_errmsg(f->handle));
}

static int
run(struct flat *f, const char *sql, struct err *e)
{
	return sqlite3_exec(f->handle, sql, NULL, NULL, NULL) == SQLITE_OK ?
	    0 : fault(f, "the flat table", e);
}

int
flat_create(struct flat **out, const char *path, struct err *e)
{
	struct flat *f = calloc(1, sizeof(*f));

	if (!f)
		abort();
	*out = f;
	if (faccessat(AT_FDCWD, path, F_OK, 0) == 0)
		return err_set(e, ERR_EXISTS, "%s is there already", path);
	if (sqlite3_open(path, &f->handle) != SQLITE_OK)
		return fault(f, path, e);
	if (run(f, schema, e) != 0)
		return -1;
	return sqlite3_prepare_v2(f->handle, "INSERT INTO patch_events VALUES"
	    " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", -1,
	    &f->insert, NULL) == SQLITE_OK ? 0 : fault(f, "an insert", e);
}

int
flat_begin(struct flat *f, struct err *e)
{
	return run(f, "BEGIN", e);
}

int
flat_commit(struct flat *f, struct err *e)
{
	return run(f, "COMMIT", e);
}

static void
bind(struct flat *f, int column, struct str v)
{
	if (v.p)
		sqlite3_bind_text(f->insert, column, v.p, (int)v.len,
		    SQLITE_TRANSIENT);
	else
		sqlite3_bind_null(f->insert, column);
}

static void
bind_files(struct flat *f, int column, const struct patch_event *p)
{
	struct buf all = BUF_INIT(KIB(64));

	for (size_t i = 0; i < p->n_files; i++) {
		if (i > 0)
			buf_addc(&all, '\n');
		buf_add(&all, p->files[i]);
	}
	bind(f, column, p->n_files ? buf_str(&all) : p->file);
	buf_free(&all);
}

static int
row_put(struct flat *f, const struct patch_event *p, struct err *e)
{
	char room[CLOCK_TEXT_BYTES];

	sqlite3_bind_int64(f->insert, 1, ++f->seq);
	bind(f, 2, p->patch_id);
	bind(f, 3, p->task_id);
	bind_files(f, 4, p);
	bind(f, 5, p->op);
	if (p->ts_check_ok == TRI_NULL)
		sqlite3_bind_null(f->insert, 6);
	else
		sqlite3_bind_int64(f->insert, 6, p->ts_check_ok);
	bind(f, 7, p->diff_path);
	bind(f, 8, p->meta);
	bind(f, 9, clock_write(p->ts_ms, room));
	bind(f, 10, str(event_name(p->type)));
	bind(f, 11, p->status);
	bind(f, 12, p->order_id);
	bind(f, 13, p->requester);
	bind(f, 14, p->reason);
	bind(f, 15, p->error);
	bind(f, 16, p->phase);
	bind(f, 17, p->workspace);
	if (sqlite3_step(f->insert) != SQLITE_DONE)
		return fault(f, "an insert", e);
	sqlite3_reset(f->insert);
	return 0;
}

int
flat_put(struct flat *f, const struct chapter *c, struct err *e)
{
	if (c->message.type != EVENT_NONE)
		f->seq++;		/* no row of the log */
	for (size_t i = 0; i < c->n; i++)
		if (row_put(f, &c->events[i], e) != 0)
			return -1;
	return 0;
}

int
flat_close(struct flat *f, struct err *e)
{
	int rc;

	sqlite3_finalize(f->insert);
	rc = run(f, finish, e);
	sqlite3_close(f->handle);
	free(f);
	return rc;
}

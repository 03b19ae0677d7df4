#include "govern/retain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "govern/export.h"

#define DAY_MS INT64_C(86400000)

static int64_t
days_of(const struct config *c, enum retained what)
{
	const int64_t days[RETAIN__MAX] = {
		[RETAIN_LOG] = c->retain_log_days,
		[RETAIN_DIFFS] = c->retain_diffs_days,
		[RETAIN_EDITS] = c->retain_edits_days,
		[RETAIN_REPORTS] = c->retain_reports_days,
		[RETAIN_OPS] = c->retain_ops_days,
	};

	return days[what];
}

/* Write the events into a file that is there whole or not at all. */
static int
archive_write(struct govern *g, struct arena *a, int64_t first, int64_t last,
    const char *path, struct err *e)
{
	const char *temporary = arena_fmt(a, "%s.part", path).p;
	int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
	    O_NOFOLLOW, 0640);
	struct export_end end;
	int64_t bytes;
	int rc;

	if (fd < 0)
		return err_sys(e, "cannot write the archive %s", temporary);
	rc = export_write(g->db, first, last, fd, a, NULL, &end, &bytes, e);
	if (rc == 0 && fsync(fd) != 0)
		rc = err_sys(e, "cannot write the archive %s", temporary);
	close(fd);
	if (rc == 0 && rename(temporary, path) != 0)
		rc = err_sys(e, "cannot rename the archive to %s", path);
	if (rc != 0)
		unlink(temporary);
	return rc;
}

static int
folder_sync(const char *dir, struct err *e)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 || fsync(fd) != 0 ? err_sys(e, "cannot sync the "
	    "folder of archives %s", dir) : 0;

	if (fd >= 0)
		close(fd);
	return rc;
}

/* What is about to go is first kept elsewhere. */
static int
archive(struct govern *g, struct arena *a, const struct retention *r,
    struct retain_report *out, struct err *e)
{
	struct str dir = g->cfg->retain_archive;
	int64_t first, last;

	if (r->what != RETAIN_LOG || !dir.len)
		return 0;
	if (retention_span(g->db, r, &first, &last, e) != 0)
		return -1;
	if (last < first)
		return 0;
	out->archive = arena_fmt(a, "%.*s/events-%012lld-%012lld.ndjson",
	    STR_ARG(dir), (long long)first, (long long)last);
	if (archive_write(g, a, first, last, out->archive.p, e) != 0)
		return -1;
	return folder_sync(arena_cstr(a, dir), e);
}

static int
step(struct govern *g, const struct retention *r, int64_t *rows,
    struct err *e)
{
	if (db_begin(g->db, e) != 0)
		return -1;
	if (retention_step(g->db, r, rows, e) != 0) {
		db_rollback(g->db);
		return -1;
	}
	return db_commit(g->db, e);
}

static int
remove_old(struct govern *g, struct arena *a, const struct retention *r,
    const struct retain_options *o, struct retain_report *out, struct err *e)
{
	int64_t all = 0, rows;

	if (retention_count(g->db, r, &all, e) != 0)
		return -1;
	if (o->dry_run) {
		out->of[r->what].rows = all;
		return 0;
	}
	if (archive(g, a, r, out, e) != 0)
		return -1;
	do {
		if (step(g, r, &rows, e) != 0)
			return -1;
		out->of[r->what].rows += rows;
		if (o->tell)
			o->tell(o->arg, out->of[r->what].rows, all, 0);
	} while (rows > 0);
	return 0;
}

int
govern_retain(struct govern *g, struct arena *a,
    const struct retain_options *o, struct retain_report *out, struct err *e)
{
	int64_t now = clock_now_ms();

	*out = (struct retain_report){ 0 };
	for (enum retained what = 0; what < RETAIN__MAX; what++) {
		struct retention r = { .what = what, .run_ms = now };

		out->of[what].days = days_of(g->cfg, what);
		if (out->of[what].days == 0)
			continue;
		r.cutoff_ms = now - out->of[what].days * DAY_MS;
		if (remove_old(g, a, &r, o, out, e) != 0)
			return -1;
	}
	return 0;
}

#include "govern/retain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "govern/backup_file.h"
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

/* What a file has must be these events of this chain. */
static int
archive_check(struct govern *g, struct arena *a, int64_t first, int64_t last,
    const char *path, int fd, struct err *e)
{
	struct export_check c;

	if (export_check(fd, path, 0, a, NULL, &c, e) != 0)
		return -1;
	if (c.kind != EXPORT_CHAIN || c.end.first_seq != first ||
	    c.end.last_seq != last)
		return err_set(e, ERR_EXPORT_BROKEN, "%s has not the events"
		    " %lld to %lld", path, (long long)first, (long long)last);
	return export_compare(g->db, &c.end, e) < 0 ? -1 : 0;
}

/* An earlier run may have been stopped behind its archive: 1.  One of another
 * history, which a restore has ended, is not written over. */
static int
archive_is_there(struct govern *g, struct arena *a, int64_t first,
    int64_t last, const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct err why = { 0 };
	int rc;

	if (fd < 0)
		return errno == ENOENT ? 0 : err_sys(e, "cannot open %s",
		    path);
	rc = archive_check(g, a, first, last, path, fd, &why);
	close(fd);
	return rc == 0 ? 1 : err_set(e, ERR_EXISTS, "an archive of that name"
	    " is there, and is another one (%s); move it elsewhere: %s",
	    why.detail, path);
}

/* Write the events into a file that is there whole or not at all, and was
 * read again before anything is removed. */
static int
archive_write(struct govern *g, struct arena *a, int64_t first, int64_t last,
    const char *path, struct err *e)
{
	const char *part = arena_fmt(a, "%s.part", path).p;
	int fd = part_begin(a, part, e);
	struct export_end end;
	int64_t bytes;
	int rc;

	if (fd < 0)
		return -1;
	rc = export_write(g->db, first, last, fd, a, NULL, &end, &bytes, e);
	if (rc == 0 && (fsync(fd) != 0 || lseek(fd, 0, SEEK_SET) != 0))
		rc = err_sys(e, "cannot write the archive %s", part);
	if (rc == 0)
		rc = archive_check(g, a, first, last, part, fd, e);
	if (rc == 0)
		rc = part_name(a, part, path, false, e);
	part_end(a, part, fd);
	return rc;
}

/* What is about to go is first kept elsewhere; what becomes old enough
 * meanwhile is left for the next time. */
static int
archive(struct govern *g, struct arena *a, struct retention *r,
    struct retain_report *out, struct err *e)
{
	struct str dir = g->cfg->retain_archive;
	int64_t first, last;
	int there;

	if (r->what != RETAIN_LOG || !dir.len)
		return 0;
	if (retention_span(g->db, r, &first, &last, e) != 0)
		return -1;
	r->last_seq = last;
	if (last < first)
		return 0;
	out->archive = arena_fmt(a, "%.*s/events-%012lld-%012lld.ndjson",
	    STR_ARG(dir), (long long)first, (long long)last);
	there = archive_is_there(g, a, first, last, out->archive.p, e);
	if (there != 0)
		return there < 0 ? -1 : 0;
	return archive_write(g, a, first, last, out->archive.p, e);
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
remove_old(struct govern *g, struct arena *a, struct retention *r,
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
		struct retention r = { .what = what, .run_ms = now,
		    .last_seq = INT64_MAX };

		out->of[what].days = days_of(g->cfg, what);
		if (out->of[what].days == 0)
			continue;
		r.cutoff_ms = now - out->of[what].days * DAY_MS;
		if (remove_old(g, a, &r, o, out, e) != 0)
			return -1;
	}
	return 0;
}

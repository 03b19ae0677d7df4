#include "ops/scan.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "logs/redact.h"
#include "ops/file.h"
#include "ops/judge.h"
#include "ops/send.h"
#include "ops/source.h"

#define LOCK_FILE	"scan.lock"
#define FIRST_WINDOW_MS	(INT64_C(86400000))	/* of a source that is new */
#define JUDGE_MS	300000
#define SEND_MS		600000
#define ERRORS_BYTES	4000
#define NOTES_BYTES	8000

struct scan_job {
	int lock;
	struct ops_scan scan;		/* its texts live as long as the ops */
};

/* What the running one is; it may not have told yet. */
static int
busy(struct ops *o, struct ops_scan *out, struct err *e)
{
	*out = (struct ops_scan){ 0 };
	if (scan_running(o->g->db, o->a, out, e) < 0)
		return -1;
	return err_set(e, ERR_BUSY, "scan %lld is running; one runs at a "
	    "time", (long long)out->id);
}

static int
begin(struct ops *o, struct ops_scan *scan, struct err *e)
{
	if (db_begin(o->g->db, e) != 0)
		return -1;
	if (scan_bury(o->g->db, e) != 0 || scan_begin(o->g->db, scan,
	    e) != 0 || ops_tell_scan(o, EVENT_OPS_SCAN_STARTED, scan,
	    e) != 0) {
		db_rollback(o->g->db);
		return -1;
	}
	if (db_commit(o->g->db, e) != 0)
		return -1;
	govern_ring(o->g);
	return 0;
}

int
ops_scan_begin(struct ops *o, enum scan_scope scope, struct str by,
    struct ops_scan *out, struct scan_job **job, struct err *e)
{
	struct str path = arena_fmt(o->a, "%.*s/" LOCK_FILE,
	    STR_ARG(o->g->cfg->state_dir));
	int lock = fd_lock_file(path.p, FD_LOCK_EXCLUSIVE, 0, e);

	if (lock < 0)
		return e && e->kind == ERR_BUSY ? busy(o, out, e) : -1;
	*out = (struct ops_scan){ .scope = scope, .asked_by = by };
	if (begin(o, out, e) != 0) {
		close(lock);
		return -1;
	}
	*job = calloc(1, sizeof(**job));
	if (!*job)
		abort();
	(*job)->lock = lock;
	(*job)->scan = *out;
	(*job)->scan.asked_by = arena_str(o->a, by);
	return 0;
}

void
ops_scan_forget(struct scan_job *job)
{
	if (job)
		close(job->lock);
	free(job);
}

/* One scan on its way. */
struct scanning {
	struct ops *o;
	struct ops_scan *scan;
	const struct scan_progress *p;
	struct ingest in;
	struct buf errors, notes;
	int asked, failed;		/* sources */
};

static void
say(const struct scanning *s, const char *name, const char *state)
{
	if (s->p && s->p->source)
		s->p->source(s->p->to, name, state);
	if (s->p && s->p->counted)
		s->p->counted(s->p->to, &s->in.totals);
}

static void
failed(struct scanning *s, const char *name, const struct err *why)
{
	if (s->errors.len)
		buf_adds(&s->errors, "; ");
	buf_addf(&s->errors, "%s: %s", name, why->detail);
}

/* What the source has reached is stored with its last lines; a fault keeps
 * what was given before it. */
static int
source_end(struct scanning *s, struct log_source *src, int64_t to_ms,
    int rc, const struct err *why, struct err *e)
{
	src->read_ms = clock_now_ms();
	if (rc == 0) {
		src->covered_ms = to_ms;
		src->error = STR_NONE;
	} else {
		src->error = arena_str(s->in.a, str(why->detail));
	}
	s->in.source = src;
	return ingest_flush(&s->in, e);
}

static int
source_scan(struct scanning *s, const struct source_row *row, struct err *e)
{
	struct arena *a = arena_new();
	struct log_source src = { .name = str(row->name), .read_ms = -1 };
	struct source_run run = { .o = s->o, .a = a, .in = &s->in,
	    .src = &src, .to_ms = clock_now_ms(), .notes = &s->notes };
	struct err why = { 0 };
	int rc = source_get(s->o->g->db, a, src.name, &src, e);

	if (rc < 0)
		goto out;
	run.from_ms = rc > 0 ? src.covered_ms - row->overlap_ms :
	    run.to_ms - FIRST_WINDOW_MS;
	if (run.from_ms < run.to_ms - row->window_max_ms)
		run.from_ms = run.to_ms - row->window_max_ms;
	if (rc == 0)
		src.covered_ms = run.from_ms;
	s->asked++;
	say(s, row->name, "reading");
	s->in.source = &src;
	rc = row->read(&run, &why);
	if (rc != 0) {
		s->failed++;
		failed(s, row->name, &why);
	}
	rc = source_end(s, &src, run.to_ms, rc, &why, e);
	s->in.source = NULL;
	say(s, row->name, why.kind == ERR_NONE ? "done" : "failed");
out:
	arena_free(a);
	return rc < 0 ? -1 : 0;
}

static int
sources_scan(struct scanning *s, struct err *e)
{
	const struct source_row *row;

	for (row = source_rows; row->name; row++) {
		if (s->scan->scope != SCAN_FULL && s->scan->scope !=
		    (int)row->scope)
			continue;
		if (row->configured(s->o->g->cfg) &&
		    source_scan(s, row, e) != 0)
			return -1;
	}
	return 0;
}

/* Judge, file, send: what fails here is told, and done by the next scan. */
static int
aftermath(struct scanning *s, struct err *e)
{
	struct scan_totals *t = &s->in.totals;
	struct send_result sent;
	int64_t filed = s->in.filed;

	say(s, "judgement", "working");
	if (ops_judge(s->o, JUDGE_MS, &t->reviewed, e) != 0 ||
	    file_rest(s->o, s->in.a, s->in.files_max, &filed, &t->held,
	    e) != 0)
		return -1;
	say(s, "github", "sending");
	if (ops_send(s->o, SEND_MS, &sent, e) != 0)
		return -1;
	t->filed = sent.made;
	if (sent.open && ops_files(s->o) && !sent.elsewhere)
		buf_addf(&s->errors, "%s%lld messages to GitHub wait (patchctl"
		    " issues send tells why)", s->errors.len ? "; " : "",
		    (long long)sent.open);
	return 0;
}

static int
end(struct scanning *s, struct err *e)
{
	struct ops_scan *scan = s->scan;

	scan->totals = s->in.totals;
	if (s->notes.len)
		scan->totals.notes = log_redacted(s->o->redactor, s->o->a,
		    arena_str(s->o->a, buf_str(&s->notes)), NULL);
	scan->error = s->errors.len ? arena_str(s->o->a,
	    buf_str(&s->errors)) : STR_NONE;
	scan->status = !s->failed ? SCAN_DONE :
	    s->failed < s->asked ? SCAN_PARTIAL : SCAN_FAILED;
	if (db_begin(s->o->g->db, e) != 0)
		return -1;
	if (scan_end(s->o->g->db, scan, e) != 0 || ops_tell_scan(s->o,
	    EVENT_OPS_SCAN_FINISHED, scan, e) != 0) {
		db_rollback(s->o->g->db);
		return -1;
	}
	if (db_commit(s->o->g->db, e) != 0)
		return -1;
	govern_ring(s->o->g);
	return 0;
}

int
ops_scan_run(struct ops *o, struct scan_job *job,
    const struct scan_progress *p, struct ops_scan *out, struct err *e)
{
	struct scanning s = { .o = o, .scan = out, .p = p,
	    .errors = BUF_INIT(ERRORS_BYTES),
	    .notes = BUF_INIT(NOTES_BYTES) };
	int rc;

	*out = job->scan;
	ingest_begin(&s.in, o);
	s.in.scan = out;
	rc = sources_scan(&s, e);
	if (rc == 0)
		rc = aftermath(&s, e);
	if (rc == 0)
		rc = end(&s, e);
	ingest_end(&s.in);
	buf_free(&s.errors);
	buf_free(&s.notes);
	ops_scan_forget(job);
	return rc;
}

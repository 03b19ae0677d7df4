#include "ops/ingest.h"

#include <stdlib.h>

#include "base/clock.h"
#include "ops/file.h"
#include "tracker/issue.h"
#include "tracker/line.h"
#include "tracker/template.h"

#define CHUNK_LINES	500		/* of one transaction */
#define CHUNK_BYTES	MIB(4)
#define HITS		1024		/* > CHUNK_LINES: a table by hash */

/* What the lines of a chunk do to one issue. */
struct hit {
	struct ops_issue issue;
	int64_t n, first_ms, last_ms;
	int level;
	bool opened;
	const struct log_line *line;	/* the first of them */
};

/* A chunk on its way into the tables. */
struct chunk {
	struct ingest *in;
	struct scan_totals t;		/* added to the totals when it is in */
	struct hit *hits[HITS];
	int64_t filed;
};

void
ingest_begin(struct ingest *in, struct ops *o)
{
	*in = (struct ingest){ .o = o, .a = arena_new(),
	    .wash = WASH(o->redactor),
	    .files_max = o->g->cfg->ops_per_scan };
	in->lines = calloc(CHUNK_LINES, sizeof(*in->lines));
	if (!in->lines)
		abort();
}

void
ingest_end(struct ingest *in)
{
	free(in->lines);
	arena_free(in->a);
	*in = (struct ingest){ 0 };
}

/* Where the caller's memory may end before the chunk is stored. */
static void
keep(struct arena *a, struct log_line *l)
{
	struct str *texts[] = { &l->source, &l->worker, &l->repo, &l->run_id,
	    &l->workflow, &l->job, &l->step, &l->message, &l->error_type,
	    &l->group, &l->meta, &l->id };

	for (size_t i = 0; i < countof(texts); i++)
		*texts[i] = arena_str(a, *texts[i]);
}

int
ingest_line(struct ingest *in, const struct log_line *l, struct err *e)
{
	struct log_line *to = &in->lines[in->n];

	*to = *l;
	if (!wash_line(&in->wash, in->a, to, 0))
		return 0;
	if (to->ts < 0)
		to->ts = clock_now_ms();
	keep(in->a, to);
	in->n++;
	in->bytes += to->message.len + to->meta.len;
	if (in->n < CHUNK_LINES && in->bytes < CHUNK_BYTES)
		return 0;
	return ingest_flush(in, e);
}

static struct hit *
hit_new(struct chunk *c, const struct log_line *l, const struct group_hit *g,
    struct err *e)
{
	struct ops *o = c->in->o;
	struct hit *h = arena_new_of(c->in->a, struct hit);
	struct ops_issue *i = &h->issue;
	struct str hex = arena_str(c->in->a, str(g->fp.hex));
	int rc = issue_of_lines(o->g->db, c->in->a, o->target, hex, i, e);

	h->line = l;
	h->first_ms = INT64_MAX;
	h->last_ms = INT64_MIN;
	if (rc < 0)
		return NULL;
	if (rc > 0)
		return h;
	*i = (struct ops_issue){ .kind = l->kind, .severity = SEVERITY_LEAST,
	    .status = ISSUE_OPEN, .worker = l->worker, .repo = l->repo,
	    .run_id = l->run_id, .title = arena_str(c->in->a, g->fp.title),
	    .template = arena_str(c->in->a, g->fp.template),
	    .error_type = arena_str(c->in->a, g->fp.error_type),
	    .sample = l->message, .fingerprint = hex,
	    .fingerprint_version = FINGERPRINT_VERSION,
	    .inputs = arena_str(c->in->a, g->fp.inputs), .level = l->level,
	    .target = o->target, .gh_number = -1, .umbrella_id = -1,
	    .first_seen_ms = -1, .last_seen_ms = -1, .proposed_severity = -1,
	    .claimed_ms = -1, .resolved_ms = -1 };
	h->opened = true;
	return issue_insert(o->g->db, i, e) == 0 ? h : NULL;
}

static struct hit *
hit_of(struct chunk *c, const struct log_line *l, const struct group_hit *g,
    struct err *e)
{
	size_t at = str_hash(STR_HASH, str(g->fp.hex)) % HITS;

	while (c->hits[at] && !str_is(c->hits[at]->issue.fingerprint,
	    g->fp.hex))
		at = (at + 1) % HITS;
	if (!c->hits[at])
		c->hits[at] = hit_new(c, l, g, e);
	return c->hits[at];
}

static int
line_put(struct chunk *c, const struct log_line *l, struct err *e)
{
	struct db *db = c->in->o->g->db;
	struct sha256 key = log_line_key(l);
	int rc = line_known(db, (enum line_kind)l->kind, &key, e);
	struct group_hit g;
	struct hit *h;

	if (rc != 0) {
		c->t.repeated += rc > 0;
		return rc < 0 ? -1 : 0;
	}
	if (l->level < c->in->o->g->cfg->ops_level ||
	    str_trim(l->message).len == 0 ||
	    grouper_add(c->in->o->grouper, l, &g, NULL) != 0) {
		c->t.passed++;
		return 0;
	}
	h = hit_of(c, l, &g, e);
	if (!h || line_insert(db, l, &key, h->issue.id, e) != 0 ||
	    (l->run_id.len && (rc = issue_run(db, h->issue.id, l->run_id,
	    e)) < 0))
		return -1;
	h->issue.runs += rc;
	h->n++;
	h->first_ms = l->ts < h->first_ms ? l->ts : h->first_ms;
	h->last_ms = l->ts > h->last_ms ? l->ts : h->last_ms;
	h->level = l->level > h->level ? l->level : h->level;
	c->t.worker_logs += l->kind == LINE_WORKER;
	c->t.build_logs += l->kind == LINE_BUILD;
	return 0;
}

/* By the rules, now that it has more lines. */
static int
severity_put(struct chunk *c, struct hit *h, struct err *e)
{
	struct ops_issue *i = &h->issue;
	const struct log_line *l = h->line;
	struct severity_facts f = { .kind = i->kind, .level = i->level,
	    .source = l->source, .service = i->worker, .repo = i->repo,
	    .workflow = l->workflow, .job = l->job, .step = l->step,
	    .error_type = i->error_type, .text = i->sample,
	    .count = i->count, .runs = i->runs, .services = 1 };
	struct str rule;
	int severity = severity_of(c->in->o->rules, &f, &rule);

	if (severity == i->severity && str_eq(rule, i->rule))
		return 0;
	i->severity = severity;
	i->rule = rule;
	return issue_severity(c->in->o->g->db, i->id, severity, rule, e);
}

/* Lines of after it was said to be mended. */
static int
regress(struct chunk *c, struct hit *h, bool *did, struct err *e)
{
	struct ops_issue *i = &h->issue;
	int rc;

	*did = issue_is_over((enum issue_status)i->status) &&
	    h->last_ms > i->resolved_ms;
	if (!*did)
		return 0;
	rc = issue_regress(c->in->o->g->db, i->id,
	    (enum issue_status)i->status, e);
	if (rc < 0)
		return -1;
	i->status = ISSUE_OPEN;
	i->regressions++;
	i->claimed_by = STR_NONE;
	c->t.reopened++;
	return ops_tell_issue(c->in->o, EVENT_OPS_ISSUE_REOPENED, i, e);
}

static int
hit_put(struct chunk *c, struct hit *h, struct err *e)
{
	struct ops_issue *i = &h->issue;
	struct ops *o = c->in->o;
	bool came_back, held = false;
	int rc;

	if (issue_seen(o->g->db, i->id, h->n, h->first_ms, h->last_ms,
	    h->level, e) != 0)
		return -1;
	i->count += h->n;
	i->level = h->level > i->level ? h->level : i->level;
	if (severity_put(c, h, e) != 0 ||
	    regress(c, h, &came_back, e) != 0)
		return -1;
	c->t.issues_opened += h->opened;
	if (h->opened && ops_tell_issue(o, EVENT_OPS_ISSUE_OPENED, i, e) != 0)
		return -1;
	if (c->in->filed + c->filed < c->in->files_max) {
		rc = file_issue(o, c->in->a, i, &held, e);
		if (rc < 0)
			return -1;
		c->filed += rc;
	}
	return file_news(o, c->in->a, i, came_back, e);
}

static int
chunk_put(struct chunk *c, struct err *e)
{
	struct ingest *in = c->in;
	struct ops_scan scan;

	if (ops_templates(in->o, e) != 0)
		return -1;
	for (size_t k = 0; k < in->n; k++)
		if (line_put(c, &in->lines[k], e) != 0)
			return -1;
	for (size_t k = 0; k < HITS; k++)
		if (c->hits[k] && hit_put(c, c->hits[k], e) != 0)
			return -1;
	if (in->n && template_store(in->o->g->db, in->o->drain,
	    &in->o->templates, e) != 0)
		return -1;
	if (in->source) {
		struct log_source src = *in->source;

		src.lines += c->t.lines;
		if (source_put(in->o->g->db, &src, e) != 0)
			return -1;
	}
	if (!in->scan)
		return 0;
	scan = *in->scan;
	scan.totals = in->totals;
	return scan_alive(in->o->g->db, &scan, e);
}

static void
totals_add(struct scan_totals *to, const struct scan_totals *t)
{
	to->worker_logs += t->worker_logs;
	to->build_logs += t->build_logs;
	to->lines += t->lines;
	to->repeated += t->repeated;
	to->passed += t->passed;
	to->issues_opened += t->issues_opened;
	to->reopened += t->reopened;
}

int
ingest_flush(struct ingest *in, struct err *e)
{
	struct chunk *c = arena_new_of(in->a, struct chunk);
	struct ops *o = in->o;
	int rc;

	*c = (struct chunk){ .in = in, .t.lines = (int64_t)in->n };
	if (db_begin(o->g->db, e) != 0)
		return -1;
	rc = chunk_put(c, e);
	if (rc != 0)
		db_rollback(o->g->db);
	else
		rc = db_commit(o->g->db, e);
	if (rc == 0) {
		if (o->drain)
			drain_saved(o->drain);
		totals_add(&in->totals, &c->t);
		in->filed += c->filed;
		if (in->source)
			in->source->lines += c->t.lines;
		govern_ring(o->g);
	} else {
		o->templates = -1;	/* what was learned did not happen */
	}
	in->n = in->bytes = 0;
	arena_reset(in->a);
	return rc;
}

#include "ops/regroup.h"

#include "ops/ingest.h"
#include "ops/life.h"
#include "tracker/issue.h"
#include "tracker/line.h"
#include "tracker/template.h"

static int
found(struct ops *o, struct arena *a, int64_t id, struct ops_issue *out,
    struct err *e)
{
	int rc = issue_get(o->g->db, a, id, out, e);

	return rc > 0 ? 0 : rc < 0 ? -1 : err_set(e, ERR_NOT_FOUND,
	    "there is no issue %lld", (long long)id);
}

static int
merge(struct ops *o, struct arena *a, int64_t id, int64_t into,
    struct str by, struct ops_issue *out, struct err *e)
{
	struct ops_issue one;

	if (found(o, a, id, &one, e) != 0 || found(o, a, into, out, e) != 0)
		return -1;
	if (id == into || !str_eq(one.target, out->target) ||
	    !one.fingerprint.p || !out->fingerprint.p)
		return err_set(e, ERR_WRONG_STATE, "issue %lld cannot be "
		    "merged into %lld: they have to be two groups of lines "
		    "of one repository", (long long)id, (long long)into);
	if (out->umbrella_id == id)
		return err_set(e, ERR_WRONG_STATE, "issue %lld is a part of "
		    "%lld already", (long long)into, (long long)id);
	if (issue_merge(o->g->db, &one, out, e) != 0 ||
	    life_duplicate(o, a, &one, out, by, e) != 0 ||
	    found(o, a, id, &one, e) != 0 || found(o, a, into, out, e) != 0)
		return -1;
	return ops_tell_issue(o, EVENT_OPS_ISSUE_RESOLVED, &one, e);
}

static int
done(struct ops *o, int rc, struct err *e)
{
	if (rc != 0) {
		db_rollback(o->g->db);
		return -1;
	}
	if (db_commit(o->g->db, e) != 0)
		return -1;
	govern_ring(o->g);
	return 0;
}

int
ops_merge(struct ops *o, struct arena *a, int64_t id, int64_t into,
    struct str by, struct ops_issue *out, struct err *e)
{
	if (db_begin(o->g->db, e) != 0)
		return -1;
	return done(o, merge(o, a, id, into, by, out, e), e);
}

/* The template whose first form the issue has; 0: it is of a stack trace. */
static int
template_of(struct ops *o, struct arena *a, const struct ops_issue *i,
    int64_t *id, struct err *e)
{
	struct buf scope = BUF_INIT(KIB(16));
	struct log_line *lines;
	struct drain_row row;
	size_t n;

	*id = 0;
	if (line_of_issue(o->g->db, a, (enum line_kind)i->kind, i->id, 1,
	    &lines, &n, e) != 0)
		return -1;
	if (n)
		fingerprint_scope(&scope, &lines[0]);
	for (int64_t k = 1; n && *id == 0 && drain_get(o->drain, k, &row);
	    k++)
		if (row.alias_of == 0 && str_eq(row.first, i->template) &&
		    str_eq(row.scope, buf_str(&scope)))
			*id = k;
	buf_free(&scope);
	return 0;
}

static int
split(struct ops *o, struct arena *a, int64_t id, struct ops_issue *out,
    struct err *e)
{
	int64_t template;

	if (found(o, a, id, out, e) != 0 || ops_templates(o, e) != 0 ||
	    template_of(o, a, out, &template, e) != 0 ||
	    issue_split(o->g->db, id, e) != 0)
		return -1;
	if (template && (drain_split(o->drain, template, e) != 0 ||
	    template_store(o->g->db, o->drain, &o->templates, e) != 0))
		return -1;
	return ops_tell_issue(o, EVENT_OPS_ISSUE_TRIAGED, out, e);
}

int
ops_split(struct ops *o, struct arena *a, int64_t id,
    struct ops_issue *out, struct err *e)
{
	int rc;

	if (db_begin(o->g->db, e) != 0)
		return -1;
	rc = done(o, split(o, a, id, out, e), e);
	if (rc != 0)
		o->templates = -1;	/* what was split is not stored */
	else if (o->drain)
		drain_saved(o->drain);
	return rc;
}

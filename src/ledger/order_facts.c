#include "ledger/order_facts.h"

#include <stdlib.h>

#include "base/hash.h"
#include "ledger/order_terms.h"
#include "ledger/patch_log.h"
#include "ledger/rollup.h"
#include "model/patch_event.h"
#include "store/event_store.h"

/* One order on its way to become facts. */
struct collect {
	struct db *db;
	struct arena *a;
	int64_t term;			/* of the order */
	struct order_terms terms;
	struct report_patch *patches;
	size_t n_patches;
	struct report_mark *marks;
	size_t n_marks;
	struct report_verdict *verdicts;
	size_t n_verdicts;
	struct str batch_id;		/* of the verdicts from batch_at on */
	size_t batch_at;
};

int
order_position(struct db *db, struct arena *a, struct str order_id,
    struct report_position *out, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT i.last_id, v.ts_ms, v.hash"
	    " FROM term AS t CROSS JOIN work_item AS i ON i.term = t.id"
	    " LEFT JOIN event AS v ON v.seq = i.last_id"
	    " WHERE t.field = 9 AND t.text = :order");
	struct sha256 hash;
	int rc;

	*out = (struct report_position){ .ts_ms = -1, .epoch = db_epoch(db) };
	stmt_bind_str(s, ":order", order_id);
	rc = stmt_step(s, e);
	if (rc > 0) {
		out->seq = stmt_int(s, 0);
		if (stmt_str(s, 2).len == SHA256_BYTES) {
			out->ts_ms = stmt_int(s, 1);
			memcpy(hash.b, stmt_str(s, 2).p, SHA256_BYTES);
			out->hash = sha256_hex(a, hash);
		}
	}
	stmt_reset(s);
	return rc;
}

/* An operation on several files has their names in its payload; its lines are
 * counted with the first. */
static int
changes_read(struct collect *c, struct stmt *s, struct report_patch *p,
    struct str file, struct err *e)
{
	struct report_change *changes;
	struct event ev = { .payload = stmt_str(s, 15) };
	struct patch_event full;

	changes = arena_new_of(c->a, struct report_change);
	*changes = (struct report_change){ file,
	    stmt_is_null(s, 9) ? 0 : stmt_int(s, 9),
	    stmt_is_null(s, 10) ? 0 : stmt_int(s, 10) };
	p->changes = changes;
	p->n_changes = file.p ? 1 : 0;
	if (!ev.payload.p)
		return 0;
	if (patch_event_unpack(c->a, &ev, &full, e) != 0)
		return -1;
	p->changes = changes = arena_array_of(c->a, struct report_change,
	    full.n_files + 1);
	changes[0] = (struct report_change){ file, 0, 0 };
	for (size_t i = 0; i < full.n_files; i++)
		if (!str_eq(full.files[i], file))
			changes[p->n_changes++].path = full.files[i];
	changes[0].lines_added = stmt_is_null(s, 9) ? 0 : stmt_int(s, 9);
	changes[0].lines_removed = stmt_is_null(s, 10) ? 0 : stmt_int(s, 10);
	return 0;
}

static int
patch_read(struct collect *c, struct stmt *s, struct err *e)
{
	struct report_patch *p;
	struct str file;

	if (c->n_patches == REPORT_MAX_PATCHES)
		return err_set(e, ERR_LIMIT_EXCEEDED, "the order has more than "
		    "%d patches; no report can be made of it",
		    REPORT_MAX_PATCHES);
	c->patches = rows_room(c->a, c->patches, c->n_patches, sizeof(*p));
	p = &c->patches[c->n_patches++];
	*p = (struct report_patch){ .ts_ms = stmt_int(s, 0),
	    .seq = stmt_int(s, 1), .ok = stmt_int(s, 2) == OUTCOME_OK,
	    .duration_ms = stmt_is_null(s, 8) ? -1 : stmt_int(s, 8),
	    .patch_id = stmt_copy(s, c->a, 11),
	    .code = stmt_copy(s, c->a, 13) };
	if (order_term(&c->terms, stmt_int(s, 3), &p->op, e) != 0 ||
	    order_term(&c->terms, stmt_int(s, 4), &p->requester, e) != 0 ||
	    order_term(&c->terms, stmt_int(s, 5), &p->task_id, e) != 0 ||
	    order_term(&c->terms, stmt_int(s, 6), &file, e) != 0 ||
	    order_term(&c->terms, stmt_int(s, 7), &p->error, e) != 0 ||
	    order_term(&c->terms, stmt_int(s, 14), &p->reason, e) != 0)
		return -1;
	return changes_read(c, s, p, file, e);
}

/* Of the columns of patch_outcome, and what of the event is needed. */
#define OUTCOMES "SELECT o.created_at, o.id, o.outcome, o.op, o.requester," \
	" o.task, o.file, o.error, o.duration_ms, o.lines_added," \
	" o.lines_removed, v.patch_id, l.flags," \
	" CASE WHEN o.outcome = 2 THEN json_extract(v.payload, '$.code') END," \
	" CASE WHEN o.outcome = 2 THEN coalesce(l.reason, 0) ELSE 0 END," \
	" CASE WHEN l.flags & 2 THEN v.payload END," \
	" CASE WHEN o.outcome = 3 THEN json_extract(v.payload, '$.revert_id')" \
	" END FROM patch_outcome AS o LEFT JOIN event AS v ON v.seq = o.id" \
	" LEFT JOIN patch_log AS l ON l.id = o.id" \
	" WHERE o.\"order\" = :term AND o.\"order\" <> 0"

static int
patches_read(struct collect *c, struct err *e)
{
	struct stmt *s = db_stmt(c->db, OUTCOMES " AND o.outcome < 3");
	int rc;

	stmt_bind_int(s, ":term", c->term);
	while ((rc = stmt_step(s, e)) > 0)
		if (patch_read(c, s, e) != 0) {
			stmt_reset(s);
			return -1;
		}
	return rc;
}

static int
by_patch_id(const void *a, const void *b)
{
	return str_cmp((*(struct report_patch *const *)a)->patch_id,
	    (*(struct report_patch *const *)b)->patch_id);
}

static struct report_patch **
patches_sorted(struct collect *c)
{
	struct report_patch **list = (struct report_patch **)arena_array(c->a,
	    c->n_patches + 1, sizeof(*list));

	for (size_t i = 0; i < c->n_patches; i++)
		list[i] = &c->patches[i];
	if (c->n_patches)
		qsort(list, c->n_patches, sizeof(*list), by_patch_id);
	return list;
}

static int
reverts_read(struct collect *c, struct err *e)
{
	struct stmt *s = db_stmt(c->db, OUTCOMES " AND o.outcome = 3");
	struct report_patch **list = patches_sorted(c);
	int rc;

	stmt_bind_int(s, ":term", c->term);
	while ((rc = stmt_step(s, e)) > 0) {
		struct report_patch key = { .patch_id = stmt_str(s, 11) };
		struct report_patch *want = &key, **found;

		found = c->n_patches ? bsearch(&want, list, c->n_patches,
		    sizeof(*list), by_patch_id) : NULL;
		if (!found || !key.patch_id.p)
			continue;
		(*found)->reverted = true;
		(*found)->revert_ts_ms = stmt_int(s, 0);
		(*found)->revert_seq = stmt_int(s, 1);
		(*found)->revert_id = stmt_copy(s, c->a, 16);
		if (order_term(&c->terms, stmt_int(s, 4),
		    &(*found)->revert_requester, e) != 0) {
			stmt_reset(s);
			return -1;
		}
	}
	return rc;
}

static int
marks_read(struct collect *c, struct str order_id, struct err *e)
{
	struct stmt *s = db_stmt(c->db, "SELECT id, ts, event_type, factory,"
	    " task_id, patch_id, message FROM patch_custody"
	    " WHERE order_id = :order_id ORDER BY id");
	int rc;

	stmt_bind_str(s, ":order_id", order_id);
	while ((rc = stmt_step(s, e)) > 0) {
		c->marks = rows_room(c->a, c->marks, c->n_marks,
		    sizeof(*c->marks));
		c->marks[c->n_marks++] = (struct report_mark){
			.seq = stmt_int(s, 0), .ts_ms = stmt_int(s, 1),
			.type = event_type_of(stmt_str(s, 2)),
			.factory = stmt_copy(s, c->a, 3),
			.task_id = stmt_copy(s, c->a, 4),
			.patch_id = stmt_copy(s, c->a, 5),
			.message = stmt_copy(s, c->a, 6),
		};
	}
	return rc;
}

/* Events of one batch have the same run each, when it was about their file. */
static bool
was_told(const struct collect *c, const struct verdict *v)
{
	for (size_t i = c->batch_at; i < c->n_verdicts; i++)
		if (str_eq(c->verdicts[i].name, v->name) &&
		    c->verdicts[i].status == v->status)
			return true;
	return false;
}

static int
verdicts_add(struct collect *c, struct stmt *s, struct err *e)
{
	struct event ev = { .payload = stmt_str(s, 0) };
	struct patch_event p;

	if (patch_event_unpack(c->a, &ev, &p, e) != 0)
		return -1;
	if (!str_eq(p.batch_id, c->batch_id))
		c->batch_at = c->n_verdicts;
	c->batch_id = p.batch_id;
	for (size_t i = 0; i < p.n_validators; i++) {
		if (was_told(c, &p.validators[i]))
			continue;
		c->verdicts = rows_room(c->a, c->verdicts, c->n_verdicts,
		    sizeof(*c->verdicts));
		c->verdicts[c->n_verdicts++] = (struct report_verdict){
		    p.validators[i].name, p.validators[i].status };
	}
	return 0;
}

static int
verdicts_read(struct collect *c, struct err *e)
{
	struct stmt *s = db_stmt(c->db, "SELECT v.payload FROM term AS t"
	    " CROSS JOIN posting AS k ON k.term = t.id"
	    " CROSS JOIN posting AS b ON b.term = :term AND b.block = k.block"
	    " CROSS JOIN patch_log AS l ON l.id BETWEEN b.block * 256"
	    " AND b.block * 256 + 255 AND l.type = t.id"
	    " AND l.\"order\" = :term CROSS JOIN event AS v ON v.seq = l.id"
	    " WHERE t.field = 11 AND t.text = 'patch_validated'"
	    " ORDER BY k.block, l.id");
	int rc;

	stmt_bind_int(s, ":term", c->term);
	while ((rc = stmt_step(s, e)) > 0)
		if (verdicts_add(c, s, e) != 0) {
			stmt_reset(s);
			return -1;
		}
	return rc;
}

/* When the order's first event was. */
static int
begin_read(struct collect *c, int64_t *from_ms, struct err *e)
{
	struct stmt *s = db_stmt(c->db, "SELECT l.created_at FROM posting AS b"
	    " CROSS JOIN patch_log AS l ON l.id BETWEEN b.block * 256"
	    " AND b.block * 256 + 255 WHERE b.term = :term"
	    " AND l.\"order\" = :term ORDER BY b.block, l.id LIMIT 1");
	int rc;

	stmt_bind_int(s, ":term", c->term);
	rc = stmt_step(s, e);
	if (rc > 0)
		*from_ms = stmt_int(s, 0);
	stmt_reset(s);
	for (size_t i = 0; i < c->n_patches; i++)
		if (c->patches[i].ts_ms < *from_ms)
			*from_ms = c->patches[i].ts_ms;
	for (size_t i = 0; i < c->n_marks; i++)
		if (c->marks[i].ts_ms < *from_ms)
			*from_ms = c->marks[i].ts_ms;
	return rc < 0 ? -1 : 0;
}

int
order_facts(struct db *db, struct arena *a, struct report_facts *out,
    struct err *e)
{
	struct collect c = { .db = db, .a = a, .terms = { db, a, NULL, 0, 0 } };
	int rc = term_find(db, TERM_ORDER, out->order_id, &c.term, e);

	if (rc <= 0)
		return rc < 0 ? -1 : err_set(e, ERR_NOT_FOUND, "nothing is "
		    "known of an order %.*s", STR_ARG(out->order_id));
	out->from_ms = out->as_of.ts_ms;
	rc = patches_read(&c, e);
	if (rc == 0)
		rc = reverts_read(&c, e);
	if (rc == 0)
		rc = marks_read(&c, out->order_id, e);
	if (rc == 0)
		rc = verdicts_read(&c, e);
	if (rc == 0)
		rc = begin_read(&c, &out->from_ms, e);
	out->patches = c.patches;
	out->n_patches = c.n_patches;
	out->marks = c.marks;
	out->n_marks = c.n_marks;
	out->verdicts = c.verdicts;
	out->n_verdicts = c.n_verdicts;
	return rc;
}

int
orders_with_news(struct db *db, struct arena *a, int64_t *after, size_t max,
    struct str **out, size_t *n, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT i.term, t.text"
	    " FROM work_item AS i CROSS JOIN term AS t ON t.id = i.term"
	    " WHERE i.term > :after AND +i.field = 9"
	    " AND i.last_id > coalesce((SELECT max(r.as_of_seq)"
	    " FROM delivery_reports AS r WHERE r.order_id = t.text), 0)"
	    " ORDER BY i.term LIMIT :max");
	int rc;

	*n = 0;
	*out = arena_array_of(a, struct str, max + 1);
	stmt_bind_int(s, ":after", *after);
	stmt_bind_int(s, ":max", (int64_t)max);
	while ((rc = stmt_step(s, e)) > 0) {
		*after = stmt_int(s, 0);
		(*out)[(*n)++] = stmt_copy(s, a, 1);
	}
	return rc;
}

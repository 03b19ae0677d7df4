#include "ledger/patch_log.h"

#include <stddef.h>

#include "json/json_reader.h"
#include "ledger/ledger.h"
#include "ledger/outcome.h"

/* What becomes a term of the row: the member, its field, its place. */
static const struct {
	size_t from, to;
	enum term_field field;
} columns[] = {
#define C(member, column, FIELD) { offsetof(struct patch_event, member), \
	offsetof(struct log_row, column), TERM_##FIELD }
	C(status, status, STATUS),
	C(file, file, FILE),
	C(op, op, OP),
	C(task_id, task, TASK),
	C(order_id, order, ORDER),
	C(requester, requester, REQUESTER),
	C(reason, reason, REASON),
	C(error, error, ERROR),
	C(phase, phase, PHASE),
	C(workspace, workspace, WORKSPACE),
#undef C
};

/* Everything a search may find in meta: the texts, and the numbers as they
 * stand there, however deep. */
static int
meta_walk(const struct json *n, struct arena *a, log_term *term, void *ctx,
    struct err *e)
{
	int64_t id;

	switch (json_kind(n)) {
	case JSON_OBJECT:
		for (json_each(it, n))
			if (meta_walk(it.value, a, term, ctx, e) != 0)
				return -1;
		return 0;
	case JSON_ARRAY:
		for (size_t i = 0; i < json_count(n); i++)
			if (meta_walk(json_item(n, i), a, term, ctx, e) != 0)
				return -1;
		return 0;
	case JSON_STRING:
		return term(ctx, TERM_META, json_as_str(n), &id, e);
	case JSON_INT:
	case JSON_DOUBLE:
		return term(ctx, TERM_META, json_text(n, a), &id, e);
	default:
		return 0;
	}
}

static int
meta_terms(const struct patch_event *p, struct log_row *r, log_term *term,
    void *ctx, struct err *e)
{
	struct json_doc *doc;
	struct arena *a;
	int rc;

	if (p->meta.len <= 2)		/* {} */
		return 0;
	a = arena_new();
	r->flags |= LOG_HAS_META;
	rc = json_parse(p->meta, a, &doc, e);
	if (rc == 0) {
		rc = meta_walk(json_root(doc), a, term, ctx, e);
		json_doc_free(doc);
	}
	arena_free(a);
	return rc;
}

int
log_row_make(const struct patch_event *p, struct log_row *r, log_term *term,
    void *ctx, struct err *e)
{
	int64_t id;

	*r = (struct log_row){ 0 };
	if (term(ctx, TERM_TYPE, str(event_name(p->type)), &r->type, e) != 0)
		return -1;
	for (size_t i = 0; i < countof(columns); i++) {
		struct str text;

		memcpy(&text, (const char *)p + columns[i].from, sizeof(text));
		if (term(ctx, columns[i].field, text, &id, e) != 0)
			return -1;
		memcpy((char *)r + columns[i].to, &id, sizeof(id));
	}
	for (size_t i = 0; i < p->n_files; i++) {
		r->flags |= LOG_HAS_FILES;
		if (term(ctx, TERM_FILE, p->files[i], &id, e) != 0)
			return -1;
	}
	return meta_terms(p, r, term, ctx, e);
}

/* Where a term is posted. */
struct posting { struct db *db; int64_t row; };

static int
post(void *ctx, enum term_field field, struct str text, int64_t *to,
    struct err *e)
{
	const struct posting *at = ctx;

	return term_post(at->db, field, text, at->row, to, e);
}

void
log_row_bind(struct stmt *s, const struct patch_event *p,
    const struct log_row *r)
{
	stmt_bind_int(s, ":id", p->seq);
	stmt_bind_int(s, ":created_at", p->ts_ms);
	stmt_bind_int(s, ":flags", r->flags);
	stmt_bind_int(s, ":type", r->type);
	stmt_bind_int(s, ":status", r->status);
	stmt_bind_int(s, ":file", r->file);
	stmt_bind_int(s, ":op", r->op);
	stmt_bind_int(s, ":task", r->task);
	stmt_bind_int(s, ":order", r->order);
	stmt_bind_int(s, ":requester", r->requester);
	stmt_bind_int(s, ":reason", r->reason);
	stmt_bind_int(s, ":error", r->error);
	stmt_bind_int(s, ":phase", r->phase);
	stmt_bind_int(s, ":workspace", r->workspace);
}

static int
row_insert(struct db *db, const struct patch_event *p,
    const struct log_row *r, struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO patch_log (id, created_at,"
	    " flags, type, status, file, op, task, \"order\", requester,"
	    " reason, error, phase, workspace) VALUES (:id, :created_at,"
	    " :flags, :type, :status, :file, :op, :task, :order, :requester,"
	    " :reason, :error, :phase, :workspace)");

	log_row_bind(s, p, r);
	return stmt_run(s, e);
}

struct outcome
log_row_outcome(const struct patch_event *p, const struct log_row *r,
    bool foreign)
{
	return (struct outcome){
		.created_ms = p->ts_ms, .id = p->seq,
		.kind = outcome_of(p, foreign), .op = r->op,
		.phase = r->phase, .requester = r->requester,
		.workspace = r->workspace, .order = r->order,
		.task = r->task, .file = r->file,
		/* who was only beside a failure names no error of its own */
		.error = str_is(p->status, "not_applied") ? 0 : r->error,
		.duration_ms = p->duration_ms, .lines_added = p->lines_added,
		.lines_removed = p->lines_removed,
	};
}

int
patch_log_append(struct db *db, const struct patch_event *p, bool foreign,
    struct err *e)
{
	struct tally *t = &ledger_of(db)->tally;
	struct posting at = { db, p->seq };
	struct log_row r;
	struct outcome o;
	int behind = ledger_behind(db, e);

	if (behind != 0)
		return behind < 0 ? -1 : 0;
	if (log_row_make(p, &r, post, &at, e) != 0 ||
	    row_insert(db, p, &r, e) != 0)
		return -1;
	tally_row(t, p->ts_ms, p->seq);
	if (r.order)
		tally_work(t, r.order, TERM_ORDER, p->seq);
	o = log_row_outcome(p, &r, foreign);
	return o.kind == OUTCOME_NONE ? 0 : outcome_put(db, t, &o,
	    p->patch_id, e);
}

int
phase_log_append(struct db *db, const struct event *ev, struct err *e)
{
	int behind = ledger_behind(db, e);
	int64_t order;

	if (behind != 0)
		return behind < 0 ? -1 : 0;
	if (term_put(db, TERM_ORDER, ev->order_id, &order, e) != 0)
		return -1;
	if (order)
		tally_work(&ledger_of(db)->tally, order, TERM_ORDER, ev->seq);
	return 0;
}

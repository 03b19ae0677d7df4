#include "ledger/patch_log.h"

#include <stddef.h>

#include "json/json_reader.h"
#include "ledger/ledger.h"
#include "ledger/outcome.h"

/* A row of patch_log: terms. */
struct log_row {
	int64_t flags, type, status, file, op, task, order, requester, reason;
	int64_t error, phase, workspace;
};

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
meta_post(struct db *db, const struct json *n, int64_t row, struct arena *a,
    struct err *e)
{
	struct str text = STR_NONE;
	int64_t id;

	switch (json_kind(n)) {
	case JSON_OBJECT:
		for (json_each(it, n))
			if (meta_post(db, it.value, row, a, e) != 0)
				return -1;
		return 0;
	case JSON_ARRAY:
		for (size_t i = 0; i < json_count(n); i++)
			if (meta_post(db, json_item(n, i), row, a, e) != 0)
				return -1;
		return 0;
	case JSON_STRING:
		text = json_as_str(n);
		break;
	case JSON_INT:
	case JSON_DOUBLE:
		text = json_text(n, a);
		break;
	default:
		return 0;
	}
	return term_post(db, TERM_META, text, row, &id, e);
}

static int
meta_add(struct db *db, const struct patch_event *p, struct log_row *r,
    struct err *e)
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
		rc = meta_post(db, json_root(doc), p->seq, a, e);
		json_doc_free(doc);
	}
	arena_free(a);
	return rc;
}

static int
terms_add(struct db *db, const struct patch_event *p, struct log_row *r,
    struct err *e)
{
	int64_t id;

	if (term_post(db, TERM_TYPE, str(event_name(p->type)), p->seq,
	    &r->type, e) != 0)
		return -1;
	for (size_t i = 0; i < countof(columns); i++) {
		struct str text;

		memcpy(&text, (const char *)p + columns[i].from, sizeof(text));
		if (term_post(db, columns[i].field, text, p->seq, &id, e) != 0)
			return -1;
		memcpy((char *)r + columns[i].to, &id, sizeof(id));
	}
	for (size_t i = 0; i < p->n_files; i++) {
		r->flags |= LOG_HAS_FILES;
		if (term_post(db, TERM_FILE, p->files[i], p->seq, &id, e) != 0)
			return -1;
	}
	return meta_add(db, p, r, e);
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
	return stmt_run(s, e);
}

static int
outcome_add(struct db *db, const struct patch_event *p,
    const struct log_row *r, bool foreign, struct err *e)
{
	struct outcome o = {
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

	if (o.kind == OUTCOME_NONE)
		return 0;
	return outcome_put(db, &ledger_of(db)->tally, &o, p->patch_id, e);
}

int
patch_log_append(struct db *db, const struct patch_event *p, bool foreign,
    struct err *e)
{
	struct tally *t = &ledger_of(db)->tally;
	struct log_row r = { 0 };
	int behind = ledger_behind(db, e);

	if (behind != 0)
		return behind < 0 ? -1 : 0;
	if (terms_add(db, p, &r, e) != 0 || row_insert(db, p, &r, e) != 0)
		return -1;
	tally_row(t, p->ts_ms, p->seq);
	if (r.order)
		tally_work(t, r.order, TERM_ORDER, p->seq);
	return outcome_add(db, p, &r, foreign, e);
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

#include "ledger/audit.h"

#include "ledger/audit_sums.h"
#include "ledger/grams.h"
#include "ledger/ledger.h"
#include "ledger/outcome.h"
#include "ledger/patch_log.h"
#include "store/event_store.h"
#include "store/producer_event.h"

#define STEP_EVENTS 2000

void
audit_fault(struct audit_walk *w, const char *table, const char *fmt, ...)
{
	struct audit *a = w->out;
	char text[300];
	va_list ap;

	for (size_t i = 0; i < a->n; i++)
		if (str_starts(a->faults[i], str(table)))
			return;
	if (a->n == countof(a->faults))
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	a->faults[a->n++] = arena_fmt(w->a, "%s: %s", table, text);
}

/* The terms of one event, which have to be there and be posted. */
struct terms { struct audit_walk *w; int64_t row; };

static int
term_there(void *ctx, enum term_field field, struct str text, int64_t *to,
    struct err *e)
{
	struct terms *t = ctx;
	struct db *db = t->w->db;
	struct stmt *s;
	int rc;

	*to = 0;
	if (!text.p)
		return 0;
	rc = term_find(db, field, text, to, e);
	if (rc == 0)
		audit_fault(t->w, "term", "no \"%.*s\" (field %d), which event "
		    "%lld has", (int)(text.len > 80 ? 80 : text.len), text.p,
		    field, (long long)t->row);
	if (rc <= 0)
		return rc;
	sums_at(&t->w->posted, *to);
	s = db_stmt(db, "SELECT 1 FROM posting WHERE term = :term"
	    " AND block = :block");
	stmt_bind_int(s, ":term", *to);
	stmt_bind_int(s, ":block", t->row / POSTING_BLOCK);
	rc = stmt_step(s, e);
	stmt_reset(s);
	if (rc == 0)
		audit_fault(t->w, "posting", "term %lld is not posted in block "
		    "%lld", (long long)*to, (long long)(t->row /
		    POSTING_BLOCK));
	return rc < 0 ? -1 : 0;
}

static int
row_check(struct audit_walk *w, const struct patch_event *p,
    const struct log_row *r, struct err *e)
{
	struct stmt *s = db_stmt(w->db, "SELECT 1 FROM patch_log"
	    " WHERE id = :id AND created_at = :created_at AND flags = :flags"
	    " AND type = :type AND status = :status AND file = :file"
	    " AND op = :op AND task = :task AND \"order\" = :order"
	    " AND requester = :requester AND reason = :reason"
	    " AND error = :error AND phase = :phase"
	    " AND workspace = :workspace");
	int rc;

	log_row_bind(s, p, r);
	rc = stmt_step(s, e);
	stmt_reset(s);
	if (rc == 0)
		audit_fault(w, "patch_log", "row %lld is missing, or not what "
		    "its event says", (long long)p->seq);
	return rc < 0 ? -1 : 0;
}

/* Whether a later event of the patch tells of it again. */
static int
is_replaced(struct audit_walk *w, const struct outcome *o,
    struct str patch_id, struct err *e)
{
	struct event *ev;
	size_t n;
	bool found = false;

	if (event_store_of_patch(w->db, w->step, patch_id, &ev, &n, e) != 0)
		return -1;
	for (size_t i = 0; i < n && !found; i++) {
		struct patch_event p;
		enum outcome_kind kind;

		if (ev[i].seq <= o->id || !event_is_patch(ev[i].type))
			continue;
		if (patch_event_unpack(w->step, &ev[i], &p, e) != 0)
			return -1;
		kind = outcome_of(&p, false);
		found = kind && (kind == OUTCOME_REVERTED) ==
		    (o->kind == OUTCOME_REVERTED);
	}
	return found;
}

static int
outcome_check(struct audit_walk *w, struct outcome *o, struct str patch_id,
    struct err *e)
{
	struct outcome has = { 0 };
	int there, replaced = is_replaced(w, o, patch_id, e);

	if (replaced < 0)
		return -1;
	there = outcome_get(w->db, o->created_ms, o->id, &has, e);
	if (there < 0)
		return -1;
	w->outcomes += !replaced;
	if (o->duration_ms < 0)
		o->duration_ms = has.duration_ms;	/* looked up then */
	if (there && replaced)
		audit_fault(w, "patch_outcome", "row %lld has been replaced by "
		    "a later one", (long long)o->id);
	else if (!replaced && (!there || memcmp(&has, o, sizeof(has)) != 0))
		audit_fault(w, "patch_outcome", "row %lld is missing, or not "
		    "what its event says", (long long)o->id);
	return 0;
}

/* Events come in their order, so those of a block come together. */
static void
block_begin(struct audit_walk *w, int64_t seq)
{
	if (seq / POSTING_BLOCK == w->block)
		return;
	w->postings += (int64_t)w->posted.n;
	sums_free(&w->posted);
	w->block = seq / POSTING_BLOCK;
}

/* A message of a factory belongs to its order, and to nothing else here. */
static int
phase_check(struct audit_walk *w, const struct event *ev, struct err *e)
{
	int64_t order;
	int rc;

	if (!ev->order_id.p || !event_may_be_published(ev->type))
		return 0;
	rc = term_find(w->db, TERM_ORDER, ev->order_id, &order, e);
	if (rc > 0)
		return audit_item(w, order, ev->seq, e);
	if (rc == 0)
		audit_fault(w, "work_item", "nothing of the order that event "
		    "%lld is of", (long long)ev->seq);
	return rc;
}

static int
event_check(struct audit_walk *w, const struct event *ev, struct err *e)
{
	struct terms t = { w, ev->seq };
	struct patch_event p;
	struct log_row r;
	struct outcome o;
	int foreign;

	block_begin(w, ev->seq);
	if (!event_is_patch(ev->type))
		return phase_check(w, ev, e);
	foreign = producer_event_has(w->db, ev->seq, e);
	if (foreign < 0 || patch_event_unpack(w->step, ev, &p, e) != 0)
		return -1;
	p.patch_id = ev->patch_id;
	if (log_row_make(&p, &r, term_there, &t, e) != 0 ||
	    row_check(w, &p, &r, e) != 0 ||
	    (r.order && audit_item(w, r.order, ev->seq, e) != 0))
		return -1;
	w->rows++;
	tally_row(&w->tally, p.ts_ms, p.seq);
	o = log_row_outcome(&p, &r, foreign);
	if (o.kind == OUTCOME_NONE)
		return 0;
	if (r.task && audit_item(w, r.task, ev->seq, e) != 0)
		return -1;
	return outcome_check(w, &o, p.patch_id, e);
}

static int
events_check(struct audit_walk *w, const struct projection_progress *p,
    struct err *e)
{
	int64_t seq = 0, head;
	struct event *ev;
	size_t n;

	if (event_store_head(w->db, &head, e) != 0)
		return -1;
	do {
		arena_reset(w->step);
		if (event_store_since(w->db, w->step, seq, STEP_EVENTS, &ev, &n,
		    e) != 0)
			return -1;
		for (size_t i = 0; i < n; i++)
			if (event_check(w, &ev[i], e) != 0)
				return -1;
		if (n)
			seq = ev[n - 1].seq;
		w->out->events += (int64_t)n;
		if (p && p->tell)
			p->tell(p->ctx, seq, head);
	} while (n == STEP_EVENTS);
	block_begin(w, -POSTING_BLOCK);
	return 0;
}

static int
grams_check(struct audit_walk *w, struct err *e)
{
	int64_t term;

	if (grams_missing(w->db, 0, &term, e) != 0)
		return -1;
	if (term)
		audit_fault(w, "term_gram", "a search does not find term %lld",
		    (long long)term);
	return 0;
}

int
audit_run(struct db *db, struct arena *a,
    const struct projection_progress *p, struct audit *out, struct err *e)
{
	struct audit_walk w = { .db = db, .a = a, .out = out,
	    .step = arena_new() };
	int rc = -1;

	*out = (struct audit){ 0 };
	if (db_read_begin(db, e) == 0) {
		if (projection_ready(db, e) == 0 &&
		    events_check(&w, p, e) == 0 && audit_counts(&w, e) == 0 &&
		    grams_check(&w, e) == 0)
			rc = audit_sums(&w, e);
		db_read_end(db);
	}
	tally_free(&w.tally);
	sums_free(&w.posted);
	arena_free(w.step);
	return rc;
}

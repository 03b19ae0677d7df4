#include "govern/report.h"

#include "base/clock.h"
#include "base/log.h"
#include "json/json_writer.h"
#include "ledger/order_facts.h"
#include "ledger/projection.h"
#include "ledger/report_store.h"
#include "report/report.h"
#include "store/event_store.h"

/* Orders that are looked for at once. */
#define ORDERS_AT_ONCE 50

static int
rendered(struct arena *a, void (*form)(struct buf *out,
    const struct report *r), const struct report *r, struct str *out,
    struct err *e)
{
	struct buf text = BUF_INIT(REPORT_MAX_BYTES);
	int rc;

	form(&text, r);
	rc = buf_check(&text, "the report", e);
	*out = arena_str(a, buf_str(&text));
	buf_free(&text);
	return rc;
}

/* What subscribers learn of it.  It is no event of the order's trail: a report
 * would be its own news. */
static int
announce(struct govern *g, struct arena *a, const struct report_row *r,
    struct err *e)
{
	struct buf text = BUF_INIT(EVENT_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&text);
	struct event ev = { .type = EVENT_REPORT_GENERATED,
	    .ts_ms = r->created_at, .order_id = r->order_id };

	json_object_open(&w);
	json_key(&w, "order_id");
	json_put_str(&w, r->order_id);
	json_key(&w, "report_id");
	json_put_int(&w, r->id);
	json_key(&w, "version");
	json_put_int(&w, r->version);
	json_key(&w, "as_of_seq");
	json_put_int(&w, r->as_of.seq);
	json_key(&w, "total_patches");
	json_put_int(&w, r->total_patches);
	json_key(&w, "ok_patches");
	json_put_int(&w, r->ok_patches);
	json_object_close(&w);
	ev.payload = arena_str(a, buf_str(&text));
	buf_free(&text);
	return event_store_append(g->db, &ev, e);
}

static int
make(struct govern *g, struct arena *a, struct str order_id,
    const struct report_position *as_of, struct report_row *out,
    struct err *e)
{
	struct report_facts facts = { .order_id = order_id, .as_of = *as_of };
	struct report_row before;
	struct report r;
	int rc = report_store_newest(g->db, a, order_id, &before, e);

	if (rc < 0)
		return -1;
	facts.version = rc > 0 ? before.version + 1 : 1;
	if (order_facts(g->db, a, &facts, e) != 0)
		return -1;
	report_build(a, &facts, &r);
	*out = (struct report_row){ .order_id = order_id,
	    .version = facts.version, .as_of = *as_of,
	    .ok_patches = r.totals.ok, .total_patches = r.totals.total,
	    .created_at = clock_now_ms() };
	if (rendered(a, report_md, &r, &out->report_md, e) != 0 ||
	    rendered(a, report_json, &r, &out->report_json, e) != 0 ||
	    report_store_insert(g->db, out, e) != 0)
		return -1;
	out->as_of.ts_ms = -1;		/* as it is when it is read again */
	return announce(g, a, out, e);
}

/* Inside the transaction: 1 made, 0 it was there, -1. */
static int
find_or_make(struct govern *g, struct arena *a, struct str order_id,
    struct report_row *out, struct err *e)
{
	struct report_position as_of;
	int rc = projection_ready(g->db, e);

	if (rc == 0)
		rc = order_position(g->db, a, order_id, &as_of, e);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return err_set(e, ERR_NOT_FOUND, "nothing is known of an order "
		    "%.*s", STR_ARG(order_id));
	if (!as_of.hash.p) {
		rc = report_store_newest(g->db, a, order_id, out, e);
		if (rc != 0)
			return rc < 0 ? -1 : 0;
		return err_set(e, ERR_NOT_FOUND, "the events of order %.*s "
		    "were removed by retention, and no report was made before",
		    STR_ARG(order_id));
	}
	rc = report_store_find(g->db, a, order_id, &as_of, out, e);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	return make(g, a, order_id, &as_of, out, e) == 0 ? 1 : -1;
}

int
govern_report(struct govern *g, struct arena *a, struct str order_id,
    struct report_row *out, bool *made, struct err *e)
{
	int rc;

	if (db_begin(g->db, e) != 0)
		return -1;
	rc = find_or_make(g, a, order_id, out, e);
	*made = rc > 0;
	if (rc <= 0) {
		db_rollback(g->db);
		return rc;
	}
	if (db_commit(g->db, e) != 0)
		return -1;
	govern_ring(g);
	return 0;
}

int
govern_reports_all(struct govern *g, int64_t budget_ms,
    void (*tell)(void *arg, int64_t done, int64_t of, int64_t bytes),
    void *arg, struct reports_made *m, struct err *e)
{
	int64_t until = clock_mono_ms() + budget_ms;
	struct arena *list = arena_new(), *a = arena_new();
	struct str *orders;
	size_t n = 0;
	int rc = 0;

	m->complete = false;
	do {
		arena_reset(list);
		rc = orders_with_news(g->db, list, &m->after, ORDERS_AT_ONCE,
		    &orders, &n, e);
		for (size_t i = 0; rc == 0 && i < n; i++) {
			struct report_row row;
			struct err why = { 0 };
			bool made = false;

			arena_reset(a);
			if (govern_report(g, a, orders[i], &row, &made,
			    &why) != 0) {
				m->failed++;
				log_warn("no report was made", "order_id",
				    orders[i].p, "detail", why.detail, NULL);
			}
			m->generated += made;
			if (tell)
				tell(arg, m->generated, 0, 0);
		}
	} while (rc == 0 && n == ORDERS_AT_ONCE &&
	    (budget_ms == 0 || clock_mono_ms() < until));
	m->complete = rc == 0 && n < ORDERS_AT_ONCE;
	arena_free(a);
	arena_free(list);
	return rc;
}

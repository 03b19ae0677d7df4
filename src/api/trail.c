#include "api/trail.h"

#include "api/program.h"
#include "ledger/projection.h"
#include "ledger/trail.h"
#include "store/event_store.h"

struct order_query { struct str order_id; int64_t limit, since; };

#define Q struct order_query
static const struct field fields[] = {
	F_STR(Q, order_id, "order_id", 0, 1, NAME_MAX_BYTES, FMT_NAME, "The order."),
	F_INT(Q, limit, "limit", 0, 1, PAGE_MAX_ROWS, PAGE_DEFAULT_ROWS, "Events of a page."),
	F_INT(Q, since, "since", 0, 0, INT64_MAX, 0, "Only events behind this seq."),
	F_END
};
static const struct contract order_query_contract = {
	.name = "OrderTrailQuery", .size = sizeof(Q), .fields = fields,
	.doc = "Whose chain of custody is wanted.",
};
#undef Q

int
trail_check_id(struct str id, struct err *e)
{
	if (id.len >= 1 && id.len <= NAME_MAX_BYTES)
		return 0;
	return err_set(e, ERR_NOT_FOUND, "there is no such patch");
}

static void
events_write(struct json_writer *w, const struct event *ev, size_t n,
    struct str epoch)
{
	json_key(w, "events");
	json_array_open(w);
	for (size_t i = 0; i < n; i++) {
		struct buf one = BUF_INIT(BODY_MAX_BYTES);

		event_encode(&one, &ev[i], epoch);
		json_put_raw(w, buf_str(&one));
		buf_free(&one);
	}
	json_array_close(w);
}

static int
answer_end(struct call *c, struct json_writer *w, struct err *e)
{
	json_object_close(w);
	buf_addc(&c->resp->body, '\n');
	return buf_check(&c->resp->body, "the answer", e);
}

static void
answer_begin(struct json_writer *w, const char *name, struct str id)
{
	json_object_open(w);
	json_key(w, "ok");
	json_put_bool(w, true);
	json_key(w, name);
	json_put_str(w, id);
}

int
trail_patch(struct call *c, struct err *e)
{
	struct json_writer w = JSON_WRITER(&c->resp->body);
	struct event *ev;
	struct govern *g;
	size_t n;

	if (program_no_query(c, e) != 0 ||
	    trail_check_id(c->param[0], e) != 0 ||
	    program_govern(c, &g, e) != 0 || event_store_of_patch(g->db,
	    c->arena, c->param[0], &ev, &n, e) != 0)
		return -1;
	if (n == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no patch %.*s",
		    STR_ARG(c->param[0]));
	answer_begin(&w, "patch_id", c->param[0]);
	events_write(&w, ev, n, db_epoch(g->db));
	return answer_end(c, &w, e);
}

int
trail_order(struct call *c, struct err *e)
{
	struct json_writer w = JSON_WRITER(&c->resp->body);
	struct order_query q;
	struct event *ev;
	struct govern *g;
	bool more;
	size_t n;

	if (contract_query(&order_query_contract, c->req->query, c->arena, &q,
	    e) != 0)
		return -1;
	if (!q.order_id.p) {
		err_set(e, ERR_BAD_QUERY, "order_id is missing: whose trail is "
		    "wanted?  The log of all patches is /api/patches/logs");
		return err_at(e, "?order_id");
	}
	if (program_govern(c, &g, e) != 0 ||
	    projection_ready(g->db, e) != 0 ||
	    trail_of_order(g->db, c->arena, q.order_id, q.since,
	    (size_t)q.limit, &ev, &n, &more, e) != 0)
		return -1;
	if (n == 0 && q.since == 0)
		return err_set(e, ERR_NOT_FOUND, "nothing is known of an "
		    "order %.*s", STR_ARG(q.order_id));
	answer_begin(&w, "order_id", q.order_id);
	events_write(&w, ev, n, db_epoch(g->db));
	json_key(&w, "has_more");
	json_put_bool(&w, more);
	json_key(&w, "next");
	json_put_int(&w, n ? ev[n - 1].seq : q.since);
	if (more)
		program_next_link(c, "since", arena_fmt(c->arena, "%lld",
		    (long long)ev[n - 1].seq));
	return answer_end(c, &w, e);
}

#include "api/events.h"

#include "api/program.h"
#include "contract/query.h"
#include "govern/publish.h"
#include "model/position.h"
#include "store/event_store.h"

typedef int publish_verb(struct govern *g, struct arena *a,
    const struct publish_body *b, const struct verb_request *r,
    struct verb_answer *out, struct err *e);

static int
publish(struct call *c, publish_verb *verb, const char *route, struct err *e)
{
	bool lines = request_is_type(c->req->content_type,
	    "application/x-ndjson");
	struct verb_request r = program_verb(c, route);
	struct publish_body body;
	struct verb_answer out;
	struct govern *g;
	int rc;

	if (program_no_query(c, e) != 0 || program_govern(c, &g, e) != 0 ||
	    publish_read(c->req->body, lines, c->arena, &body, e) != 0)
		return -1;
	rc = verb(g, c->arena, &body, &r, &out, e);
	publish_free(&body);
	if (rc == 0)
		program_answer(c, &out);
	return rc;
}

int
events_publish(struct call *c, struct err *e)
{
	return publish(c, publish_phases, "POST /api/events", e);
}

int
patch_events_publish(struct call *c, struct err *e)
{
	return publish(c, publish_patch_events, "POST /api/patches/events", e);
}

struct list_query {
	struct event_filter filter;
	int64_t since, limit;
	bool asked;		/* since is a position that somebody had */
};

static int
read_query(struct call *c, struct list_query *q, struct err *e)
{
	struct query_param *p;
	size_t n;

	event_filter_all(&q->filter);
	q->since = 0;
	q->asked = false;
	q->limit = PAGE_DEFAULT_ROWS;
	if (query_parse(c->req->query, c->arena, &p, &n, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		int rc = event_filter_set(&q->filter, p[i].name, p[i].value, e);

		if (rc == 0)
			continue;
		if (rc > 0 && str_is(p[i].name, "since") &&
		    (str_is(p[i].value, "earliest") ||
		    (str_int(p[i].value, &q->since) && q->since >= 0))) {
			q->asked = !str_is(p[i].value, "earliest");
			continue;
		}
		if (rc > 0 && str_is(p[i].name, "limit") &&
		    str_int(p[i].value, &q->limit) && q->limit >= 1 &&
		    q->limit <= PAGE_MAX_ROWS)
			continue;
		if (rc > 0)
			err_set(e, ERR_BAD_QUERY, "no parameter of this route, "
			    "or no value for it");
		return err_at(e, "?%.*s", (int)(p[i].name.len > 80 ? 80 :
		    p[i].name.len), p[i].name.p);
	}
	return 0;
}

/* Read on until the page is full or the stream ends. */
static int
fill(struct call *c, struct govern *g, const struct list_query *q,
    struct json_writer *w, int64_t *next, struct err *e)
{
	int64_t left = q->limit;

	*next = q->since;
	for (;;) {
		struct event *ev;
		size_t n;

		if (event_store_since(g->db, c->arena, *next, PAGE_MAX_ROWS,
		    &ev, &n, e) != 0)
			return -1;
		for (size_t i = 0; i < n && left > 0; i++) {
			struct buf one = BUF_INIT(BODY_MAX_BYTES);

			*next = ev[i].seq;
			if (!event_filter_takes(&q->filter, &ev[i]))
				continue;
			event_encode(&one, &ev[i], db_epoch(g->db));
			json_put_raw(w, buf_str(&one));
			buf_free(&one);
			left--;
		}
		if (n < PAGE_MAX_ROWS || left == 0)
			return 0;
	}
}

/* As a stream does. */
static void
put_gap(struct json_writer *w, struct list_query *q, int64_t oldest,
    int64_t head)
{
	struct position p = position_after(q->since, true, oldest, head);
	int64_t asked = q->since;

	json_key(w, "gap");
	if (!q->asked || !p.gap) {
		json_put_null(w);
		return;
	}
	q->since = p.after;
	json_object_open(w);
	json_key(w, "asked");
	json_put_int(w, asked);
	json_key(w, "oldest");
	json_put_int(w, oldest);
	json_object_close(w);
}

int
events_list(struct call *c, struct err *e)
{
	struct json_writer w = JSON_WRITER(&c->resp->body);
	struct list_query q;
	struct govern *g;
	int64_t head, oldest, next;

	if (read_query(c, &q, e) != 0 || program_govern(c, &g, e) != 0 ||
	    event_store_oldest(g->db, &oldest, e) != 0 ||
	    event_store_head(g->db, &head, e) != 0)
		return -1;
	json_object_open(&w);
	json_key(&w, "ok");
	json_put_bool(&w, true);
	json_key(&w, "epoch");
	json_put_str(&w, db_epoch(g->db));
	json_key(&w, "head");
	json_put_int(&w, head);
	put_gap(&w, &q, oldest, head);
	json_key(&w, "events");
	json_array_open(&w);
	if (fill(c, g, &q, &w, &next, e) != 0)
		return -1;
	json_array_close(&w);
	json_key(&w, "next");
	json_put_int(&w, next);
	json_object_close(&w);
	buf_addc(&c->resp->body, '\n');
	response_header(c->resp, "X-Head-Seq", arena_fmt(c->arena, "%lld",
	    (long long)head));
	return buf_check(&c->resp->body, "the answer", e);
}

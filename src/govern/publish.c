#include "govern/publish.h"

#include <stdio.h>

#include "govern/record.h"
#include "model/producer.h"
#include "store/event_store.h"
#include "store/patch_custody.h"
#include "store/producer_event.h"

static int
too_many(struct err *e)
{
	return err_set(e, ERR_LIMIT_EXCEEDED,
	    "more than %d events in one request", EVENTS_MAX_POST);
}

static int
read_lines(struct str body, struct arena *a, struct publish_body *b,
    struct err *e)
{
	size_t line = 0;

	while (body.p) {
		struct str text = str_cut(&body, '\n');

		line++;
		if (str_trim(text).len == 0 || str_is(text, "\r"))
			continue;
		if (b->n == EVENTS_MAX_POST)
			return too_many(e);
		if (json_parse(text, a, &b->docs[b->n_docs], e) != 0) {
			char where[AT_MAX_BYTES];

			snprintf(where, sizeof(where), "line %zu of the body, %.250s",
			    line, e->at);
			e->at[0] = '\0';
			return err_at(e, "%s", where);
		}
		b->items[b->n++] = json_root(b->docs[b->n_docs++]);
	}
	return 0;
}

int
publish_read(struct str body, bool lines, struct arena *a,
    struct publish_body *b, struct err *e)
{
	const struct json *root;
	int rc = 0;

	b->items = (const struct json **)arena_array(a, EVENTS_MAX_POST,
	    sizeof(*b->items));
	b->docs = arena_array_of(a, struct json_doc *,
	    lines ? EVENTS_MAX_POST : 1);
	b->n = b->n_docs = 0;
	if (lines) {
		rc = read_lines(body, a, b, e);
	} else if (json_parse(body, a, &b->docs[0], e) != 0) {
		rc = -1;
	} else {
		b->n_docs = 1;
		root = json_root(b->docs[0]);
		if (json_kind(root) != JSON_ARRAY)
			b->items[b->n++] = root;
		else if (json_count(root) > EVENTS_MAX_POST)
			rc = too_many(e);
		else
			while (b->n < json_count(root)) {
				b->items[b->n] = json_item(root, b->n);
				b->n++;
			}
	}
	if (rc == 0 && b->n == 0)
		rc = err_set(e, ERR_INVALID, "there is no event in the body");
	if (rc != 0)
		publish_free(b);
	return rc;
}

void
publish_free(struct publish_body *b)
{
	for (size_t i = 0; i < b->n_docs; i++)
		json_doc_free(b->docs[i]);
	b->n_docs = b->n = 0;
}

/* Put the number of the event before each place. */
static int
at_item(const struct publish_body *b, size_t i, struct err *e)
{
	if (b->n > 1 || b->n_docs != 1)
		for (; e; e = e->next) {
			char where[AT_MAX_BYTES];

			snprintf(where, sizeof(where), "/%zu%.250s", i, e->at);
			memcpy(e->at, where, sizeof(where));
		}
	return -1;
}

static void
result_new(struct arena *a, size_t n, struct publish_result *out)
{
	*out = (struct publish_result){
		.seqs = arena_array_of(a, int64_t, n), .n = n };
}

static int
one_foreign(struct govern *g, struct arena *a, struct patch_event *p,
    struct str client_id, struct publish_result *out, size_t i, struct err *e)
{
	int rc = producer_event_find(g->db, client_id, &out->seqs[i], e);

	if (rc != 0) {
		out->repeated += rc > 0;
		return rc < 0 ? -1 : 0;
	}
	if (record_append(g, a, p, e) != 0 ||
	    producer_event_insert(g->db, client_id, p->seq, e) != 0)
		return -1;
	out->seqs[i] = p->seq;
	return 0;
}

int
publish_patch_events(struct govern *g, struct arena *a,
    const struct publish_body *b, struct publish_result *out, struct err *e)
{
	struct patch_event *p = arena_array_of(a, struct patch_event, b->n);
	struct str *ids = arena_array_of(a, struct str, b->n);

	result_new(a, b->n, out);
	for (size_t i = 0; i < b->n; i++)
		if (producer_decode(b->items[i], a, &p[i], &ids[i], e) != 0)
			return at_item(b, i, e);
	if (db_begin(g->db, e) != 0)
		return -1;
	for (size_t i = 0; i < b->n; i++) {
		if (one_foreign(g, a, &p[i], ids[i], out, i, e) != 0) {
			db_rollback(g->db);
			return -1;
		}
		if (out->seqs[i] > out->head)
			out->head = out->seqs[i];
	}
	if (db_commit(g->db, e) != 0)
		return -1;
	govern_ring(g);
	return 0;
}

int
publish_phases(struct govern *g, struct arena *a,
    const struct publish_body *b, struct publish_result *out, struct err *e)
{
	struct event *ev = arena_array_of(a, struct event, b->n);

	result_new(a, b->n, out);
	for (size_t i = 0; i < b->n; i++)
		if (phase_decode(b->items[i], a, &ev[i], e) != 0)
			return at_item(b, i, e);
	if (db_begin(g->db, e) != 0)
		return -1;
	for (size_t i = 0; i < b->n; i++) {
		if (event_store_append(g->db, &ev[i], e) != 0 ||
		    patch_custody_insert(g->db, &ev[i], ev[i].requester,
		    STR_NONE, e) != 0) {
			db_rollback(g->db);
			return -1;
		}
		out->seqs[i] = out->head = ev[i].seq;
	}
	if (db_commit(g->db, e) != 0)
		return -1;
	govern_ring(g);
	return 0;
}

#include "broadcastd/subscription.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/id.h"
#include "contract/query.h"
#include "model/position.h"

void
subscription_begin(struct subscription *s)
{
	*s = (struct subscription){ .since = SINCE_NOW };
	event_filter_all(&s->filter);
}

void
subscription_end(struct subscription *s)
{
	free(s->texts);
	s->texts = NULL;
}

/* Take f over, with copies of its texts. */
static void
filter_own(struct subscription *s, const struct event_filter *f)
{
	char *texts = malloc(event_filter_bytes(f) + 1);

	if (!texts)
		abort();
	s->filter = event_filter_copy(f, texts);
	free(s->texts);
	s->texts = texts;
}

static int
set_seq(struct subscription *s, struct str value, struct err *e)
{
	if (!str_int(value, &s->seq) || s->seq < 0)
		return err_set(e, ERR_BAD_QUERY,
		    "a position is a number from 0 on");
	s->since = SINCE_SEQ;
	return 0;
}

static int
set_since(struct subscription *s, struct str value, struct err *e)
{
	if (str_is(value, "now"))
		s->since = SINCE_NOW;
	else if (str_is(value, "earliest"))
		s->since = SINCE_EARLIEST;
	else if (set_seq(s, value, e) != 0)
		return err_set(e, ERR_BAD_QUERY,
		    "since must be now, earliest, or a number from 0 on");
	return 0;
}

static int
set_param(struct subscription *s, struct event_filter *f,
    const struct query_param *p, struct err *e)
{
	if (str_is(p->name, "since"))
		return set_since(s, p->value, e);
	if (str_is(p->name, "ticket"))	/* admit() has looked at it */
		return 0;
	if (str_is(p->name, "epoch")) {
		if (p->value.len == 0 || p->value.len >= sizeof(s->epoch))
			return err_set(e, ERR_BAD_QUERY,
			    "this is no epoch");
		snprintf(s->epoch, sizeof(s->epoch), "%.*s",
		    STR_ARG(p->value));
		return 0;
	}
	switch (event_filter_set(f, p->name, p->value, e)) {
	case 0:
		return 0;
	case 1:
		return err_set(e, ERR_BAD_QUERY,
		    "there is no such parameter here");
	default:
		return -1;
	}
}

int
subscription_query(struct subscription *s, struct str query,
    struct str last_event_id, struct arena *a, struct err *e)
{
	struct event_filter f;
	struct query_param *p;
	size_t n;

	event_filter_all(&f);
	if (query_parse(query, a, &p, &n, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (set_param(s, &f, &p[i], e) != 0)
			return err_at(e, "?%.*s", (int)(p[i].name.len > 80 ?
			    80 : p[i].name.len), p[i].name.p);
	if (last_event_id.p && set_seq(s, last_event_id, e) != 0)
		return err_at(e, "Last-Event-ID");
	filter_own(s, &f);
	return 0;
}

/* ["a","b"] as "a,b" */
static int
join(const struct json *list, struct arena *a, struct str *out, struct err *e)
{
	struct str all = STR("");

	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *v = json_item(list, i);

		if (json_kind(v) != JSON_STRING)
			return err_set(e, ERR_INVALID,
			    "the items must be strings");
		all = arena_fmt(a, "%.*s%s%.*s", STR_ARG(all), i ? "," : "",
		    STR_ARG(json_as_str(v)));
	}
	*out = all;
	return 0;
}

static int
set_member(struct event_filter *f, struct str name, const struct json *value,
    struct arena *a, struct err *e)
{
	struct str text = STR_NONE;

	if (json_kind(value) == JSON_STRING)
		text = json_as_str(value);
	else if (json_kind(value) != JSON_ARRAY || !str_is(name, "type"))
		return err_set(e, ERR_INVALID, "it must be a string, not %s",
		    json_kind_name(json_kind(value)));
	else if (join(value, a, &text, e) != 0)
		return -1;
	switch (event_filter_set(f, name, text, e)) {
	case 0:
		return 0;
	case 1:
		return err_set(e, ERR_UNKNOWN_MEMBER,
		    "there is no such filter");
	default:
		e->kind = ERR_INVALID;
		return -1;
	}
}

int
subscription_filter(struct subscription *s, const struct json *filter,
    struct arena *a, struct err *e)
{
	struct event_filter f;

	event_filter_all(&f);
	if (json_kind(filter) != JSON_OBJECT) {
		err_set(e, ERR_INVALID, "filter must be an object");
		return err_at(e, "/filter");
	}
	for (json_each(it, filter))
		if (set_member(&f, it.key, it.value, a, e) != 0)
			return err_at(e, "/filter/%.*s",
			    (int)(it.key.len > 80 ? 80 : it.key.len),
			    it.key.p);
	filter_own(s, &f);
	return 0;
}

struct start
subscription_start(const struct subscription *s, int64_t oldest,
    int64_t head, struct str epoch)
{
	struct start st = { .pos = head, .oldest = oldest, .asked = s->seq };
	bool same = !s->epoch[0] || str_is(epoch, s->epoch);
	struct position p;

	if (s->since == SINCE_EARLIEST) {
		st.pos = position_earliest(oldest, head);
	} else if (s->since == SINCE_SEQ) {
		p = position_after(s->seq, same, oldest, head);
		st.pos = p.after;
		st.gap = p.gap;
	}
	return st;
}

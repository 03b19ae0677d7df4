#include "json/json_walk.h"
#include "json/json_writer.h"
#include "logs/intake_reader.h"
#include "logs/items.h"

/* Cloudflare's workers_trace_events: one object is one call of a worker, with
 * all it logged and threw. */
struct trace_event {
	struct str script, outcome, type, version, logs, exceptions, event;
	struct str ts, ray;
	struct log_line line;	/* what its lines share */
	size_t n;		/* lines that were given */
};

static const struct { const char *name; size_t offset; } members[] = {
	{ "ScriptName", offsetof(struct trace_event, script) },
	{ "Outcome", offsetof(struct trace_event, outcome) },
	{ "EventType", offsetof(struct trace_event, type) },
	{ "ScriptVersion", offsetof(struct trace_event, version) },
	{ "Logs", offsetof(struct trace_event, logs) },
	{ "Exceptions", offsetof(struct trace_event, exceptions) },
	{ "Event", offsetof(struct trace_event, event) },
	{ "EventTimestampMs", offsetof(struct trace_event, ts) },
};

static struct str
member(struct str object, const char *name)
{
	struct json_walk w = json_walk_begin(object);
	struct str key, value;

	while (json_walk_next(&w, &key, &value))
		if (str_is(key, name))
			return value;
	return STR_NONE;
}

static struct str
text_member(struct str object, const char *name, struct arena *a)
{
	return intake_text(member(object, name), a);
}

/* What tells about the call: its outcome, and the request if it was one. */
static struct str
meta(struct reader *x, const struct trace_event *t)
{
	struct buf out = BUF_INIT(LOG_RECORD_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&out);
	struct str request = member(t->event, "Request"), s;
	static const char *const of_request[] = { "URL", "Method" };

	json_object_open(&w);
	json_key(&w, "outcome");
	json_put_raw(&w, t->outcome);
	json_key(&w, "event");
	json_put_raw(&w, t->type);
	json_key(&w, "version");
	json_put_raw(&w, member(t->version, "ID"));
	json_key(&w, "ray");
	json_put_str(&w, t->ray);
	for (size_t i = 0; i < countof(of_request); i++) {
		struct str value = member(request, of_request[i]);

		if (!value.p)
			continue;
		json_key(&w, of_request[i]);
		json_put_raw(&w, value);
	}
	json_object_close(&w);
	s = arena_str(x->a, buf_str(&out));
	buf_free(&out);
	return s;
}

/* What console.log() was called with, as it shows them. */
static struct str
joined(struct str value, struct arena *a)
{
	struct buf out = BUF_INIT(LOG_RECORD_MAX_BYTES * 2);
	struct str item, s;
	struct items t;

	if (!value.len || value.p[0] != '[')
		return intake_text(value, a);
	t = items_begin(value);
	while (items_next(&t, &item)) {
		if (out.len)
			buf_addc(&out, ' ');
		item = str_trim(item);
		buf_add(&out, str_is(item, "null") ? item :
		    intake_text(item, a));
	}
	s = arena_str(a, buf_str(&out));
	buf_free(&out);
	return s;
}

static int
give(struct reader *x, struct trace_event *t, struct log_line *l,
    struct str ts)
{
	if (!intake_time(intake_text(ts, x->a), &l->ts))
		l->ts = t->line.ts;
	t->n++;
	/* they are sent again when we were slow to answer */
	if (t->ray.len)
		l->id = arena_fmt(x->a, "%.*s/%zu", STR_ARG(t->ray), t->n);
	return reader_give(x, l, 0);
}

static int
logs(struct reader *x, struct trace_event *t)
{
	struct items all;
	struct str one;

	if (!t->logs.len || t->logs.p[0] != '[')
		return 0;
	all = items_begin(t->logs);
	while (items_next(&all, &one)) {
		struct log_line l = t->line;
		struct str level = text_member(one, "Level", x->a);
		enum line_level known;

		l.message = joined(member(one, "Message"), x->a);
		if (line_level_parse(level, &known) == 0)
			l.level = known;
		if (give(x, t, &l, member(one, "TimestampMs")) != 0)
			return -1;
	}
	return 0;
}

static int
exceptions(struct reader *x, struct trace_event *t)
{
	struct items all;
	struct str one;

	if (!t->exceptions.len || t->exceptions.p[0] != '[')
		return 0;
	all = items_begin(t->exceptions);
	while (items_next(&all, &one)) {
		struct log_line l = t->line;
		struct str what = text_member(one, "Message", x->a);
		struct str stack = text_member(one, "Stack", x->a);

		l.error_type = str_some(text_member(one, "Name", x->a));
		l.level = LINE_ERROR;
		l.message = l.error_type.len && what.len ?
		    arena_fmt(x->a, "%.*s: %.*s", STR_ARG(l.error_type),
		    STR_ARG(what)) : what.len ? what : l.error_type;
		if (stack.len)
			l.message = str_find(stack, what) < stack.len ? stack :
			    arena_fmt(x->a, "%.*s\n%.*s", STR_ARG(l.message),
			    STR_ARG(stack));
		if (give(x, t, &l, member(one, "TimestampMs")) != 0)
			return -1;
	}
	return 0;
}

/* A worker that was ended from outside has thrown nothing. */
static int
outcome(struct reader *x, struct trace_event *t)
{
	static const char *const fine[] = { "ok", "canceled",
	    "responseStreamDisconnected" };
	struct str what = intake_text(t->outcome, x->a);
	struct log_line l = t->line;
	struct items all;
	struct str one;

	if (!what.len || str_index(what, fine, countof(fine)) >= 0)
		return 0;
	if (t->exceptions.len && t->exceptions.p[0] == '[') {
		all = items_begin(t->exceptions);
		if (items_next(&all, &one))
			return 0;	/* those say why */
	}
	l.level = LINE_ERROR;
	l.error_type = what;
	l.message = arena_fmt(x->a, "The worker ended with the outcome %.*s",
	    STR_ARG(what));
	return give(x, t, &l, t->ts);
}

int
intake_logpush(struct reader *x, struct str object,
    const struct record_place *at)
{
	struct trace_event t = { .line = reader_line(x) };
	struct json_walk w = json_walk_begin(object);
	struct str name, value;
	struct err f = { 0 };

	while (json_walk_next(&w, &name, &value))
		for (size_t i = 0; i < countof(members); i++)
			if (str_is(name, members[i].name))
				*(struct str *)((char *)&t +
				    members[i].offset) = value;
	if (t.ts.p && !intake_time(intake_text(t.ts, x->a), &t.line.ts)) {
		err_set(&f, ERR_INVALID, "must be a time in ms");
		return reader_fault(x, at, "/EventTimestampMs", &f);
	}
	value = intake_text(t.script, x->a);
	if (value.len > NAME_MAX_BYTES) {
		err_set(&f, ERR_LIMIT_EXCEEDED, "is longer than %d bytes",
		    NAME_MAX_BYTES);
		return reader_fault(x, at, "/ScriptName", &f);
	}
	if (value.len)
		t.line.worker = value;
	t.line.kind = LINE_WORKER;
	t.ray = text_member(t.event, "RayID", x->a);
	t.line.meta = meta(x, &t);
	if (logs(x, &t) != 0 || exceptions(x, &t) != 0)
		return -1;
	return outcome(x, &t);
}

#include "remote/cloudflare.h"

#include <strings.h>

#include "base/clock.h"

#define SOURCE "cloudflare"
#define PAGE_ROWS 500
#define PAGE_LEAST_ROWS 20	/* an answer of so few never is too large */
#define ID_MAX_BYTES NAME_MAX_BYTES

struct metadata {
	struct str id, request_id, service, level, message, message_template;
	struct str error, error_template, fingerprint, trigger, origin;
};
struct workers {
	struct str script, event_type, outcome;
};
struct event {
	int64_t timestamp;
	struct metadata metadata;
	struct workers workers;
};

#define M struct metadata
#define NAME(S, m, nm, text) \
	F_STR(S, m, nm, 0, 0, NAME_MAX_BYTES, FMT_NAME, text)
#define TEXT(S, m, nm, text) F_STR(S, m, nm, 0, 0, MIB(1), FMT_TEXT, text)
static const struct field metadata_fields[] = {
	F_STR(M, id, "id", FIELD_REQUIRED, 1, ID_MAX_BYTES, FMT_NAME, "Of the event."),
	NAME(M, request_id, "requestId", "Of the request that logged it."),
	NAME(M, service, "service", "The Worker."),
	NAME(M, level, "level", "As console has it."),
	TEXT(M, message, "message", "What was logged."),
	TEXT(M, message_template, "messageTemplate", "Without what varies."),
	TEXT(M, error, "error", "What was thrown."),
	TEXT(M, error_template, "errorTemplate", "Without what varies."),
	NAME(M, fingerprint, "fingerprint", "Cloudflare's own grouping."),
	TEXT(M, trigger, "trigger", "What the Worker was called for."),
	TEXT(M, origin, "origin", "By what it was called."),
	F_END
};
static const struct contract metadata_contract = {
	.name = "$metadata", .size = sizeof(M), .fields = metadata_fields,
	.open = true, .doc = "What Cloudflare knows of every event.",
};
#define W struct workers
static const struct field workers_fields[] = {
	NAME(W, script, "scriptName", "The Worker."),
	NAME(W, event_type, "eventType", "What kind of call it was."),
	NAME(W, outcome, "outcome", "How it ended."),
	F_END
};
static const struct contract workers_contract = {
	.name = "$workers", .size = sizeof(W), .fields = workers_fields,
	.open = true, .doc = "What it knows of those of Workers.",
};
#define E struct event
static const struct field event_fields[] = {
	F_TIME(E, timestamp, "timestamp", FIELD_REQUIRED, "When it was."),
	{ .name = "$metadata", .type = FIELD_OBJECT, .flags = FIELD_REQUIRED,
	    .offset = offsetof(E, metadata), .sub = &metadata_contract,
	    .doc = "See there." },
	F_OBJECT(E, workers, "$workers", &workers_contract, "See there."),
	F_END
};
static const struct contract event_contract = {
	.name = "TelemetryEvent", .size = sizeof(E), .fields = event_fields,
	.open = true, .doc = "An event of Workers Observability.",
};

int
cloudflare_check(struct str account, struct err *e)
{
	bool odd = account.len != 32;

	for (size_t i = 0; i < account.len; i++)
		odd |= hex_digit(account.p[i]) < 0;
	return odd ? err_set(e, ERR_CONFIG, "PATCHWARDEN_CLOUDFLARE_ACCOUNT is "
	    "no account id: those have 32 hexadecimal digits") : 0;
}

static void
put_filter(struct json_writer *w, const char *key, const char *operation,
    const char *value)
{
	json_object_open(w);
	json_key(w, "key");
	json_put_str(w, str(key));
	json_key(w, "operation");
	json_put_str(w, str(operation));
	json_key(w, "type");
	json_put_str(w, STR("string"));
	if (value) {
		json_key(w, "value");
		json_put_str(w, str(value));
	}
	json_object_close(w);
}

/* Those with an error, and those of a level; all when nearly all are wanted. */
static void
put_filters(struct json_writer *w, enum line_level least)
{
	static const struct {
		const char *name;
		enum line_level level;
	} levels[] = {
		{ "warn", LINE_WARN }, { "warning", LINE_WARN },
		{ "error", LINE_ERROR }, { "fatal", LINE_FATAL },
	};

	json_key(w, "filterCombination");
	json_put_str(w, STR("or"));
	json_key(w, "filters");
	json_array_open(w);
	if (least > LINE_INFO)
		put_filter(w, "$metadata.error", "exists", NULL);
	for (size_t i = 0; i < countof(levels); i++)
		if (least > LINE_INFO && levels[i].level >= least)
			put_filter(w, "$metadata.level", "eq", levels[i].name);
	json_array_close(w);
}

static struct str
question(struct arena *a, const struct cloudflare_query *q, struct str offset,
    int64_t rows)
{
	struct buf out = BUF_INIT(KIB(16));
	struct json_writer w = JSON_WRITER(&out);
	struct str made;

	json_object_open(&w);
	json_key(&w, "queryId");
	json_put_str(&w, STR("patchwarden-errors"));
	json_key(&w, "dry");
	json_put_bool(&w, true);
	json_key(&w, "view");
	json_put_str(&w, STR("events"));
	json_key(&w, "timeframe");
	json_object_open(&w);
	json_key(&w, "from");
	json_put_int(&w, q->from_ms);
	json_key(&w, "to");
	json_put_int(&w, q->to_ms);
	json_object_close(&w);
	json_key(&w, "limit");
	json_put_int(&w, rows);
	if (offset.len) {
		json_key(&w, "offset");
		json_put_str(&w, offset);
		json_key(&w, "offsetDirection");
		json_put_str(&w, STR("next"));
	}
	json_key(&w, "parameters");
	json_object_open(&w);
	json_key(&w, "datasets");
	json_array_open(&w);
	json_put_str(&w, STR("cloudflare-workers"));
	json_array_close(&w);
	put_filters(&w, q->level);
	json_object_close(&w);
	json_object_close(&w);
	made = arena_str(a, buf_str(&out));
	buf_free(&out);
	return made;
}

/* "TypeError: x is not a function": the name before the colon, if it is one
 * that errors have. */
static struct str
type_of(struct str error)
{
	struct str rest = error, name = str_cut(&rest, ':');

	for (size_t i = 0; i < name.len; i++)
		if (!(name.p[i] >= 'A' && name.p[i] <= 'Z') &&
		    !(name.p[i] >= 'a' && name.p[i] <= 'z') &&
		    !(name.p[i] >= '0' && name.p[i] <= '9') &&
		    name.p[i] != '_' && name.p[i] != '.' && name.p[i] != '$')
			return STR_NONE;
	return name.len < NAME_MAX_BYTES && (str_ends(name, STR("Error")) ||
	    str_ends(name, STR("Exception"))) ? name : STR_NONE;
}

static struct str
meta_of(struct arena *a, const struct event *ev)
{
	const struct {
		const char *key;
		struct str value;
	} rows[] = {
		{ "request_id", ev->metadata.request_id },
		{ "trigger", ev->metadata.trigger },
		{ "origin", ev->metadata.origin },
		{ "event_type", ev->workers.event_type },
		{ "outcome", ev->workers.outcome },
		{ "message_template", ev->metadata.message_template },
		{ "error_template", ev->metadata.error_template },
		{ "fingerprint", ev->metadata.fingerprint },
	};
	struct buf out = BUF_INIT(META_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&out);
	struct str made;

	json_object_open(&w);
	for (size_t i = 0; i < countof(rows); i++)
		if (rows[i].value.len && rows[i].value.len < KIB(4)) {
			json_key(&w, rows[i].key);
			json_put_str(&w, rows[i].value);
		}
	json_object_close(&w);
	made = arena_str(a, buf_str(&out));
	buf_free(&out);
	return made;
}

/* What was logged: the text, else the error, else whatever it was. */
static struct str
message_of(struct arena *a, const struct event *ev, const struct json *item)
{
	const struct metadata *m = &ev->metadata;
	const struct json *source = NULL;

	if (m->message.len && (!m->error.len ||
	    str_find(m->message, m->error) < m->message.len))
		return m->message;
	if (m->message.len)
		return arena_fmt(a, "%.*s\n%.*s", STR_ARG(m->message),
		    STR_ARG(m->error));
	if (m->error.len)
		return m->error;
	json_member(item, "source", &source);
	if (json_kind(source) == JSON_STRING)
		return arena_str(a, json_as_str(source));
	return json_kind(source) == JSON_OBJECT && json_count(source) ?
	    json_text(source, a) : ev->workers.outcome;
}

static struct log_line
line_of(struct arena *a, const struct event *ev, const struct json *item)
{
	const struct metadata *m = &ev->metadata;
	enum line_level level = m->error.len ? LINE_ERROR : LINE_INFO;

	line_level_parse(m->level, &level);
	return (struct log_line){
		.kind = LINE_WORKER, .level = (int)level, .source = STR(SOURCE),
		.worker = m->service.len ? m->service : ev->workers.script,
		.message = message_of(a, ev, item),
		.error_type = type_of(m->error),
		.group = m->fingerprint.len ? m->fingerprint :
		    m->error_template.len ? m->error_template :
		    str_some(m->message_template),
		.meta = meta_of(a, ev), .id = m->id, .ts = ev->timestamp,
	};
}

/* A member of a member; NULL when there is none. */
static const struct json *
below(const struct json *n, const char *one, const char *two)
{
	const struct json *v = NULL;

	return json_member(n, one, &v) && json_member(v, two, &v) ? v : NULL;
}

/* How much of what there is was looked at; 1 is all. */
static double
sampled(const struct json *result)
{
	const struct json *level = below(result, "statistics", "abr_level");
	const struct json *run = NULL;

	json_member(result, "run", &run);
	if (!level)
		level = below(run, "statistics", "abr_level");
	return json_kind(level) == JSON_DOUBLE ? json_as_double(level) :
	    json_kind(level) == JSON_INT ? (double)json_as_int(level) : 1;
}

/* The list of events in an answer, or NULL with why it is none. */
static const struct json *
events_of(struct cloudflare *c, const struct json_answer *got,
    double *abr_level, struct err *e)
{
	const struct json *root = got->doc ? json_root(got->doc) : NULL;
	const struct json *v = NULL, *result = NULL, *list;

	json_member(root, "success", &v);
	if (got->status != 200 || json_kind(v) != JSON_BOOL ||
	    !json_as_bool(v)) {
		json_api_refused(&c->api, got, e);
		return NULL;
	}
	json_member(root, "result", &result);
	v = below(result, "run", "status");
	if (json_kind(v) == JSON_STRING && !(json_as_str(v).len == 9 &&
	    strncasecmp(json_as_str(v).p, "completed", 9) == 0)) {
		err_set(e, ERR_UNREACHABLE, "Cloudflare answered before the "
		    "query was at its end (%.*s)",
		    (int)(json_as_str(v).len > 40 ? 40 : json_as_str(v).len),
		    json_as_str(v).p);
		return NULL;
	}
	list = below(result, "events", "events");
	if (json_kind(list) != JSON_ARRAY) {
		err_set(e, ERR_UNREACHABLE, "Cloudflare's answer has no list "
		    "of events (/result/events/events)");
		return NULL;
	}
	if (sampled(result) > *abr_level)
		*abr_level = sampled(result);
	return list;
}

/* The id of the last one that has one: *last, from the arena. */
static int
give(struct arena *a, const struct json *list, struct line_sink *to,
    struct str *last, struct err *e)
{
	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *id = below(json_item(list, i), "$metadata",
		    "id");
		struct event ev;
		struct err why = { 0 };
		struct log_line l;

		if (json_kind(id) == JSON_STRING && json_as_str(id).len &&
		    json_as_str(id).len <= ID_MAX_BYTES)
			*last = arena_str(a, json_as_str(id));
		if (contract_decode(&event_contract, json_item(list, i), a,
		    &ev, &why) != 0) {
			line_sink_bad(to, "/result/events/events", i, &why);
			continue;
		}
		l = line_of(a, &ev, json_item(list, i));
		if (line_sink_put(to, &l, e) != 0)
			return -1;
	}
	return 0;
}

/* A smaller page may do: the answer was too large, or so many are not allowed. */
static bool
smaller_may_do(int rc, const struct err *why, const struct json_answer *got,
    int64_t *rows)
{
	if (*rows <= PAGE_LEAST_ROWS ||
	    !(rc != 0 ? why->kind == ERR_LIMIT_EXCEEDED : got->status == 400))
		return false;
	*rows /= 5;
	return true;
}

struct page {
	struct str offset;	/* after it: where the next begins */
	int64_t rows;		/* asked for */
	int64_t got;
	double abr_level;	/* the highest of all */
};

static int
one_page(struct cloudflare *c, const struct cloudflare_query *q,
    struct arena *a, struct page *p, struct line_sink *to, struct err *e)
{
	struct str path = arena_fmt(a, "/accounts/%.*s/workers/observability"
	    "/telemetry/query", STR_ARG(c->account));
	struct json_answer got = { 0 };
	const struct json *list;
	int rc;

	for (;;) {
		struct err why = { 0 };

		rc = json_api_ask(&c->api, a, path, question(a, q, p->offset,
		    p->rows), &got, &why);
		if (!smaller_may_do(rc, &why, &got, &p->rows)) {
			if (rc != 0 && e)
				*e = why;
			break;
		}
		if (rc == 0)
			json_doc_free(got.doc);
	}
	if (rc != 0)
		return -1;
	list = events_of(c, &got, &p->abr_level, e);
	p->got = list ? (int64_t)json_count(list) : 0;
	rc = list ? give(a, list, to, &p->offset, e) : -1;
	json_doc_free(got.doc);
	return rc;
}

int
cloudflare_events(struct cloudflare *c, const struct cloudflare_query *q,
    struct line_sink *to, struct err *e)
{
	struct arena *a = arena_new();
	char offset[ID_MAX_BYTES];
	struct page p = { .rows = PAGE_ROWS, .offset = q->offset };
	int64_t seen = 0;
	int rc;

	for (;;) {
		struct str before = str_n(offset, p.offset.len);

		if (p.offset.len > sizeof(offset))
			before = p.offset = STR_NONE;
		if (p.offset.len)
			memcpy(offset, p.offset.p, p.offset.len);
		p.offset = before;
		arena_reset(a);
		rc = one_page(c, q, a, &p, to, e);
		seen += p.got;
		if (rc != 0 || p.got < p.rows)
			break;
		if (str_eq(p.offset, before)) {
			rc = err_set(e, ERR_UNREACHABLE, "Cloudflare gave the "
			    "same page twice: its list has no end");
			break;
		}
		q->reached(q->to, p.offset);
		if (seen >= q->max) {
			line_sink_note(to, "Cloudflare has more than the %lld "
			    "events that were read of this window",
			    (long long)seen);
			break;
		}
	}
	if (p.abr_level > 1)
		line_sink_note(to, "Cloudflare gave a sample (abr_level %g): "
		    "some events are missing", p.abr_level);
	line_sink_end(to, c->api.name);
	arena_free(a);
	return rc;
}

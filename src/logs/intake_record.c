#include <strings.h>

#include "json/json_check.h"
#include "json/json_walk.h"
#include "json/json_writer.h"
#include "logs/intake_reader.h"
#include "logs/items.h"

/* Objects are not decoded by contracts here: what other programs log has any
 * members, which are kept, and there are a million of them in a body.  Each was
 * checked to be strict JSON before anything is looked for in it. */

enum member {
	M_MESSAGE, M_LEVEL, M_TS, M_WORKER, M_KIND, M_REPO, M_RUN, M_WORKFLOW,
	M_JOB, M_STEP, M_TYPE, M_GROUP, M_ID, M_META, M_ERROR, M_STACK,
	M__MAX
};

/* By the names that loggers use; the first that an object has counts, what
 * comes later is free data. */
static const struct { const char *name; enum member member; } names[] = {
	{ "message", M_MESSAGE }, { "msg", M_MESSAGE }, { "text", M_MESSAGE },
	{ "level", M_LEVEL }, { "severity", M_LEVEL }, { "lvl", M_LEVEL },
	{ "levelname", M_LEVEL }, { "log.level", M_LEVEL },
	{ "ts", M_TS }, { "timestamp", M_TS }, { "time", M_TS },
	{ "@timestamp", M_TS },
	{ "worker", M_WORKER }, { "service", M_WORKER },
	{ "scriptName", M_WORKER }, { "app", M_WORKER },
	{ "kind", M_KIND }, { "repo", M_REPO }, { "repository", M_REPO },
	{ "run_id", M_RUN }, { "runId", M_RUN }, { "workflow", M_WORKFLOW },
	{ "job", M_JOB }, { "step", M_STEP },
	{ "error_type", M_TYPE }, { "errorType", M_TYPE },
	{ "group", M_GROUP }, { "fingerprint", M_GROUP },
	{ "template", M_GROUP }, { "messageTemplate", M_GROUP },
	{ "id", M_ID }, { "event_id", M_ID }, { "meta", M_META },
	{ "error", M_ERROR }, { "err", M_ERROR }, { "exception", M_ERROR },
	{ "stack", M_STACK }, { "stack_trace", M_STACK },
	{ "exc_info", M_STACK },
};

/* Which text of a line a member is. */
static const struct { enum member member; const char *at; size_t offset; }
texts[] = {
	{ M_WORKER, "/worker", offsetof(struct log_line, worker) },
	{ M_REPO, "/repo", offsetof(struct log_line, repo) },
	{ M_RUN, "/run_id", offsetof(struct log_line, run_id) },
	{ M_WORKFLOW, "/workflow", offsetof(struct log_line, workflow) },
	{ M_JOB, "/job", offsetof(struct log_line, job) },
	{ M_STEP, "/step", offsetof(struct log_line, step) },
	{ M_TYPE, "/error_type", offsetof(struct log_line, error_type) },
	{ M_GROUP, "/group", offsetof(struct log_line, group) },
	{ M_ID, "/id", offsetof(struct log_line, id) },
};

enum { FREE_MAX = 200 };	/* members that are only kept */

struct record {
	struct str got[M__MAX];
	enum record_form form;
	size_t n_free;
	struct { struct str name, value; } free[FREE_MAX];
};

static bool
is_object(struct str value)
{
	return value.len && value.p[0] == '{';
}

static bool
is_text(struct str value)
{
	return value.len && value.p[0] == '"';
}

static enum member
member_of(struct str name)
{
	for (size_t i = 0; i < countof(names); i++)
		if (str_is(name, names[i].name))
			return names[i].member;
	return M__MAX;
}

static void
keep(struct record *r, struct str name, struct str value)
{
	if (r->n_free == FREE_MAX)
		return;
	r->free[r->n_free].name = name;
	r->free[r->n_free++].value = value;
}

static enum record_form
form_of(struct str name)
{
	static const char *const logpush[] = { "EventTimestampMs", "Logs",
	    "Exceptions" };
	static const char *const journal[] = { "__REALTIME_TIMESTAMP",
	    "__CURSOR", "SYSLOG_IDENTIFIER" };

	if (str_index(name, logpush, countof(logpush)) >= 0)
		return RECORD_LOGPUSH;
	if (str_index(name, journal, countof(journal)) >= 0)
		return RECORD_JOURNAL;
	return RECORD_ANY;
}

static void
read_members(struct record *r, struct str object)
{
	struct json_walk w = json_walk_begin(object);
	struct str name, value;

	while (json_walk_next(&w, &name, &value)) {
		enum member m = member_of(name);

		if (m == M__MAX && r->form == RECORD_ANY)
			r->form = form_of(name);
		if (m == M_META && !is_object(value))
			m = M__MAX;
		if (m == M_STACK && !is_text(value))
			m = M__MAX;
		if (m != M__MAX && !r->got[m].p && !str_is(value, "null"))
			r->got[m] = value;
		else
			keep(r, name, value);
	}
}

static int
fault(struct reader *x, const struct record_place *at, const char *member,
    enum err_kind kind, const char *says)
{
	struct err f = { 0 };

	err_set(&f, kind, "%s", says);
	return reader_fault(x, at, member, &f) == 0 ? 1 : -1;
}

/* "warn", or the number of pino and bunyan, or of syslog. */
static bool
read_level(struct str text, int *out)
{
	static const struct { const char *name; enum line_level level; }
	others[] = {
		{ "http", LINE_INFO }, { "silly", LINE_DEBUG },
		{ "default", LINE_INFO }, { "success", LINE_INFO },
	};
	enum line_level level;
	int64_t n;

	if (str_int(text, &n) && n >= 10) {
		*out = n < 30 ? LINE_DEBUG : n < 40 ? LINE_INFO :
		    n < 50 ? LINE_WARN : n < 60 ? LINE_ERROR : LINE_FATAL;
		return n <= 60;
	}
	if (line_level_parse(text, &level) == 0) {
		*out = level;
		return true;
	}
	for (size_t i = 0; i < countof(others); i++)
		if (text.len == strlen(others[i].name) &&
		    strncasecmp(text.p, others[i].name, text.len) == 0) {
			*out = others[i].level;
			return true;
		}
	return false;
}

/* An exception that was logged as an object: name, message, stack; the rest is
 * free data. */
static void
read_error(struct record *r, struct arena *a)
{
	struct json_walk w;
	struct str name, value, error = r->got[M_ERROR];

	if (error.p && !is_object(error)) {
		if (!r->got[M_MESSAGE].p && is_text(error))
			r->got[M_MESSAGE] = error;
		else
			keep(r, STR("error"), error);
	}
	w = json_walk_begin(error);
	while (json_walk_next(&w, &name, &value)) {
		enum member m = str_is(name, "message") ? M_MESSAGE :
		    str_is(name, "stack") ? M_STACK :
		    str_is(name, "name") || str_is(name, "type") ? M_TYPE :
		    M__MAX;

		if (m != M__MAX && is_text(value) && !r->got[m].p)
			r->got[m] = value;
		else
			keep(r, arena_fmt(a, "error.%.*s", STR_ARG(name)),
			    value);
	}
}

/* What happened, and where: a stack mostly begins with the message. */
static struct str
message_of(const struct record *r, struct arena *a)
{
	struct str text = intake_text(r->got[M_MESSAGE], a), stack = STR_NONE;

	if (is_text(r->got[M_STACK]))
		stack = intake_text(r->got[M_STACK], a);
	if (!stack.len)
		return text;
	if (!text.len || str_find(stack, text) < stack.len)
		return stack;
	if (str_find(text, stack) < text.len)
		return text;
	return arena_fmt(a, "%.*s\n%.*s", STR_ARG(text), STR_ARG(stack));
}

/* Free data goes beside what meta has. */
static struct str
meta_of(const struct record *r, struct arena *a)
{
	struct buf out = BUF_INIT(LOG_RECORD_MAX_BYTES * 2);
	struct json_writer w = JSON_WRITER(&out);
	struct json_walk walk = json_walk_begin(r->got[M_META]);
	struct str name, value, s;

	if (r->n_free == 0)
		return r->got[M_META];
	json_object_open(&w);
	while (json_walk_next(&walk, &name, &value)) {
		json_key_raw(&w, name);
		json_put_raw(&w, value);
	}
	for (size_t i = 0; i < r->n_free; i++) {
		bool twice = false;

		walk = json_walk_begin(r->got[M_META]);
		while (!twice && json_walk_next(&walk, &name, &value))
			twice = str_eq(name, r->free[i].name);
		name = r->free[i].name;
		if (twice)
			name = arena_fmt(a, "%.*s (2)", STR_ARG(name));
		json_key_raw(&w, name);
		json_put_raw(&w, r->free[i].value);
	}
	json_object_close(&w);
	s = arena_str(a, buf_str(&out));
	buf_free(&out);
	return s;
}

static int
set_texts(struct reader *x, const struct record *r, struct log_line *l,
    const struct record_place *at)
{
	for (size_t i = 0; i < countof(texts); i++) {
		struct str value = r->got[texts[i].member];
		struct str *to = (struct str *)((char *)l + texts[i].offset);
		size_t most = texts[i].member == M_GROUP ? LOG_META_MAX_BYTES :
		    NAME_MAX_BYTES;

		if (!value.p)
			continue;
		if (value.p[0] == '{' || value.p[0] == '[')
			return fault(x, at, texts[i].at, ERR_INVALID,
			    "must be a string");
		*to = str_some(intake_text(value, x->a));
		if (to->len > most)
			return fault(x, at, texts[i].at, ERR_LIMIT_EXCEEDED,
			    arena_fmt(x->a, "is longer than %zu bytes",
			    most).p);
	}
	return 0;
}

static int
set_kind(struct reader *x, const struct record *r, struct log_line *l,
    const struct record_place *at)
{
	struct str text = intake_text(r->got[M_KIND], x->a);
	int kind;

	if (!text.p) {
		if (r->got[M_REPO].p || r->got[M_RUN].p)
			l->kind = LINE_BUILD;
		return 0;
	}
	kind = str_index(text, line_kinds, LINE_KIND__MAX);
	if (kind < 0)
		return fault(x, at, "/kind", ERR_INVALID,
		    "must be worker-log or build-log");
	l->kind = kind;
	return 0;
}

static int
give(struct reader *x, struct record *r, const struct record_place *at)
{
	struct log_line l = reader_line(x);
	int rc;

	read_error(r, x->a);
	l.message = message_of(r, x->a);
	if (!l.message.len)
		return fault(x, at, "/message", ERR_INVALID,
		    "a line needs a message");
	rc = set_texts(x, r, &l, at);
	if (rc == 0)
		rc = set_kind(x, r, &l, at);
	if (rc != 0)
		return rc;
	if (r->got[M_LEVEL].p && !read_level(intake_text(r->got[M_LEVEL],
	    x->a), &l.level))
		return fault(x, at, "/level", ERR_INVALID, "is no level that "
		    "is known: debug, info, warn, error, fatal");
	if (r->got[M_TS].p && !intake_time(intake_text(r->got[M_TS], x->a),
	    &l.ts))
		return fault(x, at, "/ts", ERR_INVALID, "must be a time as "
		    "2026-11-22T18:30:05Z, or a number of seconds or ms");
	l.meta = meta_of(r, x->a);
	return reader_give(x, &l, 0);
}

int
intake_record(struct reader *x, struct str object, enum record_form form,
    const struct record_place *at)
{
	struct record r;	/* not all of it: there is one a line */
	struct err f;
	int rc;

	reader_record(x);
	if (object.len > LOG_RECORD_MAX_BYTES)
		rc = fault(x, at, "", ERR_TOO_LARGE,
		    "one line of a log cannot be so large");
	else if (object.len == 0)
		rc = fault(x, at, "", ERR_BAD_JSON, "a value is missing");
	else if (json_check(object, x->a, &f) != 0)
		rc = fault(x, at, "", ERR_BAD_JSON, arena_fmt(x->a, "%s (%s"
		    " of this value)", f.detail, f.at).p);
	else if (!is_object(object))
		rc = fault(x, at, "", ERR_INVALID, "must be an object");
	else {
		memset(r.got, 0, sizeof(r.got));
		r.n_free = 0;
		r.form = form;
		read_members(&r, object);
		rc = r.form == RECORD_LOGPUSH ? intake_logpush(x, object, at) :
		    r.form == RECORD_JOURNAL ? intake_journal(x, object, at) :
		    give(x, &r, at);
	}
	return rc < 0 ? -1 : 0;
}

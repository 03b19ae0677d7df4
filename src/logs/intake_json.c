#include "json/json_check.h"
#include "json/json_walk.h"
#include "logs/intake_reader.h"
#include "logs/items.h"

#define POINTER_BYTES	64
/* What Logpush sends to see whether somebody is here. */
#define TEST_UPLOAD	"{\"content\":\"tests\"}"

static struct str
trim(struct str s)
{
	while (s.len && strchr(" \t\r\n", s.p[0]) && s.p[0]) {
		s.p++;
		s.len--;
	}
	while (s.len && strchr(" \t\r\n", s.p[s.len - 1]) && s.p[s.len - 1])
		s.len--;
	return s;
}

static int
body_fault(struct reader *x, const char *pointer, enum err_kind kind,
    const char *says)
{
	struct record_place at = { .pointer = pointer };
	struct err f = { 0 };

	err_set(&f, kind, "%s", says);
	return reader_fault(x, &at, "", &f);
}

static bool
is_test(struct reader *x, struct str body)
{
	struct json_walk w = json_walk_begin(body);
	struct str name, value;

	if (body.len > 2 * strlen(TEST_UPLOAD) ||
	    !json_walk_next(&w, &name, &value) || !str_is(name, "content") ||
	    !str_is(value, "\"tests\"") || json_walk_next(&w, &name, &value))
		return false;
	x->out->test = true;
	return true;
}

/* The elements of the array; *behind is what follows it. */
static int
array(struct reader *x, struct str s, const char *prefix, struct str *behind)
{
	struct items t = items_begin(s);
	struct str item;
	char pointer[POINTER_BYTES];

	for (size_t i = 0; items_next(&t, &item); i++) {
		struct record_place at = { .pointer = pointer };

		snprintf(pointer, sizeof(pointer), "%s/%zu", prefix, i);
		if (intake_record(x, item, RECORD_ANY, &at) != 0)
			return -1;
	}
	*behind = t.rest;
	if (!t.closed)
		return body_fault(x, prefix, ERR_BAD_JSON,
		    "an array without end");
	return 0;
}

/* {"logs":[…]}: what is around the array, and it, each strictly. */
static int
wrapped(struct reader *x, struct str body, struct str logs)
{
	struct str behind = STR_NONE, before = str_n(body.p,
	    (size_t)(logs.p - body.p)), all;
	struct err f = { 0 };

	if (array(x, logs, "/logs", &behind) != 0)
		return -1;
	all = arena_fmt(x->a, "%.*s[]%.*s", STR_ARG(before), STR_ARG(behind));
	if (json_check(all, x->a, &f) != 0)
		return body_fault(x, "", ERR_BAD_JSON, f.detail);
	return 0;
}

/* The array that is the first member "logs", or STR_NONE. */
static struct str
logs_of(struct str object)
{
	struct json_walk w = json_walk_begin(object);
	struct str name, value;

	while (json_walk_next(&w, &name, &value))
		if (str_is(name, "logs"))
			return value.p[0] == '[' ? str_n(value.p,
			    object.len - (size_t)(value.p - object.p)) :
			    STR_NONE;
	return STR_NONE;
}

/* "{"logs":[" without an end is one too: then its end is what is missing. */
static struct str
open_logs(struct str object)
{
	struct str logs = logs_of(object);
	size_t i = 1;

	if (logs.p)
		return logs;
	while (i < object.len && strchr(" \t\r\n", object.p[i]))
		i++;
	if (!str_starts(str_n(object.p + i, object.len - i), STR("\"logs\"")))
		return STR_NONE;
	for (i += strlen("\"logs\""); i < object.len &&
	    strchr(" \t\r\n:", object.p[i]); i++)
		;
	return i < object.len && object.p[i] == '[' ?
	    str_n(object.p + i, object.len - i) : STR_NONE;
}

static int
lines(struct reader *x, enum record_form form)
{
	struct str rest = x->body;

	if (is_test(x, trim(rest)))
		return 0;
	for (size_t n = 1; rest.p; n++) {
		struct str line = trim(str_cut(&rest, '\n'));
		struct record_place at = { .line = n, .pointer = "" };

		if (line.len && intake_record(x, line, form, &at) != 0)
			return -1;
	}
	return 0;
}

/* Is the first line an object, all of it?  Then there is one on each. */
static bool
first_line_whole(struct str body)
{
	struct str rest = trim(body), line = str_cut(&rest, '\n');
	struct arena *a;
	bool whole;

	if (!line.len || line.p[0] != '{' || !rest.p || line.len > LOG_RECORD_MAX_BYTES)
		return false;
	a = arena_new();
	whole = json_check(trim(line), a, NULL) == 0;
	arena_free(a);
	return whole;
}

int
intake_json(struct reader *x)
{
	struct record_place at = { .pointer = "" };
	struct str body = trim(x->body), logs, behind = STR_NONE;

	if (first_line_whole(body)) {	/* not all call it by its name */
		x->out->format = "ndjson";
		return lines(x, RECORD_ANY);
	}
	if (body.len && body.p[0] == '[') {
		if (array(x, body, "", &behind) != 0)
			return -1;
		return trim(behind).len == 0 ? 0 : body_fault(x, "",
		    ERR_BAD_JSON, "text behind the array");
	}
	if (body.len && body.p[0] == '{') {
		if (is_test(x, body))
			return 0;
		logs = open_logs(body);
		if (logs.p)
			return wrapped(x, body, logs);
	}
	return intake_record(x, body, RECORD_ANY, &at);
}

int
intake_ndjson(struct reader *x)
{
	return lines(x, RECORD_ANY);
}

int
intake_logpush_lines(struct reader *x)
{
	return lines(x, RECORD_LOGPUSH);
}

int
intake_journal_json(struct reader *x)
{
	return lines(x, RECORD_JOURNAL);
}

/* Text may begin with a bracket too. */
static bool
begins(struct str body, char open, const char *then)
{
	body = trim(body);
	if (body.len < 2 || body.p[0] != open)
		return false;
	body = trim(str_n(body.p + 1, body.len - 1));
	return strchr(then, body.p[0]) != NULL;
}

bool
looks_json(struct str body)
{
	return begins(body, '[', "{]") || (begins(body, '{', "\"}") &&
	    !first_line_whole(body));
}

bool
looks_ndjson(struct str body)
{
	return begins(body, '{', "\"}");
}

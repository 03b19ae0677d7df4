#include "json/json_walk.h"
#include "json/json_writer.h"
#include "logs/intake_reader.h"
#include "logs/items.h"

/* An entry of systemd's journal, from its own export format or from JSON. */
enum journal_field {
	J_MESSAGE, J_PRIORITY, J_TIME, J_CURSOR, J_NAME, J_UNIT, J_COMMAND,
	J_HOST, J_PID, J_FILE, J_LINE, J_FUNCTION, J__MAX
};

static const struct { const char *name, *meta; } fields[J__MAX] = {
	[J_MESSAGE] = { "MESSAGE", NULL },
	[J_PRIORITY] = { "PRIORITY", NULL },
	[J_TIME] = { "__REALTIME_TIMESTAMP", NULL },	/* in us */
	[J_CURSOR] = { "__CURSOR", NULL },
	[J_NAME] = { "SYSLOG_IDENTIFIER", NULL },
	[J_UNIT] = { "_SYSTEMD_UNIT", "unit" },
	[J_COMMAND] = { "_COMM", "command" },
	[J_HOST] = { "_HOSTNAME", "host" },
	[J_PID] = { "_PID", "pid" },
	[J_FILE] = { "CODE_FILE", "file" },
	[J_LINE] = { "CODE_LINE", "line" },
	[J_FUNCTION] = { "CODE_FUNC", "function" },
};

struct entry {
	struct str got[J__MAX];
};

static int
field_of(struct str name)
{
	for (int i = 0; i < J__MAX; i++)
		if (str_is(name, fields[i].name))
			return i;
	return -1;
}

static struct str
meta(const struct entry *j, struct arena *a)
{
	struct buf out = BUF_INIT(LOG_RECORD_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&out);
	struct str s;

	json_object_open(&w);
	for (size_t i = 0; i < J__MAX; i++) {
		if (!fields[i].meta || !j->got[i].p)
			continue;
		json_key(&w, fields[i].meta);
		json_put_str(&w, j->got[i]);
	}
	json_object_close(&w);
	s = arena_str(a, buf_str(&out));
	buf_free(&out);
	return s;
}

static int
fault(struct reader *x, const struct record_place *at, const char *member,
    const char *says)
{
	struct err f = { 0 };

	err_set(&f, ERR_INVALID, "%s", says);
	return reader_fault(x, at, member, &f);
}

static int
give(struct reader *x, const struct entry *j, const struct record_place *at)
{
	static const int workers[] = { J_NAME, J_UNIT, J_COMMAND };
	struct log_line l = reader_line(x);
	enum line_level level;
	int64_t us;

	if (j->got[J_PRIORITY].p) {
		if (line_level_parse(j->got[J_PRIORITY], &level) != 0)
			return fault(x, at, "/PRIORITY", "must be 0 to 7");
		l.level = level;
	}
	if (j->got[J_TIME].p) {
		if (!str_int(j->got[J_TIME], &us) || us < 0)
			return fault(x, at, "/__REALTIME_TIMESTAMP",
			    "must be microseconds since 1970");
		l.ts = us / 1000;
	}
	for (size_t i = 0; i < countof(workers); i++)
		if (j->got[workers[i]].len) {
			l.worker = j->got[workers[i]];
			break;
		}
	l.message = j->got[J_MESSAGE];
	l.id = str_some(j->got[J_CURSOR]);
	l.meta = meta(j, x->a);
	return reader_give(x, &l, 0);
}

/* Text; or bytes as an array of numbers, when it is not UTF-8; null when it was
 * too long. */
static struct str
json_field(struct str value, struct arena *a)
{
	struct buf out = BUF_INIT(LOG_RECORD_MAX_BYTES);
	struct items t;
	struct str item, s;
	int64_t byte;

	if (!value.len || value.p[0] != '[')
		return intake_text(value, a);
	t = items_begin(value);
	while (items_next(&t, &item)) {
		if (item.len && item.p[0] == '"')	/* it occurs twice */
			return intake_text(item, a);
		if (str_int(item, &byte) && byte >= 0 && byte < 256)
			buf_addc(&out, (char)(unsigned char)byte);
	}
	s = arena_str(a, buf_str(&out));
	buf_free(&out);
	return s;
}

int
intake_journal(struct reader *x, struct str object,
    const struct record_place *at)
{
	struct json_walk w = json_walk_begin(object);
	struct entry j = { 0 };
	struct str name, value;

	while (json_walk_next(&w, &name, &value)) {
		int f = field_of(name);

		if (f >= 0)
			j.got[f] = json_field(value, x->a);
	}
	return give(x, &j, at);
}

/* "NAME" and, below it, the length of the value as 8 bytes, the lowest first,
 * the value and a newline.  False when the body ends before that. */
static bool
binary_field(struct str *rest, struct str *value)
{
	uint64_t len = 0;

	if (!rest->p || rest->len < 8)
		return false;
	for (int i = 7; i >= 0; i--)
		len = len << 8 | (unsigned char)rest->p[i];
	if (len >= rest->len - 8 || rest->p[8 + len] != '\n')
		return false;
	*value = str_n(rest->p + 8, (size_t)len);
	rest->p += len + 9;
	rest->len -= (size_t)len + 9;
	return true;
}

static size_t
newlines(struct str s)
{
	size_t n = 0;
	const char *p = s.p, *end = s.p + s.len;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
		n++;
		p++;
	}
	return n;
}

/* One field: 1, 0 when the body is broken there (and told), -1. */
static int
export_field(struct reader *x, struct str line, struct str *rest,
    struct entry *j, size_t *n)
{
	struct record_place at = { .line = *n, .pointer = "" };
	size_t eq = str_find(line, STR("="));
	struct str name = str_n(line.p, eq), value;
	int f;

	if (eq < line.len) {
		value = str_n(line.p + eq + 1, line.len - eq - 1);
	} else if (binary_field(rest, &value)) {
		*n += newlines(str_n(value.p - 8, value.len + 9));
	} else {
		return fault(x, &at, "", "the journal's export is broken: "
		    "here must be NAME=value, or a name and below it the "
		    "length of its value") != 0 ? -1 : 0;
	}
	f = field_of(name);
	if (f >= 0)
		j->got[f] = value;
	return 1;
}

int
intake_journal_export(struct reader *x)
{
	struct str rest = x->body;
	struct entry j = { 0 };
	bool any = false;
	size_t first = 1;
	int rc;

	for (size_t n = 1; rest.p; n++) {
		struct str line = str_cut(&rest, '\n');
		struct record_place at = { .line = first, .pointer = "" };

		if (line.len) {
			first = any ? first : n;
			any = true;
			rc = export_field(x, line, &rest, &j, &n);
			if (rc <= 0)
				return rc;	/* nothing can be found now */
		}
		if (!any || (line.len && rest.len))
			continue;
		reader_record(x);
		if (give(x, &j, &at) != 0)
			return -1;
		j = (struct entry){ 0 };
		any = false;
	}
	return 0;
}

bool
looks_journal_export(struct str body)
{
	return str_starts(body, STR("__CURSOR=")) ||
	    str_starts(body, STR("__REALTIME_TIMESTAMP="));
}

#include "patchctl/tail_line.h"

#include "base/utf8.h"
#include "model/producer.h"
#include "report/visible.h"

#define RED "\033[31m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define CYAN "\033[36m"
#define PLAIN "\033[0m"

/* How an event went, by the end of its type; the sign says it without
 * colours. */
struct mark {
	const char *end, *sign, *colour;
};
static const struct mark marks[] = {
	{ "_failed", "!", RED },
	{ "error", "!", RED },
	{ "error_found", "!", RED },
	{ "_applied", "+", GREEN },
	{ "_reverted", "-", YELLOW },
	{ "_validated", "=", CYAN },
	{ "", ".", "" },
};

void
tail_text(FILE *to, struct str s)
{
	struct visible v;
	struct piece p;
	size_t rest = visible_begin(&v, s);

	while (visible_next(&v, &p))
		fwrite(p.text.p, 1, p.text.len, to);
	if (rest)
		fprintf(to, "... %zu more bytes", rest);
}

static struct str
text_of(const struct json *n, const char *name)
{
	const struct json *v;

	return json_member(n, name, &v) && json_kind(v) == JSON_STRING ?
	    json_as_str(v) : STR_NONE;
}

static int64_t
count_of(const struct json *n, const char *name)
{
	const struct json *v;

	return json_member(n, name, &v) && json_kind(v) == JSON_INT ?
	    json_as_int(v) : -1;
}

/* A validator said no. */
static bool
is_bad(const struct json *payload)
{
	const struct json *v;

	return payload && json_member(payload, "ts_check_ok", &v) &&
	    json_kind(v) == JSON_BOOL && !json_as_bool(v);
}

static const struct mark *
mark_of(struct str type, const struct json *payload)
{
	const struct mark *m = marks;

	while (!str_ends(type, str(m->end)))
		m++;
	return str_is(str(m->sign), "=") && is_bad(payload) ? marks : m;
}

static void
put(FILE *to, const char *before, struct str s)
{
	if (!s.len)
		return;
	fputs(before, to);
	tail_text(to, s);
}

static void
put_files(FILE *to, const struct json *payload)
{
	const struct json *list;

	put(to, "  ", text_of(payload, "file"));
	if (json_member(payload, "files", &list) &&
	    json_kind(list) == JSON_ARRAY && json_count(list) > 1)
		fprintf(to, " and %zu more", json_count(list) - 1);
}

static void
put_payload(FILE *to, const struct json *payload, struct arena *a, bool bad)
{
	int64_t added = count_of(payload, "lines_added");
	int64_t removed = count_of(payload, "lines_removed");
	struct str error = text_of(payload, "error");

	put_files(to, payload);
	put(to, "  ", text_of(payload, "op"));
	if (!bad && added >= 0 && removed >= 0)
		fprintf(to, "  +%lld -%lld", (long long)added,
		    (long long)removed);
	put(to, "  by ", text_of(payload, "requester"));
	put(to, "  order ", text_of(payload, "order_id"));
	put(to, "  task ", text_of(payload, "task_id"));
	if (bad)
		put(to, "  ", text_of(payload, "code"));
	/* of a phase, its message or name */
	put(to, bad && error.len ? ": " : "  ", bad && error.len ? error :
	    phase_says(payload, a));
}

void
tail_line(FILE *to, struct arena *a, const struct follow_event *ev,
    bool colour)
{
	const struct json *payload = NULL;
	struct json_doc *doc = NULL;
	const struct mark *m;

	if (json_parse(ev->json, a, &doc, NULL) == 0 &&
	    json_kind(json_root(doc)) == JSON_OBJECT) {
		if (!json_member(json_root(doc), "payload", &payload) ||
		    json_kind(payload) != JSON_OBJECT)
			payload = NULL;
		put(to, "", text_of(json_root(doc), "ts"));
	}
	m = mark_of(ev->type, payload);
	fprintf(to, "  %lld  %s%s ", (long long)ev->seq,
	    colour ? m->colour : "", m->sign);
	tail_text(to, ev->type);
	fputs(colour && m->colour[0] ? PLAIN : "", to);
	if (payload)
		put_payload(to, payload, a, m == marks);
	else
		put(to, "  ", ev->json);	/* none that we know */
	putc('\n', to);
	json_doc_free(doc);
}

void
tail_json(FILE *to, const struct follow_event *ev, bool terminal)
{
	struct buf clean = BUF_INIT(ev->json.len * 3);
	struct str s = ev->json;

	if (terminal) {
		utf8_clean(&clean, s);
		s = buf_str(&clean);
	}
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		unsigned char next = i + 1 < s.len ?
		    (unsigned char)s.p[i + 1] : 0;

		if (c == '\n') {	/* a blank between two values */
			putc(' ', to);
		} else if (terminal && (c < ' ' || c == 0x7f)) {
			fprintf(to, "\\u%04x", c);
		} else if (terminal && c == 0xc2 && next < 0xa0) {
			fprintf(to, "\\u%04x", next);
			i++;
		} else {
			putc(c, to);
		}
	}
	putc('\n', to);
	buf_free(&clean);
}

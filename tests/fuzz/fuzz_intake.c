/* Any bytes in any format: what is taken is clean, short, without secrets, and
 * the same the second time; what is refused is told with its place. */
#include "fuzz.h"

#include "base/utf8.h"
#include "json/json_check.h"
#include "logs/intake.h"

#define TOKEN "ghp_0123456789abcdefghijABCDEFGHIJ012345"

struct seen {
	struct arena *a;
	const struct redactor *r;
	size_t n;
	uint32_t hash;
};

static void
need_clean(struct seen *s, struct str text, size_t max, bool one_line)
{
	need(text.len <= max && utf8_check(text) == text.len);
	need(str_find(text, STR(TOKEN)) == text.len || !text.len);
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.p[i];

		need((c >= 0x20 && c != 0x7f) ||
		    (!one_line && (c == '\n' || c == '\t')));
	}
	s->hash = str_hash(s->hash, text);
}

static int
take(void *to, struct log_line *l, struct err *e)
{
	struct seen *s = to;
	const struct str names[] = { l->source, l->worker, l->repo, l->run_id,
	    l->workflow, l->job, l->step, l->error_type, l->id };

	(void)e;
	need(l->message.len);
	need(l->level >= 0 && l->level < LINE_LEVEL__MAX);
	need(l->kind >= 0 && l->kind < LINE_KIND__MAX);
	need_clean(s, l->message, LOG_MESSAGE_MAX_BYTES, false);
	for (size_t i = 0; i < countof(names); i++)
		need_clean(s, names[i], NAME_MAX_BYTES, true);
	need_clean(s, l->group, TEMPLATE_MAX_BYTES, true);
	if (l->meta.p)
		need(l->meta.p[0] == '{' && json_check(l->meta, s->a, NULL) == 0);
	need(str_find(l->meta, STR(TOKEN)) == l->meta.len || !l->meta.len);
	s->hash = str_hash(s->hash, str_n((char *)&l->ts, sizeof(l->ts)));
	s->n++;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct log_line base = { .source = STR("push"),
	    .level = LINE_INFO, .ts = 7 };
	static struct redactor *r;
	struct seen first, again;
	struct arena *a = arena_new();
	struct buf body = BUF_INIT(MIB(1));
	struct intake_result res;
	struct intake_request q = { .base = &base, .arena = a };
	struct err e = { 0 };
	size_t format = len ? data[0] % 8 : 0;
	int rc;

	if (!r)
		r = redactor_new(NULL, 0);
	q.redactor = r;
	if (len)
		data++, len--;
	/* a token in the middle, between whole lines or not */
	buf_add(&body, str_n((const char *)data, len / 2));
	buf_adds(&body, TOKEN);
	buf_add(&body, str_n((const char *)data + len / 2, len - len / 2));
	q.body = len % 3 ? str_n((const char *)data, len) : buf_str(&body);
	q.format = str(intake_formats[format < 7 ? format : 0]);
	if (format == 7)
		q.format = STR_NONE;
	q.partial = len % 2;
	first = again = (struct seen){ .a = a, .r = r };
	rc = intake_read(&q, take, &first, &res, &e);
	need(rc == 0 || e.kind != ERR_NONE);
	need(first.n == res.taken && (rc == -1 || res.format));
	need(rc == 0 || !q.partial || e.kind == ERR_INVALID ||
	    e.kind == ERR_TOO_LARGE);
	need(intake_read(&q, take, &again, &res, NULL) == rc);
	need(first.n == again.n && first.hash == again.hash);
	buf_free(&body);
	arena_free(a);
	return 0;
}

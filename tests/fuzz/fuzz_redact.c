/* What is redacted once stays so; planted secrets never come through, whatever
 * stands around them; UTF-8 stays UTF-8, and JSON JSON. */
#include "fuzz.h"

#include "base/utf8.h"
#include "json/json_check.h"
#include "logs/redact.h"

static const struct str planted[] = {
	STR("ghp_0123456789abcdefghijABCDEFGHIJ012345"),
	STR("github_pat_11ABCDEFG0abcdefghij_0123456789"),
	STR("xoxb-123456789012-abcdefABCDEF"),
	STR("npm_0123456789abcdefghijABCDEFGHIJ012345"),
	STR("sk_live_0123456789abcdef"),
	STR("pw_0123abcd_0123456789abcdefghijABCDEFGHIJ0123456789-_a"),
	STR("correct-horse-battery"),	/* this one is known */
};

static void
need_same_again(const struct redactor *r, struct arena *a, struct str once)
{
	struct redact_counts c = { 0 };
	struct str again = log_redacted(r, a, once, &c);

	if (!str_eq(again, once)) {
		fwrite(once.p, 1, once.len, stderr);
		fputs("\nbecomes:\n", stderr);
		fwrite(again.p, 1, again.len, stderr);
		fputc('\n', stderr);
	}
	need(str_eq(again, once));
	need(c.all == 0);
}

static void
plant(const struct redactor *r, struct arena *a, struct str text,
    struct str secret, size_t at)
{
	struct buf b = BUF_INIT(MIB(1));
	struct str once;

	buf_add(&b, str_n(text.p, at));
	buf_add(&b, secret);
	buf_add(&b, str_n(text.p + at, text.len - at));
	once = log_redacted(r, a, buf_str(&b), NULL);
	need(str_find(once, secret) == once.len);
	need_same_again(r, a, once);
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct redactor *r;
	struct str text = str_n((const char *)data, len), once;
	struct arena *a = arena_new();
	struct redact_counts c = { 0 };

	if (!r)
		r = redactor_new(&planted[countof(planted) - 1], 1);
	once = log_redacted(r, a, text, &c);
	need((c.all == 0) == str_eq(once, text));
	if (utf8_check(text) == text.len)
		need(utf8_check(once) == once.len);
	need_same_again(r, a, once);
	for (size_t i = 0; len && i < countof(planted); i++)
		plant(r, a, text, planted[i], (data[0] * 7 + i) % (len + 1));
	if (json_check(text, a, NULL) == 0) {
		once = log_redacted_json(r, a, text, NULL);
		need(json_check(once, a, NULL) == 0);
		need(str_eq(log_redacted_json(r, a, once, NULL), once));
	}
	arena_free(a);
	return 0;
}

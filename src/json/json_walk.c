#include "json/json_walk.h"

#include "base/utf8.h"

static void
skip(struct str *s, size_t n)
{
	s->p += n;
	s->len -= n;
}

static void
blanks(struct str *s)
{
	while (s->len && (s->p[0] == ' ' || s->p[0] == '\n' ||
	    s->p[0] == '\t' || s->p[0] == '\r'))
		skip(s, 1);
}

static bool
take(struct str *s, char c)
{
	blanks(s);
	if (!s->len || s->p[0] != c)
		return false;
	skip(s, 1);
	return true;
}

/* How many bytes the string has that begins s, with its quotes; 0: no end. */
static size_t
string_len(struct str s)
{
	size_t at = 1;

	for (;;) {
		const char *end = at < s.len ? memchr(s.p + at, '"',
		    s.len - at) : NULL;
		size_t slashes = 0;

		if (!end)
			return 0;
		at = (size_t)(end - s.p);
		while (s.p[at - 1 - slashes] == '\\')
			slashes++;	/* the first quote ends it at last */
		at++;
		if (slashes % 2 == 0)
			return at;
	}
}

/* The same for an object or array. */
static size_t
nested_len(struct str s)
{
	size_t depth = 0, at = 0, n;

	while (at < s.len) {
		switch (s.p[at]) {
		case '{': case '[':
			depth++;
			at++;
			break;
		case '}': case ']':
			at++;
			if (--depth == 0)
				return at;
			break;
		case '"':
			n = string_len(str_n(s.p + at, s.len - at));
			if (!n)
				return 0;
			at += n;
			break;
		default:
			at++;
		}
	}
	return 0;
}

static size_t
value_len(struct str s)
{
	size_t n = 0;

	if (s.len && s.p[0] == '"')
		return string_len(s);
	if (s.len && (s.p[0] == '{' || s.p[0] == '['))
		return nested_len(s);
	while (n < s.len && !memchr(" \n\t\r,}]", s.p[n], 7))
		n++;
	return n;
}

struct json_walk
json_walk_begin(struct str object)
{
	struct json_walk w = { object };

	if (!take(&w.rest, '{'))
		w.rest = STR_NONE;
	return w;
}

bool
json_walk_next(struct json_walk *w, struct str *key, struct str *value)
{
	size_t n;

	take(&w->rest, ',');
	blanks(&w->rest);
	if (!w->rest.len || w->rest.p[0] != '"')
		return false;
	n = string_len(w->rest);
	if (!n)
		return false;
	*key = str_n(w->rest.p + 1, n - 2);
	skip(&w->rest, n);
	if (!take(&w->rest, ':'))
		return false;
	blanks(&w->rest);
	n = value_len(w->rest);
	*value = str_n(w->rest.p, n);
	skip(&w->rest, n);
	return n != 0;
}

/* Four hex digits; 0 when they are not there, which the reader refuses. */
static uint32_t
hex4(struct str s, size_t at)
{
	uint32_t v = 0;

	for (size_t i = at; i < at + 4; i++) {
		int d = i < s.len ? hex_digit(s.p[i]) : -1;

		if (d < 0)
			return 0;
		v = v << 4 | (uint32_t)d;
	}
	return v;
}

/* Of the escape at s.p[*at] ("\u20ac", or two of them); *at moves behind. */
static uint32_t
code_point(struct str s, size_t *at)
{
	uint32_t high = hex4(s, *at + 2), low;

	*at += 6;
	if (high < 0xd800 || high > 0xdbff)
		return high;
	low = hex4(s, *at + 2);
	*at += 6;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

struct str
json_walk_text(struct str value, struct arena *a)
{
	static const char from[] = "bfnrt", what[] = "\b\f\n\r\t";
	struct str s;
	struct buf to;

	if (value.len < 2 || value.p[0] != '"')
		return STR_NONE;
	s = str_n(value.p + 1, value.len - 2);
	if (!str_has(s, '\\'))
		return arena_str(a, s);
	/* no escape is shorter than what it stands for: it never grows */
	to = (struct buf){ .p = arena_alloc(a, s.len + 1), .cap = s.len + 1,
	    .max = s.len };
	for (size_t i = 0; i < s.len;) {
		const char *hit;

		if (s.p[i] != '\\' || i + 1 == s.len) {
			buf_addc(&to, s.p[i++]);
		} else if (s.p[i + 1] == 'u') {
			utf8_put(&to, code_point(s, &i));
		} else {
			hit = memchr(from, s.p[i + 1], sizeof(from) - 1);
			buf_addc(&to, hit ? what[hit - from] : s.p[i + 1]);
			i += 2;
		}
	}
	return buf_str(&to);
}

#include "json/json_check.h"

#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/utf8.h"

struct key {
	struct str name;	/* decoded */
	size_t at;		/* offset, for the error */
};

struct check {
	struct str s;
	size_t i;
	struct arena *a;
	struct err *e;
	struct key *keys;	/* of all open objects, innermost last */
	size_t n_keys, cap_keys;
	size_t members;
	int depth;
};

static int value(struct check *c);

static int
bad(struct check *c, size_t at, const char *what)
{
	size_t line = 1, start = 0;

	for (size_t k = 0; k < at && k < c->s.len; k++)
		if (c->s.p[k] == '\n') {
			line++;
			start = k + 1;
		}
	err_set(c->e, ERR_BAD_JSON, "%s", what);
	return err_at(c->e, "line %zu column %zu", line, at - start + 1);
}

static char
peek(const struct check *c)
{
	return c->i < c->s.len ? c->s.p[c->i] : '\0';
}

static void
blanks(struct check *c)
{
	while (c->i < c->s.len && (peek(c) == ' ' || peek(c) == '\t' ||
	    peek(c) == '\n' || peek(c) == '\r'))
		c->i++;
}

/* Four hex digits behind \u. */
static int
unit(struct check *c, uint32_t *out)
{
	*out = 0;
	for (int k = 0; k < 4; k++) {
		int d = hex_digit(peek(c));

		if (d < 0)
			return bad(c, c->i, "\\u needs four hex digits");
		*out = *out << 4 | (uint32_t)d;
		c->i++;
	}
	return 0;
}

static int
escape_u(struct check *c, struct buf *out)
{
	uint32_t hi, lo;
	size_t at = c->i;

	if (unit(c, &hi) != 0)
		return -1;
	if (hi >= 0xdc00 && hi <= 0xdfff)
		return bad(c, at, "a lone low surrogate");
	if (hi >= 0xd800 && hi <= 0xdbff) {
		if (c->s.len - c->i < 2 || c->s.p[c->i] != '\\' ||
		    c->s.p[c->i + 1] != 'u')
			return bad(c, at, "a lone high surrogate");
		c->i += 2;
		if (unit(c, &lo) != 0)
			return -1;
		if (lo < 0xdc00 || lo > 0xdfff)
			return bad(c, at, "a lone high surrogate");
		hi = 0x10000 + ((hi - 0xd800) << 10) + (lo - 0xdc00);
	}
	if (out) {
		if (hi == 0)
			return bad(c, at, "\\u0000 in the name of a member");
		utf8_put(out, hi);
	}
	return 0;
}

static int
escape(struct check *c, struct buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *hit;
	char e = peek(c);

	if (e == 'u') {
		c->i++;
		return escape_u(c, out);
	}
	hit = e ? strchr(from, e) : NULL;
	if (!hit)
		return bad(c, c->i, "an unknown escape in a string");
	if (out)
		buf_addc(out, to[hit - from]);
	c->i++;
	return 0;
}

/* A string at '"'; decoded into out when that is not NULL. */
static int
string(struct check *c, struct buf *out)
{
	size_t open = c->i++;

	for (;;) {
		size_t run = c->i;

		while (c->i < c->s.len && c->s.p[c->i] != '"' &&
		    c->s.p[c->i] != '\\' && (unsigned char)c->s.p[c->i] >= 0x20)
			c->i++;
		if (out)
			buf_add(out, str_n(c->s.p + run, c->i - run));
		if (c->i >= c->s.len)
			return bad(c, open, "a string without end");
		if (c->s.p[c->i] == '"') {
			c->i++;
			return 0;
		}
		if (c->s.p[c->i] != '\\')
			return bad(c, c->i,
			    "a raw control character in a string; write \\n, \\t or \\u00XX");
		c->i++;
		if (escape(c, out) != 0)
			return -1;
	}
}

static size_t
run_of_digits(struct check *c)
{
	size_t from = c->i;

	while (peek(c) >= '0' && peek(c) <= '9')
		c->i++;
	return c->i - from;
}

static int
number(struct check *c)
{
	size_t from = c->i, digits;
	bool whole = true;
	int64_t v;
	char *text;

	if (peek(c) == '-')
		c->i++;
	digits = c->i;
	if (run_of_digits(c) == 0)
		return bad(c, from, "not a JSON value");
	if (c->s.p[digits] == '0' && c->i - digits > 1)
		return bad(c, from, "a number with leading zeros");
	if (peek(c) == '.') {
		whole = false;
		c->i++;
		if (run_of_digits(c) == 0)
			return bad(c, from, "a number without digits behind its point");
	}
	if (peek(c) == 'e' || peek(c) == 'E') {
		whole = false;
		c->i++;
		if (peek(c) == '+' || peek(c) == '-')
			c->i++;
		if (run_of_digits(c) == 0)
			return bad(c, from, "a number without digits in its exponent");
	}
	if (whole && !str_int(str_n(c->s.p + from, c->i - from), &v))
		return bad(c, from, "an integer beyond 64 bits");
	if (!whole) {
		text = arena_cstr(c->a, str_n(c->s.p + from, c->i - from));
		if (!isfinite(strtod(text, NULL)))
			return bad(c, from, "a number beyond double precision");
	}
	return 0;
}

static int
key_cmp(const void *x, const void *y)
{
	const struct key *a = x, *b = y;
	int d = str_cmp(a->name, b->name);

	return d ? d : (a->at > b->at) - (a->at < b->at);
}

/* Refuse two members of one name among those since `first`. */
static int
unique(struct check *c, size_t first)
{
	struct key *k = c->keys + first;
	size_t n = c->n_keys - first;

	if (n > 1)
		qsort(k, n, sizeof(*k), key_cmp);
	for (size_t i = 1; i < n; i++)
		if (str_eq(k[i - 1].name, k[i].name)) {
			struct str msg = arena_fmt(c->a,
			    "the member \"%.*s\" occurs twice in one object",
			    (int)(k[i].name.len > 80 ? 80 : k[i].name.len),
			    k[i].name.p);

			return bad(c, k[i].at, msg.p);
		}
	c->n_keys = first;
	return 0;
}

static int
key_push(struct check *c)
{
	struct buf name = BUF_INIT(JSON_MAX_STRING);
	size_t at = c->i;
	int rc = string(c, &name);

	if (c->n_keys == c->cap_keys) {
		size_t cap = c->cap_keys ? c->cap_keys * 2 : 64;
		struct key *more = arena_array_of(c->a, struct key, cap);

		if (c->n_keys)
			memcpy(more, c->keys, c->n_keys * sizeof(*more));
		c->keys = more;
		c->cap_keys = cap;
	}
	if (rc == 0)
		c->keys[c->n_keys++] =
		    (struct key){ arena_str(c->a, buf_str(&name)), at };
	buf_free(&name);
	return rc;
}

static int
count(struct check *c)
{
	if (++c->members > JSON_MAX_MEMBERS)
		return bad(c, c->i, "too many members and elements");
	return 0;
}

static int
object(struct check *c)
{
	size_t first = c->n_keys;

	c->i++;
	blanks(c);
	if (peek(c) == '}') {
		c->i++;
		return 0;
	}
	for (;;) {
		blanks(c);
		if (peek(c) != '"')
			return bad(c, c->i, "the name of a member was expected");
		if (count(c) != 0 || key_push(c) != 0)
			return -1;
		blanks(c);
		if (peek(c) != ':')
			return bad(c, c->i, "':' was expected");
		c->i++;
		if (value(c) != 0)
			return -1;
		blanks(c);
		if (peek(c) == '}') {
			c->i++;
			return unique(c, first);
		}
		if (peek(c) != ',')
			return bad(c, c->i, "',' or '}' was expected");
		c->i++;
	}
}

static int
array(struct check *c)
{
	c->i++;
	blanks(c);
	if (peek(c) == ']') {
		c->i++;
		return 0;
	}
	for (;;) {
		if (count(c) != 0 || value(c) != 0)
			return -1;
		blanks(c);
		if (peek(c) == ']') {
			c->i++;
			return 0;
		}
		if (peek(c) != ',')
			return bad(c, c->i, "',' or ']' was expected");
		c->i++;
	}
}

static int
word(struct check *c, struct str w)
{
	if (!str_starts(str_n(c->s.p + c->i, c->s.len - c->i), w))
		return bad(c, c->i, "not a JSON value");
	c->i += w.len;
	return 0;
}

static int
value(struct check *c)
{
	int rc;

	blanks(c);
	if (c->i >= c->s.len)
		return bad(c, c->i, "the text ends where a value was expected");
	if (++c->depth > JSON_MAX_DEPTH)
		return bad(c, c->i, "nested too deeply");
	switch (peek(c)) {
	case '{': rc = object(c); break;
	case '[': rc = array(c); break;
	case '"': rc = string(c, NULL); break;
	case 't': rc = word(c, STR("true")); break;
	case 'f': rc = word(c, STR("false")); break;
	case 'n': rc = word(c, STR("null")); break;
	default: rc = number(c); break;
	}
	c->depth--;
	return rc;
}

int
json_check(struct str text, struct arena *a, struct err *e)
{
	struct check c = { .s = text, .a = a, .e = e };
	size_t utf8 = utf8_check(text);

	if (text.len == 0)
		return bad(&c, 0, "the body is empty");
	if (utf8 != text.len)
		return bad(&c, utf8, "not UTF-8");
	if (str_starts(text, STR("\xef\xbb\xbf")))
		return bad(&c, 0, "a byte order mark before the value");
	if (value(&c) != 0)
		return -1;
	blanks(&c);
	if (c.i != text.len)
		return bad(&c, c.i, "text behind the value");
	return 0;
}

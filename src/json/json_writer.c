#include "json/json_writer.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"

enum { TOP, ARRAY_EMPTY, ARRAY, OBJECT_EMPTY, OBJECT };

/* Before each value: the comma, and the state it leaves behind. */
static void
before_value(struct json_writer *w)
{
	unsigned char *s = &w->scope[w->depth];

	if (w->keyed) {
		w->keyed = false;
		return;
	}
	switch (*s) {
	case ARRAY:
		buf_addc(w->out, ',');
		break;
	case ARRAY_EMPTY:
		*s = ARRAY;
		break;
	case TOP:
		break;
	default:
		abort();		/* a value without its key */
	}
}

static void
scope_open(struct json_writer *w, unsigned char scope, char bracket)
{
	before_value(w);
	if (++w->depth >= (int)sizeof(w->scope))
		abort();
	w->scope[w->depth] = scope;
	buf_addc(w->out, bracket);
}

static void
scope_close(struct json_writer *w, unsigned char empty, char bracket)
{
	unsigned char s = w->scope[w->depth];

	if (w->keyed || (s != empty && s != empty + 1))
		abort();
	w->depth--;
	buf_addc(w->out, bracket);
}

void
json_object_open(struct json_writer *w)
{
	scope_open(w, OBJECT_EMPTY, '{');
}

void
json_object_close(struct json_writer *w)
{
	scope_close(w, OBJECT_EMPTY, '}');
}

void
json_array_open(struct json_writer *w)
{
	scope_open(w, ARRAY_EMPTY, '[');
}

void
json_array_close(struct json_writer *w)
{
	scope_close(w, ARRAY_EMPTY, ']');
}

static void
key_begin(struct json_writer *w)
{
	unsigned char *s = &w->scope[w->depth];

	if (w->keyed || (*s != OBJECT && *s != OBJECT_EMPTY))
		abort();
	if (*s == OBJECT)
		buf_addc(w->out, ',');
	*s = OBJECT;
	w->keyed = true;
}

void
json_key(struct json_writer *w, const char *key)
{
	key_begin(w);
	json_quote(w->out, str(key));
	buf_addc(w->out, ':');
}

void
json_key_raw(struct json_writer *w, struct str key)
{
	key_begin(w);
	buf_addc(w->out, '"');
	buf_add(w->out, key);
	buf_adds(w->out, "\":");
}

/* Bytes that must be escaped: below 0x20, '"', '\\' and DEL. */
static bool
plain(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\' && c != 0x7f;
}

static void
quote_byte(struct buf *out, unsigned char c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *hit = c ? strchr(from, c) : NULL;

	if (hit) {
		buf_addc(out, '\\');
		buf_addc(out, to[hit - from]);
	} else {
		buf_addf(out, "\\u%04x", c);
	}
}

/* ASCII without anything to escape?  Eight bytes at a time: a byte is special
 * when it is below 0x20, '"', '\\', DEL, or has its top bit set. */
static bool
all_plain(struct str s)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	const uint64_t tops = ones << 7;
	size_t i = 0;

	for (; s.len - i >= 8; i += 8) {
		uint64_t v, quote, slash, del;

		memcpy(&v, s.p + i, sizeof(v));
		quote = v ^ ones * '"';
		slash = v ^ ones * '\\';
		del = v ^ ones * 0x7f;
		if ((v | (v - ones * 0x20) | ((quote - ones) & ~quote) |
		    ((slash - ones) & ~slash) | ((del - ones) & ~del)) & tops)
			return false;
	}
	for (; i < s.len; i++)
		if (!plain((unsigned char)s.p[i]) || (s.p[i] & 0x80))
			return false;
	return true;
}

/* Most strings need no escape: one look, one copy. */
static bool
quote_plain(struct buf *out, struct str s)
{
	char *room;

	if (!all_plain(s))
		return false;
	room = buf_room(out, s.len + 2);
	if (!room)
		return true;		/* full: said at the end */
	room[0] = '"';
	if (s.len)
		memcpy(room + 1, s.p, s.len);
	room[s.len + 1] = '"';
	buf_added(out, s.len + 2);
	return true;
}

void
json_quote(struct buf *out, struct str s)
{
	struct buf clean = BUF_INIT(s.len * 3 + 1);
	size_t i = 0;

	if (quote_plain(out, s))
		return;
	if (utf8_check(s) != s.len) {
		utf8_clean(&clean, s);
		s = buf_str(&clean);
	}
	buf_addc(out, '"');
	while (i < s.len) {
		size_t from = i;

		while (i < s.len && plain((unsigned char)s.p[i]))
			i++;
		buf_add(out, str_n(s.p + from, i - from));
		if (i < s.len)
			quote_byte(out, (unsigned char)s.p[i++]);
	}
	buf_addc(out, '"');
	buf_free(&clean);
}

void
json_put_str(struct json_writer *w, struct str s)
{
	before_value(w);
	if (s.p)
		json_quote(w->out, s);
	else
		buf_adds(w->out, "null");
}

void
json_put_int(struct json_writer *w, int64_t v)
{
	char text[24], *p = text + sizeof(text);
	uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	before_value(w);
	do
		*--p = (char)('0' + left % 10);
	while (left /= 10);
	if (v < 0)
		*--p = '-';
	buf_add(w->out, str_n(p, (size_t)(text + sizeof(text) - p)));
}

/* The shortest text that reads back as the same number. */
void
json_put_double(struct json_writer *w, double v)
{
	char text[40];

	before_value(w);
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
	buf_adds(w->out, text);
}

void
json_put_bool(struct json_writer *w, bool v)
{
	before_value(w);
	buf_adds(w->out, v ? "true" : "false");
}

void
json_put_null(struct json_writer *w)
{
	json_put_str(w, STR_NONE);
}

void
json_put_raw(struct json_writer *w, struct str text)
{
	before_value(w);
	buf_add(w->out, text.p ? text : STR("null"));
}

#include "report/visible.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/utf8.h"

/* Characters that are not to be seen, or that change how others are. */
static const struct { uint32_t from, to; } hidden[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x00a0 }, { 0x00ad, 0x00ad },
	{ 0x034f, 0x034f }, { 0x0600, 0x0605 }, { 0x061c, 0x061c },
	{ 0x06dd, 0x06dd }, { 0x070f, 0x070f }, { 0x0890, 0x0891 },
	{ 0x08e2, 0x08e2 }, { 0x115f, 0x1160 }, { 0x1680, 0x1680 },
	{ 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x2000, 0x200f },
	{ 0x2028, 0x202f }, { 0x205f, 0x206f }, { 0x21b5, 0x21b5 },
	{ 0x21e5, 0x21e5 }, { 0x2423, 0x2423 }, { 0x2800, 0x2800 },
	{ 0x3164, 0x3164 }, { 0xfdd0, 0xfdef }, { 0xfe00, 0xfe0f },
	{ 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb },
	{ 0xfffe, 0xffff }, { 0x110bd, 0x110bd }, { 0x110cd, 0x110cd },
	{ 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 }, { 0x1d159, 0x1d159 },
	{ 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff }, { 0xffffe, 0xfffff },
	{ 0x10fffe, 0x10ffff },
};

static bool
is_hidden(uint32_t c)
{
	for (size_t i = 0; i < countof(hidden) && hidden[i].from <= c; i++)
		if (c <= hidden[i].to)
			return true;
	return false;
}

/* The character at the start of s, which is not empty, and its length; 0 when
 * the first byte is no part of one. */
static size_t
character(struct str s, uint32_t *c)
{
	unsigned char first = (unsigned char)s.p[0];
	size_t n = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

	if (n > s.len || utf8_check(str_n(s.p, n)) != n)
		return 0;
	*c = n == 1 ? first : first & (0x7fu >> n);
	for (size_t i = 1; i < n; i++)
		*c = *c << 6 | ((unsigned char)s.p[i] & 0x3f);
	return n;
}

size_t
visible_begin(struct visible *v, struct str s)
{
	size_t keep = REPORT_CELL_BYTES;

	*v = (struct visible){ .rest = s, .edge = true };
	if (s.len <= keep)
		return 0;
	for (int back = 0; back < 3; back++)
		keep -= ((unsigned char)s.p[keep] & 0xc0) == 0x80;
	v->rest.len = keep;
	return s.len - keep;
}

/* What stands for the character at the start of s; NULL: itself. */
static const char *
mark_of(struct visible *v, struct str s, uint32_t c)
{
	if (c == '\n')
		return "\xe2\x86\xb5";
	if (c == '\t')
		return "\xe2\x87\xa5";
	if (c == ' ')
		return v->edge || s.len == 1 ? "\xe2\x90\xa3" : NULL;
	if (!is_hidden(c) && !(c == '\\' && str_starts(s, STR("\\u{"))))
		return NULL;
	snprintf(v->mark, sizeof(v->mark), "\\u{%x}", (unsigned)c);
	return v->mark;
}

bool
visible_next(struct visible *v, struct piece *p)
{
	struct str from = v->rest;
	const char *mark = NULL;
	uint32_t c = 0;
	size_t n;

	while (v->rest.len) {
		n = character(v->rest, &c);
		mark = n ? mark_of(v, v->rest, c) : "\xef\xbf\xbd";
		if (mark)
			break;
		v->edge = c == ' ';
		v->rest = str_n(v->rest.p + n, v->rest.len - n);
	}
	if (v->rest.p != from.p) {
		*p = (struct piece){ str_n(from.p,
		    (size_t)(v->rest.p - from.p)), false };
		return true;
	}
	if (!mark)
		return false;
	/* U+FFFD is seen as what it is */
	*p = (struct piece){ str(mark), n != 0 };
	v->edge = c == ' ' && n == 1;
	n += n == 0;
	v->rest = str_n(v->rest.p + n, v->rest.len - n);
	return true;
}

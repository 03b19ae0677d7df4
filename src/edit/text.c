#include "edit/text.h"

const struct str text_bom = { "\xef\xbb\xbf", 3 };

static size_t
count_lf(struct str s)
{
	const char *end = s.p + s.len, *p = s.p;
	size_t n = 0;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
		n++;
		p++;
	}
	return n;
}

bool
line_is_open(struct str line)
{
	return line.len == 0 || line.p[line.len - 1] != '\n';
}

bool
text_is_binary(struct str s)
{
	return str_has(s, '\0');
}

void
lines_of(struct arena *a, struct str text, struct lines *out)
{
	const char *end = text.p + text.len, *p = text.p;
	size_t n = 0;

	out->text = text;
	out->n = count_lf(text) + (text.len && line_is_open(text));
	out->start = arena_array_of(a, uint32_t, out->n + 1);
	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));

		out->start[n++] = (uint32_t)(p - text.p);
		p = lf ? lf + 1 : end;
	}
	out->start[n] = (uint32_t)text.len;
}

struct str
lines_slice(const struct lines *l, size_t first, size_t n)
{
	return str_n(l->text.p + l->start[first],
	    l->start[first + n] - l->start[first]);
}

struct endings
lines_endings(const struct lines *l, size_t first, size_t n)
{
	struct endings out = { 0 };

	for (size_t i = first; i < first + n; i++) {
		struct str line = lines_slice(l, i, 1);

		if (line_is_open(line))
			continue;
		if (line.len > 1 && line.p[line.len - 2] == '\r')
			out.crlf++;
		else
			out.lf++;
	}
	return out;
}

/* LFs without a CR before them. */
static size_t
count_bare_lf(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += s.p[i] == '\n' && (i == 0 || s.p[i - 1] != '\r');
	return n;
}

struct str
text_to_crlf(struct arena *a, struct str s)
{
	size_t extra = count_bare_lf(s), at = 0;
	char *p;

	if (!extra)
		return s;
	p = arena_alloc(a, s.len + extra);
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '\n' && (i == 0 || s.p[i - 1] != '\r'))
			p[at++] = '\r';
		p[at++] = s.p[i];
	}
	return str_n(p, at);
}

/* The line end a block goes on with: its own, or the file's when it has none. */
static struct str
ending_of(struct str block, bool file_crlf)
{
	bool crlf = str_has(block, '\n') ? !count_bare_lf(block) : file_crlf;

	return crlf ? STR("\r\n") : STR("\n");
}

struct str
block_fit(struct arena *a, struct str block, const struct block_fit *how)
{
	size_t padding = how->padding > 0 ? (size_t)how->padding : 0;
	size_t ends = padding, len;
	struct str eol;
	char *p;

	if (how->crlf && how->eol == EOL_AUTO)
		block = text_to_crlf(a, block);
	eol = ending_of(block, how->crlf);
	if (block.len && line_is_open(block) && (!how->last || padding))
		ends++;
	if (!ends)
		return block;
	len = block.len;
	p = arena_alloc(a, len + ends * eol.len);
	if (len)
		memcpy(p, block.p, len);
	for (; ends; ends--) {
		memcpy(p + len, eol.p, eol.len);
		len += eol.len;
	}
	return str_n(p, len);
}

#include "text/text.h"

#include "base/limits.h"

#define PIECE_BYTES KIB(1)
#define LANES 16
#define STEP_BYTES 256
#define STEP_LINES 4

const struct str text_bom = { "\xef\xbb\xbf", 3 };

typedef unsigned char lanes __attribute__((vector_size(LANES)));

static lanes
load(const char *p)
{
	lanes v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static size_t
sum(lanes v)
{
	const uint64_t even = UINT64_C(0x00ff00ff00ff00ff);
	uint64_t halves[LANES / sizeof(uint64_t)];
	size_t n = 0;

	memcpy(halves, &v, sizeof(v));
	for (size_t i = 0; i < LANES / sizeof(uint64_t); i++)
		n += (((halves[i] & even) + (halves[i] >> 8 & even)) *
		    UINT64_C(0x0001000100010001)) >> 48;
	return n;
}

/* A whole text is counted as fast as memory is read: many bytes at a time, in
 * lanes that are emptied before they could overflow. */
static size_t
count_ends(struct str s, bool *nul)
{
	const lanes lf = (lanes){ 0 } + '\n', none = { 0 };
	lanes zero = none;
	size_t n = 0, i = 0;

	while (s.len - i >= LANES) {
		size_t blocks = (s.len - i) / LANES;
		lanes count = none;

		blocks = blocks < 255 ? blocks : 255;
		for (size_t b = 0; b < blocks; b++, i += LANES) {
			lanes v = load(s.p + i);

			count -= (lanes)(v == lf);
			zero |= (lanes)(v == none) & 1;
		}
		n += sum(count);
	}
	*nul |= sum(zero) != 0;
	for (; i < s.len; i++) {
		n += s.p[i] == '\n';
		*nul |= s.p[i] == '\0';
	}
	return n;
}

size_t
text_count_ends(struct str s)
{
	bool nul = false;

	return count_ends(s, &nul);
}

size_t
text_find_end(struct str s, size_t n)
{
	const char *p = s.p, *end = s.p + s.len;

	/* far ahead it is faster to count than to stop at each */
	while (n >= STEP_LINES && (size_t)(end - p) >= STEP_BYTES) {
		size_t ends = text_count_ends(str_n(p, STEP_BYTES));

		if (ends > n)
			break;
		n -= ends;
		p += STEP_BYTES;
	}
	while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
		if (!n--)
			return (size_t)(p - s.p);
		p++;
	}
	return s.len;
}

bool
text_is_open(struct str s)
{
	return s.len && s.p[s.len - 1] != '\n';
}

bool
text_is_binary(struct str s)
{
	return str_has(s, '\0');
}

void
lines_of(struct arena *a, struct str text, struct lines *out)
{
	size_t pieces = text.len / PIECE_BYTES + 1;

	*out = (struct lines){ .text = text,
	    .mark = str_starts(text, text_bom) ? text_bom.len : 0,
	    .before = arena_array_of(a, size_t, pieces) };
	for (size_t i = 0; i < pieces; i++) {
		size_t from = i * PIECE_BYTES, left = text.len - from;

		out->before[i] = out->ends;
		out->ends += count_ends(str_n(text.p + from,
		    left < PIECE_BYTES ? left : PIECE_BYTES), &out->binary);
	}
	out->n = out->ends + (text.len > out->mark && text_is_open(text));
}

size_t
lines_start(const struct lines *l, size_t line)
{
	size_t lo = 0, hi = l->text.len / PIECE_BYTES + 1, from;

	if (line == 0)
		return l->mark;
	if (line > l->ends)
		return l->text.len;
	/* the last piece with fewer than `line` LFs before it has that LF */
	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (l->before[mid] < line)
			lo = mid;
		else
			hi = mid;
	}
	from = lo * PIECE_BYTES;
	return from + text_find_end(str_n(l->text.p + from,
	    l->text.len - from), line - 1 - l->before[lo]) + 1;
}

size_t
lines_ends_before(const struct lines *l, size_t byte)
{
	size_t piece = byte / PIECE_BYTES, from = piece * PIECE_BYTES;

	return l->before[piece] +
	    text_count_ends(str_n(l->text.p + from, byte - from));
}

size_t
lines_at(const struct lines *l, size_t byte)
{
	return lines_ends_before(l, byte);
}

struct str
lines_slice(const struct lines *l, size_t first, size_t to)
{
	size_t from = lines_start(l, first);

	return str_n(l->text.p + from, lines_start(l, to) - from);
}

/* LFs without a CR before them. */
static size_t
count_bare(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += s.p[i] == '\n' && (i == 0 || s.p[i - 1] != '\r');
	return n;
}

enum endings
text_endings(struct str s)
{
	size_t first = text_find_end(s, 0);

	if (first == s.len)
		return ENDINGS_NONE;
	/* most files are told by their first line */
	if (first == 0 || s.p[first - 1] != '\r' || count_bare(s))
		return ENDINGS_OTHER;
	return ENDINGS_CRLF;
}

enum endings
endings_join(enum endings a, enum endings b)
{
	return a == ENDINGS_NONE || a == b ? b :
	    b == ENDINGS_NONE ? a : ENDINGS_OTHER;
}

struct str
text_to_crlf(struct arena *a, struct str s)
{
	size_t extra = count_bare(s), at = 0;
	char *p;

	if (!extra)
		return s;
	p = arena_bytes(a, s.len + extra);
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
	bool crlf = str_has(block, '\n') ? !count_bare(block) : file_crlf;

	return crlf ? STR("\r\n") : STR("\n");
}

struct str
block_fit(struct arena *a, struct str block, const struct block_fit *how)
{
	struct str front = how->crlf ? STR("\r\n") : STR("\n"), eol;
	size_t ends = how->padding > 0 ? (size_t)how->padding : 0, len = 0;
	char *p;

	if (how->crlf && how->eol == EOL_AUTO)
		block = text_to_crlf(a, block);
	eol = ending_of(block, how->crlf);
	if (text_is_open(block) && (!how->last || ends))
		ends++;
	if (!how->open || !(block.len || ends))
		front = STR("");
	if (!ends && !front.len)
		return block;
	p = arena_bytes(a, front.len + block.len + ends * eol.len);
	memcpy(p, front.p, front.len);
	len = front.len;
	if (block.len)
		memcpy(p + len, block.p, block.len);
	len += block.len;
	for (; ends; ends--) {
		memcpy(p + len, eol.p, eol.len);
		len += eol.len;
	}
	return str_n(p, len);
}

void
joined_add(struct joined *j, struct str more)
{
	if (!more.len)
		return;
	if (!j->s.len) {
		*j = (struct joined){ j->a, more, 0 };
		return;
	}
	if (j->s.len + more.len > j->cap) {
		size_t cap = (j->s.len + more.len) * 2;
		char *p = arena_bytes(j->a, cap);

		memcpy(p, j->s.p, j->s.len);
		j->s.p = p;
		j->cap = cap;
	}
	memcpy((char *)(uintptr_t)j->s.p + j->s.len, more.p, more.len);
	j->s.len += more.len;
}

#include "report/markdown.h"

#include <string.h>

#include "base/limits.h"
#include "report/visible.h"

#define FENCE_MAX 80		/* programs know no longer ones */
#define SHOWN_MAX_BYTES (REPORT_CELL_BYTES * 6)	/* each byte a \u{..} */

/* The shortest run of backticks that is not in s.  Runs of n different lengths
 * take n * (n + 1) / 2 bytes, so one below FENCE_MAX is free. */
static size_t
fence_of(struct str s)
{
	bool taken[FENCE_MAX + 1] = { false };
	size_t run = 0, n = 1;

	for (size_t i = 0; i <= s.len; i++) {
		if (i < s.len && s.p[i] == '`') {
			run++;
			continue;
		}
		if (run <= FENCE_MAX)
			taken[run] = true;
		run = 0;
	}
	while (taken[n])
		n++;
	return n;
}

static void
fence_put(struct buf *out, size_t n)
{
	while (n--)
		buf_addc(out, '`');
}

static void
cell_put(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		bool before_pipe = i + 1 < s.len && s.p[i + 1] == '|';

		if (s.p[i] == '\\' && before_pipe)
			buf_adds(out, "\\u{5c}");
		else if (s.p[i] == '|')
			buf_adds(out, "\\|");
		else
			buf_addc(out, s.p[i]);
	}
}

void
markdown_code(struct buf *out, struct str s, bool cell)
{
	struct buf shown = BUF_INIT(SHOWN_MAX_BYTES);
	struct visible v;
	struct piece p;
	size_t fence, left;
	bool pad;

	if (s.len == 0) {
		buf_adds(out, s.p ? "(empty)" : "\xe2\x80\x94");
		return;
	}
	left = visible_begin(&v, s);
	while (visible_next(&v, &p))
		buf_add(&shown, p.text);
	fence = fence_of(buf_str(&shown));
	/* a backtick at an end would lengthen the fence */
	pad = shown.p[0] == '`' || shown.p[shown.len - 1] == '`';
	fence_put(out, fence);
	buf_adds(out, pad ? " " : "");
	if (cell)
		cell_put(out, buf_str(&shown));
	else
		buf_add(out, buf_str(&shown));
	buf_adds(out, pad ? " " : "");
	fence_put(out, fence);
	if (left)
		buf_addf(out, " (+%zu bytes)", left);
	buf_free(&shown);
}

static void
block_line(struct buf *out, struct str line)
{
	struct visible v;
	struct piece p;
	size_t left = visible_begin(&v, line);

	while (visible_next(&v, &p))
		buf_add(out, p.text);
	if (left)
		buf_addf(out, " (%zu bytes more)", left);
	buf_addc(out, '\n');
}

/* Longer than any run of backticks. */
static size_t
block_fence(struct str s)
{
	size_t longest = 2, run = 0;

	for (size_t i = 0; i < s.len; i++) {
		run = s.p[i] == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest + 1;
}

void
markdown_block(struct buf *out, struct str s, size_t max)
{
	struct buf shown = BUF_INIT(SHOWN_MAX_BYTES + max);
	struct str rest = s;
	size_t fence, from = 0;

	while (rest.p && shown.len <= max) {
		from = shown.len;
		block_line(&shown, str_cut(&rest, '\n'));
	}
	if (shown.len > max) {		/* whole lines only */
		shown.len = from;
		rest = s;
	}
	fence = block_fence(buf_str(&shown));
	fence_put(out, fence);
	buf_addc(out, '\n');
	buf_add(out, buf_str(&shown));
	if (rest.p)
		buf_addf(out, "(cut: it has %zu bytes)\n", s.len);
	fence_put(out, fence);
	buf_addc(out, '\n');
	buf_free(&shown);
}

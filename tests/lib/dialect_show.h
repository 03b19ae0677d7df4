/* dialect_show.h - a parsed patch on one line, so that two can be compared.
 *
 *	change a.c>b.c 755|@1,1 f() end|-old$|+new~
 *
 * '|' ends a thing, '$' is LF, '^' is CR, '~' a line without end. */
#ifndef TESTS_DIALECT_SHOW_H
#define TESTS_DIALECT_SHOW_H

#include "base/buf.h"
#include "dialect/fences.h"
#include "dialect/patchset.h"

static inline void
show_text(struct buf *out, struct str s)
{
	if (!s.p)
		buf_adds(out, "(none)");
	for (size_t i = 0; i < s.len; i++)
		buf_addc(out, s.p[i] == '\n' ? '$' : s.p[i] == '\r' ? '^' :
		    s.p[i]);
}

static inline void
show_hunk(struct buf *out, const struct patch_hunk *h)
{
	buf_adds(out, "|@");
	if (h->old_line >= 0)
		buf_addf(out, "%lld,%lld", (long long)h->old_line,
		    (long long)h->new_line);
	for (size_t i = 0; i < h->n_headings; i++) {
		buf_addc(out, ' ');
		show_text(out, h->headings[i]);
	}
	if (h->at_end)
		buf_adds(out, " end");
	for (size_t i = 0; i < h->n; i++) {
		buf_addc(out, '|');
		buf_addc(out, h->lines[i].sign);
		show_text(out, h->lines[i].text);
		if (h->lines[i].open)
			buf_addc(out, '~');
	}
}

static inline void
show_patchset(struct buf *out, const struct patchset *set)
{
	static const char *const kinds[] = { "change ", "create ", "delete " };

	for (size_t i = 0; i < set->n; i++) {
		const struct patch_section *s = &set->sections[i];

		if (i)
			buf_adds(out, "||");
		buf_adds(out, kinds[s->kind]);
		show_text(out, s->path);
		if (s->to.p) {
			buf_addc(out, '>');
			show_text(out, s->to);
		}
		if (s->mode >= 0)
			buf_addf(out, " %llo", (unsigned long long)s->mode);
		for (size_t k = 0; k < s->n; k++)
			show_hunk(out, &s->hunks[k]);
	}
}

static inline void
show_fences(struct buf *out, const struct fence *f, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_adds(out, "||");
		show_text(out, f[i].path);
		buf_addc(out, '|');
		show_text(out, f[i].search);
		buf_addc(out, '|');
		show_text(out, f[i].replace);
	}
}

#endif

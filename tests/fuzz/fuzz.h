/* fuzz.h - what the fuzzers share.  Each is one function that libFuzzer calls
 * with bytes; what must hold is asked with need(), which ends the program. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "dialect/fences.h"
#include "dialect/patchset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define need(cond) ((cond) ? (void)0 : \
	(fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond), abort()))

static inline bool
same_hunk(const struct patch_hunk *x, const struct patch_hunk *y)
{
	if (x->old_line != y->old_line || x->new_line != y->new_line ||
	    x->n_headings != y->n_headings || x->at_end != y->at_end ||
	    x->n != y->n)
		return false;
	for (size_t i = 0; i < x->n_headings; i++)
		if (!str_eq(x->headings[i], y->headings[i]))
			return false;
	for (size_t i = 0; i < x->n; i++)
		if (x->lines[i].sign != y->lines[i].sign ||
		    x->lines[i].open != y->lines[i].open ||
		    !str_eq(x->lines[i].text, y->lines[i].text))
			return false;
	return true;
}

static inline bool
same_section(const struct patch_section *x, const struct patch_section *y)
{
	if (x->kind != y->kind || !str_eq(x->path, y->path) ||
	    !x->to.p != !y->to.p || !str_eq(x->to, y->to) ||
	    x->mode != y->mode || x->n != y->n)
		return false;
	for (size_t i = 0; i < x->n; i++)
		if (!same_hunk(&x->hunks[i], &y->hunks[i]))
			return false;
	return true;
}

/* Equal in all but the lines where things stand in the patch. */
static inline bool
same_patchset(const struct patchset *x, const struct patchset *y)
{
	if (x->n != y->n)
		return false;
	for (size_t i = 0; i < x->n; i++)
		if (!same_section(&x->sections[i], &y->sections[i]))
			return false;
	return true;
}

/* What holds for the lines of every hunk. */
static inline void
need_lines(const struct patchset *set)
{
	for (size_t i = 0; i < set->n; i++)
		for (size_t k = 0; k < set->sections[i].n; k++) {
			const struct patch_hunk *h = &set->sections[i].hunks[k];

			need(h->n && h->at > set->sections[i].at - 1);
			for (size_t l = 0; l < h->n; l++) {
				struct str s = h->lines[l].text;

				need(s.len && (s.p[s.len - 1] == '\n') ==
				    !h->lines[l].open);
				need(memchr(s.p, '\n', s.len) == NULL ||
				    s.p[s.len - 1] == '\n');
				need(strchr(" -+", h->lines[l].sign));
			}
		}
}

/* A refusal says which line it is about. */
static inline void
need_refusal(const struct err *e)
{
	need(e->kind == ERR_BAD_PATCH && strncmp(e->detail, "line ", 5) == 0);
}

#endif

#include "dialect/patchset_build.h"

#include <stdlib.h>

/* Room for one more; arrays double, so that their length tells their room. */
static void *
grown(struct arena *a, void *old, size_t n, size_t each)
{
	void *p;

	if (n & (n - 1))
		return old;
	p = arena_array(a, n ? 2 * n : 1, each);
	if (n)
		memcpy(p, old, n * each);
	return p;
}

struct patch_section *
patchset_add(struct arena *a, struct patchset *set)
{
	struct patch_section *s;

	set->sections = grown(a, set->sections, set->n, sizeof(*s));
	s = &set->sections[set->n++];
	*s = (struct patch_section){ .mode = -1 };
	return s;
}

struct patch_hunk *
patchset_add_hunk(struct arena *a, struct patch_section *s)
{
	struct patch_hunk *h;

	s->hunks = grown(a, s->hunks, s->n, sizeof(*h));
	h = &s->hunks[s->n++];
	*h = (struct patch_hunk){ .old_line = -1, .new_line = -1 };
	return h;
}

struct claim {
	struct str name;
	size_t at;
};

static int
claim_cmp(const void *left, const void *right)
{
	const struct claim *l = left, *r = right;
	int c = str_cmp(l->name, r->name);

	return c ? c : (l->at > r->at) - (l->at < r->at);
}

int
patchset_names_once(struct arena *a, const struct patchset *set, struct err *e)
{
	struct claim *all = arena_array_of(a, struct claim, 2 * set->n);
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++) {
		const struct patch_section *s = &set->sections[i];

		all[n++] = (struct claim){ s->path, s->at };
		if (s->to.p)
			all[n++] = (struct claim){ s->to, s->at };
	}
	qsort(all, n, sizeof(*all), claim_cmp);
	for (size_t i = 1; i < n; i++)
		if (str_eq(all[i - 1].name, all[i].name))
			return err_set(e, ERR_BAD_PATCH, "line %zu of the "
			    "patch: %.*s is in it a second time, after line "
			    "%zu; make one section of both", all[i].at,
			    STR_ARG(all[i].name), all[i - 1].at);
	return 0;
}

#include "bridge/region.h"

#include "dialect/marker.h"
#include "text/text.h"

/* More regions than that are no work for an agent; the file is written. */
#define REGIONS_MAX 1000

struct hits {
	struct marker_hit *m;
	size_t n;
};

/* Between markers of one line there is no line to edit. */
static bool
is_one_line(const struct marker_hit *h)
{
	return h->closed && h->first == h->last;
}

/* The lines that a hit is about. */
static struct region
region_of(const struct lines *l, const struct marker_hit *h)
{
	size_t first = h->first, last = h->last;

	if (first < last) {
		first++;
		last--;
	}
	return (struct region){ (int64_t)first + 1, (int64_t)last + 1,
	    lines_slice(l, first, last + 1) };
}

/* The only region of the file that has that name, and no region around it. */
static const struct marker_hit *
only_one(const struct hits *all, struct str name)
{
	const struct marker_hit *found = NULL;

	for (size_t i = 0; i < all->n; i++) {
		if (!str_eq(all->m[i].name, name))
			continue;
		if (found || all->m[i].depth)
			return NULL;
		found = &all->m[i];
	}
	return found;
}

/* The text of a file, or the contents, on the way from region to region. */
struct side {
	struct lines lines;
	size_t at;			/* lines seen so far */
};

/* The lines up to the region (NULL: to the end), and past it. */
static struct str
side_gap(struct side *s, const struct marker_hit *h)
{
	size_t from = s->at, to = h ? h->first : s->lines.n;

	s->at = h ? h->last + 1 : s->lines.n;
	return to > from ? lines_slice(&s->lines, from, to) : STR("");
}

/* Whether lines of the contents say something that the file does not have. */
static bool
has_news(struct arena *a, struct str gap, struct str there)
{
	size_t blank = 0;

	while (blank < gap.len && strchr(" \t\r\n", gap.p[blank]))
		blank++;
	return blank < gap.len && !str_eq(text_to_crlf(a, gap),
	    text_to_crlf(a, there));
}

struct pairing {
	struct arena *a;
	struct side old, new;
	bool left_out;
};

/* Each region of the contents and the one of the file that it is for; false
 * when one has none. */
static bool
regions_pair(struct pairing *p, const struct hits *there,
    const struct hits *here, struct region *out, size_t *n)
{
	struct side *old = &p->old, *new = &p->new;

	for (size_t i = 0; i < here->n; i++) {
		const struct marker_hit *h = &here->m[i];
		const struct marker_hit *twin = only_one(there, h->name);
		struct str gap;

		if (h->depth)
			continue;
		if (!twin || is_one_line(twin) || !h->closed ||
		    is_one_line(h) || only_one(here, h->name) != h)
			return false;
		out[*n] = region_of(&old->lines, twin);
		out[(*n)++].body = region_of(&new->lines, h).body;
		gap = side_gap(new, h);
		p->left_out |= has_news(p->a, gap, side_gap(old, twin));
	}
	p->left_out |= has_news(p->a, side_gap(new, NULL),
	    side_gap(old, NULL));
	return true;
}

size_t
regions_match(struct arena *a, struct str text, struct str contents,
    struct region **out, bool *left_out)
{
	struct pairing p = { .a = a };
	struct hits there, here;
	size_t n = 0;

	*left_out = false;
	marker_find(a, text, MARKER_FINAL_MILE, STR_NONE, &there.m, &there.n);
	marker_find(a, contents, MARKER_FINAL_MILE, STR_NONE, &here.m,
	    &here.n);
	if (!there.n || there.n > REGIONS_MAX || here.n > REGIONS_MAX)
		return 0;
	lines_of(a, text, &p.old.lines);
	lines_of(a, contents, &p.new.lines);
	*out = arena_array_of(a, struct region, here.n + 1);
	if (here.n) {
		if (!regions_pair(&p, &there, &here, *out, &n))
			return 0;
		*left_out = p.left_out;
		return n;
	}
	if (there.n > 1 || is_one_line(there.m))
		return 0;
	**out = region_of(&p.old.lines, there.m);
	(*out)->body = contents;
	return 1;
}

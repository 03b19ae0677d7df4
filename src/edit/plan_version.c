#include "edit/planner.h"

/* Whether the script can have led to this text. */
static bool
fits(const struct script *inverse, struct str text)
{
	size_t at = 0;

	for (size_t i = 0; i < inverse->n; i++) {
		const struct hunk *h = &inverse->h[i];

		if (h->from < at || h->from > text.len ||
		    h->gone.len > text.len - h->from)
			return false;
		at = h->from + h->gone.len;
	}
	return true;
}

bool
history_base(struct arena *a, const struct history *h, struct str now,
    struct sha256 base, struct str *out)
{
	/* two texts at a time, however long the history is */
	struct arena *half[2] = { arena_new(), arena_new() };
	bool fine = true;

	for (size_t i = h->n; fine && i-- > 0;) {
		struct arena *into = half[i % 2];
		struct script inverse;

		arena_reset(into);
		inverse = script_inverse(into, &h->steps[i]);
		fine = fits(&inverse, now);
		if (fine)
			now = script_apply(into, &inverse, now);
	}
	fine = fine && sha256_eq(sha256_of(now), base);
	if (fine)
		*out = arena_str(a, now);
	arena_free(half[0]);
	arena_free(half[1]);
	return fine;
}

int
plan_version_load(struct planner *p, struct file *f, struct sha256 want,
    struct err *e)
{
	struct lines *seen = arena_new_of(p->a, struct lines);
	struct str text;
	int known;

	f->why = STR("");
	if (!p->versions || !f->existed)
		return 0;
	known = p->versions->since(p->versions->ctx, p->a, f->path, want,
	    f->before_sha256, &f->since, &f->why, e);
	if (known <= 0)
		return known;
	if (!history_base(p->a, &f->since, f->before, want, &text)) {
		f->since = (struct history){ 0 };
		f->why = STR("what was recorded of it does not lead there");
		return 0;
	}
	if (plan_hold(p, text.len, e) != 0)
		return -1;
	f->why = STR_NONE;
	lines_of(p->a, text, seen);
	f->seen = seen;
	doc_load(&f->view, p->a, seen);
	f->seen_endings = f->view.endings;
	return 0;
}

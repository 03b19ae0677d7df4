#include "edit/planner.h"

/* Can it be taken back from a text of that length? */
static bool
step_sound(const struct script *inverse, size_t len)
{
	const struct hunk *last = inverse->n ? &inverse->h[inverse->n - 1] :
	    NULL;

	return !last || (last->from <= len && last->gone.len <=
	    len - last->from);
}

/* Take all steps back from the present text. */
static bool
text_before(struct planner *p, const struct file *f, struct str *out)
{
	struct arena *turn[2] = { arena_new(), arena_new() };
	struct str text = f->before;
	bool sound = true;

	for (size_t i = f->since.n; i-- > 0 && sound;) {
		struct arena *a = turn[i & 1];
		struct script back;

		arena_reset(a);
		back = script_inverse(a, &f->since.steps[i]);
		sound = step_sound(&back, text.len);
		if (sound)
			text = script_apply(a, &back, text);
	}
	if (sound)
		*out = arena_str(p->a, text);
	arena_free(turn[0]);
	arena_free(turn[1]);
	return sound;
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
	if (!text_before(p, f, &text) || !sha256_eq(sha256_of(text), want)) {
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

#include "govern/undo.h"

#include "base/utf8.h"
#include "text/text.h"

#define CONFLICT_LINES 3		/* around the place */
#define HUNK_NONE SIZE_MAX		/* the files themselves exclude it */
#define HUNK_SOME (SIZE_MAX - 1)	/* some hunk, we cannot tell which */

/* Of hunks that were carried past an edit taken back. */
enum {
	RANK_LATE = 1,
	RANK_ALONE,		/* what it was put beside has gone */
};

static struct str
hash_of(const struct sha256 *h)
{
	return str_n((const char *)h->b, SHA256_BYTES);
}

/* 1 when the rows are there, 0 when the chain does not hold. */
static int
load_rows(struct undo_track *t, struct history_source *from, struct err *e)
{
	struct history_walk w = { .path = t->path, .first_id = t->first_id,
	    .now = t->existed ? hash_of(&t->before_sha256) : STR_NONE };
	int rc = history_walk(from, t->a, &w, e);

	t->stale = w.why;
	if (rc != 1)
		return rc;
	t->n = w.n;
	t->steps = arena_array_of(t->a, struct undo_step, t->n + 1);
	for (size_t i = 0; i < t->n; i++) {
		struct undo_step *s = &t->steps[i];

		s->row = &w.rows[t->n - 1 - i];
		if (history_script(from, t->a, s->row, &s->was, e) != 0)
			return -1;
		s->now = s->was;
	}
	return 1;
}

int
undo_open(struct undo_track *t, struct workspace *ws,
    struct history_source *from, size_t max_bytes, struct err *e)
{
	int found = workspace_read(ws, t->a, t->path, max_bytes, &t->before,
	    NULL, NULL, e);

	if (found < 0)
		return err_at(e, "%.300s", arena_cstr(t->a, t->path));
	t->existed = t->exists = found;
	if (!found)
		t->before = STR("");
	t->before_sha256 = sha256_of(t->before);
	return load_rows(t, from, e) < 0 ? -1 : 0;
}

/* Does it make the file, or remove it? */
static bool
turns(const struct file_edit *row)
{
	return (row->mode_before < 0) != (row->mode < 0);
}

static bool
changes_mode(const struct file_edit *row)
{
	return !turns(row) && row->mode_before != row->mode;
}

/* Do the two exclude each other, whatever their hunks are? */
static bool
excluded(const struct undo_step *old, const struct undo_step *later)
{
	if (turns(later->row))
		return true;
	if (turns(old->row))
		return later->now.n > 0 || changes_mode(later->row);
	return changes_mode(old->row) && changes_mode(later->row);
}

/* Does the script take out what is right before or behind a byte? */
static bool
takes_beside(const struct script *s, size_t at)
{
	for (size_t i = 0; i < s->n && s->h[i].from <= at; i++)
		if (s->h[i].gone.len && (s->h[i].from == at ||
		    s->h[i].from + s->h[i].gone.len == at))
			return true;
	return false;
}

/* A copy whose insertions stand behind what the script puts in at the same
 * point. */
static struct script
late(struct arena *a, const struct script *s, const struct script *past)
{
	struct script out = { arena_array_of(a, struct hunk, s->n + 1), s->n,
	    s->n + 1 };

	for (size_t i = 0; i < s->n; i++) {
		out.h[i] = s->h[i];
		if (s->h[i].rank != RANK_ALONE)
			out.h[i].rank = takes_beside(past, s->h[i].from) ?
			    RANK_ALONE : RANK_LATE;
	}
	return out;
}

/* Where a byte is after the script; one that was taken out is where the hunk
 * begins, or ends. */
static size_t
slide(const struct script *s, size_t at, bool to_end)
{
	size_t grown = 0;

	for (size_t i = 0; i < s->n && s->h[i].from < at; i++) {
		const struct hunk *h = &s->h[i];

		if (h->from + h->gone.len > at)
			return h->from + grown + (to_end ? h->come.len : 0);
		grown += h->come.len - h->gone.len;
	}
	return at + grown;
}

/* Show the bytes from..to of the file as it is, and some lines around them. */
static void
show_around(const struct undo_track *t, size_t from, size_t to,
    struct undo_conflict *c)
{
	struct buf out = BUF_INIT(CONFLICT_MAX_BYTES * 4);
	struct str s = t->before;

	from = from < s.len ? from : s.len;
	to = to < from ? from : to < s.len ? to : s.len;
	for (int i = 0; from > 0; from--)
		if (s.p[from - 1] == '\n' && i++ == CONFLICT_LINES)
			break;
	/* a stretch that ends in a line end ends with that line */
	for (int i = to > from && s.p[to - 1] == '\n'; to < s.len; to++)
		if (s.p[to] == '\n' && i++ == CONFLICT_LINES) {
			to++;
			break;
		}
	c->current_line = 1 + (int64_t)text_count_ends(str_n(s.p, from));
	s = str_n(s.p + from, to - from);
	if (s.len > CONFLICT_MAX_BYTES)
		s.len = CONFLICT_MAX_BYTES;
	utf8_clean(&out, s);
	c->current_text = arena_str(t->a, buf_str(&out));
	buf_free(&out);
}

/* Tell where step i is today, around its hunk (or all of them). */
static void
show_place(const struct undo_track *t, size_t i, size_t hunk,
    struct undo_conflict *c)
{
	struct script inverse = script_inverse(t->a, &t->steps[i].was);
	const struct hunk *first, *last;
	size_t from, to;

	if (!t->existed)
		return;
	c->current_sha256 = sha256_hex(t->a, t->before_sha256);
	if (inverse.n == 0 || memchr(t->before.p, '\0', t->before.len))
		return;
	first = &inverse.h[hunk < inverse.n ? hunk : 0];
	last = hunk < inverse.n ? first : &inverse.h[inverse.n - 1];
	from = first->from;
	to = last->from + last->gone.len;
	for (size_t j = i + 1; j < t->n; j++) {
		from = slide(&t->steps[j].was, from, false);
		to = slide(&t->steps[j].was, to, true);
	}
	show_around(t, from, to, c);
}

/* Step i cannot be taken back because of step j. */
static void
tell_conflict(const struct undo_track *t, size_t i, size_t j, size_t hunk,
    struct undo_conflict *c)
{
	const struct file_edit *later = t->steps[j].row;

	*c = (struct undo_conflict){ .path = t->path,
	    .patch_id = later->patch_id };
	c->detail = arena_fmt(t->a, "%.*s: patch %.*s %s later",
	    STR_ARG(t->path), STR_ARG(later->patch_id),
	    later->mode < 0 ? "removed the file" :
	    later->mode_before < 0 ? "made the file again" :
	    hunk != HUNK_NONE ? "edited the same place" : "edited the file");
	show_place(t, i, hunk, c);
}

/* What stops the inverse of a step. */
struct block {
	size_t step, hunk;
};

/* One more edit to carry something through. */
static int
count_carry(struct undo_track *t, size_t hunks, struct err *e)
{
	if (hunks >= *t->carries)
		return err_set(e, ERR_LIMIT_EXCEEDED, "too many edits of "
		    "%.*s came after these patches; revert fewer at once",
		    STR_ARG(t->path));
	*t->carries -= hunks + 1;
	return 0;
}

/* Do both put as much in the place of the same bytes? */
static bool
same_places(const struct script *a, const struct script *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->h[i].from != b->h[i].from ||
		    a->h[i].gone.len != b->h[i].gone.len ||
		    a->h[i].come.len != b->h[i].come.len)
			return false;
	return true;
}

/* Does the inverse put something in where the step does, and which of them
 * stands first is not known?  A text that was there before may have stood
 * beside the other; what is left alone may have stood behind what has gone. */
static bool
tie(const struct script *inverse, const struct undo_step *s, size_t *hunk)
{
	for (size_t i = 0, j = 0; i < inverse->n && j < s->now.n;) {
		const struct hunk *x = &inverse->h[i], *y = &s->now.h[j];

		*hunk = i;
		if (x->from == y->from && !x->gone.len && !y->gone.len &&
		    (s->row->reverts.p || y->rank == RANK_ALONE))
			return true;
		if (x->from < y->from ||
		    (x->from == y->from && !x->gone.len && y->gone.len))
			i++;
		else
			j++;
	}
	return false;
}

/* Carry the inverse of step i through those before step `end`, and they past it,
 * to t->past.  1 and *inverse; 0 and *by; -1. */
static int
carry_out(struct undo_track *t, size_t i, size_t end, struct script *inverse,
    struct block *by, struct err *e)
{
	if (!t->past)
		t->past = arena_array_of(t->a, struct script, t->n);
	*inverse = script_inverse(t->a, &t->steps[i].now);
	for (size_t j = i + 1; j < end; j++) {
		struct undo_step *s = &t->steps[j];
		struct script next, behind;
		size_t other;

		if (s->undone)
			continue;
		if (count_carry(t, s->now.n + inverse->n, e) != 0)
			return -1;
		*by = (struct block){ j, HUNK_NONE };
		if (excluded(&t->steps[i], s))
			return 0;
		if (t->steps[i].wanted && tie(inverse, s, &by->hunk))
			return 0;
		behind = late(t->a, &s->now, inverse);
		if (!script_carry(t->a, &s->now, inverse, &next, &by->hunk))
			return 0;
		by->hunk = HUNK_SOME;
		if (!script_carry(t->a, inverse, &behind, &t->past[j], &other))
			return 0;
		*inverse = next;
	}
	return 1;
}

/* Take step i out of the list: those before step `end` become what
 * carry_out() made of them. */
static void
take_out(struct undo_track *t, size_t i, size_t end)
{
	for (size_t j = i + 1; j < end; j++)
		if (!t->steps[j].undone)
			t->steps[j].now = t->past[j];
	t->steps[i].undone = true;
}

void
undo_want(struct undo_track *t, int64_t row_id)
{
	size_t lo = 0, hi = t->stale.p ? 0 : t->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (t->steps[mid].row->id < row_id)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < t->n && !t->stale.p && t->steps[lo].row->id == row_id)
		t->steps[lo].wanted = true;
}

/* The step of that patch before step `end`; end when there is none. */
static size_t
step_before(const struct undo_track *t, size_t end, struct str patch_id)
{
	for (size_t i = end; i-- > 0;)
		if (str_eq(t->steps[i].row->patch_id, patch_id))
			return i;
	return end;
}

int
undo_settle(struct undo_track *t, struct err *e)
{
	size_t n = t->stale.p ? 0 : t->n;

	/* in the order in which it was done, so that each meets the same list
	 * as it did then */
	for (size_t j = 0; j < n; j++) {
		struct undo_step *by = &t->steps[j];
		size_t i = by->row->reverts.p ?
		    step_before(t, j, by->row->reverts) : j;
		struct script inverse;
		struct block block;
		int rc;

		if (i == j || by->wanted || t->steps[i].undone)
			continue;
		rc = carry_out(t, i, j, &inverse, &block, e);
		if (rc < 0)
			return -1;
		/* through what was out of the list then and is in it now,
		 * the inverse may arrive elsewhere than it did: then the two
		 * do not cancel each other, and stay, as edits */
		if (rc == 0 || !same_places(&inverse, &by->now))
			continue;
		take_out(t, i, j);
		by->undone = true;
	}
	return 0;
}

int
undo_take_back(struct undo_track *t, struct str patch_id,
    struct undo_file *out, struct undo_conflict *c, struct err *e)
{
	const struct file_edit *row;
	struct block by;
	size_t i;
	int rc;

	if (t->stale.p) {
		*c = (struct undo_conflict){ .path = t->path, .stale = true,
		    .detail = arena_fmt(t->a, "%.*s: %.*s", STR_ARG(t->path),
		    STR_ARG(t->stale)) };
		if (t->existed)
			c->current_sha256 = sha256_hex(t->a, t->before_sha256);
		return 0;
	}
	i = step_before(t, t->n, patch_id);
	if (i == t->n)
		return err_set(e, ERR_STORE_FAILED, "the edits of patch %.*s "
		    "in %.*s are not recorded", STR_ARG(patch_id),
		    STR_ARG(t->path));
	rc = carry_out(t, i, t->n, &out->script, &by, e);
	if (rc == 0)
		tell_conflict(t, i, by.step, by.hunk, c);
	if (rc != 1)
		return rc;
	take_out(t, i, t->n);
	row = t->steps[i].row;
	if (turns(row))
		t->exists = row->mode_before >= 0;
	out->path = t->path;
	out->exists = t->exists;
	out->mode = row->mode_before == row->mode ? -1 : row->mode_before;
	return 1;
}

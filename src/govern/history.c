#include "govern/history.h"

/* Most bases are few edits old, so the first look is small. */
#define PAGE_FIRST 16
#define PAGE_MOST 1024

/* Present and equal, or both absent. */
static bool
same_hash(struct str a, struct str b)
{
	return !a.p == !b.p && str_eq(a, b);
}

static void
push(struct history_walk *w, struct arena *a, const struct file_edit *row)
{
	if (w->n == w->cap) {
		size_t cap = w->cap * 2 + PAGE_FIRST;
		struct file_edit *more = arena_array_of(a, struct file_edit,
		    cap);

		if (w->n)
			memcpy(more, w->rows, w->n * sizeof(*more));
		w->rows = more;
		w->cap = cap;
	}
	w->rows[w->n++] = *row;
}

static const struct file_edit *
last_of(const struct history_walk *w)
{
	return w->n ? &w->rows[w->n - 1] : NULL;
}

/* Does the next older row lead to where the walk is?  All rows of a batch have
 * the hashes around it. */
static bool
follows(struct history_walk *w, struct arena *a, const struct file_edit *row)
{
	const struct file_edit *newer = last_of(w);

	if (newer && str_eq(newer->batch_id, row->batch_id))
		return true;
	if (same_hash(row->after_sha256, newer ? newer->before_sha256 : w->now))
		return true;
	if (newer)
		w->why = arena_fmt(a, "the file was changed outside of "
		    "Patchwarden between the patches %.*s and %.*s",
		    STR_ARG(row->patch_id), STR_ARG(newer->patch_id));
	else
		w->why = arena_fmt(a, "the file was changed outside of "
		    "Patchwarden since patch %.*s", STR_ARG(row->patch_id));
	return false;
}

/* Is the walk at its end before this row (NULL: there are no more)? */
static bool
ends(const struct history_walk *w, const struct file_edit *row)
{
	const struct file_edit *last = last_of(w);
	struct str here = last ? last->before_sha256 : w->now;

	if (!w->base)
		return !row || row->id < w->first_id;
	if (last && row && str_eq(last->batch_id, row->batch_id))
		return false;
	return same_hash(here, str_n((const char *)w->base->b, SHA256_BYTES));
}

static int
no_end(struct history_walk *w, struct arena *a, bool all)
{
	if (w->n == 0)
		w->why = STR("no edit of this file is recorded here");
	else if (all)
		w->why = arena_fmt(a, "none of the %zu recorded edits of this "
		    "file began at that version", w->n);
	else
		w->why = arena_fmt(a, "that version is more than %d edits old",
		    HISTORY_MAX_STEPS);
	return 0;
}

/* 1 at the end, 0 when there is no way to it, 2 to go on, of one page. */
static int
walk_page(struct history_walk *w, struct arena *a, const struct file_edit *page,
    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (ends(w, &page[i]))
			return 1;
		if (!follows(w, a, &page[i]))
			return 0;
		if (w->n == HISTORY_MAX_STEPS)
			return no_end(w, a, false);
		push(w, a, &page[i]);
	}
	return 2;
}

int
history_walk(const struct history_source *from, struct arena *a,
    struct history_walk *w, struct err *e)
{
	struct file_edit of = { .workspace = from->workspace, .path = w->path,
	    .id = INT64_MAX };
	size_t max = PAGE_FIRST, n;
	struct file_edit *page;
	int rc;

	do {
		if (file_edit_page(from->db, a, &of, max, &page, &n, e) != 0)
			return -1;
		rc = walk_page(w, a, page, n);
		if (rc == 2 && n < max)
			rc = ends(w, NULL) ? 1 : no_end(w, a, true);
		if (n)
			of.id = page[n - 1].id;
		max = max * 4 < PAGE_MOST ? max * 4 : PAGE_MOST;
	} while (rc == 2);
	return rc;
}

int
history_script(struct history_source *from, struct arena *a,
    const struct file_edit *row, struct script *out, struct err *e)
{
	struct str packed = STR_NONE;

	if (file_edit_script(from->db, a, row->id, &packed, e) < 0)
		return -1;
	from->held += packed.len;
	if (from->held > BATCH_MAX_BYTES)
		return err_set(e, ERR_LIMIT_EXCEEDED, "the edits since then "
		    "took out more than %zu bytes", BATCH_MAX_BYTES);
	if (packed.p && script_unpack(a, packed, out))
		return 0;
	return err_set(e, ERR_STORE_FAILED, "the recorded edit of patch %.*s "
	    "(file_edit %lld) is damaged", STR_ARG(row->patch_id),
	    (long long)row->id);
}

static int
since(void *ctx, struct arena *a, struct str path, struct sha256 base,
    struct sha256 current, struct history *out, struct str *why, struct err *e)
{
	struct history_walk w = { .path = path, .base = &base,
	    .now = str_n((const char *)current.b, SHA256_BYTES) };
	int rc = history_walk(ctx, a, &w, e);

	*why = w.why;
	if (rc != 1)
		return rc;
	*out = (struct history){ arena_array_of(a, struct script, w.n + 1),
	    arena_array_of(a, struct str, w.n + 1), w.n };
	for (size_t i = 0; i < w.n; i++) {
		const struct file_edit *row = &w.rows[w.n - 1 - i];

		out->patch_ids[i] = row->patch_id;
		if (history_script(ctx, a, row, &out->steps[i], e) != 0)
			return -1;
	}
	return 1;
}

static int
version_at(void *ctx, struct str path, int64_t ms, struct sha256 *out,
    struct err *e)
{
	const struct history_source *from = ctx;
	struct file_edit of = { .workspace = from->workspace, .path = path };
	struct arena *a = arena_new();
	struct str hash;
	int rc = file_edit_before(from->db, &of, ms, a, &hash, e);

	if (rc == 1 && hash.len == SHA256_BYTES)
		memcpy(out->b, hash.p, SHA256_BYTES);
	else if (rc == 1)
		rc = 2;
	arena_free(a);
	return rc;
}

struct plan_versions
history_versions(struct history_source *from)
{
	return (struct plan_versions){ from, since, version_at };
}

#include "govern/edits.h"

#include "base/clock.h"
#include "govern/record.h"
#include "store/file_edit.h"
#include "store/patch_revert.h"

/* What all rows of one file have. */
struct ends {
	struct str before, after;	/* SHA256_BYTES; STR_NONE: no file */
};

static struct str
hash_bytes(bool there, const struct sha256 *h)
{
	return there ? str_n((const char *)h->b, SHA256_BYTES) : STR_NONE;
}

/* By place in plan.seen; both lists are in path order. */
static void
ends_of(const struct plan *p, struct ends *out)
{
	size_t next = 0;

	for (size_t i = 0; i < p->n_seen; i++) {
		const struct plan_seen *s = &p->seen[i];

		out[i].before = hash_bytes(s->existed, &s->before_sha256);
		out[i].after = out[i].before;
		if (next < p->n_files && str_eq(p->files[next].path, s->path)) {
			const struct file_change *f = &p->files[next++];

			out[i].after = hash_bytes(f->exists_after,
			    &f->after_sha256);
		}
	}
}

static int
record_revert(struct db *db, const struct patch_event *p, struct err *e)
{
	struct patch_revert r = { p->patch_id, p->revert_id, p->batch_id,
	    clock_now_ms() };

	return patch_revert_insert(db, &r, e);
}

static int
record_edit(struct govern *g, const struct plan *p, size_t k,
    const struct ends *ends, const struct patch_event *event, struct err *e)
{
	const struct plan_result *r = &p->results[k];
	struct buf packed = BUF_INIT(BATCH_MAX_BYTES);
	struct file_edit f = { .workspace = event->workspace,
	    .batch_id = event->batch_id, .n = (int64_t)k,
	    .patch_id = record_edit_id(event),
	    .reverts = event->revert_id.p ? event->patch_id : STR_NONE };
	int rc = 0;

	for (size_t i = 0; i < r->n_touches && rc == 0; i++) {
		const struct plan_touch *t = &r->touches[i];

		buf_reset(&packed);
		script_pack(&t->script, &packed);
		f.path = p->seen[t->file].path;
		f.mode_before = t->existed ? t->mode_before : -1;
		f.mode = t->exists ? t->mode : -1;
		f.before_sha256 = ends[t->file].before;
		f.after_sha256 = ends[t->file].after;
		f.script = buf_str(&packed);
		rc = buf_check(&packed, "The record of an edit", e);
		if (rc == 0)
			rc = file_edit_insert(g->db, &f, e);
	}
	buf_free(&packed);
	return rc;
}

int
edits_record(struct govern *g, struct arena *a, const struct plan *p,
    const struct patch_event *events, struct err *e)
{
	struct ends *ends = arena_array_of(a, struct ends, p->n_seen + 1);
	int rc = 0;

	ends_of(p, ends);
	for (size_t k = 0; k < p->n_results && rc == 0; k++) {
		if (p->results[k].status != PLAN_OK)
			continue;
		rc = record_edit(g, p, k, ends, &events[k], e);
		if (rc == 0 && events[k].revert_id.p)
			rc = record_revert(g->db, &events[k], e);
	}
	return rc;
}

/* unified-diff and apply-patch: what becomes of each file that a patch names. */
#include "edit/plan_hunk.h"

static bool
takes_patch(const struct patch_op *op)
{
	return op->op == OP_UNIFIED_DIFF || op->op == OP_APPLY_PATCH;
}

static int
patch_read(struct planner *p, size_t k, struct err *e)
{
	const struct patch_op *op = &p->batch->ops[k];
	struct patchset *out = &p->patchsets[k];
	struct str text;

	if (plan_block(p, k, &text, e) != 0)
		return -1;
	if ((op->op == OP_UNIFIED_DIFF ?
	    unified_read(p->a, text, op->file, out, e) :
	    envelope_read(p->a, text, out, e)) == 0)
		return 0;
	*out = (struct patchset){ 0 };
	return plan_at(e, k, plan_block_member(p, k));
}

void
plan_patches_read(struct planner *p)
{
	size_t n = p->batch->n_ops;

	p->patchsets = arena_array_of(p->a, struct patchset, n);
	p->patch_errs = arena_array_of(p->a, struct err, n);
	for (size_t k = 0; k < n; k++)
		if (takes_patch(&p->batch->ops[k]))
			patch_read(p, k, &p->patch_errs[k]);
}

/* Place the edits, quietly, to have the text of a file that moves as well. */
static int
moved_text(struct planner *p, size_t k, const struct draft *edit,
    struct script *script, struct str *out, struct plan_result *r,
    struct err *e)
{
	struct draft trial = *edit;

	trial.quiet = true;
	if (plan_place(p, k, &trial, r, e) != 0)
		return -1;
	*script = trial.touch.script;
	*out = script_apply(p->a, script, doc_bytes(&edit->file->doc));
	return 0;
}

/* The mode a patch states for a file that is there: it says no more than whether
 * it is a program, for those who may read it. */
static int64_t
mode_of(const struct file *f, int64_t stated)
{
	if (stated < 0)
		return -1;
	return stated & 0100 ? f->mode | (f->mode & 0444) >> 2 :
	    f->mode & ~0111u;
}

static int
section_move(struct planner *p, size_t k, const struct patch_section *sec,
    struct drafts *out, struct plan_result *r, struct err *e)
{
	struct file *f = plan_file_find(p, sec->path);
	struct file *to = plan_file_find(p, sec->to);
	struct draft edit = { .file = f, .kind = DRAFT_EDIT, .mode = -1,
	    .whole_lines = true }, *d;
	struct section s = plan_section(p, k, f, &edit, r);
	struct script script;
	struct str text;

	if (plan_delete_check(p, f, k, e) != 0)
		return -1;
	if (plan_file_load(p, to, e) != 0)
		return plan_at(e, k, plan_block_member(p, k));
	if (plan_create_check(p, to, k, plan_block_member(p, k), e) != 0 ||
	    plan_section_edits(&s, sec, e) != 0 ||
	    moved_text(p, k, &edit, &script, &text, r, e) != 0)
		return -1;
	d = plan_draft(p, out, f, DRAFT_DELETE);
	d->moved_to = to;
	d->mode = mode_of(f, sec->mode);
	d->script = script;
	d = plan_draft(p, out, to, DRAFT_CREATE);
	d->bytes = text;
	d->mode = sec->mode >= 0 ? mode_of(f, sec->mode) : (int64_t)f->mode;
	d->quiet = true;
	return 0;
}

static int
section_change(struct planner *p, size_t k, const struct patch_section *sec,
    struct drafts *out, struct plan_result *r, struct err *e)
{
	struct file *f = plan_file_find(p, sec->path);
	struct section s;

	if (f->exists && !sec->n && !sec->to.p) {	/* its mode alone */
		plan_draft(p, out, f, DRAFT_EDIT)->mode =
		    mode_of(f, sec->mode);
		return 0;
	}
	/* without hunks it is about the whole file, which may be binary */
	if ((sec->n || !f->exists) && plan_text_check(p, f, k, e) != 0)
		return -1;
	if (sec->to.p)
		return section_move(p, k, sec, out, r, e);
	s = plan_section(p, k, f, plan_draft(p, out, f, DRAFT_EDIT), r);
	s.d->whole_lines = true;
	s.d->mode = mode_of(f, sec->mode);
	return plan_section_edits(&s, sec, e);
}

static int
section_create(struct planner *p, size_t k, const struct patch_section *sec,
    struct drafts *out, struct err *e)
{
	struct file *f = plan_file_find(p, sec->path);
	struct joined bytes = { .a = p->a, .s = STR("") };
	struct draft *d;

	if (plan_create_check(p, f, k, plan_block_member(p, k), e) != 0)
		return -1;
	for (size_t i = 0; i < sec->n; i++)
		for (size_t j = 0; j < sec->hunks[i].n; j++)
			joined_add(&bytes, sec->hunks[i].lines[j].text);
	d = plan_draft(p, out, f, DRAFT_CREATE);
	d->bytes = bytes.s;
	d->mode = sec->mode >= 0 ? sec->mode : 0644;
	return 0;
}

/* What a diff shows of the file it deletes must be all that is in it. */
static int
section_delete(struct planner *p, size_t k, const struct patch_section *sec,
    struct drafts *out, struct plan_result *r, struct err *e)
{
	struct file *f = plan_file_find(p, sec->path);
	struct draft edit = { .file = f, .kind = DRAFT_EDIT, .mode = -1 };

	if (plan_delete_check(p, f, k, e) != 0)
		return -1;
	if (sec->n) {
		struct section s = plan_section(p, k, f, &edit, r);

		if (plan_section_edits(&s, sec, e) != 0)
			return -1;
		if (-script_growth(&edit.script) !=
		    (int64_t)(s.v->text.len - s.v->mark) &&
		    -script_growth(&edit.script) != (int64_t)s.v->text.len) {
			plan_show(p, f, 0, f->base.n, r);
			err_set(e, ERR_MATCH_NOT_FOUND, "the patch deletes "
			    "%.*s, but does not show all of its lines",
			    STR_ARG(f->path));
			return plan_at_line(p, k, "patch", sec->hunks[0].at, e);
		}
	}
	plan_draft(p, out, f, DRAFT_DELETE);
	return 0;
}

static int
section_draft(struct planner *p, size_t k, const struct patch_section *sec,
    struct drafts *out, struct plan_result *r, struct err *e)
{
	struct file *f = plan_file_find(p, sec->path);

	if (plan_file_load(p, f, e) != 0)
		return plan_at(e, k, plan_block_member(p, k));
	if (plan_expect_base(p, f, k, r, e) != 0)
		return -1;
	switch (sec->kind) {
	case SECTION_CREATE:
		return section_create(p, k, sec, out, e);
	case SECTION_DELETE:
		return section_delete(p, k, sec, out, r, e);
	default:
		return section_change(p, k, sec, out, r, e);
	}
}

int
plan_draft_patch(struct planner *p, size_t k, struct drafts *out,
    struct plan_result *r, struct err *e)
{
	const struct patch_op *op = &p->batch->ops[k];
	const struct patchset *set = &p->patchsets[k];

	if (op->expect.p || op->expect_sha256.p) {
		err_set(e, ERR_INVALID, "A patch shows what it expects by "
		    "itself; for a version of the files send base");
		return plan_at(e, k, op->expect.p ? "expect" : "expectSha256");
	}
	for (size_t i = 0; i < set->n; i++)
		if (section_draft(p, k, &set->sections[i], out, r, e) != 0)
			return -1;
	return 0;
}

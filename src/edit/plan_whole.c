/* Operations on whole files: made, written, removed, moved, put back. */
#include "text/differ.h"
#include "edit/planner.h"

static int
create(struct planner *p, struct file *f, size_t k, struct drafts *out,
    struct err *e)
{
	const struct patch_op *op = &p->batch->ops[k];
	int64_t mode = op->op == OP_CREATE && op->mode >= 0 ? op->mode : 0644;
	struct draft *d;
	struct str block;

	if (mode != 0644 && mode != 0755) {
		err_set(e, ERR_INVALID, "mode is 0644 or 0755");
		return plan_at(e, k, "mode");
	}
	if (plan_create_check(p, f, k, "file", e) != 0 ||
	    plan_block(p, k, &block, e) != 0)
		return -1;
	if (op->op != OP_CREATE && text_is_binary(block)) {
		err_set(e, ERR_BINARY_FILE, "The block has a NUL byte");
		return plan_at(e, k, plan_block_member(p, k));
	}
	if (op->open_space && op->op != OP_CREATE)
		block = block_fit(p->a, block, &(struct block_fit){
		    .last = true, .padding = p->limits->open_space_padding });
	d = plan_draft(p, out, f, DRAFT_CREATE);
	d->bytes = block;
	d->mode = mode;
	return 0;
}

static int
create_op(struct planner *p, struct file *f, size_t k, struct drafts *out,
    struct err *e)
{
	const struct patch_op *op = &p->batch->ops[k];

	if (op->expect.p || op->expect_sha256.p) {
		err_set(e, ERR_INVALID, "A file that is to be created has no "
		    "text to expect");
		return plan_at(e, k, op->expect.p ? "expect" : "expectSha256");
	}
	return create(p, f, k, out, e);
}

/* One hunk, or the fewest lines: binary files are not looked into. */
static struct script
minimal(struct planner *p, const struct lines *v, struct str block)
{
	struct script s = { 0 };
	struct lines after;

	lines_of(p->a, block, &after);
	if (!v->binary && !after.binary)
		return differ(p->a, v, &after);
	script_insert(p->a, &s, 0, &(struct hunk){ 0, v->text, block, 0 });
	return s;
}

static int
write_op(struct planner *p, struct file *f, size_t k, struct drafts *out,
    struct plan_result *r, struct err *e)
{
	const struct lines *v;
	struct draft *d;
	struct str block;

	if (plan_delete_check(p, f, k, e) != 0 ||
	    plan_expect_whole(p, f, k, r, e) != 0 ||
	    plan_block(p, k, &block, e) != 0)
		return -1;
	v = view_text(p, f);
	if (p->batch->eol == EOL_AUTO && !text_is_binary(block) &&
	    text_endings(v->text) == ENDINGS_CRLF)
		block = text_to_crlf(p->a, block);
	d = plan_draft(p, out, f, DRAFT_EDIT);
	d->script = minimal(p, v, block);
	return 0;
}

static int
delete_op(struct planner *p, struct file *f, size_t k, struct drafts *out,
    struct plan_result *r, struct err *e)
{
	if (plan_delete_check(p, f, k, e) != 0 ||
	    plan_expect_whole(p, f, k, r, e) != 0)
		return -1;
	plan_draft(p, out, f, DRAFT_DELETE);
	return 0;
}

static int
move_op(struct planner *p, struct file *f, size_t k, struct drafts *out,
    struct plan_result *r, struct err *e)
{
	struct file *to = plan_file_find(p, p->batch->ops[k].to);
	struct draft *d;

	if (f == to) {
		err_set(e, ERR_INVALID, "to is the file itself");
		return plan_at(e, k, "to");
	}
	if (plan_delete_check(p, f, k, e) != 0 ||
	    plan_expect_whole(p, f, k, r, e) != 0)
		return -1;
	if (plan_file_load(p, to, e) != 0)
		return plan_at(e, k, "to");
	/* it makes room for what may stand below its own name */
	f->exists = false;
	if (plan_create_check(p, to, k, "to", e) != 0) {
		f->exists = true;
		return -1;
	}
	f->exists = true;
	d = plan_draft(p, out, f, DRAFT_DELETE);
	d->moved_to = to;
	d = plan_draft(p, out, to, DRAFT_CREATE);
	d->bytes = doc_bytes(&f->doc);
	d->mode = f->mode;
	d->quiet = true;
	return 0;
}

static int
undo_conflict(const struct file *f, size_t k, struct err *e)
{
	err_set(e, ERR_REVERT_CONFLICT, "%.*s is not as the change left it",
	    STR_ARG(f->path));
	return err_at(e, "/patches/%zu", k);
}

/* `gone` of each hunk is what stands there: the text of what was put in is not
 * kept, only its length. */
static bool
fill_gone(const struct doc *d, struct script *s)
{
	size_t last = 0;

	for (size_t i = 0; i < s->n; i++) {
		struct hunk *h = &s->h[i];

		if (h->from < last || h->from > d->bytes ||
		    h->gone.len > d->bytes - h->from)
			return false;
		h->gone = doc_slice(d, h->from, h->gone.len);
		last = h->from + h->gone.len;
	}
	return true;
}

static int
undo_one(struct planner *p, size_t k, const struct undo_file *u,
    struct drafts *out, struct err *e)
{
	struct file *f = plan_file_find(p, u->path);
	struct draft *d;

	if (plan_file_load(p, f, e) != 0)
		return err_at(e, "/patches/%zu", k);
	d = plan_draft(p, out, f, !f->exists ? DRAFT_CREATE : u->exists ?
	    DRAFT_EDIT : DRAFT_DELETE);
	d->mode = u->mode;
	d->script = u->script;
	if (!f->exists && !u->exists)
		return undo_conflict(f, k, e);
	if (d->kind == DRAFT_CREATE) {
		d->bytes = script_apply(p->a, &u->script, STR(""));
		d->mode = u->mode >= 0 ? u->mode : 0644;
		return plan_file_room(p, f, e);
	}
	return fill_gone(&f->doc, &d->script) ? 0 : undo_conflict(f, k, e);
}

static int
undo_op(struct planner *p, size_t k, struct drafts *out, struct err *e)
{
	const struct patch_op *op = &p->batch->ops[k];

	for (size_t i = 0; i < op->n_undo; i++)
		if (undo_one(p, k, &op->undo[i], out, e) != 0)
			return -1;
	return 0;
}

int
plan_draft_whole(struct planner *p, size_t k, struct drafts *out,
    struct plan_result *r, struct err *e)
{
	const struct patch_op *op = &p->batch->ops[k];
	struct file *f = plan_file_find(p, op->file);

	switch (op->op) {
	case OP_CREATE:
		return create_op(p, f, k, out, e);
	case OP_APPEND:
	case OP_PREPEND:
		if (plan_expect_whole(p, f, k, r, e) != 0)
			return -1;
		return create(p, f, k, out, e);
	case OP_WRITE_FILE:
		return write_op(p, f, k, out, r, e);
	case OP_DELETE_FILE:
		return delete_op(p, f, k, out, r, e);
	case OP_MOVE:
		return move_op(p, f, k, out, r, e);
	default:
		return undo_op(p, k, out, e);
	}
}

#include "edit/plan_file.h"
#include "edit/udiff.h"

static bool
sequential(const struct planner *p)
{
	return p->batch->coordinates == COORD_SEQUENTIAL;
}

static int
at_op(struct err *e, size_t k, const char *member)
{
	return err_at(e, "/patches/%zu/%s", k, member);
}

/* The block of an operation, wherever it is. */
static int
block_get(struct planner *p, size_t k, struct str *out, struct err *e)
{
	const struct patch_op *op = &p->batch->ops[k];
	int found;

	if (!op->block.p == !op->block_file.p) {
		err_set(e, ERR_INVALID, op->block.p ? "Give block or blockFile,"
		    " not both" : "A block or a blockFile is needed");
		return at_op(e, k, "block");
	}
	*out = op->block;
	if (op->block.p)
		return 0;
	found = workspace_read(p->ws, p->a, op->block_file, BLOCK_MAX_BYTES,
	    out, NULL, NULL, e);
	if (found == 0)
		err_set(e, ERR_FILE_MISSING, "%.*s does not exist",
		    STR_ARG(op->block_file));
	if (found <= 0 || plan_hold(p, out->len, e) != 0)
		return at_op(e, k, "blockFile");
	return 0;
}

/* Write the diff of an operation into its result. */
static int
diff(struct planner *p, struct udiff *u, struct plan_result *r, struct err *e)
{
	struct buf out = BUF_INIT(DIFF_MAX_BYTES);
	int rc = -1;

	udiff_write(&out, u);
	if (buf_check(&out, "The diff", e) != 0 ||
	    plan_hold(p, out.len, e) != 0)
		goto out;
	r->diff = arena_str(p->a, buf_str(&out));
	r->lines_added = u->added;
	r->lines_removed = u->removed;
	rc = 0;
out:
	buf_free(&out);
	return rc;
}

static int
size_check(const struct planner *p, const struct file *f, size_t bytes,
    struct err *e)
{
	if (bytes <= p->limits->file_bytes)
		return 0;
	return err_set(e, ERR_LIMIT_EXCEEDED, "%.*s would be larger than %zu "
	    "bytes", STR_ARG(f->path), p->limits->file_bytes);
}

/* The file begins to exist, with the block as its bytes. */
static int
create(struct planner *p, struct file *f, size_t k, struct plan_result *r,
    struct err *e)
{
	const struct patch_op *op = &p->batch->ops[k];
	int64_t mode = op->op == OP_CREATE && op->mode >= 0 ? op->mode : 0644;
	struct lines *lines = arena_new_of(p->a, struct lines);
	struct str block;
	struct udiff u;
	struct doc doc;

	if (mode != 0644 && mode != 0755) {
		err_set(e, ERR_INVALID, "mode is 0644 or 0755");
		return at_op(e, k, "mode");
	}
	if (block_get(p, k, &block, e) != 0)
		return -1;
	if (op->op != OP_CREATE && text_is_binary(block)) {
		err_set(e, ERR_BINARY_FILE, "The block has a NUL byte");
		return at_op(e, k, "block");
	}
	if (op->open_space && op->op != OP_CREATE)
		block = block_fit(p->a, block, &(struct block_fit){
		    .last = true, .padding = p->limits->open_space_padding });
	if (size_check(p, f, block.len, e) != 0 ||
	    plan_file_room(p, f, e) != 0)
		return -1;
	doc_load(&doc, p->a, block, lines);
	u = (struct udiff){ .kind = UDIFF_CREATE, .path = f->path,
	    .mode = (unsigned)mode, .doc = &doc };
	if (diff(p, &u, r, e) != 0)
		return -1;
	f->doc = doc;
	f->exists = true;
	f->binary = text_is_binary(block);
	f->mode = (unsigned)mode;
	if (!sequential(p)) {
		f->whole = true;
		f->whole_op = k;
		edits_add(p->a, &f->edits, &(struct edit){ k, { 0, 1 },
		    doc.n_lines });
	}
	return 0;
}

static int
create_op(struct planner *p, struct file *f, size_t k, struct plan_result *r,
    struct err *e)
{
	const struct patch_op *op = &p->batch->ops[k];

	if (op->expect.p || op->expect_sha256.p) {
		err_set(e, ERR_INVALID, "A file that is to be created has no "
		    "text to expect");
		return at_op(e, k, op->expect.p ? "expect" : "expectSha256");
	}
	if (f->whole && !f->exists) {
		err_set(e, ERR_OVERLAP, "Operation %zu deletes the file that "
		    "operation %zu creates", f->whole_op, k);
		return at_op(e, k, "file");
	}
	if (f->exists) {
		err_set(e, ERR_EXISTS, "%.*s exists already", STR_ARG(f->path));
		return at_op(e, k, "file");
	}
	return create(p, f, k, r, e);
}

static int
missing(const struct file *f, size_t k, struct err *e)
{
	err_set(e, ERR_FILE_MISSING, "%.*s does not exist", STR_ARG(f->path));
	return at_op(e, k, "file");
}

static int
delete_op(struct planner *p, struct file *f, size_t k, struct plan_result *r,
    struct err *e)
{
	struct udiff u = { .kind = UDIFF_DELETE, .path = f->path,
	    .mode = f->mode, .doc = &f->doc };

	if (f->edits.n || f->whole) {
		err_set(e, ERR_OVERLAP, "Operations %zu and %zu edit the same "
		    "file, and one deletes it",
		    f->whole ? f->whole_op : f->edits.e[0].op, k);
		return at_op(e, k, "file");
	}
	if (!f->exists)
		return missing(f, k, e);
	if (plan_expect_whole(p, f, k, r, e) != 0 || diff(p, &u, r, e) != 0)
		return -1;
	f->exists = f->binary = false;
	doc_load(&f->doc, p->a, STR(""), arena_new_of(p->a, struct lines));
	if (!sequential(p)) {
		f->whole = true;
		f->whole_op = k;
	}
	return 0;
}

/* What the operation does to the text: block fitted, and the line before it
 * ended if it is the open last line. */
static struct splice
splice_of(struct planner *p, const struct file *f, size_t k, struct str block,
    size_t first, size_t removed)
{
	const struct patch_op *op = &p->batch->ops[k];
	const struct doc *d = &f->doc;
	struct lines *lines = arena_new_of(p->a, struct lines);
	struct splice s = { first, removed, lines };
	struct block_fit how = {
		.crlf = sequential(p) || !f->existed ? doc_is_crlf(d) :
		    f->base_crlf,
		.last = first + removed == d->n_lines, .eol = p->batch->eol,
		.padding = op->open_space ? p->limits->open_space_padding : 0,
	};
	struct str last;

	if (d->bom && first == 0 && str_starts(block, text_bom)) {
		block.p += text_bom.len;
		block.len -= text_bom.len;
	}
	block = block_fit(p->a, block, &how);
	last = first == d->n_lines && first ? doc_line(d, first - 1) :
	    STR("\n");
	if (line_is_open(last) && block.len) {
		struct str parts[] = { last, how.crlf ? STR("\r\n") : STR("\n"),
		    block };
		char *text = arena_alloc(p->a, last.len + 2 + block.len);
		size_t at = 0;

		for (size_t i = 0; i < countof(parts); i++) {
			memcpy(text + at, parts[i].p, parts[i].len);
			at += parts[i].len;
		}
		block = str_n(text, at);
		s.first--;
		s.removed++;
	}
	lines_of(p->a, block, lines);
	return s;
}

/* Where the lines of an operation are now. */
static int
place(struct planner *p, struct file *f, size_t k, struct span *s,
    size_t *now, struct plan_result *r, struct err *e)
{
	const struct patch_op *op = &p->batch->ops[k];
	size_t n = sequential(p) ? f->doc.n_lines : f->base.n;

	if (span_of(op, k, n, s, e) != 0 ||
	    plan_expect_span(p, f, k, *s, r, e) != 0)
		return -1;
	*now = s->from;
	if (sequential(p))
		return 0;
	/* An empty text still has a start and an end. */
	if (n == 0 && op->op == OP_APPEND)
		*s = (struct span){ 1, 1 };
	if (edits_map(&f->edits, k, *s, now, e) != 0)
		return -1;
	if (n == 0 && op->op == OP_APPEND)
		*now = f->doc.n_lines;
	return 0;
}

/* May this file be edited by lines at all? */
static int
lines_check(struct planner *p, const struct file *f, size_t k, struct err *e)
{
	if (f->whole && !f->exists) {
		err_set(e, ERR_OVERLAP, "Operation %zu deletes the file that "
		    "operation %zu edits", f->whole_op, k);
		return at_op(e, k, "file");
	}
	if (f->whole && p->batch->ops[k].op != OP_APPEND &&
	    p->batch->ops[k].op != OP_PREPEND) {
		err_set(e, ERR_FILE_MISSING, "Lines are counted before the "
		    "batch, when %.*s does not exist; send coordinates: "
		    "sequential", STR_ARG(f->path));
		return at_op(e, k, "file");
	}
	if (!f->exists)
		return missing(f, k, e);
	if (f->binary) {
		err_set(e, ERR_BINARY_FILE, "%.*s has NUL bytes",
		    STR_ARG(f->path));
		return at_op(e, k, "file");
	}
	return 0;
}

static int
lines_op(struct planner *p, struct file *f, size_t k, struct plan_result *r,
    struct err *e)
{
	struct udiff u = { .path = f->path, .doc = &f->doc };
	struct str block;
	struct span span;
	struct edit done;
	size_t now, gone;

	if (lines_check(p, f, k, e) != 0 ||
	    place(p, f, k, &span, &now, r, e) != 0 ||
	    block_get(p, k, &block, e) != 0)
		return -1;
	if (text_is_binary(block)) {
		err_set(e, ERR_BINARY_FILE, "The block has a NUL byte");
		return at_op(e, k, "block");
	}
	gone = span.to - span.from;
	u.splice = splice_of(p, f, k, block, now, gone);
	if (size_check(p, f, f->doc.bytes + u.splice.added->text.len, e) != 0 ||
	    plan_hold(p, u.splice.added->text.len, e) != 0 ||
	    diff(p, &u, r, e) != 0)
		return -1;
	done = (struct edit){ k, span, u.splice.added->n -
	    (u.splice.removed - gone) };
	doc_splice(&f->doc, &u.splice);
	if (!sequential(p))
		edits_add(p->a, &f->edits, &done);
	return 0;
}

int
plan_op(struct planner *p, size_t k, struct plan_result *r, struct err *e)
{
	const struct patch_op *op = &p->batch->ops[k];
	struct file *f = &p->files[p->file_of[k]];

	if (plan_file_load(p, f, e) != 0)
		return at_op(e, k, "file");
	if (plan_expect_base(p, f, k, r, e) != 0)
		return -1;
	switch (op->op) {
	case OP_CREATE:
		return create_op(p, f, k, r, e);
	case OP_DELETE_FILE:
		return delete_op(p, f, k, r, e);
	case OP_APPEND:
	case OP_PREPEND:
		if (!f->exists && !f->whole) {
			if (plan_expect_whole(p, f, k, r, e) != 0)
				return -1;
			return create(p, f, k, r, e);
		}
		return lines_op(p, f, k, r, e);
	case OP_REPLACE_BLOCK:
	case OP_INSERT_BEFORE:
	case OP_INSERT_AFTER:
		return lines_op(p, f, k, r, e);
	default:
		err_set(e, ERR_INVALID, "The operation is not known");
		return at_op(e, k, "op");
	}
}

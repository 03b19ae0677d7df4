#include "base/utf8.h"
#include "edit/plan_file.h"

#define CURRENT_LINES 3			/* around the span */
#define CURRENT_MAX_BYTES KIB(8)	/* enough to make the edit again */

/* A text as an operation of this batch sees it. */
struct view {
	bool exists, bom, crlf;
	struct str bytes;		/* all of it, the mark too */
	const struct lines *lines;	/* without the mark */
	struct sha256 sha256;
};

static struct view
view_of(const struct planner *p, const struct file *f)
{
	struct view v = { f->existed, f->base_bom, f->base_crlf, f->before,
	    &f->base, f->before_sha256 };
	struct lines *lines;
	bool created = !f->existed && f->exists;

	if (p->batch->coordinates == COORD_BASE ? !created : !f->exists) {
		v.exists = v.exists && f->exists;
		return v;
	}
	lines = arena_new_of(p->a, struct lines);
	v = (struct view){ true, f->doc.bom, doc_is_crlf(&f->doc),
	    doc_bytes(&f->doc), lines, { { 0 } } };
	v.sha256 = sha256_of(v.bytes);
	lines_of(p->a, f->doc.bom ? str_n(v.bytes.p + text_bom.len,
	    v.bytes.len - text_bom.len) : v.bytes, lines);
	return v;
}

/* The span and the lines around it, made fit for JSON. */
static struct str
current_text(struct arena *a, const struct view *v, struct span s)
{
	struct buf out = BUF_INIT(CURRENT_MAX_BYTES * 4);
	size_t n = v->lines->n, from, to;
	struct str text;

	from = s.from < n ? s.from : n;
	to = s.to < n ? s.to : n;
	from -= from < CURRENT_LINES ? from : CURRENT_LINES;
	to += n - to < CURRENT_LINES ? n - to : CURRENT_LINES;
	text = lines_slice(v->lines, from, to - from);
	if (text.len > CURRENT_MAX_BYTES) {
		text.len = CURRENT_MAX_BYTES;
		/* not in the middle of a character */
		for (int i = 0; i < 3 && (text.p[text.len] & 0xc0) == 0x80; i++)
			text.len--;
	}
	utf8_clean(&out, text);
	text = arena_str(a, buf_str(&out));
	buf_free(&out);
	return text;
}

static int
stale(struct planner *p, const struct view *v, struct span s,
    struct plan_result *r, const char *what, struct err *e)
{
	if (!v->exists)
		return err_set(e, ERR_STALE_BASE, "%s, but the file does not "
		    "exist", what);
	r->current_sha256 = sha256_hex(p->a, v->sha256);
	if (!text_is_binary(v->bytes))
		r->current_text = current_text(p->a, v, s);
	return err_set(e, ERR_STALE_BASE, "%s", what);
}

/* A hash given as text; -1 with e when it is none. */
static int
hash_given(struct str hex, struct sha256 *h, struct err *e)
{
	return sha256_parse(hex, h) ? 0 : err_set(e, ERR_INVALID,
	    "A SHA-256 has 64 hexadecimal digits");
}

/* One member of the JSON pointer: "~" and "/" are escaped in names. */
static struct str
pointer_part(struct arena *a, struct str name)
{
	struct buf out = BUF_INIT(AT_MAX_BYTES * 2);
	struct str s;

	for (size_t i = 0; i < name.len; i++) {
		if (name.p[i] == '~')
			buf_adds(&out, "~0");
		else if (name.p[i] == '/')
			buf_adds(&out, "~1");
		else
			buf_addc(&out, name.p[i]);
	}
	s = arena_str(a, buf_str(&out));
	buf_free(&out);
	return s;
}

static int
at_base(struct planner *p, struct str path, struct err *e)
{
	return err_at(e, "/base/%.*s", STR_ARG(pointer_part(p->a, path)));
}

/* The part of the text an operation is about: inserts are about their line. */
static struct span
shown(const struct patch_op *op, const struct lines *lines)
{
	struct span s = { 0, lines->n };

	if (op->op == OP_REPLACE_BLOCK && op->start >= 1 && op->end >= op->start)
		s = (struct span){ (size_t)op->start - 1, (size_t)op->end };
	else if ((op->op == OP_INSERT_BEFORE || op->op == OP_INSERT_AFTER) &&
	    op->line >= 1)
		s = (struct span){ (size_t)op->line - 1, (size_t)op->line };
	return s;
}

int
plan_expect_base(struct planner *p, const struct file *f, size_t k,
    struct plan_result *r, struct err *e)
{
	const struct patch_batch *b = p->batch;

	for (size_t i = 0; i < b->n_base; i++) {
		struct sha256 want;
		struct view v = { f->existed, f->base_bom, f->base_crlf,
		    f->before, &f->base, f->before_sha256 };

		if (!str_eq(b->base[i].path, f->path))
			continue;
		if (hash_given(b->base[i].sha256, &want, e) != 0)
			return at_base(p, f->path, e);
		if (f->existed && sha256_eq(want, f->before_sha256))
			continue;
		stale(p, &v, shown(&b->ops[k], v.lines), r, "The file is not at"
		    " the version named by base", e);
		return at_base(p, f->path, e);
	}
	return 0;
}

/* Does the text hold what was expected?  A missing last line end is as good
 * as in a block, and so are LFs for a file in CRLF. */
static bool
text_expected(struct planner *p, struct str want, struct str got, bool crlf)
{
	if (crlf && p->batch->eol == EOL_AUTO)
		want = text_to_crlf(p->a, want);
	if (str_eq(want, got))
		return true;
	if (!got.len || got.p[got.len - 1] != '\n' || !line_is_open(want))
		return false;
	got.len--;
	if (str_eq(want, got))
		return true;
	if (got.len && got.p[got.len - 1] == '\r')
		got.len--;
	return str_eq(want, got);
}

/* A span with line 1 may be given with the byte order mark or without. */
static int
compare(struct planner *p, const struct view *v, size_t k, struct span span,
    struct plan_result *r, struct err *e)
{
	const struct patch_op *op = &p->batch->ops[k];
	struct str got = lines_slice(v->lines, span.from, span.to - span.from);
	struct str marked = got;
	struct sha256 want;

	if (v->bom && span.from == 0)
		marked = str_n(v->bytes.p, got.len + text_bom.len);
	if (op->expect.p && !text_expected(p, op->expect, got, v->crlf) &&
	    !text_expected(p, op->expect, marked, v->crlf)) {
		stale(p, v, span, r, "The text expected there is not there", e);
		return err_at(e, "/patches/%zu/expect", k);
	}
	if (!op->expect_sha256.p)
		return 0;
	if (hash_given(op->expect_sha256, &want, e) != 0)
		return err_at(e, "/patches/%zu/expectSha256", k);
	if (sha256_eq(want, sha256_of(got)) ||
	    sha256_eq(want, sha256_of(marked)))
		return 0;
	stale(p, v, span, r, "The text there has another SHA-256", e);
	return err_at(e, "/patches/%zu/expectSha256", k);
}

int
plan_expect_span(struct planner *p, const struct file *f, size_t k,
    struct span span, struct plan_result *r, struct err *e)
{
	const struct patch_op *op = &p->batch->ops[k];
	struct view v;

	if (!op->expect.p && !op->expect_sha256.p)
		return 0;
	v = view_of(p, f);
	if (op->op == OP_APPEND || op->op == OP_PREPEND)
		span = (struct span){ 0, v.lines->n };
	else if (op->op == OP_INSERT_BEFORE)
		span.to++;
	else if (op->op == OP_INSERT_AFTER)
		span.from--;
	return compare(p, &v, k, span, r, e);
}

int
plan_expect_whole(struct planner *p, const struct file *f, size_t k,
    struct plan_result *r, struct err *e)
{
	const struct patch_op *op = &p->batch->ops[k];
	struct sha256 want;
	struct view v;

	if (!op->expect.p && !op->expect_sha256.p && !op->base_sha256.p)
		return 0;
	v = view_of(p, f);
	if (op->base_sha256.p) {
		if (hash_given(op->base_sha256, &want, e) != 0)
			return err_at(e, "/patches/%zu/baseSha256", k);
		if (!sha256_eq(want, v.sha256)) {
			stale(p, &v, (struct span){ 0, v.lines->n }, r, "The "
			    "file is not at the version named by baseSha256", e);
			return err_at(e, "/patches/%zu/baseSha256", k);
		}
	}
	return compare(p, &v, k, (struct span){ 0, v.lines->n }, r, e);
}

int
plan_expect_others(struct planner *p, struct err *e)
{
	const struct patch_batch *b = p->batch;

	for (size_t i = 0; i < b->n_base; i++) {
		struct str path = b->base[i].path, bytes;
		struct sha256 want;
		int found;

		if (plan_file_find(p, path))
			continue;
		if (hash_given(b->base[i].sha256, &want, e) != 0)
			return at_base(p, path, e);
		found = workspace_read(p->ws, p->a, path, p->limits->file_bytes,
		    &bytes, NULL, NULL, e);
		if (found < 0 || (found && plan_hold(p, bytes.len, e) != 0))
			return at_base(p, path, e);
		if (found && sha256_eq(want, sha256_of(bytes)))
			continue;
		err_set(e, ERR_STALE_BASE, found ? "%.*s is not at the version "
		    "named by base" : "%.*s does not exist, but base names a "
		    "version of it", STR_ARG(path));
		return at_base(p, path, e);
	}
	return 0;
}

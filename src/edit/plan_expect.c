#include "base/utf8.h"
#include "edit/planner.h"

#define CURRENT_LINES 3			/* around the span */
#define CURRENT_MAX_BYTES KIB(8)	/* enough to make the edit again */

/* The span and the lines around it, made fit for JSON. */
static void
show_lines(struct arena *a, const struct lines *l, size_t from, size_t to,
    struct plan_result *r)
{
	struct buf out = BUF_INIT(CURRENT_MAX_BYTES * 4);
	struct str text;

	from = from < l->n ? from : l->n;
	to = to < l->n ? to : l->n;
	from -= from < CURRENT_LINES ? from : CURRENT_LINES;
	to += l->n - to < CURRENT_LINES ? l->n - to : CURRENT_LINES;
	text = lines_slice(l, from, to);
	if (text.len > CURRENT_MAX_BYTES) {
		text.len = CURRENT_MAX_BYTES;
		/* not in the middle of a character */
		for (int i = 0; i < 3 && (text.p[text.len] & 0xc0) == 0x80; i++)
			text.len--;
	}
	utf8_clean(&out, text);
	r->current_text = arena_str(a, buf_str(&out));
	r->current_line = (int64_t)from + 1;
	buf_free(&out);
}

void
plan_show(struct planner *p, const struct file *f, size_t from, size_t to,
    struct plan_result *r)
{
	if (!f->existed)
		return;
	r->current_sha256 = sha256_hex(p->a, f->before_sha256);
	if (!text_is_binary(f->before))
		show_lines(p->a, &f->base, from, to, r);
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
static struct line_span
shown(const struct patch_op *op, const struct lines *lines)
{
	if (op->start >= 1 && op->end >= op->start)
		return (struct line_span){ (size_t)op->start - 1,
		    (size_t)op->end };
	if (op->line >= 1)
		return (struct line_span){ (size_t)op->line - 1,
		    (size_t)op->line };
	return (struct line_span){ 0, lines->n };
}

int
plan_expect_base(struct planner *p, const struct file *f, size_t k,
    struct plan_result *r, struct err *e)
{
	const struct patch_batch *b = p->batch;

	for (size_t i = 0; i < b->n_base; i++) {
		struct line_span s;
		struct sha256 want;

		if (!str_eq(b->base[i].path, f->path))
			continue;
		if (hash_given(b->base[i].sha256, &want, e) != 0)
			return at_base(p, f->path, e);
		if (f->existed && (sha256_eq(want, f->before_sha256) ||
		    f->since.n))
			continue;
		s = shown(&b->ops[k], &f->base);
		plan_show(p, f, s.from, s.to, r);
		err_set(e, ERR_STALE_BASE, "%.*s is not at the version named by"
		    " base%s%.*s", STR_ARG(f->path), !f->existed ?
		    ", but does not exist" : f->why.len ? ", and " : "",
		    STR_ARG(f->why));
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
		want = text_to_crlf(p->turn, want);
	if (str_eq(want, got))
		return true;
	if (!got.len || got.p[got.len - 1] != '\n' ||
	    (want.len && !text_is_open(want)))
		return false;
	got.len--;
	if (str_eq(want, got))
		return true;
	if (got.len && got.p[got.len - 1] == '\r')
		got.len--;
	return str_eq(want, got);
}

static int
stale(struct planner *p, struct file *f, size_t k, struct line_span bytes,
    const char *member, struct plan_result *r, struct err *e)
{
	const struct lines *v = view_text(p, f);

	plan_show(p, f, lines_at(v, bytes.from), lines_at(v, bytes.to), r);
	err_set(e, ERR_STALE_BASE, strcmp(member, "expect") == 0 ?
	    "The text expected there is not there" :
	    "The text there has another SHA-256");
	return plan_at(e, k, member);
}

/* A span with line 1 may be given with the byte order mark or without. */
static int
compare(struct planner *p, struct file *f, size_t k, size_t from, size_t to,
    struct plan_result *r, struct err *e)
{
	const struct patch_op *op = &p->batch->ops[k];
	bool first = from == view_line_start(p, f, 0);
	struct str got = view_slice(p, f, from, to);
	struct str marked = first ? view_slice(p, f, 0, to) : got;
	struct line_span span = { from, to };
	struct sha256 want;

	if (op->expect.p) {
		bool crlf = view_crlf(p, f);

		if (!text_expected(p, op->expect, got, crlf) &&
		    !text_expected(p, op->expect, marked, crlf))
			return stale(p, f, k, span, "expect", r, e);
	}
	if (!op->expect_sha256.p)
		return 0;
	if (hash_given(op->expect_sha256, &want, e) != 0)
		return plan_at(e, k, "expectSha256");
	if (sha256_eq(want, sha256_of(got)) ||
	    sha256_eq(want, sha256_of(marked)))
		return 0;
	return stale(p, f, k, span, "expectSha256", r, e);
}

int
plan_expect_span(struct planner *p, struct file *f, size_t k, size_t from,
    size_t to, struct plan_result *r, struct err *e)
{
	const struct patch_op *op = &p->batch->ops[k];

	if (!op->expect.p && !op->expect_sha256.p)
		return 0;
	return compare(p, f, k, from, to, r, e);
}

int
plan_expect_whole(struct planner *p, struct file *f, size_t k,
    struct plan_result *r, struct err *e)
{
	const struct patch_op *op = &p->batch->ops[k];
	const struct lines *v;
	struct sha256 want;

	if (!op->expect.p && !op->expect_sha256.p && !op->base_sha256.p)
		return 0;
	v = view_text(p, f);
	if (op->base_sha256.p) {
		if (hash_given(op->base_sha256, &want, e) != 0)
			return plan_at(e, k, "baseSha256");
		if (!f->exists || !sha256_eq(want, sha256_of(doc_bytes(
		    &f->doc)))) {
			plan_show(p, f, 0, f->base.n, r);
			err_set(e, ERR_STALE_BASE, "%.*s is not at the version"
			    " named by baseSha256%s", STR_ARG(f->path),
			    f->exists ? "" : ", but does not exist");
			return plan_at(e, k, "baseSha256");
		}
	}
	if (f->exists)
		return compare(p, f, k, v->mark, v->text.len, r, e);
	if (op->expect.p && op->expect.len == 0)
		return 0;
	if (!op->expect.p && !op->expect_sha256.p)
		return 0;
	err_set(e, ERR_STALE_BASE, "%.*s does not exist, but a text is expected"
	    " in it", STR_ARG(f->path));
	return plan_at(e, k, op->expect.p ? "expect" : "expectSha256");
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

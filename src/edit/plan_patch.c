/* unified-diff and apply-patch: sections of several files, hunks that must
 * stand where they say or in exactly one place. */
#include "edit/match.h"
#include "edit/planner.h"

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
	return plan_at(e, k, op->block.p ? "block" : "blockFile");
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

/* Where this is in the patch: its detail begins with it. */
static int
at_hunk(struct err *e, size_t k, const struct patch_hunk *h)
{
	char detail[DETAIL_MAX_BYTES];

	snprintf(detail, sizeof(detail), "Line %zu of the patch: %.600s", h->at,
	    e->detail);
	memcpy(e->detail, detail, sizeof(detail));
	return plan_at(e, k, "block");
}

/* The lines of one side as a text. */
static struct str
side(struct planner *p, const struct patch_hunk *h, char other, bool *open)
{
	size_t n = 0;
	char *s;

	*open = false;
	for (size_t i = 0; i < h->n; i++)
		n += h->lines[i].sign == other ? 0 : h->lines[i].text.len;
	s = arena_alloc(p->a, n + 1);
	n = 0;
	for (size_t i = 0; i < h->n; i++) {
		struct str text = h->lines[i].text;

		if (h->lines[i].sign == other)
			continue;
		if (text.len)
			memcpy(s + n, text.p, text.len);
		n += text.len;
		*open = h->lines[i].open;
	}
	return str_n(s, n);
}

/* Reading one section: its hunks find their places one after the other. */
struct section {
	struct planner *p;
	struct file *f;
	size_t k;
	const struct lines *v;
	bool crlf;		/* lines take the file's CRLF */
	bool known;		/* the base is known: line numbers count */
	size_t behind;		/* the hunk before ends here */
	struct draft *d;
	struct plan_result *r;
};

/* The byte behind the headings, each of which one line must be. */
static int
headings(const struct section *s, const struct patch_hunk *h, size_t *from,
    struct err *e)
{
	*from = s->behind;
	for (size_t i = 0; i < h->n_headings; i++) {
		struct str line = s->crlf ? arena_fmt(s->p->a, "%.*s\r\n",
		    STR_ARG(h->headings[i])) : arena_fmt(s->p->a, "%.*s\n",
		    STR_ARG(h->headings[i]));
		struct str rest = str_n(s->v->text.p + *from,
		    s->v->text.len - *from);
		struct matches m;

		match_find(s->p->a, rest, line, MATCH_LINES, &m);
		if (m.n != 1) {
			err_set(e, m.n ? ERR_ANCHOR_AMBIGUOUS :
			    ERR_ANCHOR_MISSING, "the heading \"%.*s\" is %s "
			    "of %.*s", (int)(h->headings[i].len > 200 ? 200 :
			    h->headings[i].len), h->headings[i].p, m.n ?
			    "more than one line" : "no line",
			    STR_ARG(s->f->path));
			return at_hunk(e, s->k, h);
		}
		*from += m.m[0].to;
	}
	return 0;
}

/* A hunk that only adds, and shows no line around. */
static int
bare_hunk(const struct section *s, const struct patch_hunk *h, size_t from,
    struct match *out, struct err *e)
{
	size_t line = h->old_line > 0 ? (size_t)h->old_line : 0;

	if (h->n_headings) {
		*out = (struct match){ from, from };
		return 0;
	}
	if (h->at_end || s->v->text.len == s->v->mark) {
		*out = (struct match){ s->v->text.len, s->v->text.len };
		return 0;
	}
	if (!s->known || h->old_line < 0) {
		err_set(e, ERR_MATCH_AMBIGUOUS, "the hunk shows no line of the "
		    "file, so it could go anywhere; add lines around it, or "
		    "name base");
		return at_hunk(e, s->k, h);
	}
	if (line > s->v->n) {
		err_set(e, ERR_OUT_OF_RANGE, "the hunk goes behind line %zu, "
		    "but %.*s has %zu lines", line, STR_ARG(s->f->path),
		    s->v->n);
		return at_hunk(e, s->k, h);
	}
	out->from = out->to = lines_start(s->v, line);
	return 0;
}

static int
hunk_missing(const struct section *s, const struct patch_hunk *h,
    struct err *e)
{
	size_t line = h->old_line > 0 ? (size_t)h->old_line - 1 : 0;
	bool open;
	struct str after = side(s->p, h, '-', &open);
	struct matches there = { 0 };

	if (s->crlf)
		after = text_to_crlf(s->p->a, after);
	if (after.len)
		match_find(s->p->a, s->v->text, after, MATCH_LINES, &there);
	plan_show(s->p, s->f, line, h->old_line > 0 ? line + h->n :
	    s->f->base.n, s->r);
	if (there.kind == MATCH_EXACT)
		err_set(e, ERR_ALREADY_APPLIED, "the lines to change are not in "
		    "%.*s, but those they become are, from line %zu on",
		    STR_ARG(s->f->path),
		    lines_at(s->v, there.m[0].from) + 1);
	else
		err_set(e, ERR_MATCH_NOT_FOUND, "the lines of the hunk are not "
		    "in %.*s", STR_ARG(s->f->path));
	return at_hunk(e, s->k, h);
}

/* Which of the matches is meant: the one at the stated line of a known version,
 * the first one behind a heading, or the only one. */
static int
choose(const struct section *s, const struct patch_hunk *h, size_t from,
    const struct matches *m, struct match *out, struct err *e)
{
	size_t stated = s->known && h->old_line > 0 ?
	    lines_start(s->v, (size_t)h->old_line - 1) : SIZE_MAX;

	for (size_t i = 0; i < m->n; i++) {
		if (m->m[i].from != stated && !(stated == SIZE_MAX &&
		    h->n_headings && m->m[i].from >= from))
			continue;
		*out = m->m[i];
		return 0;
	}
	if (m->n == 1 && m->m[0].from >= from) {
		*out = m->m[0];
		return 0;
	}
	if (m->n == 1 || h->n_headings)
		err_set(e, ERR_MATCH_NOT_FOUND, "the lines of the hunk are in "
		    "line %zu of %.*s, but before %s", lines_at(s->v,
		    m->m[m->n - 1].from) + 1, STR_ARG(s->f->path),
		    h->n_headings ? "its heading" : "the hunk before");
	else
		err_set(e, ERR_MATCH_AMBIGUOUS, "the lines of the hunk are in "
		    "%.*s %zu times, from line %zu and %zu on; show more lines,"
		    " or name base", STR_ARG(s->f->path), m->n, lines_at(s->v,
		    m->m[0].from) + 1, lines_at(s->v, m->m[1].from) + 1);
	return at_hunk(e, s->k, h);
}

static int
hunk_place(struct section *s, const struct patch_hunk *h, struct match *out,
    struct err *e)
{
	struct matches m;
	struct str old;
	size_t from;
	bool open;

	if (headings(s, h, &from, e) != 0)
		return -1;
	old = side(s->p, h, '+', &open);
	if (!old.len)
		return bare_hunk(s, h, from, out, e);
	if (s->crlf)
		old = text_to_crlf(s->p->a, old);
	match_find(s->p->a, s->v->text, old, open || h->at_end ?
	    MATCH_LAST_LINES : MATCH_LINES, &m);
	if (!m.n)
		return hunk_missing(s, h, e);
	if (choose(s, h, from, &m, out, e) != 0)
		return -1;
	if (!s->r->match || m.kind == MATCH_TRAILING_SPACE)
		s->r->match = match_names[m.kind];
	if (h->old_line > 0 && s->r->shift == SHIFT_NONE)
		s->r->shift = (int64_t)lines_at(s->v, out->from) + 1 -
		    h->old_line;
	return 0;
}

static size_t
line_bytes(const struct lines *v, size_t at)
{
	struct str rest = str_n(v->text.p + at, v->text.len - at);
	size_t end = text_find_end(rest, 0);

	return end + (end < rest.len);
}

/* Runs of lines that go and come, from the match on; the lines around are left
 * as they are in the file. */
static int
hunk_edits(struct section *s, const struct patch_hunk *h, size_t at,
    struct err *e)
{
	for (size_t i = 0; i < h->n;) {
		struct hunk edit = { .from = at, .gone = { NULL, 0 } };
		struct joined come = { .a = s->p->a, .s = STR("") };
		size_t first = i;

		for (; i < h->n && h->lines[i].sign != ' '; i++) {
			if (h->lines[i].sign == '-')
				at += line_bytes(s->v, at);
			else
				joined_add(&come, h->lines[i].text);
		}
		if (i == first) {
			at += line_bytes(s->v, at);
			i++;
			continue;
		}
		edit.gone.len = at - edit.from;
		edit.come = come.s;
		if (text_is_binary(come.s)) {
			err_set(e, ERR_BINARY_FILE, "the hunk has a NUL byte");
			return at_hunk(e, s->k, h);
		}
		if (!script_add(s->p->a, &s->d->script, &edit)) {
			err_set(e, ERR_OVERLAP, "the hunk edits lines of the "
			    "hunk before");
			return at_hunk(e, s->k, h);
		}
	}
	return 0;
}

/* The hunks of a section over a file's view, as a draft's script. */
static int
section_edits(struct section *s, const struct patch_section *sec,
    struct err *e)
{
	for (size_t i = 0; i < sec->n; i++) {
		const struct patch_hunk *h = &sec->hunks[i];
		struct match m = { 0 };

		if (hunk_place(s, h, &m, e) != 0 ||
		    hunk_edits(s, h, m.from, e) != 0)
			return -1;
		s->behind = m.to;
	}
	return 0;
}

/* Has the client said which version it means? */
static bool
base_known(const struct planner *p, const struct file *f)
{
	for (size_t i = 0; i < p->batch->n_base; i++)
		if (str_eq(p->batch->base[i].path, f->path))
			return true;
	return false;
}

static struct section
section_of(struct planner *p, size_t k, struct file *f, struct draft *d,
    struct plan_result *r)
{
	struct section s = { .p = p, .f = f, .k = k, .v = view_text(p, f),
	    .known = base_known(p, f), .d = d, .r = r };

	s.behind = s.v->mark;
	s.crlf = p->batch->eol == EOL_AUTO &&
	    text_endings(s.v->text) == ENDINGS_CRLF;
	return s;
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

static int
section_move(struct planner *p, size_t k, const struct patch_section *sec,
    struct drafts *out, struct plan_result *r, struct err *e)
{
	struct file *f = plan_file_find(p, sec->path);
	struct file *to = plan_file_find(p, sec->to);
	struct draft edit = { .file = f, .kind = DRAFT_EDIT, .mode = -1,
	    .whole_lines = true }, *d;
	struct section s = section_of(p, k, f, &edit, r);
	struct script script;
	struct str text;

	if (plan_delete_check(p, f, k, e) != 0)
		return -1;
	if (plan_file_load(p, to, e) != 0)
		return plan_at(e, k, "block");
	if (plan_create_check(p, to, k, "block", e) != 0 ||
	    section_edits(&s, sec, e) != 0 ||
	    moved_text(p, k, &edit, &script, &text, r, e) != 0)
		return -1;
	d = plan_draft(p, out, f, DRAFT_DELETE);
	d->moved_to = to;
	d->mode = sec->mode;
	d->script = script;
	d = plan_draft(p, out, to, DRAFT_CREATE);
	d->bytes = text;
	d->mode = sec->mode >= 0 ? sec->mode : (int64_t)f->mode;
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
		plan_draft(p, out, f, DRAFT_EDIT)->mode = sec->mode;
		return 0;
	}
	if (plan_text_check(p, f, k, e) != 0)
		return -1;
	if (sec->to.p)
		return section_move(p, k, sec, out, r, e);
	s = section_of(p, k, f, plan_draft(p, out, f, DRAFT_EDIT), r);
	s.d->whole_lines = true;
	s.d->mode = sec->mode;
	return section_edits(&s, sec, e);
}

static int
section_create(struct planner *p, size_t k, const struct patch_section *sec,
    struct drafts *out, struct err *e)
{
	struct file *f = plan_file_find(p, sec->path);
	struct joined bytes = { .a = p->a, .s = STR("") };
	struct draft *d;

	if (plan_create_check(p, f, k, "block", e) != 0)
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
		struct section s = section_of(p, k, f, &edit, r);

		if (section_edits(&s, sec, e) != 0)
			return -1;
		if (-script_growth(&edit.script) !=
		    (int64_t)(s.v->text.len - s.v->mark) &&
		    -script_growth(&edit.script) != (int64_t)s.v->text.len) {
			plan_show(p, f, 0, f->base.n, r);
			err_set(e, ERR_MATCH_NOT_FOUND, "the patch deletes "
			    "%.*s, but does not show all of its lines",
			    STR_ARG(f->path));
			return at_hunk(e, k, &sec->hunks[0]);
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
		return plan_at(e, k, "block");
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

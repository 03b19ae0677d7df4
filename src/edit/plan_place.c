/* From what an operation wants, in its view, to what is done to the text as it
 * is now. */
#include "edit/planner.h"
#include "text/udiff.h"

#define PIECE_COST 8		/* as many bytes to look through */

/* Where a byte of the old text is now, whatever happened around it. */
static size_t
roughly(const struct history *since, size_t byte)
{
	for (size_t i = 0; i < since->n; i++) {
		const struct script *s = &since->steps[i];
		size_t grown = 0;

		for (size_t j = 0; j < s->n && s->h[j].from < byte; j++) {
			const struct hunk *h = &s->h[j];

			if (h->from + h->gone.len > byte)
				byte = h->from;
			else
				grown += h->come.len - h->gone.len;
		}
		byte += grown;
	}
	return byte;
}

static int
conflict(struct planner *p, const struct file *f, size_t k,
    const struct reach *asked, size_t step, struct plan_result *r,
    struct err *e)
{
	size_t from = roughly(&f->since, asked->from);
	size_t to = roughly(&f->since, asked->to);
	size_t last = asked->to > asked->from ? asked->to - 1 : asked->to;
	size_t first_line = lines_at(f->seen, asked->from) + 1;
	size_t last_line = lines_at(f->seen, last) + 1;

	from = from < f->before.len ? from : f->before.len;
	to = to < f->before.len ? to : f->before.len;
	r->conflict_patch_id = f->since.patch_ids[step];
	plan_show(p, f, lines_at(&f->base, from), lines_at(&f->base, to), r);
	if (first_line == last_line)
		err_set(e, ERR_SPAN_CONFLICT, "Line %zu of the version named "
		    "by base was changed since by patch %.*s", first_line,
		    STR_ARG(r->conflict_patch_id));
	else
		err_set(e, ERR_SPAN_CONFLICT, "Lines %zu to %zu of the version "
		    "named by base were changed since by patch %.*s",
		    first_line, last_line, STR_ARG(r->conflict_patch_id));
	return err_at(e, "/patches/%zu", k);
}

/* What hunk i of the draft is about. */
static struct reach
reach_of(const struct draft *d, size_t i)
{
	const struct hunk *h = &d->script.h[i];

	return d->watch ? d->watch[i] : (struct reach){ h->from,
	    h->from + h->gone.len, h->rank > 0 };
}

/* Hunk i of the draft in positions of the file as it is: h->from. */
static int
carry(struct planner *p, size_t k, const struct draft *d, size_t i,
    struct hunk *h, struct plan_result *r, struct err *e)
{
	const struct file *f = d->file;
	struct reach asked = reach_of(d, i), now = asked;

	if (!f->since.n)
		return 0;
	for (size_t s = 0; s < f->since.n; s++)
		if (!reach_carry(&f->since.steps[s], &now))
			return conflict(p, f, k, &asked, s, r, e);
	if (i == 0 && !plan_sequential(p) && (r->shift == SHIFT_NONE ||
	    d->tells_shift))
		r->shift = (r->shift == SHIFT_NONE ? 0 : r->shift) +
		    (int64_t)lines_at(&f->base, now.from) -
		    (int64_t)lines_at(f->seen, asked.from);
	h->from = now.from + (h->from - asked.from);
	return 0;
}

/* A last line without an end has the one that was put in behind it. */
static size_t
end_of_open(const struct planner *p, const struct draft *d,
    const struct hunk *want)
{
	const struct file *f = d->file;
	bool last = want->from + want->gone.len == f->seen->text.len;

	return !plan_sequential(p) && d->whole_lines && want->gone.len &&
	    last ? f->ended : 0;
}

/* The text a hunk puts in, made to fit where it comes. */
static struct str
fit(struct planner *p, struct draft *d, const struct hunk *h)
{
	const struct doc *doc = &d->file->doc;
	size_t mark = doc_has_mark(doc) ? text_bom.len : 0;
	enum endings ends = plan_sequential(p) || !d->file->existed ?
	    doc->endings : d->file->endings;
	struct str come = h->come;
	struct block_fit how = {
		.crlf = ends == ENDINGS_CRLF,
		.eol = d->exact_ends ? EOL_KEEP : p->batch->eol,
		.last = h->from + h->gone.len == doc->bytes,
		.padding = d->padding,
		.open = h->from > mark &&
		    *doc_slice(doc, h->from - 1, 1).p != '\n',
	};

	if (mark && h->from == mark && str_starts(come, text_bom))
		come = str_n(come.p + mark, come.len - mark);
	come = block_fit(p->a, come, &how);
	d->front = !how.open || !come.len ? 0 : how.crlf ? 2 : 1;
	return come;
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

/* An edit as the file will see it: d->touch.script. */
static int
place_edit(struct planner *p, size_t k, struct draft *d,
    struct plan_result *r, struct err *e)
{
	const struct script *want = &d->script;
	struct script *now = &d->touch.script;
	struct asked_at among = { 0 };
	struct file *f = d->file;

	/* the longer the list of edits, the longer each takes */
	if (plan_look(p, (f->doc.n_pieces + f->asked.n +
	    f->since.n * want->n) * PIECE_COST, e) != 0)
		return -1;
	*now = (struct script){ arena_array_of(p->a, struct hunk, want->n + 1),
	    want->n, want->n + 1 };
	if (!plan_sequential(p))
		d->was = arena_array_of(p->a, size_t, want->n + 1);
	for (size_t i = 0; i < want->n; i++) {
		struct hunk *h = &now->h[i];

		*h = want->h[i];
		if (carry(p, k, d, i, h, r, e) != 0)
			return -1;
		if (d->was) {
			d->was[i] = h->from;
			if (asked_place(d, k, &want->h[i], h, &among,
			    e) != 0)
				return -1;
		}
		d->end_taken = end_of_open(p, d, &want->h[i]);
		h->gone = doc_slice(&f->doc, h->from, h->gone.len +
		    d->end_taken);
		if (d->whole_lines)
			h->come = fit(p, d, h);
		if (plan_hold(p, h->come.len, e) != 0)
			return -1;
	}
	return size_check(p, f, (size_t)((int64_t)f->doc.bytes +
	    script_growth(now)), e);
}

/* The doc of a file that is made. */
static void
new_doc(struct planner *p, struct str bytes, struct doc *out)
{
	struct lines *lines = arena_new_of(p->a, struct lines);

	lines_of(p->a, bytes, lines);
	doc_load(out, p->a, lines);
}

static struct udiff
udiff_of(struct planner *p, const struct draft *d, struct doc *made)
{
	const struct file *f = d->file;
	struct udiff u = { .path = f->path, .doc = &f->doc, .mode = f->mode,
	    .new_mode = d->mode >= 0 ? (unsigned)d->mode : f->mode,
	    .script = &d->touch.script };

	if (d->kind == DRAFT_CREATE) {
		u.kind = UDIFF_CREATE;
		new_doc(p, d->bytes, made);
		u.doc = made;
	} else if (d->kind == DRAFT_DELETE) {
		u.kind = d->moved_to ? UDIFF_MOVE : UDIFF_DELETE;
		if (d->moved_to)
			u.to = d->moved_to->path;
		if (d->moved_to)
			u.script = &d->script;
	}
	return u;
}

static int
put_diff(struct planner *p, const struct draft *d, struct plan_result *r,
    struct err *e)
{
	struct buf out = BUF_INIT(DIFF_MAX_BYTES - p->diff.s.len);
	struct doc made;
	struct udiff u = udiff_of(p, d, &made);
	int rc = -1;

	udiff_write(&out, &u);
	if (buf_check(&out, "The diff", e) != 0 ||
	    plan_hold(p, out.len, e) != 0)
		goto out;
	joined_add(&p->diff, arena_str(p->a, buf_str(&out)));
	r->lines_added += u.added;
	r->lines_removed += u.removed;
	rc = 0;
out:
	buf_free(&out);
	return rc;
}

/* The line that a byte of the base is in; at its end none, even when the last
 * one is open: what is put in there comes behind it. */
static size_t
base_line(const struct file *f, size_t byte)
{
	return byte == f->base.text.len ? f->base.n : lines_at(&f->base, byte);
}

/* The hunks as lines of the file before the batch. */
static void
line_spans(struct planner *p, struct draft *d)
{
	const struct script *s = &d->touch.script;
	const struct file *f = d->file;
	struct line_span *out = arena_array_of(p->a, struct line_span, s->n + 1);

	d->touch.lines = out;
	for (size_t i = 0; i < s->n; i++) {
		size_t end = s->h[i].from + s->h[i].gone.len;
		size_t from, to;

		/* the batch made this text: what was there before has gone */
		if (f->doc.base != &f->base) {
			out[i] = (struct line_span){ 0, f->base.n };
			continue;
		}
		from = d->was ? d->was[i] :
		    doc_origin(&f->doc, s->h[i].from, false);
		to = d->was ? from + s->h[i].gone.len :
		    doc_origin(&f->doc, end, true);
		if (to < from)
			to = from;
		out[i].from = base_line(f, from);
		out[i].to = base_line(f, to);
		/* a part of a line is that line */
		if (to > from && to > lines_start(&f->base, out[i].to))
			out[i].to++;
	}
}

int
plan_place(struct planner *p, size_t k, struct draft *d,
    struct plan_result *r, struct err *e)
{
	struct file *f = d->file;
	struct plan_touch *t = &d->touch;
	struct hunk all = { 0 };

	*t = (struct plan_touch){ .file = (size_t)(f - p->files),
	    .existed = f->exists, .exists = d->kind != DRAFT_DELETE,
	    .mode_before = f->exists ? (int64_t)f->mode : -1 };
	t->mode = !t->exists ? -1 : d->mode >= 0 ? d->mode : (int64_t)f->mode;
	if (d->kind != DRAFT_EDIT && f->since.n) {
		return conflict(p, f, k, &(struct reach){ 0,
		    f->seen->text.len, false }, f->since.n - 1, r, e);
	}
	if (d->kind == DRAFT_EDIT) {
		if (place_edit(p, k, d, r, e) != 0)
			return err_at(e, "/patches/%zu", k);
	} else {
		all.come = d->kind == DRAFT_CREATE ? d->bytes : STR("");
		all.gone = d->kind == DRAFT_DELETE ? doc_bytes(&f->doc) :
		    STR("");
		script_insert(p->a, &t->script, 0, &all);
		if (size_check(p, f, all.come.len, e) != 0 ||
		    plan_hold(p, all.come.len, e) != 0)
			return err_at(e, "/patches/%zu", k);
	}
	line_spans(p, d);
	if (!d->quiet && put_diff(p, d, r, e) != 0)
		return err_at(e, "/patches/%zu", k);
	return 0;
}

/* Does what the hunk puts in stand before what was put in there since? */
static bool
is_early(const struct hunk *h, const struct reach *about)
{
	return about->from < about->to ? about->to == h->from : !about->late;
}

/* Make of a step of the history one of a text that has the own hunks, too. */
static void
step_behind(struct script *step, const struct script *own,
    const struct reach *about)
{
	size_t grown = 0, j = 0;

	for (size_t i = 0; i < step->n; i++) {
		struct hunk *h = &step->h[i];

		for (; j < own->n; j++) {
			const struct hunk *o = &own->h[j];

			if (o->from + o->gone.len > h->from ||
			    (o->from == h->from && !o->gone.len &&
			    !h->gone.len && !is_early(o, &about[j])))
				break;
			grown += o->come.len - o->gone.len;
		}
		h->from += grown;
	}
}

/* What was done since an older version is now done since a version that has
 * this edit as well; plan_place() saw to it that neither touches the other. */
static void
view_commit(struct planner *p, const struct draft *d)
{
	struct file *f = d->file;
	struct script own = { arena_array_of(p->turn, struct hunk,
	    d->script.n + 1), d->script.n, d->script.n + 1 };
	struct reach *about = arena_array_of(p->turn, struct reach, own.n + 1);
	struct reach *behind = arena_array_of(p->turn, struct reach, own.n + 1);

	for (size_t j = 0; j < own.n; j++) {
		own.h[j] = d->script.h[j];
		about[j] = reach_of(d, j);
	}
	doc_apply(&f->view, &d->script);
	for (size_t i = 0; i < f->since.n; i++) {
		struct script *step = &f->since.steps[i];

		for (size_t j = 0; j < own.n; j++) {
			behind[j] = about[j];
			reach_carry(step, &behind[j]);
		}
		step_behind(step, &own, about);
		for (size_t j = 0; j < own.n; j++) {
			own.h[j].from += behind[j].from - about[j].from;
			about[j] = behind[j];
		}
	}
}

static void
whole_commit(struct planner *p, size_t k, struct draft *d)
{
	struct file *f = d->file;
	struct str bytes = d->kind == DRAFT_CREATE ? d->bytes : STR("");

	new_doc(p, bytes, &f->doc);
	f->since = (struct history){ 0 };
	f->binary = text_is_binary(bytes);
	if (plan_sequential(p))
		return;
	f->whole = true;
	f->whole_op = k;
	asked_new(p, k, f, d->kind == DRAFT_CREATE ? &d->touch.script.h[0] :
	    NULL);
}

void
plan_commit(struct planner *p, size_t k, struct draft *d)
{
	struct file *f = d->file;
	bool binary = false;

	f->exists = d->touch.exists;
	if (d->touch.mode >= 0)
		f->mode = (unsigned)d->touch.mode;
	f->now = NULL;
	if (d->kind != DRAFT_EDIT) {
		whole_commit(p, k, d);
		return;
	}
	for (size_t i = 0; i < d->script.n; i++) {
		d->script.h[i].come = d->touch.script.h[i].come;
		binary |= text_is_binary(d->script.h[i].come);
	}
	if (plan_sequential(p) && f->since.n)
		view_commit(p, d);
	doc_apply(&f->doc, &d->touch.script);
	if (!plan_sequential(p))
		asked_add(p, k, d);
	f->binary = binary || (f->binary &&
	    text_is_binary(doc_bytes(&f->doc)));
}

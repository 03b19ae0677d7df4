/* Random batches of all operations, each after the ones before it: the files
 * are what the simplest way makes of them; taking every edit back gives the
 * files before; the diffs, sent as operations, give the files after. */
#include "any.h"
#include "naive.h"

#define ROUNDS 300
#define MAX_OPS 10

static const char *const names[] = { "a", "d/b", "d/deep/c", "x y", "new/f" };

struct model {
	struct str text[countof(names)];	/* STR_NONE: no file */
	struct naive_ends ends[countof(names)];
	bool touched[countof(names)];
	enum manner manner;
};

static size_t
matches(struct str text, struct str search)
{
	size_t n = 0;

	for (size_t i = 0; i + search.len <= text.len; i++)
		n += memcmp(text.p + i, search.p, search.len) == 0;
	return n;
}

static struct str
replaced(struct arena *a, struct str text, struct str search, struct str by)
{
	size_t at = str_find(text, search);

	return arena_fmt(a, "%.*s%.*s%.*s", (int)at, text.p, STR_ARG(by),
	    (int)(text.len - at - search.len), text.p + at + search.len);
}

/* A text that is in the file once; nothing when luck does not find one. */
static bool
any_search(struct arena *a, struct str text, enum manner manner,
    struct patch_op *op)
{
	for (int i = 0; i < 20 && text.len > 3; i++) {
		size_t from = 3 + pick(text.len - 3);
		size_t len = 1 + pick(text.len - from < 30 ?
		    text.len - from : 30);
		struct str s = str_n(text.p + from, len);

		/* a CRLF is not cut through */
		if (s.p[0] == '\n' || s.p[len - 1] == '\r' ||
		    matches(text, s) != 1)
			continue;
		op->op = OP_SEARCH_REPLACE;
		op->search = s;
		op->replace = any_text(a, pick(3), manner, false);
		op->occurrence = OCCURRENCE_UNIQUE;
		return true;
	}
	return false;
}

static void
line_op(struct arena *a, struct model *m, size_t i, struct patch_op *op)
{
	struct buf out = BUF_INIT(MIB(1));
	struct str block = any_text(a, pick(4), m->manner, false);
	bool bom = naive_bom(m->text[i]);

	*op = any_line_op(naive_count(str_n(m->text[i].p + (bom ? 3 : 0),
	    m->text[i].len - (bom ? 3 : 0))), block);
	naive_apply(m->text[i], op, 1, m->ends[i], &out);
	m->text[i] = arena_str(a, buf_str(&out));
	buf_free(&out);
}

/* An operation on file i, and what it makes of it. */
static void
any_op(struct arena *a, struct model *m, size_t i, struct patch_op *op)
{
	struct str was = m->text[i];
	size_t kind = pick(8), to = pick(countof(names));

	*op = (struct patch_op){ .mode = -1, .start = -1, .end = -1,
	    .line = -1 };
	if (!was.p) {
		op->op = OP_CREATE;
		op->block = any_text(a, pick(6), m->manner, false);
		m->text[i] = op->block;
		m->ends[i] = (struct naive_ends){ 0 };
	} else if (kind == 0) {
		op->op = OP_DELETE_FILE;
		m->text[i] = STR_NONE;
	} else if (kind == 1 && !m->text[to].p) {
		op->op = OP_MOVE;
		op->to = str(names[to]);
		m->text[to] = was;
		m->text[i] = STR_NONE;
		m->ends[to] = (struct naive_ends){ 0 };
		m->touched[to] = true;
		naive_look(was, &m->ends[to]);
	} else if (kind == 2 && !m->touched[i]) {
		op->op = OP_WRITE_FILE;
		op->base_sha256 = sha256_hex(a, sha256_of(was));
		op->block = any_text(a, pick(12), m->manner, false);
		m->text[i] = op->block;
	} else if (kind == 3 && any_search(a, was, m->manner, op)) {
		m->text[i] = replaced(a, was, op->search, op->replace);
	} else {
		line_op(a, m, i, op);
	}
	op->file = str(names[i]);
	m->touched[i] = true;
	if (m->text[i].p)
		naive_look(m->text[i], &m->ends[i]);
}

static bool
same(const char *what, const char *name, struct str got, struct str want)
{
	if (!got.p == !want.p && str_eq(got, want))
		return true;
	printf("# %s: %s\n", name, what);
	tap_show("   got", got);
	tap_show("  want", want);
	return false;
}

static struct str
after_of(const struct plan *p, const char *name, struct str otherwise)
{
	for (size_t i = 0; i < p->n_seen; i++)
		if (str_is(p->seen[i].path, name))
			return p->seen[i].exists ? p->seen[i].after : STR_NONE;
	return otherwise;
}

static bool
check_after(const struct plan *p, const struct model *before,
    const struct model *m, const char *what)
{
	bool held = true;

	for (size_t k = 0; k < p->n_results; k++)
		if (p->results[k].status != PLAN_OK) {
			printf("# %s: operation %zu: %s\n", what, k,
			    p->results[k].err.detail);
			held = false;
		}
	for (size_t i = 0; i < countof(names) && held; i++)
		held = same(what, names[i], after_of(p, names[i],
		    before->text[i]), m->text[i]);
	return held;
}

/* Carry the edits out one by one, then take them back; the inverse is made
 * from the script as the store keeps it. */
static bool
check_undo(struct arena *a, const struct plan *p)
{
	struct str *text = arena_array_of(a, struct str, p->n_seen + 1);
	struct script back[4 * MAX_OPS];
	size_t file[4 * MAX_OPS], n = 0;
	bool held = true;

	for (size_t i = 0; i < p->n_seen; i++)
		text[i] = p->seen[i].existed ? p->seen[i].before : STR("");
	for (size_t k = 0; k < p->n_results; k++)
		for (size_t t = 0; t < p->results[k].n_touches; t++) {
			const struct plan_touch *touch =
			    &p->results[k].touches[t];
			struct buf packed = BUF_INIT(MIB(16));
			struct script kept;

			file[n] = touch->file;
			held &= script_fits(&touch->script, text[file[n]]);
			text[file[n]] = script_apply(a, &touch->script,
			    text[file[n]]);
			script_pack(&touch->script, &packed);
			held &= script_unpack(a, arena_str(a,
			    buf_str(&packed)), &kept);
			buf_free(&packed);
			back[n++] = script_inverse(a, &kept);
		}
	for (size_t i = 0; i < p->n_seen && held; i++)
		held = same("the edits one by one", "", text[i],
		    p->seen[i].exists ? p->seen[i].after : STR(""));
	while (n-- && held)
		text[file[n]] = script_apply(a, &back[n], text[file[n]]);
	for (size_t i = 0; i < p->n_seen && held; i++)
		held = same("taken back", arena_cstr(a, p->seen[i].path),
		    text[i], p->seen[i].existed ? p->seen[i].before : STR(""));
	return held;
}

/* The diffs of a batch, each an operation of another one. */
static bool
check_diffs(struct fixture *fx, const struct plan *p,
    const struct model *before, const struct model *m)
{
	struct patch_op ops[MAX_OPS] = { 0 };
	struct base_version base[countof(names)];
	struct patch_batch b = { .atomic = true, .ops = ops,
	    .coordinates = COORD_SEQUENTIAL, .base = base };
	struct plan again;
	bool held;

	/* of a version that is named line numbers count */
	for (size_t i = 0; i < countof(names); i++)
		if (before->text[i].p)
			base[b.n_base++] = (struct base_version){
			    str(names[i]), sha256_hex(fx->a,
			    sha256_of(before->text[i])) };
	for (size_t k = 0; k < p->n_results; k++)
		if (p->results[k].diff.len)
			ops[b.n_ops++] = (struct patch_op){
			    .op = OP_UNIFIED_DIFF, .mode = -1, .start = -1,
			    .end = -1, .line = -1,
			    .block = p->results[k].diff };
	if (!b.n_ops)
		return true;
	again = fixture_plan(fx, &b);
	held = check_after(&again, before, m, "its diffs as operations");
	for (size_t k = 0; k < again.n_results && !held; k++)
		tap_show("diff", ops[k].block);
	return held;
}

static bool
round_holds(uint64_t seed)
{
	struct fixture fx = fixture_new();
	struct patch_op ops[MAX_OPS];
	struct patch_batch b = { .atomic = true, .ops = ops,
	    .coordinates = COORD_SEQUENTIAL };
	struct model before = { .manner = LF }, m;
	struct plan p;
	size_t n = 0;
	bool held;

	any_begin(seed);
	any_numbered = pick(2);
	before.manner = (enum manner)pick(2);
	for (size_t i = 0; i + 1 < countof(names); i++) {
		if (!pick(5))
			continue;
		before.text[i] = any_text(fx.a, pick(15), before.manner,
		    before.manner == LF && !pick(4));
		naive_look(before.text[i], &before.ends[i]);
		fixture_put(&fx, names[i], before.text[i]);
	}
	m = before;
	for (b.n_ops = 1 + pick(MAX_OPS); n < b.n_ops; n++)
		any_op(fx.a, &m, pick(countof(names)), &ops[n]);
	p = fixture_plan(&fx, &b);
	held = check_after(&p, &before, &m, "the naive way") &&
	    check_undo(fx.a, &p);
	held = held && check_diffs(&fx, &p, &before, &m);
	for (size_t k = 0; k < b.n_ops && !held; k++)
		any_show(&ops[k]);
	fixture_free(&fx);
	return any_end(held, seed);
}

int
main(void)
{
	uint64_t seed = any_seed();
	int bad = 0;

	for (uint64_t i = 0; i < ROUNDS && bad < 5; i++)
		bad += !round_holds(seed + i);
	is_int(bad, 0, "%d random batches of all operations", ROUNDS);
	return done_testing();
}

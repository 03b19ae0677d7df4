/* Random files and random batches: what must hold for all of them.
 *
 * Each round has a seed of its own; a round that fails prints it, and
 * PATCHWARDEN_SEED=<it> makes it the first one. */
#include "any.h"
#include "naive.h"

#define ROUNDS 400
#define LARGE_ROUNDS 3
#define LARGE_LINES 100000
#define MAX_OPS 6

static const char *const names[] = { "a", "d/b c", "d/deep/\xc3\xa9", "z" };

static struct str
any_file(struct arena *a, size_t max)
{
	size_t n = pick(4) ? pick(max) : pick(3);
	struct str s = any_text(a, n, (enum manner)pick(MANNER__MAX), !pick(4));

	if (!pick(6))
		s = arena_fmt(a, "\xef\xbb\xbf%.*s", STR_ARG(s));
	return s;
}

/* Blocks are whole lines, unless nothing else is done to the text. */
static struct str
any_block(struct arena *a, bool alone)
{
	return any_text(a, pick(4), (enum manner)pick(2), alone && !pick(3));
}

/* What is asked for one file, and what must come of it. */
struct asked {
	const char *name;
	struct str before, after;
	bool meet;			/* two operations do: refused */
	struct patch_op ops[MAX_OPS];
	size_t n;
};

static struct str
naive(struct arena *a, struct str text, const struct patch_op *ops, size_t n,
    struct naive_ends ends)
{
	struct buf out = BUF_INIT(MIB(64));
	struct str s;

	naive_apply(text, ops, n, ends, &out);
	s = arena_str(a, buf_str(&out));
	buf_free(&out);
	return s;
}

static size_t
lines_in(struct str text)
{
	return naive_count(naive_bom(text) ? str_n(text.p + 3, text.len - 3) :
	    text);
}

static void
ask(struct arena *a, struct asked *f, enum coordinates how)
{
	size_t n = lines_in(f->before);
	struct naive_ends ends = { 0 };

	naive_look(f->before, &ends);
	f->n = 1 + pick(MAX_OPS);
	f->after = f->before;
	for (size_t k = 0; k < f->n; k++) {
		f->ops[k] = any_line_op(n, any_block(a, f->n == 1 ||
		    how == COORD_SEQUENTIAL));
		f->ops[k].file = str(f->name);
		if (how == COORD_SEQUENTIAL) {
			f->after = naive(a, f->after, &f->ops[k], 1, ends);
			n = lines_in(f->after);
			/* a file is what it was and all that came */
			naive_look(f->after, &ends);
			continue;
		}
		for (size_t j = 0; j < k; j++)
			f->meet |= naive_meet(&f->ops[j], &f->ops[k], n);
	}
	if (how == COORD_BASE && !f->meet)
		f->after = naive(a, f->before, f->ops, f->n, ends);
}

/* The operations of all files in one list, each file's in its order. */
static size_t
shuffle(struct asked *files, size_t n, struct patch_op *ops)
{
	size_t done[countof(names)] = { 0 }, left = 0, k = 0;

	for (size_t i = 0; i < n; i++)
		left += files[i].n;
	while (k < left) {
		size_t i = pick(n);

		if (done[i] < files[i].n)
			ops[k++] = files[i].ops[done[i]++];
	}
	return k;
}

static struct str
planned(const struct plan *p, const struct asked *f)
{
	for (size_t i = 0; i < p->n_files; i++)
		if (str_is(p->files[i].path, f->name))
			return p->files[i].after;
	return f->before;
}

static bool
check_file(const struct plan *p, const struct asked *f)
{
	struct str got = planned(p, f);

	if (str_eq(got, f->after))
		return true;
	printf("# %s is not what the naive way makes of it\n", f->name);
	if (f->before.len < KIB(4)) {
		tap_show("before", f->before);
		tap_show("   got", got);
		tap_show("  want", f->after);
	}
	for (size_t k = 0; k < f->n; k++)
		any_show(&f->ops[k]);
	return false;
}

/* Planned twice, it is the same: simulate says what apply will do. */
static bool
check_again(struct fixture *fx, const struct patch_batch *b,
    const struct plan *p)
{
	struct plan again = fixture_plan(fx, b);
	bool same = again.n_files == p->n_files && again.refused == p->refused;

	for (size_t k = 0; k < p->n_results && same; k++)
		same = str_eq(p->results[k].diff, again.results[k].diff) &&
		    p->results[k].status == again.results[k].status;
	for (size_t i = 0; i < p->n_files && same; i++)
		same = str_eq(p->files[i].after, again.files[i].after) &&
		    p->files[i].mode == again.files[i].mode;
	if (!same)
		printf("# planned twice, it differs\n");
	return same;
}

static bool
check_plan(struct fixture *fx, const struct patch_batch *b,
    const struct asked *files, size_t n)
{
	struct plan p = fixture_plan(fx, b);
	bool meet = false, held = true;

	for (size_t i = 0; i < n; i++)
		meet |= files[i].meet;
	if (p.refused != meet) {
		printf("# it is %srefused\n", meet ? "not " : "");
		for (size_t k = 0; k < p.n_results; k++)
			if (p.results[k].status == PLAN_REFUSED)
				printf("# operation %zu: %s\n", k,
				    p.results[k].err.detail);
		held = false;
	}
	if (meet)
		held &= p.n_files == 0;
	for (size_t i = 0; i < n && held && !meet; i++)
		held = check_file(&p, &files[i]);
	return held && check_again(fx, b, &p);
}

static bool
round_holds(uint64_t seed, size_t max_lines)
{
	struct fixture fx = fixture_new();
	struct asked files[countof(names)] = { 0 };
	struct patch_op ops[countof(names) * MAX_OPS];
	struct patch_batch b = { .atomic = true, .ops = ops };
	size_t n;
	bool held;

	any_begin(seed);
	n = max_lines > 1000 ? 1 : 1 + pick(countof(names));
	b.coordinates = pick(2) ? COORD_SEQUENTIAL : COORD_BASE;
	for (size_t i = 0; i < n; i++) {
		files[i].name = names[i];
		files[i].before = max_lines > 1000 ? any_text(fx.a, max_lines,
		    (enum manner)pick(MANNER__MAX), pick(2)) :
		    any_file(fx.a, max_lines);
		fixture_put(&fx, names[i], files[i].before);
		ask(fx.a, &files[i], b.coordinates);
	}
	b.n_ops = shuffle(files, n, ops);
	held = check_plan(&fx, &b, files, n);
	fixture_free(&fx);
	return any_end(held, seed);
}

int
main(void)
{
	uint64_t seed = any_seed();
	int bad = 0;

	for (uint64_t i = 0; i < ROUNDS && bad < 5; i++)
		bad += !round_holds(seed + i, 30);
	is_int(bad, 0, "%d random batches do what the naive way does", ROUNDS);
	bad = 0;
	for (uint64_t i = 0; i < LARGE_ROUNDS; i++)
		bad += !round_holds(seed + i, LARGE_LINES);
	is_int(bad, 0, "%d batches on %d lines do too", LARGE_ROUNDS,
	    LARGE_LINES);
	return done_testing();
}

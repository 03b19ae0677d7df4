/* What edits cost in process, beside what no program could do without.  In DIR,
 * for each SIZE in bytes, everything below is measured in turn, ROUNDS times,
 * and a line "SIZE WHAT SECONDS" of the median is printed for each: of the
 * processor's time, or with --wall of all time.  -WHAT is that alone, to be
 * looked at with perf.
 *
 *	copy	memcpy of the text
 *	read	open, read and close the file, and copy the text
 *	sha	hash it twice, as it was and as it will be
 *	put	read, write a temporary file, sync it, rename it, sync the folder
 *	proof	what an apply looks at again: read what was written, and what
 *		was replaced, and compare both
 *	plan OP	read the file and compute it all: hashes, diff and new text
 *	apply OP  plan, stage, publish and clean
 *
 * Files are of lines of 40 bytes.  Every change is taken back by the next one,
 * and in the end each file is compared with what it has to be. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "edit/plan.h"

#define LINE 40
#define WORD 8			/* where "plain" or "other" is in a line */
#define ROUNDS_MAX 64

enum kind { COPY, READ, SHA, PUT, PROOF, PLAN, APPLY };

/* An operation, forwards and back. */
struct way {
	const char *name;
	enum op_kind op;
	size_t n;			/* lines that change */
	double place;			/* of the one line, in the file */
};

static const struct way ways[] = {
	{ "replace-block first", OP_REPLACE_BLOCK, 1, 0.0 },
	{ "replace-block middle", OP_REPLACE_BLOCK, 1, 0.5 },
	{ "replace-block last", OP_REPLACE_BLOCK, 1, 1.0 },
	{ "replace-block x 100", OP_REPLACE_BLOCK, 100, 0.0 },
	{ "replace-block x 10000", OP_REPLACE_BLOCK, 10000, 0.0 },
	{ "search-replace last", OP_SEARCH_REPLACE, 1, 1.0 },
	{ "unified-diff 3 hunks", OP_UNIFIED_DIFF, 3, 0.0 },
	{ "write-file 3 hunks", OP_WRITE_FILE, 3, 0.0 },
};
#define N_WAYS (sizeof(ways) / sizeof(ways[0]))

struct job {
	const char *name;
	enum kind kind;
	const struct way *way;
	struct str file;
	struct patch_batch to[2];	/* the batch that leads to each state */
	int state;
	double took[ROUNDS_MAX];
};

struct bench {
	struct workspace *ws;
	int dir;
	const char *only;		/* what to measure; NULL: all */
	double seconds;			/* of one job in one round */
	int rounds;
	struct arena *a;		/* of all that is measured at one size */
	struct arena *request;
	struct str text;		/* in state 0 */
	char *room, *got;		/* as large */
	size_t n_lines;
	struct job jobs[5 + 2 * N_WAYS];
	size_t n_jobs;
};

static void
check(bool good, const char *what, const struct err *e)
{
	if (good)
		return;
	fprintf(stderr, "edit_ops: %s: %s\n", what, e ? e->detail : "failed");
	exit(1);
}

/* What waits for a disk is told by the clock on the wall; what does not, by the
 * time of the processor, which other programs disturb less. */
static clockid_t ticks = CLOCK_PROCESS_CPUTIME_ID;

static double
now(void)
{
	struct timespec ts;

	clock_gettime(ticks, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
write_all(int dir, const char *name, struct str s, bool sync)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
	    0644);

	check(fd >= 0, name, NULL);
	while (s.len) {
		ssize_t n = write(fd, s.p, s.len);

		check(n > 0, name, NULL);
		s.p += n;
		s.len -= (size_t)n;
	}
	check(!sync || fsync(fd) == 0, name, NULL);
	check(close(fd) == 0, name, NULL);
}

/* Into memory that was used before, which costs the least. */
static struct str
read_file(struct bench *b, const char *name)
{
	int fd = openat(b->dir, name, O_RDONLY | O_CLOEXEC);
	struct stat st;
	size_t got = 0, len;

	check(fd >= 0 && fstat(fd, &st) == 0, name, NULL);
	len = (size_t)st.st_size;
	check(len == b->text.len, name, NULL);
	while (got < len) {
		ssize_t n = read(fd, b->got + got, len - got);

		check(n > 0, name, NULL);
		got += (size_t)n;
	}
	close(fd);
	return str_n(b->got, len);
}

/* -- the texts -- */

static size_t
line_of(const struct bench *b, const struct way *w, size_t i)
{
	if (w->n > 1)
		return (size_t)((double)b->n_lines * ((double)i + 0.5) /
		    (double)w->n);
	return (size_t)((double)(b->n_lines - 1) * w->place);
}

/* Put the lines of a way into a state. */
static void
turn(const struct bench *b, const struct way *w, char *text, int state)
{
	for (size_t i = 0; i < w->n; i++)
		memcpy(text + line_of(b, w, i) * LINE + WORD,
		    state ? "other" : "plain", 5);
}

static struct str
line_in(struct arena *a, const struct bench *b, size_t line, int state)
{
	char *p = arena_alloc(a, LINE + 1);

	memcpy(p, b->text.p + line * LINE, LINE);
	memcpy(p + WORD, state ? "other" : "plain", 5);
	return str_n(p, LINE);
}

static void
texts_make(struct bench *b, size_t size)
{
	char *p;

	b->n_lines = size / LINE;
	size = b->n_lines * LINE;
	p = arena_alloc(b->a, size + LINE);
	for (size_t i = 0; i < b->n_lines; i++) {
		char line[64];

		snprintf(line, sizeof(line),
		    "%07zu plain and the rest of a line...\n", i);
		memcpy(p + i * LINE, line, LINE);
	}
	check(p[size - 1] == '\n', "a line of 40 bytes", NULL);
	b->text = str_n(p, size);
	b->room = arena_alloc(b->a, size);
	b->got = arena_alloc(b->a, size);
}

/* -- the batches -- */

static struct patch_batch
batch_of(struct bench *b, const struct way *w, struct str file, int to)
{
	struct patch_batch batch = { .atomic = true,
	    .n_ops = w->op == OP_REPLACE_BLOCK ? w->n : 1 };

	batch.ops = arena_array_of(b->a, struct patch_op, batch.n_ops);
	for (size_t i = 0; i < batch.n_ops; i++) {
		size_t line = line_of(b, w, i);
		struct patch_op *op = &batch.ops[i];

		*op = (struct patch_op){ .op = w->op, .file = file,
		    .line = -1, .start = -1, .end = -1, .mode = -1,
		    .occurrence = OCCURRENCE_UNIQUE };
		if (w->op == OP_REPLACE_BLOCK) {
			op->start = op->end = (int64_t)line + 1;
			op->block = line_in(b->a, b, line, to);
		} else if (w->op == OP_SEARCH_REPLACE) {
			op->search = line_in(b->a, b, line, !to);
			op->replace = line_in(b->a, b, line, to);
		} else {
			char *all = arena_alloc(b->a, b->text.len + 1);

			memcpy(all, b->text.p, b->text.len);
			turn(b, w, all, to);
			op->op = OP_WRITE_FILE;
			op->block = str_n(all, b->text.len);
		}
	}
	return batch;
}

static void
plan(struct bench *b, struct arena *a, const struct patch_batch *batch,
    struct plan *out)
{
	struct plan_limits limits = { MIB(128), 3 };
	struct err e = { 0 };

	check(plan_make(a, b->ws, batch, &limits, NULL, out, &e) == 0 &&
	    plan_finish(out, &e) == 0, "plan", &e);
	check(!out->refused, "plan", &out->results[0].err);
}

/* What a whole file becomes, as the diff that planning it gives. */
static void
diffs_take(struct bench *b, struct job *j)
{
	for (int to = 1; to >= 0; to--) {
		struct patch_op *op = j->to[to].ops;
		struct str other = j->to[!to].ops[0].block, diff;
		struct plan p;

		/* the file is in state 0 now: go forwards, then back */
		if (!to)
			write_all(b->dir, j->file.p, other, false);
		plan(b, b->request, &j->to[to], &p);
		diff = arena_str(b->a, p.results[0].diff);
		arena_reset(b->request);
		if (!to)
			write_all(b->dir, j->file.p, op->block, false);
		j->to[to].n_base = 0;
		op->reason = diff;
	}
	for (int to = 0; to < 2; to++) {
		struct patch_op *op = j->to[to].ops;

		*op = (struct patch_op){ .op = OP_UNIFIED_DIFF,
		    .block = op->reason, .line = -1, .start = -1, .end = -1,
		    .mode = -1, .occurrence = OCCURRENCE_UNIQUE };
	}
}

static void
job_add(struct bench *b, const char *name, enum kind kind,
    const struct way *w)
{
	struct job *j = &b->jobs[b->n_jobs];

	if (b->only && strcmp(name, b->only) != 0)
		return;
	b->n_jobs++;
	*j = (struct job){ .name = name, .kind = kind, .way = w,
	    .file = arena_fmt(b->a, "file-%zu", b->n_jobs) };
	write_all(b->dir, j->file.p, b->text, true);
	if (!w)
		return;
	for (int to = 0; to < 2; to++)
		j->to[to] = batch_of(b, w, j->file, to);
	if (w->op == OP_UNIFIED_DIFF)
		diffs_take(b, j);
}

/* -- what is measured -- */

static void
apply(struct bench *b, struct job *j)
{
	struct arena *a = b->request;
	struct journal_file *rows;
	struct err e = { 0 };
	struct plan p;

	j->state = !j->state;
	plan(b, a, &j->to[j->state], &p);
	check(workspace_stage(b->ws, a, STR("bench"), p.files, p.n_files,
	    &rows, &e) == 0, "stage", &e);
	check(workspace_publish(b->ws, a, rows, p.n_files, &e) == 0,
	    "publish", &e);
	workspace_clean(b->ws, rows, p.n_files);
}

static void
proof(struct bench *b, const struct job *j)
{
	for (int i = 0; i < 2; i++)
		check(str_eq(read_file(b, j->file.p), b->text), "proof", NULL);
}

/* Read and copied; and put back in its place. */
static void
move_bytes(struct bench *b, const struct job *j, bool put)
{
	struct str s = read_file(b, j->file.p);

	memcpy(b->room, s.p, s.len);
	__asm__ volatile("" : : "r"(b->room) : "memory");
	if (!put)
		return;
	write_all(b->dir, ".put", str_n(b->room, s.len), true);
	check(renameat(b->dir, ".put", b->dir, j->file.p) == 0 &&
	    fsync(b->dir) == 0, "rename", NULL);
}

static void
once(struct bench *b, struct job *j)
{
	struct plan p;

	switch (j->kind) {
	case COPY:
		memcpy(b->room, b->text.p, b->text.len);
		__asm__ volatile("" : : "r"(b->room) : "memory");
		break;
	case READ:
	case PUT:
		move_bytes(b, j, j->kind == PUT);
		break;
	case SHA:
		sha256_of(b->text);
		sha256_of(b->text);
		break;
	case PROOF:
		proof(b, j);
		break;
	case PLAN:
		plan(b, b->request, &j->to[1], &p);
		break;
	case APPLY:
		apply(b, j);
		break;
	}
	arena_reset(b->request);
}

static double
time_of(struct bench *b, struct job *j)
{
	double began = now(), took;
	long n = 0;

	do {
		once(b, j);
		n++;
		took = now() - began;
	} while (took < b->seconds);
	return took / (double)n;
}

static int
double_cmp(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
job_end(struct bench *b, struct job *j)
{
	struct str want = str_n(b->room, b->text.len);

	qsort(j->took, (size_t)b->rounds, sizeof(*j->took), double_cmp);
	printf("%zu\t%s\t%.9f\n", b->text.len, j->name,
	    j->took[b->rounds / 2]);
	memcpy(b->room, b->text.p, b->text.len);
	if (j->kind == APPLY)
		turn(b, j->way, b->room, j->state);
	check(str_eq(read_file(b, j->file.p), want),
	    "a file is not what it has to be", NULL);
	check(unlinkat(b->dir, j->file.p, 0) == 0, "unlink", NULL);
}

static void
measure(struct bench *b, size_t size)
{
	b->a = arena_new();
	b->n_jobs = 0;
	texts_make(b, size);
	job_add(b, "copy", COPY, NULL);
	job_add(b, "read", READ, NULL);
	job_add(b, "sha", SHA, NULL);
	job_add(b, "put", PUT, NULL);
	job_add(b, "proof", PROOF, NULL);
	for (size_t i = 0; i < N_WAYS; i++) {
		const struct way *w = &ways[i];

		if (w->n > b->n_lines)
			continue;
		job_add(b, arena_fmt(b->a, "plan %s", w->name).p, PLAN, w);
		/* publishing hashes no larger file than that */
		if (size <= FILE_MAX_BYTES)
			job_add(b, arena_fmt(b->a, "apply %s", w->name).p,
			    APPLY, w);
	}
	for (size_t i = 0; i < b->n_jobs; i++)
		once(b, &b->jobs[i]);
	for (int r = 0; r < b->rounds; r++)
		for (size_t i = 0; i < b->n_jobs; i++) {
			struct job *j = &b->jobs[(i + (size_t)r) % b->n_jobs];

			j->took[r] = time_of(b, j);
		}
	for (size_t i = 0; i < b->n_jobs; i++)
		job_end(b, &b->jobs[i]);
	arena_free(b->a);
}

int
main(int argc, char **argv)
{
	struct bench b = { 0 };
	struct err e = { 0 };

	for (; argc > 1 && argv[1][0] == '-'; argc--, argv++) {
		if (strcmp(argv[1], "--wall") == 0)
			ticks = CLOCK_MONOTONIC;
		else
			b.only = argv[1] + 1;
	}
	if (argc < 5) {
		fprintf(stderr, "usage: edit_ops [--wall] [-WHAT] DIR SECONDS "
		    "ROUNDS SIZE...\n");
		return 2;
	}
	b.seconds = strtod(argv[2], NULL);
	b.rounds = (int)strtol(argv[3], NULL, 10);
	if (b.rounds < 1 || b.rounds > ROUNDS_MAX)
		b.rounds = ROUNDS_MAX;
	check(workspace_open(argv[1], &b.ws, &e) == 0, argv[1], &e);
	b.dir = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	check(b.dir >= 0, argv[1], NULL);
	b.request = arena_new();
	for (int i = 4; i < argc; i++)
		measure(&b, strtoul(argv[i], NULL, 10));
	arena_free(b.request);
	workspace_close(b.ws);
	close(b.dir);
	return 0;
}

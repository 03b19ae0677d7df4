/* ops_group MODE LINES|FILE: what the grouping of logged lines costs.
 *
 *	write	LINES lines with heads, of all systems of loghub.h in turn, to
 *		standard output
 *	mask	the lines of FILE, masked, to standard output
 *	steps	what each step costs for one of the lines of FILE: seconds of
 *		the processor, by the name of the step, until that step
 *	memory	LINES different lines, then as many of words by chance: MB in
 *		use before and after, MB of templates, how many, seconds */
#include <inttypes.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>

#include "check.h"
#include "logs/grouper.h"
#include "logs/mask.h"
#include "loghub.h"
#include "ops_intake.h"

static double
cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
used_mb(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	char line[128] = "";
	struct str rest = STR_NONE;
	int64_t pages = 0;

	check(f && fgets(line, sizeof(line), f), "/proc/self/statm");
	fclose(f);
	rest = str(line);
	str_cut(&rest, ' ');
	check(str_int(str_cut(&rest, ' '), &pages), "/proc/self/statm");
	return (double)pages * (double)sysconf(_SC_PAGESIZE) / MIB(1);
}

static void
next_line(struct loghub *of, size_t i, struct buf *head, struct buf *message)
{
	buf_reset(head);
	buf_reset(message);
	loghub_next(&of[i % loghub_n_systems], head, message);
}

static void
begin_all(struct loghub *of)
{
	for (size_t i = 0; i < loghub_n_systems; i++)
		of[i] = loghub_begin(&loghub_systems[i], i + 1);
}

static int
write_lines(size_t n)
{
	struct loghub of[16];
	struct buf head = BUF_INIT(KIB(64)), message = BUF_INIT(KIB(64));

	begin_all(of);
	for (size_t i = 0; i < n; i++) {
		next_line(of, i, &head, &message);
		printf("%s%s\n", head.p ? head.p : "", message.p);
	}
	buf_free(&head);
	buf_free(&message);
	return 0;
}

static struct str
file_text(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *p;

	check(fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0, path);
	p = mmap(NULL, (size_t)st.st_size, PROT_READ,
	    MAP_PRIVATE | MAP_POPULATE, fd, 0);
	check(p != MAP_FAILED, path);
	close(fd);
	return str_n(p, (size_t)st.st_size);
}

static int
mask_lines(struct str text)
{
	struct buf out = BUF_INIT(KIB(64));

	while (text.len) {
		struct str line = str_cut(&text, '\n');

		buf_reset(&out);
		mask_text(&out, line);
		buf_addc(&out, '\n');
		fwrite(out.p, 1, out.len, stdout);
	}
	buf_free(&out);
	return 0;
}

static struct log_line
line_of(struct str message)
{
	return (struct log_line){
		.kind = LINE_WORKER, .level = LINE_ERROR, .source = STR("push"),
		.worker = STR("api"), .message = message, .ts = -1
	};
}

/* -- steps: each does what those before it do, and one thing more -- */

static size_t
step_cut(struct str text)
{
	size_t bytes = 0;

	while (text.len)
		bytes += str_cut(&text, '\n').len;
	return bytes;
}

static size_t
step_mask(struct str text)
{
	struct buf out = BUF_INIT(KIB(64));
	size_t bytes = 0;

	while (text.len) {
		buf_reset(&out);
		mask_text(&out, str_cut(&text, '\n'));
		bytes += out.len;
	}
	buf_free(&out);
	return bytes;
}

static size_t
step_drain(struct str text)
{
	struct drain *d = drain_new(NULL);
	struct buf out = BUF_INIT(KIB(64));
	size_t n;

	while (text.len) {
		buf_reset(&out);
		mask_text(&out, str_cut(&text, '\n'));
		drain_add(d, STR("worker api"), buf_str(&out));
	}
	n = drain_count(d);
	buf_free(&out);
	drain_free(d);
	return n;
}

static size_t
step_group(struct str text)
{
	struct drain *d = drain_new(NULL);
	struct grouper *g = grouper_new(d);
	size_t groups = 0;

	while (text.len) {
		struct log_line l = line_of(str_cut(&text, '\n'));
		struct group_hit hit;

		if (grouper_add(g, &l, &hit, NULL) == 0)
			groups += hit.drain.born;
	}
	grouper_free(g);
	drain_free(d);
	return groups;
}

/* Each line as what an error says, with a stack trace. */
static size_t
step_trace(struct str text)
{
	static const char frames[] = "\n"
	    "    at async Cart.total (/home/ci/work/shop/src/cart.js:10:5)\n"
	    "    at async pay (/home/ci/work/shop/src/pay.js:20:15)\n"
	    "    at Layer.handle (/srv/node_modules/express@4.18.2/lib/router/"
	    "layer.js:95:5)\n"
	    "    at next (/srv/node_modules/express@4.18.2/lib/router/route.js:"
	    "149:13)\n"
	    "    at Route.dispatch (/srv/node_modules/express@4.18.2/lib/router/"
	    "route.js:119:3)\n"
	    "    at /home/ci/work/shop/src/server.js:7:1\n"
	    "    at process.processTicksAndRejections "
	    "(node:internal/process/task_queues:95:5)";
	struct drain *d = drain_new(NULL);
	struct grouper *g = grouper_new(d);
	struct buf message = BUF_INIT(KIB(64));
	size_t traced = 0;

	while (text.len) {
		struct log_line l;
		struct group_hit hit;

		buf_reset(&message);
		buf_adds(&message, "TypeError: ");
		buf_add(&message, str_cut(&text, '\n'));
		buf_adds(&message, frames);
		l = line_of(buf_str(&message));
		if (grouper_add(g, &l, &hit, NULL) == 0)
			traced += hit.traced;
	}
	buf_free(&message);
	grouper_free(g);
	drain_free(d);
	return traced;
}

static int
steps(struct str text)
{
	static const struct {
		const char *name;
		bool json;
		size_t (*run)(struct str text);
	} rows[] = {
		{ "cut", false, step_cut }, { "mask", false, step_mask },
		{ "drain", false, step_drain }, { "group", false, step_group },
		{ "trace", false, step_trace },
		{ "text-intake", false, ops_intake_only },
		{ "text-all", false, ops_intake_group },
		{ "json-intake", true, ops_intake_only },
		{ "json-all", true, ops_intake_group }
	};
	struct buf json = BUF_INIT(MIB(1024));

	ops_as_ndjson(&json, text);
	check(!json.full, "too many lines");
	for (size_t i = 0; i < countof(rows); i++) {
		double from = cpu_s();
		size_t result = rows[i].run(rows[i].json ? buf_str(&json) :
		    text);

		printf("%s\t%.6f\t%zu\n", rows[i].name, cpu_s() - from, result);
	}
	buf_free(&json);
	return 0;
}

/* -- memory -- */

static uint64_t
chance(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return *state >> 33;
}

static void
put_words(struct buf *out, uint64_t *state)
{
	for (int k = 0; k < 8; k++) {
		for (int c = 0; c < 6; c++)
			buf_addc(out, (char)('a' + chance(state) % 26));
		buf_addc(out, ' ');
	}
}

static int
memory(size_t n)
{
	struct loghub of[16];
	struct buf head = BUF_INIT(KIB(64)), message = BUF_INIT(KIB(64));

	begin_all(of);
	for (int words = 0; words < 2; words++) {
		struct drain *d = drain_new(NULL);
		struct grouper *g = grouper_new(d);
		uint64_t state = 1;
		double before = used_mb(), from = cpu_s();

		for (size_t i = 0; i < n; i++) {
			struct group_hit hit;
			struct log_line l;

			next_line(of, i, &head, &message);
			/* A number that no other line has. */
			buf_addf(&message, " %zu", i);
			if (words) {
				buf_reset(&message);
				put_words(&message, &state);
			}
			l = line_of(buf_str(&message));
			if (grouper_add(g, &l, &hit, NULL) != 0)
				return 1;
		}
		printf("%s\t%.1f\t%.1f\t%.1f\t%zu\t%.6f\n",
		    words ? "words" : "lines", before, used_mb(),
		    (double)drain_bytes(d) / MIB(1), drain_count(d),
		    cpu_s() - from);
		grouper_free(g);
		drain_free(d);
	}
	buf_free(&head);
	buf_free(&message);
	return 0;
}

int
main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	int64_t n = 0;

	if (argc == 3 && str_int(str(argv[2]), &n) && n > 0) {
		if (strcmp(mode, "write") == 0)
			return write_lines((size_t)n);
		if (strcmp(mode, "memory") == 0)
			return memory((size_t)n);
	}
	if (argc == 3 && strcmp(mode, "mask") == 0)
		return mask_lines(file_text(argv[2]));
	if (argc == 3 && strcmp(mode, "steps") == 0)
		return steps(file_text(argv[2]));
	fprintf(stderr, "usage: ops_group write|memory LINES, mask|steps FILE\n");
	return 2;
}

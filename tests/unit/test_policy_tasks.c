/* The list of tasks: what each allows, and where its spans are by now. */
#include "base/clock.h"
#include "model/task.h"
#include "policy/carry.h"
#include "policy_fixture.h"

#define TEN "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n"
#define POLICY "{\"tasks\":\".mission_control/tasks.json\"}"

static void
test_read(void)
{
	static const struct { const char *name, *text, *want, *at; } rows[] = {
		{ "no tasks", "{\"tasks\":[]}", NULL, "" },
		{ "members of others", "{\"v\":1,\"tasks\":[{\"uuid\":\"a\",\"x\":[],\"allowed_spans\":[{\"file\":\"f\",\"start\":1,\"end\":2,\"y\":0}]}]}", NULL, "" },
		{ "a point", "{\"tasks\":[{\"uuid\":\"a\",\"allowed_spans\":[{\"file\":\"f\",\"start\":1,\"end\":0}]}]}", NULL, "" },
		{ "no list", "{}", "tasks is required", "/tasks" },
		{ "no uuid", "{\"tasks\":[{}]}", "uuid is required", "/tasks/0/uuid" },
		{ "a uuid twice", "{\"tasks\":[{\"uuid\":\"b\"},{\"uuid\":\"a\"},{\"uuid\":\"b\"}]}", "two tasks have the uuid \"b\"", NULL },
		{ "a span backwards", "{\"tasks\":[{\"uuid\":\"a\",\"allowed_spans\":[{\"file\":\"f\",\"start\":5,\"end\":3}]}]}", "the span of \"f\" starts at line 5 and ends at line 3", "/tasks/0/allowed_spans/0/end" },
		{ "line 0", "{\"tasks\":[{\"uuid\":\"a\",\"allowed_spans\":[{\"file\":\"f\",\"start\":0,\"end\":3}]}]}", "start", "/tasks/0/allowed_spans/0/start" },
		{ "a version that is no hash", "{\"tasks\":[{\"uuid\":\"a\",\"allowed_spans\":[{\"file\":\"f\",\"start\":1,\"end\":3,\"sha256\":\"x\"}]}]}", "sha256", "/tasks/0/allowed_spans/0/sha256" },
		{ "no JSON", "{\"tasks\":", "", NULL },
	};
	static const struct { const char *status; bool is_open; } statuses[] = {
		{ NULL, true }, { "", true }, { "pending", true },
		{ "in_progress", true }, { "failed", true }, { "done", false },
		{ "Done", false }, { "completed", false }, { "closed", false },
		{ "cancelled", false }, { "CANCELED", false },
		{ "rejected", false }, { "skipped", false }, { "undone", true },
	};
	struct arena *a = arena_new();

	for (size_t i = 0; i < countof(rows); i++) {
		struct task_list list;
		struct err e = { 0 };
		int rc = task_list_read(str(rows[i].text), a, &list, &e);

		ok(rows[i].want ? rc == -1 && str_starts(str(e.detail),
		    str(rows[i].want)) : rc == 0, "tasks.json with %s",
		    rows[i].name);
		if (rows[i].at)
			is_str(str(e.at), rows[i].at, "its place");
	}
	for (size_t i = 0; i < countof(statuses); i++) {
		struct task t = { .status = str(statuses[i].status) };

		ok(task_is_open(&t) == statuses[i].is_open, "a task that is %s",
		    statuses[i].status ? statuses[i].status : "without status");
	}
	arena_free(a);
}

/* A world with a workspace that has a tasks.json. */
static struct world *
with_tasks(struct fixture *f, const char *policy, const char *tasks)
{
	struct world *w = world_new(policy);

	*f = fixture_new();
	w->c.ws = f->ws;
	if (tasks)
		fixture_put(f, TASKS_PATH, str(tasks));
	return w;
}

#define SPAN(file, start, end) "{\"file\":\"" file "\",\"start\":" #start ",\"end\":" #end "}"
#define TASK(uuid, more, spans) "{\"uuid\":\"" uuid "\"," more "\"allowed_spans\":[" spans "]}"

static const char usual[] = "{\"tasks\":["
    TASK("t", "", SPAN("f", 3, 5) "," SPAN("f", 6, 6) "," SPAN("new", 1, 1)) ","
    TASK("u", "", SPAN("f", 8, 99)) ","
    TASK("p", "", SPAN("f", 11, 10) "," SPAN("f", 2, 1)) ","
    TASK("none", "", "") ","
    TASK("over", "\"status\":\"done\",", SPAN("f", 1, 10)) "]}";

static void
test_spans(void)
{
	static const struct {
		const char *name, *task, *file;
		size_t from, to;
		const char *come, *want;
		enum err_kind kind;
	} rows[] = {
		{ "within a span", "t", "f", 2, 5, "x\n", NULL, 0 },
		{ "over two that meet", "t", "f", 3, 6, "x\n", NULL, 0 },
		{ "put in at its start", "t", "f", 2, 2, "x\n", NULL, 0 },
		{ "put in at its end", "t", "f", 6, 6, "x\n", NULL, 0 },
		{ "put in at its end, without a line end", "t", "f", 6, 6, "x", "tasks: task \"t\" does not allow line 7 of f; of the file as it is now it allows lines 3 to 6", ERR_SPAN_DENIED },
		{ "a line too early", "t", "f", 1, 3, "x\n", "tasks: task \"t\" does not allow lines 2 to 3 of f", ERR_SPAN_DENIED },
		{ "a line too late", "t", "f", 5, 7, "", "tasks: task \"t\" does not allow lines 6 to 7 of f", ERR_SPAN_DENIED },
		{ "put in outside", "t", "f", 1, 1, "x\n", "tasks: task \"t\" does not allow the point before line 2 of f", ERR_SPAN_DENIED },
		{ "the span of another task", "u", "f", 3, 4, "", "tasks: task \"u\" does not allow line 4 of f; of the file as it is now it allows lines 8 to 10", ERR_SPAN_DENIED },
		{ "an end past the end of the file", "u", "f", 9, 10, "", NULL, 0 },
		{ "appended to it", "u", "f", 10, 10, "x\n", NULL, 0 },
		{ "the point at the end", "p", "f", 10, 10, "x\n", NULL, 0 },
		{ "the point before line 2", "p", "f", 1, 1, "x\n", NULL, 0 },
		{ "more than a point", "p", "f", 1, 2, "x\n", "tasks: task \"p\" does not allow line 2 of f; of the file as it is now it allows the point before line 2, the point before line 11", ERR_SPAN_DENIED },
		{ "a new file that is named", "t", "new", 0, 0, "x\n", NULL, 0 },
		{ "a new file that is not", "u", "new", 0, 0, "x\n", "tasks: task \"u\" allows nothing in new", ERR_SPAN_DENIED },
		{ "no spans at all", "none", "f", 0, 1, "", "tasks: task \"none\" allows nothing in f", ERR_SPAN_DENIED },
		{ "no task", NULL, "f", 2, 3, "", "tasks: an operation must name its task", ERR_POLICY_DENIED },
		{ "an unknown task", "zz", "f", 2, 3, "", "tasks: there is no task \"zz\"", ERR_POLICY_DENIED },
		{ "a task that is over", "over", "f", 2, 3, "", "tasks: task \"over\" is done", ERR_POLICY_DENIED },
		{ "the file of tasks", "t", ".mission_control/tasks.json", 0, 0, "x\n", "tasks: .mission_control/tasks.json belongs to what", ERR_PATH_DENIED },
		{ "the same in capitals", "t", ".Mission_Control/TASKS.json", 0, 0, "x\n", "tasks: .Mission_Control/TASKS.json belongs to what", ERR_PATH_DENIED },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct fixture f;
		struct world *w = with_tasks(&f, POLICY, usual);
		size_t file = world_file(w, rows[i].file,
		    str_is(str(rows[i].file), "f") ? TEN : NULL, "");
		size_t k = world_op(w, OP_REPLACE_BLOCK, rows[i].file, NULL,
		    rows[i].task);

		world_hunk(w, world_touch(w, k, file), rows[i].from,
		    rows[i].to, rows[i].come);
		world_judge(w);
		world_is(w, k, rows[i].kind, rows[i].want, rows[i].name);
		world_free(w);
		fixture_free(&f);
	}
}

/* What is no fault of the batch, and what is not its business. */
static void
test_list(void)
{
	static const struct {
		const char *name, *tasks;
		enum op_kind op;
		int rc;
		const char *want;
	} rows[] = {
		{ "no tasks.json allows nothing", NULL, OP_REPLACE_BLOCK, 1, "tasks: there is no .mission_control/tasks.json" },
		{ "a revert needs no task", NULL, OP_UNDO, 0, NULL },
		{ "a wrong tasks.json stops all", "{\"tasks\":[{}]}", OP_REPLACE_BLOCK, -1, NULL },
		{ "half of a tasks.json, too", "{\"tasks\":[", OP_REPLACE_BLOCK, -1, NULL },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct fixture f;
		struct world *w = with_tasks(&f, POLICY, rows[i].tasks);
		size_t k = world_op(w, rows[i].op, "f", NULL, "t");
		struct err e = { 0 };

		is_int(policy_judge(&w->c, w->a, &e), rows[i].rc, "%s",
		    rows[i].name);
		world_is(w, k, ERR_POLICY_DENIED, rows[i].want, rows[i].name);
		if (rows[i].rc < 0)
			is_int(e.kind, ERR_NOT_READY, "it is worth a retry");
		world_free(w);
		fixture_free(&f);
	}
}

/* A history of one file: given texts, newest last, each step one hunk. */
struct past {
	const char *base;
	struct script steps[4];
	size_t n;
	bool known;
	int at_writing;		/* what version_at says */
};

static int
since(void *ctx, struct arena *a, struct str path, struct sha256 base,
    struct sha256 current, struct history *out, struct str *why,
    struct err *e)
{
	struct past *p = ctx;

	(void)path;
	(void)current;
	(void)e;
	if (!p->known || !sha256_eq(base, sha256_of(str(p->base)))) {
		*why = STR("it was changed behind our back");
		return 0;
	}
	*out = (struct history){ arena_array_of(a, struct script, 4), NULL,
	    p->n };
	memcpy(out->steps, p->steps, sizeof(p->steps));
	return 1;
}

static int
version_at(void *ctx, struct str path, int64_t ms, struct sha256 *out,
    struct err *e)
{
	struct past *p = ctx;

	(void)path;
	(void)e;
	ok(ms > clock_now_ms() - 600000 && ms <= clock_now_ms(),
	    "it is asked for the time of tasks.json");
	*out = sha256_of(str(p->base));
	return p->at_writing;
}

/* The file was TEN when the spans were written; then two lines were put in
 * before line 1, line 4 became three, and line 9 went. */
static void
test_carried(void)
{
	static const char now[] =
	    "n\nn\n1\n2\n3\nx\ny\nz\n5\n6\n7\n8\n10\n";
	static const struct {
		const char *name;
		bool hashed, known;
		int at_writing;
		size_t from, to;
		const char *want;
	} rows[] = {
		{ "a span that grew", true, true, 0, 4, 9, NULL },
		{ "a line before it", true, true, 0, 3, 5, "tasks: task \"t\" does not allow lines 4 to 5 of f; of the file as it is now it allows lines 5 to 9" },
		{ "a line behind it", true, true, 0, 8, 10, "tasks: task \"t\" does not allow lines 9 to 10" },
		{ "a version that nobody knows", true, false, 0, 4, 5, "tasks: task \"t\" does not allow line 5 of f; of the file as it is now it allows none (a span of another version cannot be found again: it was changed behind our back)" },
		{ "no version, none recorded: the lines of now", false, true, 0, 2, 5, NULL },
		{ "no version, but one recorded", false, true, 1, 4, 9, NULL },
		{ "outside of it", false, true, 1, 2, 3, "tasks: task \"t\" does not allow line 3" },
		{ "a file that was not there then", false, true, 2, 0, 13, NULL },
	};
	struct past p = { TEN, { { 0 } }, 3, true, 0 };
	struct hunk steps[3] = {
		{ .from = 0, .gone = STR(""), .come = { NULL, 4 } },
		{ .from = 10, .gone = STR("4\n"), .come = { NULL, 6 } },
		{ .from = 24, .gone = STR("9\n"), .come = { NULL, 0 } },
	};

	for (size_t i = 0; i < 3; i++)
		p.steps[i] = (struct script){ .h = &steps[i], .n = 1 };
	for (size_t i = 0; i < countof(rows); i++) {
		struct plan_versions v = { &p, since, version_at };
		struct fixture f;
		struct world *w = with_tasks(&f, POLICY, NULL);
		size_t k = world_op(w, OP_REPLACE_BLOCK, "f", NULL, "t");
		struct str hash = sha256_hex(w->a, sha256_of(str(TEN)));

		p.known = rows[i].known;
		p.at_writing = rows[i].at_writing;
		fixture_put(&f, TASKS_PATH, arena_fmt(w->a, "{\"tasks\":[{"
		    "\"uuid\":\"t\",\"allowed_spans\":[{\"file\":\"f\","
		    "\"start\":3,\"end\":5%s%s%s}]}]}",
		    rows[i].hashed ? ",\"sha256\":\"" : "",
		    rows[i].hashed ? hash.p : "", rows[i].hashed ? "\"" : ""));
		w->c.versions = &v;
		world_hunk(w, world_touch(w, k, world_file(w, "f", now, "")),
		    rows[i].from, rows[i].to, "q\n");
		world_judge(w);
		world_is(w, k, ERR_SPAN_DENIED, rows[i].want, rows[i].name);
		world_free(w);
		fixture_free(&f);
	}
}

/* A hash that fits the file as it is needs no history. */
static void
test_present(void)
{
	static const struct { const char *of; bool fine; } rows[] = {
		{ TEN, true }, { "another text", false },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct fixture f;
		struct world *w = with_tasks(&f, POLICY, NULL);
		size_t k = world_op(w, OP_REPLACE_BLOCK, "f", NULL, "t");

		fixture_put(&f, TASKS_PATH, arena_fmt(w->a, "{\"tasks\":[{"
		    "\"uuid\":\"t\",\"allowed_spans\":[{\"file\":\"f\","
		    "\"start\":3,\"end\":5,\"sha256\":\"%s\"}]}]}",
		    sha256_hex(w->a, sha256_of(str(rows[i].of))).p));
		world_hunk(w, world_touch(w, k, world_file(w, "f", TEN, "")), 2,
		    5, "q\n");
		world_judge(w);
		world_is(w, k, ERR_SPAN_DENIED, rows[i].fine ? NULL :
		    "tasks: task \"t\" does not allow lines 3 to 5 of f; of "
		    "the file as it is now it allows none (a span of another "
		    "version cannot be found again: no older versions are kept",
		    rows[i].fine ? "the present version" : "another one");
		world_free(w);
		fixture_free(&f);
	}
}

/* One hunk and a stretch of 10..20. */
static void
test_stretch(void)
{
	static const struct {
		const char *name;
		size_t from, gone, come, want_from, want_to;
		bool lost;
	} rows[] = {
		{ "before it", 2, 3, 5, 12, 22, false },
		{ "right before it", 8, 2, 0, 8, 18, false },
		{ "put in far before", 2, 0, 5, 15, 25, false },
		{ "put in at its start", 10, 0, 5, 10, 25, false },
		{ "taken at its start", 10, 2, 0, 10, 18, false },
		{ "inside", 12, 2, 6, 10, 24, false },
		{ "all of it", 10, 10, 3, 10, 13, false },
		{ "taken at its end", 18, 2, 0, 10, 18, false },
		{ "put in at its end", 20, 0, 4, 10, 24, false },
		{ "right behind it", 20, 2, 4, 10, 20, false },
		{ "far behind", 30, 2, 4, 10, 20, false },
		{ "over its start", 8, 4, 1, 9, 17, false },
		{ "over its end", 18, 4, 9, 10, 18, false },
		{ "over all of it", 8, 20, 4, 0, 0, true },
		{ "over its start and all of it", 8, 12, 4, 0, 0, true },
		{ "all of it and over its end", 10, 12, 4, 0, 0, true },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct hunk h = { .from = rows[i].from,
		    .gone = { NULL, rows[i].gone },
		    .come = { NULL, rows[i].come } };
		struct script s = { .h = &h, .n = 1 };
		struct stretch x = { 10, 20, false };

		stretch_carry(&x, &s);
		ok(x.lost == rows[i].lost && (x.lost ||
		    (x.from == rows[i].want_from && x.to == rows[i].want_to)),
		    "an edit %s: %zu to %zu", rows[i].name, x.from, x.to);
	}
}

/* Several hunks in one step; each counts in the text before. */
static void
test_stretch_many(void)
{
	struct hunk h[] = {
		{ .from = 0, .gone = { NULL, 0 }, .come = { NULL, 3 } },
		{ .from = 5, .gone = { NULL, 2 }, .come = { NULL, 1 } },
		{ .from = 8, .gone = { NULL, 4 }, .come = { NULL, 1 } },
		{ .from = 15, .gone = { NULL, 0 }, .come = { NULL, 7 } },
		{ .from = 19, .gone = { NULL, 9 }, .come = { NULL, 9 } },
	};
	struct script s = { .h = h, .n = countof(h) };
	struct stretch x = { 10, 20, false };

	stretch_carry(&x, &s);
	is_int(x.from, 11, "where it begins after five edits");
	is_int(x.to, 25, "and where it ends");
}

/* Lines to bytes and back. */
static void
test_lines(void)
{
	static const struct {
		const char *name, *text;
		int64_t start, end;
		size_t from, to;
		bool lost;
	} rows[] = {
		{ "first line", "a\nb\n", 1, 1, 0, 2, false },
		{ "all", "a\nb\n", 1, 2, 0, 4, false },
		{ "past the end", "a\nb\n", 2, 9, 2, 4, false },
		{ "behind the last", "a\nb\n", 3, 3, 4, 4, false },
		{ "far behind", "a\nb\n", 4, 4, 0, 0, true },
		{ "a point", "a\nb\n", 2, 1, 2, 2, false },
		{ "an open last line", "a\nb", 2, 2, 2, 3, false },
		{ "an empty file", "", 1, 1, 0, 0, false },
		{ "a byte order mark", "\xef\xbb\xbf" "a\nb\n", 2, 2, 5, 7, false },
	};
	struct arena *a = arena_new();

	for (size_t i = 0; i < countof(rows); i++) {
		struct line_span back = { 99, 99 };
		struct stretch x;
		struct lines l;

		lines_of(a, str(rows[i].text), &l);
		x = stretch_of(&l, rows[i].start, rows[i].end);
		ok(x.lost == rows[i].lost && x.from == rows[i].from &&
		    x.to == rows[i].to, "%s: bytes %zu to %zu", rows[i].name,
		    x.from, x.to);
		ok(stretch_lines(&l, x, &back) != x.lost &&
		    (x.lost || back.from == (size_t)rows[i].start - 1),
		    "%s: and back", rows[i].name);
	}
	arena_free(a);
}

/* Only whole lines count. */
static void
test_part_of_lines(void)
{
	static const struct {
		size_t from, to;
		bool any;
		size_t first, last;
	} rows[] = {
		{ 1, 6, true, 1, 3 }, { 1, 5, true, 1, 2 }, { 1, 2, true, 1, 1 },
		{ 0, 1, true, 0, 0 }, { 1, 1, false, 0, 0 },
		{ 3, 3, false, 0, 0 }, { 2, 4, true, 1, 2 },
	};
	struct arena *a = arena_new();
	struct lines l;

	lines_of(a, STR("a\nb\nc\n"), &l);
	for (size_t i = 0; i < countof(rows); i++) {
		struct stretch x = { rows[i].from, rows[i].to, false };
		struct line_span s = { 0, 0 };

		ok(stretch_lines(&l, x, &s) == rows[i].any &&
		    s.from == rows[i].first && s.to == rows[i].last,
		    "bytes %zu to %zu are lines %zu to %zu", x.from, x.to,
		    s.from, s.to);
	}
	arena_free(a);
}

int
main(void)
{
	test_read();
	test_spans();
	test_list();
	test_carried();
	test_present();
	test_stretch();
	test_stretch_many();
	test_lines();
	test_part_of_lines();
	return done_testing();
}

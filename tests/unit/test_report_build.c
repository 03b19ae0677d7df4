/* From facts to a report: sums against plain loops, order, ceilings, phases. */
#include "report_fixture.h"
#include "tap.h"

static struct arena *arena;
static uint64_t chance = 7;

static size_t
pick(size_t n)
{
	chance = chance * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(chance >> 33) % n;
}

/* An order of n patches with few names, some of them absent. */
static struct report_facts
any_order(size_t n)
{
	static const char *const names[] = { "a", "b", "B", "", NULL };
	struct report_patch *p = arena_array_of(arena, struct report_patch, n);

	for (size_t i = 0; i < n; i++) {
		struct report_change *c = arena_array_of(arena,
		    struct report_change, 3);
		bool ok = pick(4) > 0;

		p[i] = (struct report_patch){
			.seq = (int64_t)i + 1, .ts_ms = (int64_t)pick(1000),
			.ok = ok, .reverted = ok && pick(5) == 0,
			.patch_id = arena_fmt(arena, "p%zu", i),
			.op = str(names[pick(5)]),
			.requester = str(names[pick(5)]),
			.task_id = str(names[pick(5)]),
			.error = ok ? STR_NONE : str(names[pick(5)]),
			.duration_ms = (int64_t)pick(500) - 10,
			.changes = c, .n_changes = pick(4),
			.revert_seq = (int64_t)pick(n) + 1,
		};
		if (p[i].duration_ms < 0)
			p[i].duration_ms = -1;
		for (size_t k = 0; k < 3; k++)
			c[k] = (struct report_change){
				arena_fmt(arena, "f%zu-%zu", k, pick(9)),
				(int64_t)pick(50), (int64_t)pick(50) };
	}
	return (struct report_facts){ .order_id = STR("o"), .version = 1,
	    .as_of = fixture_position(1, 2000), .from_ms = 500,
	    .patches = p, .n_patches = n };
}

static void
test_sums(void)
{
	struct report_facts in = any_order(700);
	struct report_totals t = { 0 }, a = { 0 }, task = { 0 };
	int64_t added = 0, removed = 0, failures = 0;
	struct report r;

	report_build(arena, &in, &r);
	for (size_t i = 0; i < in.n_patches; i++) {
		const struct report_patch *p = &in.patches[i];

		t.total++;
		t.ok += p->ok;
		t.reverted += p->reverted;
		a.total += p->requester.p && str_is(p->requester, "a");
		a.ok += p->ok && str_is(p->requester, "a");
		task.total += p->task_id.p != NULL;
		for (size_t k = 0; k < p->n_changes; k++)
			if (p->ok && !p->reverted) {
				added += p->changes[k].lines_added;
				removed += p->changes[k].lines_removed;
			}
	}
	is_int(r.totals.total, t.total, "total");
	is_int(r.totals.ok, t.ok, "ok");
	is_int(r.totals.failed, t.total - t.ok, "failed");
	is_int(r.totals.reverted, t.reverted, "reverted");
	is_int(r.diffstat.insertions, added, "insertions");
	is_int(r.diffstat.deletions, removed, "deletions");
	is_int(r.n_factories, 5, "absent and empty are two factories");
	for (size_t i = 0; i < r.n_factories; i++)
		if (r.factories[i].name.p && str_is(r.factories[i].name, "a")) {
			is_int(r.factories[i].total, a.total, "of a factory");
			is_int(r.factories[i].ok, a.ok, "its ok ones");
		}
	for (size_t i = 0; i < r.n_tasks; i++)
		task.ok += r.tasks[i].total;
	is_int(task.ok, task.total, "tasks leave out what has none");
	for (size_t i = 0; i < r.n_errors; i++)
		failures += r.errors[i].occurrences;
	is_int(failures, r.totals.failed, "errors are all failures");
	is_int(r.n_failures, r.totals.failed, "each failure");
	is_int(r.n_reverts, r.totals.reverted, "each revert");
	is_int(r.duration.elapsed_ms, 1500, "first event to last");
}

/* The order of the facts has no say. */
static void
test_any_order(void)
{
	struct report_facts in = any_order(300);
	struct report_patch *p = arena_array_of(arena, struct report_patch,
	    in.n_patches);
	struct buf first = BUF_INIT(REPORT_MAX_BYTES);
	struct buf b = BUF_INIT(REPORT_MAX_BYTES);
	struct report r;

	report_build(arena, &in, &r);
	report_json(&first, &r);
	memcpy(p, in.patches, in.n_patches * sizeof(*p));
	in.patches = p;
	for (int round = 0; round < 5; round++) {
		for (size_t i = in.n_patches - 1; i > 0; i--) {
			size_t k = pick(i + 1);
			struct report_patch swap = p[i];

			p[i] = p[k];
			p[k] = swap;
		}
		buf_reset(&b);
		report_build(arena, &in, &r);
		report_json(&b, &r);
		ok(str_eq(buf_str(&first), buf_str(&b)), "shuffled, round %d",
		    round);
	}
	buf_free(&first);
	buf_free(&b);
}

static void
test_ceilings(void)
{
	const int64_t n = 2500;
	struct report r = fixture_many(arena, (size_t)n);

	is_int((int64_t)r.n_files + r.files_left_out, n, "files");
	is_int(r.n_files, REPORT_MAX_ROWS, "as many as may be");
	is_int((int64_t)r.n_tasks + r.tasks_left_out, n, "tasks");
	is_int((int64_t)r.n_factories + r.factories_left_out, n, "factories");
	is_int(r.n_factories, REPORT_MAX_GROUPS, "as many as may be");
	is_int((int64_t)r.n_operations + r.operations_left_out, n,
	    "operations");
	is_int((int64_t)r.n_errors + r.errors_left_out, n / 2, "errors");
	is_int((int64_t)r.n_failures + r.failures_left_out, n / 2,
	    "failures");
	is_int(r.n_failures, REPORT_MAX_FACTS, "as many as may be");
	is_int((int64_t)r.n_reverts + r.reverts_left_out, n / 2, "reverts");
	is_int((int64_t)r.n_phases + r.phases_left_out, n, "phases");
	is_int(r.totals.total, n, "the sums are of all");
	is_int(r.diffstat.insertions, 0, "what was taken back is no change");
	is_str(r.failures[0].patch_id, "002498", "the first in the stream");
	is_str(r.reverts[0].patch_id, "000001", "and of reverts");
	is_str(r.files[0].path, "000000", "files by name");
}

static const struct {
	const char *name;
	int64_t ms[6];			/* ends with 0 */
	int64_t p50, p90, p99, max;
} latencies[] = {
	{ "none", { 0 }, -1, -1, -1, -1 },
	{ "one", { 7 }, 7, 7, 7, 7 },
	{ "two", { 9, 3 }, 3, 9, 9, 9 },
	{ "five", { 5, 1, 4, 2, 3 }, 3, 5, 5, 5 },
};

static void
test_latency(void)
{
	struct report_patch p[100] = { 0 };
	struct report_facts in = { .patches = p };
	struct report r;

	for (size_t i = 0; i < countof(latencies); i++) {
		for (in.n_patches = 0; latencies[i].ms[in.n_patches];
		    in.n_patches++)
			p[in.n_patches] = (struct report_patch){ .ok = true,
			    .duration_ms = latencies[i].ms[in.n_patches] };
		report_build(arena, &in, &r);
		is_int(r.latency.p50_ms, latencies[i].p50, "%s: median",
		    latencies[i].name);
		is_int(r.latency.p90_ms, latencies[i].p90, "p90");
		is_int(r.latency.p99_ms, latencies[i].p99, "p99");
		is_int(r.latency.max_ms, latencies[i].max, "the longest");
	}
	for (int i = 0; i < 100; i++)
		p[i] = (struct report_patch){ .ok = true,
		    .duration_ms = 100 - i };
	p[3].ok = false;		/* 97 */
	p[4].duration_ms = -1;		/* 96 */
	in.n_patches = 100;
	report_build(arena, &in, &r);
	is_int(r.latency.count, 98, "of those that say so, and are ok");
	is_int(r.latency.sum_ms, 5050 - 97 - 96, "their sum");
	is_int(r.latency.p50_ms, 49, "the 49th of 98");
	is_int(r.latency.p99_ms, 100, "the 98th of 98 is above 97.02");
}

#define MARK(s, ms, kind, task) { s, ms, EVENT_##kind, { "f", 1 }, \
	{ task, 1 }, { NULL, 0 }, { #kind, sizeof(#kind) - 1 } }

static void
test_phases(void)
{
	static const struct report_mark marks[] = {
		/* out of order; two tasks at a time; a restart */
		MARK(9, 90, PHASE_IMPLEMENTED, "1"),
		MARK(1, 10, GENERATION_STARTED, "1"),
		MARK(2, 20, PHASE_IMPLEMENTING, "1"),
		MARK(3, 30, PHASE_IMPLEMENTING, "2"),
		MARK(4, 40, SERVER_LOG, "1"),
		MARK(5, 45, SERVER_LOG, "1"),
		MARK(6, 50, SERVER_LOG, "2"),
		MARK(7, 60, PHASE_IMPLEMENTED, "2"),
		MARK(8, 70, SERVER_LOG, "2"),
		MARK(10, 95, DEPLOYMENT_FAILED, "1"),
		MARK(11, 99, DEPLOYMENT_STARTED, "1"),
		MARK(12, 98, DEPLOYMENT_FAILED, "1"),
	};
	static const struct {
		enum event_type event, end;
		enum report_state state;
		int64_t from, to, ms, events;
	} want[] = {
		{ EVENT_GENERATION_STARTED, EVENT_NONE, REPORT_OPEN, 10, -1, -1, 1 },
		{ EVENT_PHASE_IMPLEMENTING, EVENT_PHASE_IMPLEMENTED, REPORT_DONE, 20, 90, 70, 2 },
		{ EVENT_PHASE_IMPLEMENTING, EVENT_PHASE_IMPLEMENTED, REPORT_DONE, 30, 60, 30, 2 },
		{ EVENT_SERVER_LOG, EVENT_NONE, REPORT_POINT, 40, 45, 5, 2 },
		{ EVENT_SERVER_LOG, EVENT_NONE, REPORT_POINT, 50, 50, 0, 1 },
		{ EVENT_SERVER_LOG, EVENT_NONE, REPORT_POINT, 70, 70, 0, 1 },
		/* an end without a beginning is a point, and a bad one */
		{ EVENT_DEPLOYMENT_FAILED, EVENT_NONE, REPORT_FAILED, 95, 95, 0, 1 },
		/* a clock that went backwards */
		{ EVENT_DEPLOYMENT_STARTED, EVENT_DEPLOYMENT_FAILED, REPORT_FAILED, 99, 98, 0, 2 },
	};
	struct report_phase *p;
	size_t n = report_phases(arena, marks, countof(marks), &p);

	if (!is_int(n, countof(want), "stages"))
		return;
	for (size_t i = 0; i < n; i++)
		ok(p[i].event == (int)want[i].event &&
		    p[i].end_event == (int)want[i].end &&
		    p[i].state == (int)want[i].state &&
		    p[i].from_ms == want[i].from && p[i].to_ms == want[i].to &&
		    p[i].duration_ms == want[i].ms &&
		    p[i].events == want[i].events, "stage %zu, %s", i,
		    event_name(want[i].event));
	is_str(p[1].message, "PHASE_IMPLEMENTED", "the last message");
}

static void
test_verdicts(void)
{
	struct report r = fixture_plain(arena);

	is_int(r.n_validators, 3, "each validator");
	is_str(r.validators[2].name, "tsc", "by name");
	is_int(r.validators[2].runs, 3, "its runs");
	is_int(r.validators[2].ok, 2, "its ok ones");
	is_int(r.validators[2].failed, 1, "its failed ones");
	is_int(r.validators[0].timeout, 1, "time is a way to end");
	is_int(r.validators[1].skipped, 1, "so is nothing to do");
}

static void
test_nothing(void)
{
	struct report r = fixture_empty(arena);

	is_int(r.totals.total, 0, "no patch");
	is_int(r.latency.p50_ms, -1, "no latency");
	ok(r.factories && r.files && r.phases && !r.n_phases,
	    "lists are there and empty");
}

int
main(void)
{
	arena = arena_new();
	test_sums();
	test_any_order();
	test_ceilings();
	test_latency();
	test_phases();
	test_verdicts();
	test_nothing();
	arena_free(arena);
	return done_testing();
}

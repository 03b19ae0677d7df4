/* The tables of ops: issues are compared and set, lines are known again, what
 * waits for GitHub leaves in order and once. */
#include "store_fixture.h"

#include "model/log_line.h"
#include "tracker/issue.h"
#include "tracker/line.h"
#include "tracker/memory.h"
#include "tracker/outbox.h"
#include "tracker/scan.h"
#include "tracker/template.h"

static struct db *db;

static void
begin(void)
{
	if (db_begin(db, &store_err) != 0)
		bail_out(store_err.detail);
}

static void
commit(void)
{
	if (db_commit(db, &store_err) != 0)
		bail_out(store_err.detail);
}

/* From each state by each verb: where it leads; '.' it is there, '-' refused.
 * States in the order of enum issue_status: open triaged in_progress resolved
 * closed ignored. */
static const struct {
	enum issue_verb verb;
	const char *leads;
} verbs[] = {
	{ ISSUE_TRIAGE, "t.----" },
	{ ISSUE_CLAIM, "pp.---" },
	{ ISSUE_RESOLVE, "rrr.--" },
	{ ISSUE_CLOSE, "cccc.-" },
	{ ISSUE_IGNORE, "iii--." },
	{ ISSUE_REOPEN, ".ooooo" },
};

static void
test_verbs(void)
{
	static const char letters[] = "otprci";

	for (size_t v = 0; v < countof(verbs); v++)
		for (int from = 0; from < ISSUE_STATUS__MAX; from++) {
			enum issue_status to;
			struct err e = { 0 };
			int rc = issue_verb_leads(verbs[v].verb,
			    (enum issue_status)from, &to, &e);
			char got = rc < 0 ? '-' : rc == 0 ? '.' : letters[to];

			ok(got == verbs[v].leads[from], "%s of one that is %s",
			    issue_verbs[verbs[v].verb], issue_statuses[from]);
			ok((rc < 0) == (e.kind == ERR_WRONG_STATE),
			    "and it is said when it cannot be");
		}
}

static int64_t
issue_make(const char *fingerprint)
{
	struct ops_issue i = { .kind = LINE_WORKER, .severity = 3,
	    .title = STR("a title"), .fingerprint = str(fingerprint),
	    .fingerprint_version = 1, .inputs = STR("{}"),
	    .target = STR("o/r"), .level = LINE_ERROR };

	begin();
	if (issue_insert(db, &i, &store_err) != 0)
		bail_out(store_err.detail);
	commit();
	return i.id;
}

static struct ops_issue
issue_of(int64_t id)
{
	struct ops_issue i = { 0 };

	is_int(issue_get(db, store_arena, id, &i, &store_err), 1,
	    "issue %lld is there", (long long)id);
	return i;
}

static void
test_issue(void)
{
	int64_t id = issue_make("f1");
	struct ops_issue i = issue_of(id);

	is_int(i.gh_number, -1, "a new one is not filed");
	is_int(i.count, 0, "and has no lines");
	begin();
	is_int(issue_seen(db, id, 3, 100, 200, LINE_FATAL, &store_err), 0,
	    "three lines");
	is_int(issue_seen(db, id, 1, 50, 60, LINE_WARN, &store_err), 0,
	    "an older one");
	is_int(issue_run(db, id, STR("r1"), &store_err), 1, "a build");
	is_int(issue_run(db, id, STR("r1"), &store_err), 0, "again");
	is_int(issue_move(db, id, ISSUE_TRIAGED, ISSUE_IN_PROGRESS,
	    STR("ann"), &store_err), 0, "it does not stand there");
	is_int(issue_move(db, id, ISSUE_OPEN, ISSUE_IN_PROGRESS, STR("ann"),
	    &store_err), 1, "ann takes it");
	is_int(issue_move(db, id, ISSUE_OPEN, ISSUE_IN_PROGRESS, STR("bob"),
	    &store_err), 0, "bob comes too late");
	commit();
	i = issue_of(id);
	is_int(i.count, 4, "all lines are counted");
	ok(i.first_seen_ms == 50 && i.last_seen_ms == 200, "from first to last");
	is_int(i.level, LINE_FATAL, "the worst level stays");
	is_int(i.runs, 1, "one build");
	is_str(i.claimed_by, "ann", "the first who asked has it");
	begin();
	is_int(issue_move(db, id, ISSUE_IN_PROGRESS, ISSUE_RESOLVED, STR_NONE,
	    &store_err), 1, "resolved");
	is_int(issue_regress(db, id, ISSUE_RESOLVED, &store_err), 1,
	    "it comes back");
	is_int(issue_regress(db, id, ISSUE_RESOLVED, &store_err), 0,
	    "once");
	commit();
	i = issue_of(id);
	is_int(i.regressions, 1, "it is counted");
	ok(!i.claimed_by.p && i.resolved_ms == -1 && i.status == ISSUE_OPEN,
	    "and open, of nobody");
}

static void
test_list(void)
{
	struct issue_query q = { .severity = -1, .limit = 3,
	    .fingerprint = STR_NONE };
	struct ops_issue *rows;
	size_t n;

	issue_make("f2");
	issue_make("f3");
	is_int(issue_list(db, store_arena, &q, &rows, &n, &store_err), 0,
	    "a page");
	is_int((int64_t)n, 3, "has what was asked for");
	ok(rows[0].id > rows[1].id, "newest first");
	q.below_id = rows[1].id;
	is_int(issue_list(db, store_arena, &q, &rows, &n, &store_err), 0,
	    "the next");
	is_int((int64_t)n, 1, "has the rest");
	q = (struct issue_query){ .severity = -1, .limit = 10,
	    .status = ISSUE_TRIAGED + 1 };
	is_int(issue_list(db, store_arena, &q, &rows, &n, &store_err), 0,
	    "by status");
	is_int((int64_t)n, 0, "none is triaged");
}

static struct outbox_row
due(int64_t now)
{
	struct outbox_row r = { .id = 0 };

	if (outbox_due(db, store_arena, now, &r, NULL, &store_err) <= 0)
		r.id = 0;
	return r;
}

static void
test_outbox(void)
{
	int64_t a = issue_make("o1"), b = issue_make("o2");
	struct outbox_row create = { .kind = OUTBOX_CREATE, .issue_id = a,
	    .target = STR("o/r"), .once = STR("create a"), .body = STR("{}") };
	struct outbox_row claim = { .kind = OUTBOX_COMMENT, .issue_id = a,
	    .target = STR("o/r"), .once = STR("claim a"), .body = STR("{}") };
	struct outbox_row other = { .kind = OUTBOX_CREATE, .issue_id = b,
	    .target = STR("o/r"), .once = STR("create b"), .body = STR("{}"),
	    .next_ms = 10 };
	struct outbox_row r;
	int64_t n;

	begin();
	is_int(outbox_add(db, &create, &store_err), 1, "one waits");
	is_int(outbox_add(db, &create, &store_err), 0, "once");
	is_int(outbox_add(db, &claim, &store_err), 1, "a comment behind it");
	is_int(outbox_add(db, &other, &store_err), 1, "and another issue");
	commit();
	r = due(5);
	is_str(r.once, "create a", "the first is due");
	r.state = OUTBOX_WAITING;
	r.next_ms = 100;
	begin();
	outbox_put(db, &r, &store_err);
	commit();
	is_int(due(5).id, 0, "later: nothing is due, its comment neither");
	is_str(due(50).once, "create b", "the other issue need not wait");
	r = due(50);
	r.state = OUTBOX_SENT;
	begin();
	outbox_put(db, &r, &store_err);
	is_int(outbox_orphans(db, &store_err), 0, "its sender dies");
	commit();
	r = due(50);
	is_int(r.state, OUTBOX_UNSURE, "it has to be looked for");
	r.state = OUTBOX_DONE;
	begin();
	outbox_put(db, &r, &store_err);
	commit();
	r = due(200);
	is_str(r.once, "create a", "the first again");
	r.state = OUTBOX_DEAD;
	begin();
	outbox_put(db, &r, &store_err);
	commit();
	is_str(due(200).once, "claim a", "what stood behind it is due");
	is_int(outbox_known(db, STR("create a"), &store_err), 1,
	    "what is over is known");
	is_int(outbox_open(db, &n, &store_err), 0, "how much is open");
	is_int(n, 1, "the comment");
}

static void
test_line(void)
{
	struct log_line l = { .kind = LINE_BUILD, .level = LINE_ERROR,
	    .source = STR("push"), .repo = STR("o/r"), .run_id = STR("7"),
	    .job = STR("test"), .message = STR("it broke"), .ts = 5 };
	struct sha256 key = log_line_key(&l), other;
	struct log_line *rows;
	size_t n;

	is_int(line_known(db, LINE_BUILD, &key, &store_err), 0, "a new line");
	begin();
	is_int(line_insert(db, &l, &key, 1, &store_err), 0,
	    "is stored");
	commit();
	is_int(line_known(db, LINE_BUILD, &key, &store_err), 1, "and known");
	is_int(line_known(db, LINE_WORKER, &key, &store_err), 0,
	    "as a build's");
	is_int(line_of_issue(db, store_arena, LINE_BUILD, 1, 10, &rows, &n,
	    &store_err), 0, "lines of an issue");
	is_int((int64_t)n, 1, "one");
	is_str(rows[0].job, "test", "with its job");
	l.ts = 6;
	other = log_line_key(&l);
	ok(!sha256_eq(key, other), "another time is another line");
	l.id = STR("x");
	key = log_line_key(&l);
	l.ts = 7;
	l.message = STR("told differently");
	other = log_line_key(&l);
	ok(sha256_eq(key, other), "with an id of its source it is the same");
}

static void
test_templates(void)
{
	struct drain *d = drain_new(NULL), *again = drain_new(NULL);
	struct drain_hit hit = drain_add(d, STR("s"), STR("user <num> failed"));
	int64_t before, after;

	template_version(db, &before, &store_err);
	begin();
	is_int(template_store(db, d, &after, &store_err), 0, "stored");
	commit();
	drain_saved(d);
	ok(after > before, "others can tell");
	is_int(template_load(db, again, &store_err), 0, "loaded");
	is_int(drain_add(again, STR("s"), STR("user <num> failed")).id,
	    hit.id, "the same template for the same message");
	drain_free(d);
	drain_free(again);
}

static void
test_scan(void)
{
	struct ops_scan s = { .scope = SCAN_CICD, .asked_by = STR("me") }, t;
	struct log_source src = { .name = STR("x"), .covered_ms = 5,
	    .cursor = STR("c"), .read_ms = -1 }, got;

	begin();
	is_int(scan_begin(db, &s, &store_err), 0, "a scan begins");
	s.totals.lines = 7;
	is_int(scan_alive(db, &s, &store_err), 0, "and tells how far it is");
	is_int(source_put(db, &src, &store_err), 0, "a source");
	commit();
	is_int(scan_running(db, store_arena, &t, &store_err), 1, "it runs");
	ok(t.id == s.id && t.totals.lines == 7 && t.scope == SCAN_CICD,
	    "as it was written");
	begin();
	is_int(scan_bury(db, &store_err), 0, "its program died");
	commit();
	is_int(scan_running(db, store_arena, &t, &store_err), 0, "none runs");
	is_int(scan_get(db, store_arena, s.id, &t, &store_err), 1, "it is kept");
	is_int(t.status, SCAN_DIED, "as one that died");
	is_int(source_get(db, store_arena, STR("x"), &got, &store_err), 1,
	    "the source");
	is_str(got.cursor, "c", "stands where it stood");
}

static void
test_memory(void)
{
	int64_t now = 86400000 * INT64_C(20000);

	begin();
	is_int(delivery_add(db, STR("d1"), STR("issues"), 0, &store_err), 1,
	    "a delivery");
	is_int(delivery_add(db, STR("d1"), STR("issues"), 0, &store_err), 0,
	    "again");
	is_int(budget_take(db, "b", 2, now, &store_err), 1, "one of two");
	is_int(budget_take(db, "b", 2, now, &store_err), 1, "two of two");
	is_int(budget_take(db, "b", 2, now, &store_err), 0, "no third");
	is_int(budget_take(db, "b", 2, now + 86400000, &store_err), 1,
	    "but tomorrow");
	commit();
}

int
main(void)
{
	store_begin();
	db = store_open();
	test_verbs();
	test_issue();
	test_list();
	test_outbox();
	test_line();
	test_templates();
	test_scan();
	test_memory();
	db_close(db);
	store_end();
	return done_testing();
}

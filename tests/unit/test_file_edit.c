/* The edits of files: what is kept, how a version is found in it, and that no
 * question reads more rows than it has to. */
#include "store_fixture.h"

#include "govern/history.h"
#include "ledger/patch_log.h"
#include "store/patch_revert.h"

/* A version is a letter; '.' is no file. */
static struct str
hash_of(char version)
{
	struct sha256 *h = arena_new_of(store_arena, struct sha256);

	*h = sha256_of(str_n(&version, 1));
	return version == '.' ? STR_NONE : str_n((char *)h->b, SHA256_BYTES);
}

static struct sha256
version_hash(char version)
{
	return sha256_of(str_n(&version, 1));
}

static int
edit(struct db *db, const char *path, const char *batch, const char *patch,
    const char *step)
{
	struct buf packed = BUF_INIT(KIB(1));
	struct hunk h = { .from = 3, .gone = str(patch), .come = STR("new") };
	struct script s = { &h, 1, 1 };
	struct file_edit f = { .workspace = STR("w"), .path = str(path),
	    .batch_id = str(batch), .patch_id = str(patch),
	    .before_sha256 = hash_of(step[0]), .after_sha256 = hash_of(step[2]),
	    .mode_before = step[0] == '.' ? -1 : 0644,
	    .mode = step[2] == '.' ? -1 : 0644 };
	int rc;

	script_pack(&s, &packed);
	f.script = buf_str(&packed);
	rc = file_edit_insert(db, &f, &store_err);
	buf_free(&packed);
	return rc;
}

/* chain: batches "before>after", a digit behind it: of so many patches.  The
 * patches are p1 p2 …; want: those found, oldest first, or NULL and why. */
static const struct {
	const char *name, *chain;
	char now, base;
	const char *want, *why;
} chains[] = {
	{ "the version of now", "A>B B>C", 'C', 'C', "", NULL },
	{ "the version of now, without any edit", "", 'C', 'C', "", NULL },
	{ "one edit back", "A>B B>C", 'C', 'B', "p2", NULL },
	{ "all the way", "A>B B>C C>D", 'D', 'A', "p1 p2 p3", NULL },
	{ "an edit that changed nothing is part", "A>B B>B", 'B', 'A',
	    "p1 p2", NULL },
	{ "a base that came back: the newest", "A>B B>A A>C", 'C', 'A', "p3",
	    NULL },
	{ "a base that is here again", "A>B B>A", 'A', 'A', "", NULL },
	{ "back to before it came back", "A>B B>A A>C", 'C', 'B', "p2 p3",
	    NULL },
	{ "a batch of three patches", "A>B B>C3 C>D", 'D', 'B',
	    "p2 p3 p4 p5", NULL },
	{ "a batch of three patches is not entered", "A>B3", 'B', 'A',
	    "p1 p2 p3", NULL },
	{ "made by us", ".>A A>B", 'B', 'A', "p2", NULL },
	{ "removed and made again", "A>. .>B", 'B', 'A', "p1 p2", NULL },
	{ "a hole behind the base does not matter", "A>B C>D D>E", 'E', 'C',
	    "p2 p3", NULL },
	{ "no edit is known", "", 'B', 'A', NULL, "no edit of this file" },
	{ "never seen", "A>B B>C", 'C', 'X', NULL,
	    "none of the 2 recorded edits" },
	{ "before we made it", ".>A A>B", 'B', 'X', NULL,
	    "none of the 2 recorded edits" },
	{ "changed behind our back since", "A>B B>C", 'D', 'B', NULL,
	    "outside of Patchwarden since patch p2" },
	{ "changed behind our back to an older version", "A>B B>C", 'B', 'A',
	    NULL, "outside of Patchwarden since patch p2" },
	{ "changed behind our back in between", "A>B C>D", 'D', 'A', NULL,
	    "outside of Patchwarden between the patches p1 and p2" },
	{ "removed behind our back in between", "A>B .>D", 'D', 'A', NULL,
	    "outside of Patchwarden between the patches p1 and p2" },
	{ "removed by us, there again", "A>.", 'A', 'B', NULL,
	    "outside of Patchwarden since patch p1" },
};

static void
fill(struct db *db, const char *path, const char *chain)
{
	int patch = 0, batch = 0;

	db_begin(db, &store_err);
	for (const char *c = chain; *c; c += 3 + (c[3] == ' ')) {
		const char *step = c;
		int n = c[3] >= '0' && c[3] <= '9' ? c[3] - '0' : 1;
		char id[40];

		if (c[3] >= '0' && c[3] <= '9')
			c++;
		snprintf(id, sizeof(id), "b%d", ++batch);
		while (n-- > 0) {
			char name[40];

			snprintf(name, sizeof(name), "p%d", ++patch);
			if (edit(db, path, id, name, step) != 0)
				printf("# %s\n", store_err.detail);
			/* somebody else's file in between */
			edit(db, "other", id, name, step);
		}
	}
	if (db_commit(db, &store_err) != 0)
		printf("# %s\n", store_err.detail);
}

static void
test_chains(struct db *db)
{
	struct history_source from = { db, STR("w"), 0 };
	struct plan_versions v = history_versions(&from);

	for (size_t i = 0; i < countof(chains); i++) {
		char path[40], got[200] = "";
		struct history h = { 0 };
		struct str why = STR_NONE;
		int rc;

		snprintf(path, sizeof(path), "chain%zu", i);
		fill(db, path, chains[i].chain);
		rc = v.since(v.ctx, store_arena, str(path),
		    version_hash(chains[i].base), version_hash(chains[i].now),
		    &h, &why, &store_err);
		for (size_t k = 0; k < h.n; k++)
			snprintf(got + strlen(got), sizeof(got) - strlen(got),
			    "%s%.*s", k ? " " : "", STR_ARG(h.patch_ids[k]));
		if (!chains[i].want) {
			ok(rc == 0 && why.p && str_find(why,
			    str(chains[i].why)) < why.len, "%s: %.*s",
			    chains[i].name, STR_ARG(why));
			continue;
		}
		ok(rc == 1 && strcmp(got, chains[i].want) == 0, "%s: %s",
		    chains[i].name, got);
		for (size_t k = 0; rc == 1 && k < h.n; k++)
			if (h.steps[k].n != 1 || h.steps[k].h[0].from != 3 ||
			    !str_eq(h.steps[k].h[0].gone, h.patch_ids[k]) ||
			    h.steps[k].h[0].come.len != 3)
				ok(false, "%s: script %zu", chains[i].name, k);
	}
}

/* More rows than a page has, and more than we walk. */
static void
test_long(struct db *db)
{
	struct history_source from = { db, STR("w"), 0 };
	struct plan_versions v = history_versions(&from);
	struct history h = { 0 };
	struct str why = STR_NONE;
	bool ordered = true;
	int rc;

	db_begin(db, &store_err);
	edit(db, "long", "first", "first", "A>B");
	for (int i = 0; i < HISTORY_MAX_STEPS; i++) {
		char id[40];

		snprintf(id, sizeof(id), "l%05d", i);
		edit(db, "long", id, id, i % 2 ? "C>B" : "B>C");
		if (i == 2999) {
			db_commit(db, &store_err);
			rc = v.since(v.ctx, store_arena, STR("long"),
			    version_hash('A'), version_hash('B'), &h, &why,
			    &store_err);
			is_int(rc == 1 ? (int)h.n : rc, 3001, "3001 edits");
			for (size_t k = 2; rc == 1 && k < h.n; k++)
				ordered &= str_cmp(h.patch_ids[k - 1],
				    h.patch_ids[k]) < 0;
			ok(ordered, "in the order they were made");
			db_begin(db, &store_err);
		}
	}
	db_commit(db, &store_err);
	is_int(v.since(v.ctx, store_arena, STR("long"), version_hash('A'),
	    version_hash('B'), &h, &why, &store_err), 0, "too long a way");
	ok(why.p && str_find(why, STR("more than 20000")) < why.len, "%.*s",
	    STR_ARG(why));
}

static void
test_damage(struct db *db)
{
	struct history_source from = { db, STR("w"), 0 };
	struct plan_versions v = history_versions(&from);
	struct history h;
	struct str why;

	fill(db, "damaged", "A>B");
	db_begin(db, &store_err);
	stmt_run(db_stmt(db, "UPDATE file_edit SET script = x'0501'"
	    " WHERE path = 'damaged'"), &store_err);
	db_commit(db, &store_err);
	from.held = BATCH_MAX_BYTES;
	ok(v.since(v.ctx, store_arena, STR("damaged"), version_hash('A'),
	    version_hash('B'), &h, &why, &store_err) == -1 &&
	    store_err.kind == ERR_LIMIT_EXCEEDED, "too much of it: %s",
	    store_err.detail);
	from.held = 0;
	ok(v.since(v.ctx, store_arena, STR("damaged"), version_hash('A'),
	    version_hash('B'), &h, &why, &store_err) == -1 &&
	    store_err.kind == ERR_STORE_FAILED, "a damaged script: %s",
	    store_err.detail);
}

static void
test_rows(struct db *db)
{
	struct file_edit of = { .workspace = STR("w"), .path = STR("rows"),
	    .id = INT64_MAX };
	struct file_edit *rows;
	size_t n;

	fill(db, "rows", ".>A A>B2");
	is_int(file_edit_page(db, store_arena, &of, 10, &rows, &n,
	    &store_err), 0, "a page");
	is_int(n, 3, "three rows");
	if (n == 3) {
		is_str(rows[2].patch_id, "p1", "the oldest last");
		is_int(rows[2].mode_before, -1, "there was no file");
		is_int(rows[2].mode, 0644, "then there was");
		ok(!rows[2].before_sha256.p && rows[2].after_sha256.len ==
		    SHA256_BYTES, "and its hash");
	}
	of.id = rows[1].id;
	is_int(file_edit_page(db, store_arena, &of, 10, &rows, &n,
	    &store_err), 0, "the next page");
	is_int(n, 1, "has the rest");
	db_begin(db, &store_err);
	is_int(file_edit_drop(db, STR("p3"), &store_err), 0, "one dropped");
	is_int(file_edit_drop(db, STR("nobody"), &store_err), 0, "none");
	db_rollback(db);
	ok(file_edit_drop(db, STR("p3"), &store_err) == -1,
	    "not outside of a transaction");
	of.workspace = STR("elsewhere");
	is_int(file_edit_page(db, store_arena, &of, 10, &rows, &n,
	    &store_err), 0, "another workspace");
	is_int(n, 0, "has none of them");
}

/* What was applied, for whom, in which batch; by us unless foreign. */
static const struct {
	const char *patch, *batch, *order, *task, *requester;
	int64_t at;
	bool foreign;
} applied[] = {
	{ "s1", "sb1", "o1", "t1", "ann", 100, false },
	{ "s2", "sb1", "o1", "t2", "ann", 100, false },
	{ "s3", "sb2", "o1", NULL, "bob", 200, false },
	{ "s4", "sb3", "o2", "t1", "ann", 300, false },
	{ "s5", NULL, "o1", "t1", "ann", 400, true },
};

static const struct {
	const char *name;
	struct revert_choice c;
	const char *want;
} choices[] = {
	{ "one patch", { .by = REVERT_PATCH, .id = STR("s2") }, "s2" },
	{ "no such patch", { .by = REVERT_PATCH, .id = STR("s9") }, "" },
	{ "a patch from elsewhere", { .by = REVERT_PATCH, .id = STR("s5") },
	    "" },
	{ "a batch, newest first", { .by = REVERT_BATCH, .id = STR("sb1") },
	    "s2 s1" },
	{ "an order", { .by = REVERT_ORDER, .id = STR("o1"),
	    .workspace = STR("w") }, "s3- s2 s1" },
	{ "an order in another workspace", { .by = REVERT_ORDER,
	    .id = STR("o1"), .workspace = STR("x") }, "" },
	{ "a task", { .by = REVERT_TASK, .id = STR("t1"),
	    .workspace = STR("w") }, "s4 s1" },
	{ "a requester since", { .by = REVERT_REQUESTER, .id = STR("ann"),
	    .workspace = STR("w"), .since_ms = 101 }, "s4" },
	{ "since is part", { .by = REVERT_REQUESTER, .id = STR("ann"),
	    .workspace = STR("w"), .since_ms = 100 }, "s4 s2 s1" },
};

static void
fill_log(struct db *db)
{
	struct patch_revert r = { STR("s3"), STR("r3"), STR("sb9"), 77 };

	db_begin(db, &store_err);
	for (size_t i = 0; i < countof(applied); i++) {
		struct event ev;
		struct patch_event p = { .type = EVENT_PATCH_APPLIED,
		    .patch_id = str(applied[i].patch),
		    .batch_id = str(applied[i].batch),
		    .order_id = str(applied[i].order), .task_id = str(applied[i].task),
		    .requester = str(applied[i].requester), .ts_ms = applied[i].at,
		    .workspace = STR("w"), .status = STR("applied") };

		ev = patch_event_pack(store_arena, &p);
		event_store_append(db, &ev, &store_err);
		p.seq = ev.seq;
		if (patch_log_append(db, &p, false, &store_err) != 0 ||
		    (!applied[i].foreign && edit(db, "f", applied[i].batch,
		    applied[i].patch, "A>B") != 0))
			printf("# %s\n", store_err.detail);
	}
	patch_revert_insert(db, &r, &store_err);
	db_commit(db, &store_err);
}

static void
test_choices(struct db *db)
{
	struct reverted_patch *rows;
	size_t n;

	fill_log(db);
	for (size_t i = 0; i < countof(choices); i++) {
		char got[200] = "";
		int rc = patch_revert_select(db, store_arena, &choices[i].c,
		    100, &rows, &n, &store_err);

		/* '-': it has been reverted */
		for (size_t k = 0; rc == 0 && k < n; k++)
			snprintf(got + strlen(got), sizeof(got) - strlen(got),
			    "%s%.*s%s", k ? " " : "", STR_ARG(rows[k].patch_id),
			    rows[k].revert_batch.p ? "-" : "");
		ok(rc == 0 && strcmp(got, choices[i].want) == 0, "%s: %s",
		    choices[i].name, rc ? store_err.detail : got);
	}
	db_begin(db, &store_err);
	is_int(patch_revert_drop(db, STR("s3"), STR("another"), &store_err), 0,
	    "the revert of another");
	patch_revert_select(db, store_arena, &choices[4].c, 100, &rows, &n,
	    &store_err);
	ok(n == 3 && str_is(rows[0].revert_batch, "sb9") &&
	    rows[0].reverted_ms == 77, "is not dropped");
	patch_revert_drop(db, STR("s3"), STR("r3"), &store_err);
	patch_revert_select(db, store_arena, &choices[4].c, 100, &rows, &n,
	    &store_err);
	ok(n == 3 && !rows[0].revert_batch.p, "its own is");
	db_rollback(db);
	is_int(patch_revert_select(db, store_arena, &choices[4].c, 2, &rows, &n,
	    &store_err) == 0 ? (int)n : -1, 2, "no more than asked for");
}

/* SQLite's plan of each question: an index, never the whole table. */
static const char *const questions[] = {
	"SELECT script FROM file_edit WHERE id = 1",
	"SELECT n FROM file_edit WHERE workspace = 'w' AND path = 'p'"
	    " AND id < 9 ORDER BY id DESC LIMIT 1",
	"SELECT id FROM file_edit WHERE patch_id = 'p'",
	"DELETE FROM file_edit WHERE patch_id = 'p'",
	"SELECT id FROM file_edit WHERE batch_id = 'b'",
	"DELETE FROM patch_revert WHERE patch_id = 'p' AND revert_id = 'r'",
	"SELECT max(f.id) FROM term AS t CROSS JOIN posting AS b"
	    " ON b.term = t.id CROSS JOIN patch_log AS l"
	    " ON l.id BETWEEN b.block * 256 AND b.block * 256 + 255"
	    " CROSS JOIN event AS p ON p.seq = l.id CROSS JOIN file_edit AS f"
	    " ON f.patch_id = p.patch_id LEFT JOIN patch_revert AS r"
	    " ON r.patch_id = f.patch_id WHERE t.field = 9 AND t.text = 'o'",
};

static void
test_plans(struct db *db)
{
	db_begin(db, &store_err);	/* to explain a DELETE is a write, too */
	for (size_t i = 0; i < countof(questions); i++) {
		struct str sql = arena_fmt(store_arena,
		    "EXPLAIN QUERY PLAN %s", questions[i]);
		struct stmt *s = db_stmt_text(db, sql);
		bool scans = false, sorts = false;
		int rc;

		while ((rc = stmt_step(s, &store_err)) > 0) {
			struct str detail = stmt_str(s, 3);

			scans |= str_starts(detail, STR("SCAN"));
			sorts |= str_find(detail, STR("B-TREE")) < detail.len;
		}
		ok(rc == 0 && !scans && !sorts, "indexed: %.60s",
		    questions[i]);
	}
	db_rollback(db);
}

int
main(void)
{
	struct db *db;

	store_begin();
	db = store_open();
	if (!db)
		bail_out("no database");
	test_chains(db);
	test_rows(db);
	test_long(db);
	test_damage(db);
	test_choices(db);
	test_plans(db);
	db_close(db);
	store_end();
	return done_testing();
}

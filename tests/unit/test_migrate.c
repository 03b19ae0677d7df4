/* Migrations: what runs, what is refused, and that a refusal changes nothing. */
#include "store_fixture.h"

#include "store/schema.h"

static char copy_dir[240];

static void
text_write(const char *name, const char *text)
{
	char path[600];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", copy_dir, name);
	f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f) != 0)
		bail_out("cannot write a migration");
}

/* A folder of migrations that may be spoilt. */
static void
dir_copy(struct migration *m, size_t n)
{
	char path[600], text[20000];
	size_t got;
	FILE *f;

	snprintf(copy_dir, sizeof(copy_dir), "%s.sql", store_dir);
	mkdir(copy_dir, 0700);
	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%.*s.sql", store_migrations,
		    STR_ARG(m[i].name));
		f = fopen(path, "r");
		if (!f)
			bail_out("cannot read a migration");
		got = fread(text, 1, sizeof(text) - 1, f);
		text[got] = '\0';
		fclose(f);
		snprintf(path, sizeof(path), "%.*s.sql", STR_ARG(m[i].name));
		text_write(path, text);
	}
}

static const char *
numbered(int version, const char *name)
{
	return arena_fmt(store_arena, "%03d_%s.sql", version, name).p;
}

static int
run(const char *dir, bool dry, struct migration **m, size_t *n)
{
	store_err = (struct err){ 0 };
	return migrate_run(store_path, dir, dry, store_arena, m, n,
	    &store_err);
}

static void
test_fresh(void)
{
	struct migration *m;
	struct stat st;
	size_t n;

	is_int(run(store_migrations, true, &m, &n), 0, "dry run");
	ok(n > 0 && m[0].state == MIGRATION_PENDING, "everything is pending");
	ok(stat(store_path, &st) != 0, "a dry run makes no database");
	umask(077);
	is_int(run(store_migrations, false, &m, &n), 0, "first run: %s",
	    store_err.detail);
	umask(022);
	ok(n > 0 && m[0].state == MIGRATION_NEW &&
	    m[n - 1].state == MIGRATION_NEW, "all were applied");
	is_int(m[n - 1].version, SCHEMA_VERSION,
	    "SCHEMA_VERSION is the last file's number");
	ok(stat(store_path, &st) == 0 && (st.st_mode & 0777) == 0660,
	    "the database is 0660 whatever the umask");
	is_int(run(store_migrations, false, &m, &n), 0, "second run");
	ok(m[0].state == MIGRATION_APPLIED &&
	    m[n - 1].state == MIGRATION_APPLIED, "nothing was left to do");
	is_int(run(store_migrations, true, &m, &n), 0, "dry run of it");
	ok(m[n - 1].state == MIGRATION_APPLIED, "says the same");
	dir_copy(m, n);
}

static void
test_names(struct db *db)
{
	static const char *const selects[] = {
		"SELECT id, patch_id, task_id, file_path, op, ts_check_ok,"
		    " diff_path, meta, created_at FROM patch_events",
		"SELECT id, patch_id, task_id, file_path, op, created_at,"
		    " requester, reason, error FROM v_patch_activity",
		"SELECT id, patch_id, factory, event_type, message, ts"
		    " FROM patch_custody",
		"SELECT id, order_id, report_md, report_json, success_rate,"
		    " total_patches, created_at FROM delivery_reports",
		"SELECT id, source, worker, level, message, meta, ts"
		    " FROM worker_logs",
		"SELECT id, source, repo, run_id, level, message, meta, ts"
		    " FROM build_logs",
		"SELECT id, kind, severity, status, worker, repo, run_id,"
		    " prompt, analysis, gh_issue_number, gh_issue_url,"
		    " created_at FROM ops_issues",
		"SELECT id, scope, started_at, finished_at, totals"
		    " FROM ops_scans",
	};

	/* as the shell has it: views may use functions */
	stmt_run(db_stmt(db, "PRAGMA trusted_schema = ON"), &store_err);
	for (size_t i = 0; i < countof(selects); i++)
		is_int(stmt_run(db_stmt(db, selects[i]), &store_err), 0, "%s",
		    selects[i]);
}

static void
test_refusals(void)
{
	struct migration *m;
	size_t n;
	char path[600];

	text_write("006_delivery_reports.sql", "CREATE TABLE x (y) STRICT;");
	ok(run(copy_dir, false, &m, &n) != 0 && store_err.kind == ERR_CONFIG,
	    "an edited file is refused: %s", store_err.detail);
	ok(run(copy_dir, true, &m, &n) != 0, "by a dry run, too");
	snprintf(path, sizeof(path), "%s/006_delivery_reports.sql", copy_dir);
	unlink(path);
	ok(run(copy_dir, false, &m, &n) != 0 && store_err.kind == ERR_CONFIG,
	    "a missing file is refused: %s", store_err.detail);
	text_write(numbered(SCHEMA_VERSION + 1, "more"), "SELECT 1;");
	ok(run(copy_dir, false, &m, &n) != 0 && store_err.kind == ERR_CONFIG,
	    "a file the program does not know: %s", store_err.detail);
	text_write("26_more.sql", "SELECT 1;");
	ok(run(copy_dir, false, &m, &n) != 0 && store_err.kind == ERR_CONFIG,
	    "a name of another form: %s", store_err.detail);
	ok(run("/nowhere", false, &m, &n) != 0 && store_err.kind == ERR_CONFIG,
	    "no folder: %s", store_err.detail);
}

static void
test_failing(void)
{
	struct migration *m;
	struct db *db;
	size_t n;
	int64_t rows = 0;

	store_remove(copy_dir);
	mkdir(copy_dir, 0700);
	store_remove(store_dir);
	mkdir(store_dir, 0700);
	text_write("001_core.sql", "CREATE TABLE property (key TEXT,"
	    " value TEXT) STRICT;");
	text_write(numbered(SCHEMA_VERSION, "bad"), "CREATE TABLE one (x INTEGER) STRICT;"
	    " CREATE TABLE one (x INTEGER) STRICT;");
	ok(run(copy_dir, false, &m, &n) != 0 &&
	    store_err.kind == ERR_STORE_FAILED, "SQL that fails: %s",
	    store_err.detail);
	ok(m[0].state == MIGRATION_NEW && m[1].state == MIGRATION_PENDING,
	    "what is before it stays");
	db = store_open_as(DB_RO, 100);
	ok(!db && store_err.kind == ERR_SCHEMA_OLDER, "not opened: %s",
	    store_err.detail);
	db_open(&(struct db_options){ .path = store_path, .mode = DB_RO },
	    true, &db, &store_err);
	stmt_one_int(db_stmt(db, "SELECT count(*) FROM sqlite_schema"
	    " WHERE name = 'one'"), &rows, &store_err);
	is_int(rows, 0, "nothing of the failed file is there");
	db_close(db);
	text_write(numbered(SCHEMA_VERSION, "bad"), "COMMIT; CREATE TABLE two (x INTEGER)"
	    " STRICT;");
	ok(run(copy_dir, false, &m, &n) != 0 && store_err.kind == ERR_CONFIG,
	    "a file with its own COMMIT: %s", store_err.detail);
}

/* Last, for the database is of no use afterwards. */
static void
test_newer(struct db *db)
{
	struct migration *m;
	struct stmt *s;
	size_t n;

	db_begin(db, &store_err);
	s = db_stmt(db, "INSERT INTO schema_migrations VALUES (:version,"
	    " 'x', '', 0)");
	stmt_bind_int(s, ":version", SCHEMA_VERSION + 1);
	stmt_run(s, &store_err);
	is_int(db_commit(db, &store_err), 0, "a later program was here");
	ok(run(store_migrations, false, &m, &n) != 0 &&
	    store_err.kind == ERR_SCHEMA_NEWER, "migrate refuses: %s",
	    store_err.detail);
	ok(!store_open_as(DB_RW, 100) && store_err.kind == ERR_SCHEMA_NEWER,
	    "open refuses: %s", store_err.detail);
}

int
main(void)
{
	struct db *db;

	store_begin();
	ok(!store_open_as(DB_RO, 100) && store_err.kind == ERR_STORE_FAILED,
	    "no database: %s", store_err.detail);
	test_fresh();
	test_refusals();
	db = store_open_as(DB_RW, 1000);
	if (ok(db != NULL, "opened")) {
		test_names(db);
		is_int((long long)db_epoch(db).len, 36, "it has an epoch");
		test_newer(db);
	}
	db_close(db);
	test_failing();
	store_remove(copy_dir);
	store_end();
	return done_testing();
}

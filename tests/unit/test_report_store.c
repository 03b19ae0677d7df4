/* Kept reports: versions, no news, lists; and those from before versions. */
#include "store_fixture.h"

#include "ledger/report_store.h"

#define HASH_A "aa0e4c0d2f6a7c1e9d83b1f0a4c6e8d21f3a5c7e9b0d2f4a6c8e0b1d3f5a7c9e"
#define HASH_B "bb0e4c0d2f6a7c1e9d83b1f0a4c6e8d21f3a5c7e9b0d2f4a6c8e0b1d3f5a7c9e"

static struct arena *arena;

static struct report_row
row(const char *order, int64_t version, int64_t seq, const char *hash)
{
	return (struct report_row){ .order_id = str(order), .version = version,
	    .as_of = { seq, str(hash), STR("epoch"), -1 },
	    .report_md = STR("# \xe2\x80\xae\n"), .report_json = STR("{}\n"),
	    .ok_patches = 2, .total_patches = 3, .created_at = 1000 + seq };
}

static int
insert(struct db *db, struct report_row r)
{
	int rc;

	store_err = (struct err){ 0 };
	if (db_begin(db, &store_err) != 0)
		return -1;
	rc = report_store_insert(db, &r, &store_err);
	if (rc != 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, &store_err);
}

static void
test_versions(struct db *db)
{
	struct report_row r;

	is_int(report_store_newest(db, arena, STR("o-1"), &r, &store_err), 0,
	    "no report yet");
	is_int(insert(db, row("o-1", 1, 7, HASH_A)), 0, "the first");
	is_int(insert(db, row("o-1", 1, 8, HASH_A)), -1,
	    "a version is there once");
	is_int(store_err.kind, ERR_INTERNAL, "says so: %s",
	    store_err.detail);
	is_int(insert(db, row("o-1", 2, 9, HASH_B)), 0, "the second");
	is_int(insert(db, row("o-1", 3, 9, "x")), -1, "without a hash");
	is_int(insert(db, row("o-1", 0, 9, HASH_B)), -1, "there is no version 0");
	is_int(report_store_newest(db, arena, STR("o-1"), &r, &store_err), 1,
	    "the newest is there");
	is_int(r.version, 2, "it is the second");
	is_int(r.as_of.seq, 9, "as of that event");
	is_str(r.as_of.hash, HASH_B, "and its hash");
	is_str(r.as_of.epoch, "epoch", "of that epoch");
	is_str(r.report_md, "# \xe2\x80\xae\n", "the bytes that were given");
	is_str(r.report_json, "{}\n", "of both forms");
	is_int(r.ok_patches * 10 + r.total_patches, 23, "both numbers");
	is_int(r.created_at, 1009, "when it was made");
	is_int(report_store_get(db, arena, STR("o-1"), 1, &r, &store_err), 1,
	    "the old one is there");
	is_int(r.as_of.seq, 7, "as it was");
	is_int(report_store_get(db, arena, STR("o-1"), 3, &r, &store_err), 0,
	    "no third");
}

static void
test_no_news(struct db *db)
{
	struct report_row r;

	is_int(report_store_find(db, arena, STR("o-1"), &(struct
	    report_position){ 7, STR(HASH_A), STR("restored"), 0 }, &r,
	    &store_err), 1, "known by place and hash, whatever the epoch");
	is_int(r.version, 1, "that version");
	is_int(report_store_find(db, arena, STR("o-1"), &(struct
	    report_position){ 7, STR(HASH_B), STR("epoch"), 0 }, &r,
	    &store_err), 0, "not with another history");
	is_int(report_store_find(db, arena, STR("o-1"), &(struct
	    report_position){ 8, STR(HASH_A), STR("epoch"), 0 }, &r,
	    &store_err), 0, "not with another event");
	is_int(report_store_find(db, arena, STR("o-2"), &(struct
	    report_position){ 7, STR(HASH_A), STR("epoch"), 0 }, &r,
	    &store_err), 0, "not of another order");
	is_int(report_store_find(db, arena, STR("o-1"), &(struct
	    report_position){ 7, STR_NONE, STR("epoch"), 0 }, &r,
	    &store_err), 0, "not without a hash");
}

/* The orders and versions of a list, as text. */
static struct str
listed(const struct report_row *rows, size_t n)
{
	struct str s = STR("");

	for (size_t i = 0; i < n; i++)
		s = arena_fmt(arena, "%.*s %.*s/%lld", STR_ARG(s),
		    STR_ARG(rows[i].order_id), (long long)rows[i].version);
	return s;
}

static void
test_lists(struct db *db)
{
	struct report_row *rows;
	size_t n;

	insert(db, row("o-2", 1, 10, HASH_A));
	insert(db, row("o-3", 1, 11, HASH_A));
	insert(db, row("o-2", 2, 12, HASH_A));
	is_int(report_store_recent(db, arena, 0, 10, &rows, &n, &store_err), 0,
	    "the recent ones");
	is_str(listed(rows, n), " o-2/2 o-3/1 o-1/2 old/1 none/1",
	    "each order once, the last made first");
	report_store_recent(db, arena, 0, 2, &rows, &n, &store_err);
	is_str(listed(rows, n), " o-2/2 o-3/1", "two of them");
	report_store_recent(db, arena, rows[1].id, 2, &rows, &n, &store_err);
	is_str(listed(rows, n), " o-1/2 old/1", "the next two");
	report_store_versions(db, arena, STR("o-1"), 0, 10, &rows, &n,
	    &store_err);
	is_str(listed(rows, n), " o-1/2 o-1/1", "versions of one order");
	report_store_versions(db, arena, STR("o-1"), 2, 10, &rows, &n,
	    &store_err);
	is_str(listed(rows, n), " o-1/1", "those below");
	report_store_versions(db, arena, STR("nobody"), 0, 10, &rows, &n,
	    &store_err);
	is_int(n, 0, "none of another");
}

/* What was made before reports had versions. */
static void
test_old_rows(struct db *db)
{
	struct report_row r;
	int64_t v = 0;

	is_int(report_store_newest(db, arena, STR("old"), &r, &store_err), 1,
	    "it is kept");
	is_int(r.version, 1, "as the first version");
	is_int(r.id, 41, "by its number");
	is_int(r.ok_patches, 2, "0.6667 of 3 are two");
	is_int(r.total_patches, 3, "of three");
	is_int(r.created_at, 77, "when it was");
	ok(r.as_of.seq == 0 && !r.as_of.hash.p && !r.as_of.epoch.p,
	    "nobody knows of which events");
	is_str(r.report_md, "# old", "its text");
	is_int(report_store_newest(db, arena, STR("none"), &r, &store_err), 1,
	    "one without patches");
	is_int(r.total_patches, 0, "has none");
	is_int(stmt_one_int(db_stmt(db, "SELECT success_rate IS NULL FROM"
	    " delivery_reports WHERE order_id = 'none'"), &v, &store_err), 0,
	    "its rate can be asked for");
	is_int(v, 1, "and is not known");
	stmt_one_int(db_stmt(db, "SELECT abs(success_rate - 2.0 / 3) < 1e-12"
	    " FROM delivery_reports WHERE order_id = 'old'"), &v, &store_err);
	is_int(v, 1, "a rate follows from its numbers");
}

static void
file_copy(const char *name, const char *to)
{
	char path[900];
	struct buf b = BUF_INIT(MIB(1));
	int fd;
	FILE *f;
	char *room = buf_room(&b, KIB(64));
	ssize_t got;

	snprintf(path, sizeof(path), "%s/%s", store_migrations, name);
	fd = open(path, O_RDONLY);
	got = read(fd, room, KIB(64));
	close(fd);
	snprintf(path, sizeof(path), "%s/%s", to, name);
	f = fopen(path, "w");
	if (!f || got < 0 || fwrite(room, 1, (size_t)got, f) != (size_t)got)
		bail_out("cannot copy a migration");
	fclose(f);
	buf_free(&b);
}

/* All migrations, and one between that leaves rows of the old form. */
static void
migrate_old_rows(void)
{
	char dir[300], path[900];
	DIR *d = opendir(store_migrations);
	struct dirent *entry;
	struct migration *m;
	size_t n;
	FILE *f;

	snprintf(dir, sizeof(dir), "%s.sql", store_dir);
	mkdir(dir, 0700);
	while (d && (entry = readdir(d)))
		if (str_ends(str(entry->d_name), STR(".sql")))
			file_copy(entry->d_name, dir);
	closedir(d);
	snprintf(path, sizeof(path), "%s/007_old_rows.sql", dir);
	f = fopen(path, "w");
	fputs("INSERT INTO delivery_reports (id, order_id, report_md,"
	    " report_json, success_rate, total_patches, created_at) VALUES"
	    " (40, 'none', '', '', NULL, 0, 76),"
	    " (41, 'old', '# old', '{}', 0.6667, 3, 77);\n", f);
	fclose(f);
	if (migrate_run(store_path, dir, false, arena, &m, &n,
	    &store_err) != 0)
		bail_out(store_err.detail);
	store_remove(dir);
}

int
main(void)
{
	struct db *db;

	store_begin();
	arena = store_arena;
	migrate_old_rows();
	db = store_open_as(DB_RW, 5000);
	if (!db)
		bail_out("no database");
	test_old_rows(db);
	test_versions(db);
	test_no_news(db);
	test_lists(db);
	db_close(db);
	store_end();
	return done_testing();
}

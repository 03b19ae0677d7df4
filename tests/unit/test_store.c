/* Connections, locks, failures, and the small tables. */
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "store_fixture.h"

#include "store/idempotency.h"
#include "store/journal.h"
#include "store/patch_custody.h"
#include "store/patch_diff.h"
#include "store/stream_ticket.h"
#include "store/token.h"

static int64_t
number(struct db *db, const char *sql)
{
	int64_t n = -1;

	if (stmt_one_int(db_stmt(db, sql), &n, &store_err) != 0)
		printf("# %s\n", store_err.detail);
	return n;
}

static void
test_connection(struct db *db)
{
	struct db *ro = store_open_as(DB_RO, 100);
	struct stat st;
	char wal[300];

	snprintf(wal, sizeof(wal), "%s-wal", store_path);
	ok(stat(wal, &st) == 0, "the WAL is on");
	is_int(number(db, "PRAGMA foreign_keys"), 1, "foreign keys");
	is_int(number(db, "PRAGMA mmap_size"), 0, "no mmap");
	is_int(number(db, "PRAGMA wal_autocheckpoint"), 0, "no own"
	    " checkpoints");
	is_int(number(db, "PRAGMA trusted_schema"), 0, "no trust");
	is_int(number(db, "PRAGMA synchronous"), 1, "synchronous NORMAL");
	is_int(number(ro, "PRAGMA query_only"), 1, "a reader only reads");
	ok(str_eq(db_epoch(db), db_epoch(ro)), "both know the epoch");
	ok(store_append(ro, 1, &store_err) != 0, "a reader cannot write: %s",
	    store_err.detail);
	is_int(store_append(db, 1, &store_err), 0, "a writer can");
	is_int(number(ro, "SELECT count(*) FROM event"), 1, "which is seen");
	db_close(ro);
	ok(stmt_run(db_stmt(db, "DELETE FROM event"), &store_err) != 0 &&
	    store_err.kind == ERR_INTERNAL, "no write outside of a"
	    " transaction: %s", store_err.detail);
	ok(db_commit(db, &store_err) != 0, "no commit without a begin");
	db_rollback(db);
	db_read_end(db);
	db_close(NULL);
}

static void
test_statements(struct db *db)
{
	static const char sql[] = "SELECT :a, :b, :c";
	struct stmt *s = db_stmt(db, sql);
	char text[40];

	stmt_bind_str(s, ":a", str_n("a\0b", 3));
	stmt_bind_str(s, ":b", STR(""));
	stmt_bind_blob(s, ":c", STR("\xff"));
	is_int(stmt_step(s, &store_err), 1, "a row");
	ok(str_eq(stmt_str(s, 0), str_n("a\0b", 3)), "text with a NUL");
	is_str(stmt_str(s, 1), "", "empty is present");
	is_str(stmt_str(s, 2), "\xff", "a blob");
	s = db_stmt(db, sql);
	is_int(stmt_step(s, &store_err), 1, "again");
	is_str(stmt_str(s, 0), NULL, "nothing is left bound");
	stmt_reset(s);
	s = db_stmt(db, sql);
	stmt_bind_int(s, ":a", 1);
	stmt_bind_int(s, ":wrong", 1);
	stmt_bind_int(s, ":worse", 1);
	ok(stmt_step(s, &store_err) == -1 && strstr(store_err.detail, ":wrong"),
	    "the first failure is remembered: %s", store_err.detail);
	is_int(stmt_step(db_stmt(db, sql), &store_err), 1, "then forgotten");
	s = db_stmt(db, "SELECT gone FROM nowhere");
	stmt_bind_int(s, ":a", 1);
	ok(stmt_run(s, &store_err) == -1 && strstr(store_err.detail, "nowhere"),
	    "SQL that is wrong: %s", store_err.detail);
	for (int i = 0; i < 200; i++) {
		int64_t n = -1;

		snprintf(text, sizeof(text), "SELECT %d", i % 67);
		if (stmt_one_int(db_stmt_text(db, str(text)), &n,
		    &store_err) != 0 || n != i % 67)
			ok(false, "text %d", i);
	}
}

static void
test_locked(struct db *db)
{
	char path[300];
	struct db *other = store_open_as(DB_RW, 150);
	int64_t start = clock_mono_ms();
	int fd;

	db_begin(db, &store_err);
	ok(db_begin(other, &store_err) != 0 && store_err.kind == ERR_BUSY,
	    "locked for long: %s", store_err.detail);
	ok(clock_mono_ms() - start >= 150, "it waited");
	ok(clock_mono_ms() - start < 2000, "but not for ever");
	ok(db_checkpoint(other, 0, &store_err) != 0 &&
	    store_err.kind == ERR_BUSY, "no checkpoint beside a writer");
	db_rollback(db);
	is_int(store_append(other, 1, &store_err), 0, "free again");
	snprintf(path, sizeof(path), "%s-lock", store_path);
	unlink(path);
	is_int(store_append(other, 1, &store_err), 0, "its file removed");
	fd = open(path, O_RDWR);
	ok(fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0, "made anew");
	ok(db_begin(other, &store_err) != 0, "and it is the one that counts");
	close(fd);
	db_close(other);
}

static void
test_nested(struct db *db)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		struct rlimit none = { 0, 0 };
		struct db *own;

		setrlimit(RLIMIT_CORE, &none);
		freopen("/dev/null", "w", stderr);
		own = store_open_as(DB_RW, 100);
		db_begin(own, NULL);
		db_begin(own, NULL);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT,
	    "a begin inside of a begin aborts");
	is_int(store_append(db, 1, &store_err), 0, "others go on");
}

/* One page of the WAL may still be written, the next one may not. */
static void
test_full_disk(struct db *db)
{
	struct rlimit old, low;
	struct event big = { .type = EVENT_AUDIT };
	char *text = malloc(300000);
	int64_t rows = number(db, "SELECT count(*) FROM event");

	memset(text, 'x', 300000);
	big.payload = str_n(text, 300000);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	low = old;
	low.rlim_cur = 200000;
	setrlimit(RLIMIT_FSIZE, &low);
	if (db_begin(db, &store_err) == 0) {
		int rc = event_store_append(db, &big, &store_err);

		if (rc == 0)
			rc = db_commit(db, &store_err);
		else
			db_rollback(db);
		ok(rc != 0 && store_err.kind == ERR_DISK_FULL,
		    "a full disk: %s", store_err.detail);
	}
	setrlimit(RLIMIT_FSIZE, &old);
	is_int(number(db, "SELECT count(*) FROM event"), rows,
	    "nothing of it is there");
	is_int(store_append(db, 1, &store_err), 0, "with room: it works");
	is_int(number(db, "SELECT count(*) FROM event"), rows + 1,
	    "without hands");
	free(text);
}

static void
test_unwritable(struct db *db)
{
	struct db *none = NULL;
	char path[300], text[300];
	struct db_options o = { .path = path, .mode = DB_RW };
	FILE *f;

	snprintf(path, sizeof(path), "%s/other", store_dir);
	f = fopen(path, "w");
	for (int i = 0; f && i < 100; i++)
		fputs("this is not a database at all\n", f);
	if (f)
		fclose(f);
	ok(db_open(&o, false, &none, &store_err) != 0 &&
	    store_err.kind == ERR_STORE_FAILED, "another kind of file: %s",
	    store_err.detail);
	o.path = store_dir;
	ok(db_open(&o, false, &none, &store_err) != 0 &&
	    store_err.kind == ERR_STORE_FAILED, "a folder: %s",
	    store_err.detail);
	snprintf(text, sizeof(text), "%s/none/pw.db", store_dir);
	o.path = text;
	ok(db_open(&o, true, &none, &store_err) != 0 &&
	    store_err.kind == ERR_STORE_FAILED, "no folder: %s",
	    store_err.detail);
	ok(!none, "nothing was opened");
	is_int(store_append(db, 1, &store_err), 0, "the good one is fine");
}

static void
test_checkpoint(struct db *db)
{
	struct db *ro = store_open_as(DB_RO, 100);
	char wal[300];
	struct stat st;

	snprintf(wal, sizeof(wal), "%s-wal", store_path);
	is_int(db_checkpoint(db, INT64_C(1) << 40, &store_err), 0, "too small");
	db_read_begin(ro, &store_err);
	number(ro, "SELECT count(*) FROM event");
	store_append(db, 2, &store_err);
	is_int(db_checkpoint(db, 1, &store_err), 0, "a reader holds it back");
	is_int(store_append(db, 1, &store_err), 0, "writers go on");
	db_read_end(ro);
	is_int(db_checkpoint(db, 1, &store_err), 1, "checkpoint");
	ok(stat(wal, &st) == 0 && st.st_size == 0, "the WAL is empty");
	is_int(db_checkpoint(db, 0, &store_err), 0, "nothing to do");
	store_append(db, 1, &store_err);
	is_int(db_checkpoint_passive(db, INT64_C(1) << 40, &store_err), 0,
	    "not enough to move");
	is_int(db_checkpoint_passive(db, 1, &store_err), 1, "passive");
	is_int(db_checkpoint_passive(db, 1, &store_err), 0,
	    "all of it is in the database");
	ok(stat(wal, &st) == 0 && st.st_size > 0, "the WAL keeps its room");
	db_close(ro);
}

static void
test_journal(struct db *db)
{
	struct batch_row b = { .id = STR("b1"), .workspace = STR("w"),
	    .requester = STR("ui"), .ops = 2, .created_ms = 5 }, got;
	struct journal_row f = { .n = 1, .action = STR("create"),
	    .path = STR("a"), .staged = STR("s1"), .after_sha256 = STR("h") };
	struct event ev = { .type = EVENT_PATCH_APPLIED, .ts_ms = 7,
	    .payload = STR("{}"), .file = STR("a") }, *evs;
	struct journal_row *files;
	struct str *ids;
	size_t n;

	db_begin(db, &store_err);
	is_int(journal_batch_insert(db, &b, &store_err), 0, "a batch");
	b.id = STR("b0");
	is_int(journal_batch_insert(db, &b, &store_err), 0, "another");
	b.id = STR("b9");
	b.state = BATCH_FAILED;
	is_int(journal_batch_insert(db, &b, &store_err), 0, "one that failed");
	is_int(journal_file_insert(db, STR("b1"), &f, &store_err), 0, "file");
	f.n = 0;
	f.path = STR("z");
	is_int(journal_file_insert(db, STR("b1"), &f, &store_err), 0, "file");
	is_int(journal_event_insert(db, STR("b1"), 0, &ev, &store_err), 0,
	    "event");
	ok(journal_file_insert(db, STR("nope"), &f, &store_err) != 0,
	    "of no batch: %s", store_err.detail);
	is_int(db_commit(db, &store_err), 0, "commit");
	journal_open_list(db, store_arena, STR("w"), &ids, &n, &store_err);
	is_int((long long)n, 2, "two are open");
	is_str(ids[0], "b0", "in order");
	journal_open_list(db, store_arena, STR("v"), &ids, &n, &store_err);
	is_int((long long)n, 0, "none elsewhere");
	journal_files(db, store_arena, STR("b1"), &files, &n, &store_err);
	is_int((long long)n, 2, "its files");
	is_str(files[0].path, "z", "by n");
	is_str(files[0].before_sha256, NULL, "no file before");
	journal_events(db, store_arena, STR("b1"), &evs, &n, &store_err);
	is_int((long long)n, 1, "its event");
	ok(evs[0].type == EVENT_PATCH_APPLIED && evs[0].ts_ms == 7 &&
	    evs[0].seq == 0, "as it will be");
	is_str(evs[0].batch_id, "b1", "of this batch");
	db_begin(db, &store_err);
	is_int(journal_close(db, STR("b1"), BATCH_APPLIED, &store_err), 0,
	    "close");
	ok(journal_close(db, STR("b1"), BATCH_APPLIED, &store_err) != 0 &&
	    store_err.kind == ERR_NOT_FOUND, "once: %s", store_err.detail);
	db_commit(db, &store_err);
	is_int(number(db, "SELECT count(*) FROM journal_file"), 0, "empty");
	is_int(number(db, "SELECT count(*) FROM journal_event"), 0, "empty");
	is_int(journal_batch_get(db, store_arena, STR("b1"), &got, &store_err),
	    1, "the batch stays");
	is_int(got.state, BATCH_APPLIED, "with its end");
	is_int(journal_batch_get(db, store_arena, STR("?"), &got, &store_err),
	    0, "no such batch");
}

static void
test_tokens(struct db *db)
{
	struct token t = { .id = STR("00c0ffee"), .name = STR("ci"),
	    .scopes = STR("patch:write log:read"), .created_ms = 1,
	    .expires_ms = -1, .revoked_ms = -1 }, got, *list;
	struct sha256 hash = sha256_of(STR("secret")), found = { { 0 } };
	size_t n;
	int64_t first;

	db_begin(db, &store_err);
	is_int(token_insert(db, &t, &hash, &store_err), 0, "insert");
	ok(token_insert(db, &t, &hash, &store_err) != 0 &&
	    store_err.kind == ERR_EXISTS, "taken: %s", store_err.detail);
	t.id = STR("1");
	t.expires_ms = 0;
	is_int(token_insert(db, &t, &hash, &store_err), 0, "insert");
	db_commit(db, &store_err);
	is_int(token_find(db, store_arena, STR("00c0ffee"), &got, &found,
	    &store_err), 1, "find");
	ok(sha256_eq(hash, found), "its hash");
	is_str(got.scopes, "patch:write log:read", "its scopes");
	is_int(got.expires_ms, -1, "never expires");
	is_int(token_find(db, store_arena, STR("00C0FFEE"), &got, &found,
	    &store_err), 0, "exactly");
	db_begin(db, &store_err);
	clock_stop(1000);
	is_int(token_revoke(db, STR("1"), &store_err), 0, "revoke");
	clock_stop(2000);
	is_int(token_revoke(db, STR("1"), &store_err), 0, "twice");
	clock_stop(-1);
	ok(token_revoke(db, STR("2"), &store_err) != 0 &&
	    store_err.kind == ERR_NOT_FOUND, "unknown: %s", store_err.detail);
	db_commit(db, &store_err);
	token_list(db, store_arena, &list, &n, &store_err);
	is_int((long long)n, 2, "list");
	first = list[1].revoked_ms;
	is_int(first, 1000, "revoked when it was first");
	is_int(list[1].expires_ms, 0, "expired in 1970");
}

static void
test_tickets(struct db *db)
{
	struct stream_ticket t = { .token_id = STR("00c0ffee"),
	    .created_ms = 1, .expires_ms = 10 }, got;
	struct sha256 a = sha256_of(STR("a")), b = sha256_of(STR("b"));
	int64_t n, first, newest = -1;

	is_int(stream_ticket_newest(db, &newest, &store_err), 0, "newest");
	is_int(newest, 0, "there is none");
	db_begin(db, &store_err);
	is_int(stream_ticket_insert(db, &t, &a, &store_err), 0, "insert");
	first = t.id;
	t.expires_ms = 20;
	is_int(stream_ticket_insert(db, &t, &b, &store_err), 0, "another");
	ok(t.id > first, "ids grow");
	db_commit(db, &store_err);
	is_int(stream_ticket_find(db, store_arena, &b, &got, &store_err), 1,
	    "find");
	ok(got.id == t.id && str_is(got.token_id, "00c0ffee") &&
	    got.created_ms == 1 && got.expires_ms == 20, "what it is");
	stream_ticket_count(db, STR("00c0ffee"), 9, &n, &first, &store_err);
	ok(n == 2 && first == 10, "count and the first to expire");
	stream_ticket_count(db, STR("00c0ffee"), 10, &n, &first, &store_err);
	ok(n == 1 && first == 20, "not those that have expired");
	stream_ticket_count(db, STR("1"), 9, &n, &first, &store_err);
	ok(n == 0 && first == -1, "not those of others");
	db_begin(db, &store_err);
	is_int(stream_ticket_purge(db, 10, &store_err), 0, "purge");
	is_int(stream_ticket_find(db, store_arena, &a, &got, &store_err), 0,
	    "expired, gone");
	is_int(stream_ticket_find(db, store_arena, &b, &got, &store_err), 1,
	    "not expired, there");
	stream_ticket_purge(db, 20, &store_err);
	first = t.id;
	is_int(stream_ticket_insert(db, &t, &a, &store_err), 0, "insert");
	ok(t.id > first, "no id comes again");
	t.token_id = STR("nobody");
	ok(stream_ticket_insert(db, &t, &b, &store_err) != 0,
	    "of no token: %s", store_err.detail);
	db_rollback(db);
}

static void
test_idempotency(struct db *db)
{
	struct idempotency i = { .key = STR("k"), .token_id = STR("t"),
	    .route = STR("/apply"), .body_sha256 = sha256_of(STR("body")),
	    .created_ms = 10 }, other = i, got = i;

	other.token_id = STR_NONE;
	db_begin(db, &store_err);
	is_int(idempotency_begin(db, &i, &store_err), 1, "ours");
	is_int(idempotency_begin(db, &i, &store_err), 0, "once");
	is_int(idempotency_begin(db, &other, &store_err), 1, "each its own");
	is_int(idempotency_find(db, store_arena, &got, &store_err), 1, "find");
	is_int(got.status, 0, "in flight");
	is_str(got.answer, NULL, "no answer yet");
	i.status = 200;
	i.content_type = STR("application/json");
	i.answer = STR("");
	i.batch_id = STR("b");
	is_int(idempotency_finish(db, &i, &store_err), 0, "finish");
	is_int(idempotency_find(db, store_arena, &got, &store_err), 1, "find");
	is_int(got.status, 200, "status");
	is_str(got.answer, "", "an empty answer is one");
	is_str(got.batch_id, "b", "batch");
	ok(sha256_eq(got.body_sha256, i.body_sha256), "body");
	is_int(idempotency_drop(db, &other, &store_err), 0, "drop");
	is_int(idempotency_find(db, store_arena, &other, &store_err), 0,
	    "gone");
	clock_stop(10 + IDEMPOTENCY_KEEP_MS);
	idempotency_purge(db, &store_err);
	is_int(idempotency_find(db, store_arena, &got, &store_err), 1,
	    "kept for a day");
	clock_stop(11 + IDEMPOTENCY_KEEP_MS);
	is_int(idempotency_purge(db, &store_err), 0, "purge");
	is_int(idempotency_find(db, store_arena, &got, &store_err), 0,
	    "and no longer");
	clock_stop(-1);
	is_int(db_commit(db, &store_err), 0, "commit");
}

static void
test_diff_and_custody(struct db *db)
{
	struct event ev = { .type = EVENT_PHASE_GENERATED,
	    .payload = STR("{}"), .order_id = STR("o") };
	struct str diff = str_n("-\xff\0\n", 4), got = STR_NONE;

	db_begin(db, &store_err);
	is_int(patch_diff_put(db, STR("p"), STR("x"), &store_err), 0, "put");
	is_int(patch_diff_put(db, STR("p"), diff, &store_err), 0, "replace");
	is_int(patch_diff_put(db, STR("q"), STR(""), &store_err), 0, "empty");
	event_store_append(db, &ev, &store_err);
	is_int(patch_custody_insert(db, &ev, STR("f"), STR_NONE, &store_err),
	    0, "custody");
	is_int(db_commit(db, &store_err), 0, "commit");
	is_int(patch_diff_get(db, store_arena, STR("p"), &got, &store_err), 1,
	    "get");
	ok(str_eq(got, diff), "byte for byte");
	is_int(patch_diff_get(db, store_arena, STR("q"), &got, &store_err), 1,
	    "get");
	is_str(got, "", "an empty one is one");
	is_int(patch_diff_get(db, store_arena, STR("r"), &got, &store_err), 0,
	    "none");
	db_begin(db, &store_err);
	is_int(patch_diff_drop(db, STR("p"), &store_err), 0, "drop");
	db_commit(db, &store_err);
	is_int(patch_diff_get(db, store_arena, STR("p"), &got, &store_err), 0,
	    "gone");
}

/* Last: the database is taken away under the open connection. */
static void
test_replaced(struct db *db)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	struct str old = arena_str(store_arena, db_epoch(db));
	char path[300];
	int64_t head = -1;

	is_int(db_refresh(db, &store_err), 0, "as it was");
	for (size_t i = 0; i < countof(suffixes); i++) {
		snprintf(path, sizeof(path), "%s%s", store_path, suffixes[i]);
		unlink(path);
	}
	ok(store_append(db, 1, &store_err) != 0 &&
	    store_err.kind == ERR_STORE_FAILED, "removed: %s",
	    store_err.detail);
	ok(event_store_head(db, &head, &store_err) != 0, "no reading, too");
	is_int(store_migrate(), 0, "a new one");
	is_int(store_append(db, 1, &store_err), 0, "is used at once");
	ok(!str_eq(old, db_epoch(db)), "and its epoch is another");
	event_store_head(db, &head, &store_err);
	is_int(head, 1, "seq begins again");
}

int
main(void)
{
	struct db *db;

	store_begin();
	db = store_open();
	test_connection(db);
	test_statements(db);
	test_locked(db);
	test_nested(db);
	test_full_disk(db);
	test_unwritable(db);
	test_checkpoint(db);
	test_journal(db);
	test_tokens(db);
	test_tickets(db);
	test_idempotency(db);
	test_diff_and_custody(db);
	test_replaced(db);
	db_close(db);
	store_end();
	return done_testing();
}

/* What is kept beside random events is what a rebuild gives, byte for byte, and
 * db check agrees; also when rebuilds are killed.  PW_SEED repeats a run. */
#include "stat_oracle.h"

#include <signal.h>
#include <sys/wait.h>

#include "ledger/audit.h"

#define KILLS 12

/* Each table in the order of its key. */
static const char *const tables[] = {
	"SELECT group_concat(r, char(10)) FROM (SELECT id || ',' || created_at"
	" || ',' || flags || ',' || type || ',' || status || ',' || file ||"
	" ',' || op || ',' || task || ',' || \"order\" || ',' || requester ||"
	" ',' || reason || ',' || error || ',' || phase || ',' || workspace"
	" AS r FROM patch_log ORDER BY id)",
	"SELECT group_concat(r, char(10)) FROM (SELECT term || ',' || block"
	" AS r FROM posting ORDER BY term, block)",
	"SELECT group_concat(r, char(10)) FROM (SELECT day || ',' || first_id"
	" || ',' || last_id AS r FROM log_day ORDER BY day)",
	"SELECT group_concat(r, char(10)) FROM (SELECT created_at || ',' || id"
	" || ',' || outcome || ',' || op || ',' || phase || ',' || requester"
	" || ',' || workspace || ',' || \"order\" || ',' || task || ',' ||"
	" file || ',' || error || ',' || quote(duration_ms) || ',' ||"
	" quote(lines_added) || ',' || quote(lines_removed) AS r"
	" FROM patch_outcome ORDER BY created_at, id)",
	"SELECT group_concat(r, char(10)) FROM (SELECT facet || ',' || grain"
	" || ',' || bucket || ',' || requester || ',' || workspace || ',' ||"
	" hex(cells) AS r FROM rollup ORDER BY facet, grain, bucket,"
	" requester, workspace)",
	"SELECT group_concat(r, char(10)) FROM (SELECT term || ',' || field ||"
	" ',' || quote(first_at) || ',' || quote(last_at) || ',' || last_id"
	" || ',' || ok || ',' || failed || ',' || reverted AS r"
	" FROM work_item ORDER BY term)",
	"SELECT group_concat(r, char(10)) FROM (SELECT term || ',' || grain ||"
	" ',' || bucket || ',' || ok || ',' || failed || ',' || reverted AS r"
	" FROM work_cell ORDER BY term, grain, bucket)",
};

struct dump { struct str table[countof(tables)]; };

static struct dump
dump(struct db *db)
{
	struct dump d;

	for (size_t i = 0; i < countof(tables); i++) {
		struct stmt *s = db_stmt(db, tables[i]);

		if (stmt_step(s, &store_err) <= 0)
			bail_out(store_err.detail);
		d.table[i] = stmt_copy(s, store_arena, 0);
		stmt_reset(s);
	}
	return d;
}

static bool
same(const struct dump *a, const struct dump *b)
{
	bool all = true;

	for (size_t i = 0; i < countof(tables); i++)
		if (!a->table[i].p || !str_eq(a->table[i], b->table[i])) {
			printf("# table %zu differs: %zu and %zu bytes\n", i,
			    a->table[i].len, b->table[i].len);
			all = false;
		}
	return all;
}

static bool
is_sound(struct db *db)
{
	struct audit found;

	store_err = (struct err){ 0 };
	if (audit_run(db, store_arena, NULL, &found, &store_err) != 0) {
		printf("# %s\n", store_err.detail);
		return false;
	}
	for (size_t i = 0; i < found.n; i++)
		printf("# %.*s\n", STR_ARG(found.faults[i]));
	return found.n == 0;
}

static void
fill(struct db *db, int batches)
{
	for (int i = 0; i < batches; i++)
		if (oracle_fill(db, 120) != 0)
			bail_out(store_err.detail);
}

static int64_t
test_rebuild(struct db *db)
{
	struct dump before = dump(db), after;
	int64_t begun = clock_mono_us(), took;

	ok(is_sound(db), "what was written bit by bit is sound");
	is_int(projection_rebuild(db, NULL, &store_err), 0, "rebuilt: %s",
	    store_err.detail);
	took = clock_mono_us() - begun;
	after = dump(db);
	ok(same(&before, &after), "and the same, byte for byte");
	ok(is_sound(db), "and sound");
	return took;
}

/* A rebuild, or what is left of one, that is killed some time later. */
static void
killed(int64_t us, bool again)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct db *db = store_open_as(DB_RW, 60000);
		int rc = !db ? -1 : again ?
		    projection_rebuild(db, NULL, &store_err) :
		    projection_finish(db, NULL, &store_err);

		_exit(rc == 0 ? 0 : 1);
	}
	if (child < 0)
		bail_out("cannot fork");
	usleep((useconds_t)us);
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
		ok(false, "a rebuild failed by itself");
}

static void
test_killed(int64_t took)
{
	struct dump finished, rebuilt;
	struct db *db;
	int behind = 0;
	bool left = false;

	for (int i = 0; i < KILLS; i++) {
		killed(any_below(took), !left || any_below(3) == 0);
		db = store_open_as(DB_RW, 60000);
		if (!db)
			bail_out(store_err.detail);
		left = projection_ready(db, &store_err) != 0;
		behind += left;
		/* who writes meanwhile goes on */
		if (oracle_fill(db, 5) != 0)
			bail_out(store_err.detail);
		db_close(db);
	}
	printf("# %d of %d left a part\n", behind, KILLS);
	db = store_open_as(DB_RW, 60000);
	is_int(projection_finish(db, NULL, &store_err), 0, "finished: %s",
	    store_err.detail);
	is_int(projection_ready(db, &store_err), 0, "it is complete");
	ok(is_sound(db), "and sound, after %d kills", KILLS);
	finished = dump(db);
	is_int(projection_rebuild(db, NULL, &store_err), 0, "rebuilt");
	rebuilt = dump(db);
	ok(same(&finished, &rebuilt), "nothing is left out or there twice");
	db_close(db);
}

int
main(void)
{
	struct db *db;
	int64_t took;

	oracle_begin();
	store_begin();
	db = store_open();
	/* more events than one step of a rebuild takes */
	fill(db, 20);
	took = test_rebuild(db);
	fill(db, 1);
	ok(is_sound(db), "also what is written after a rebuild");
	db_close(db);
	test_killed(took);
	store_end();
	return done_testing();
}

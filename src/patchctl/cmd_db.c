#include "patchctl/command.h"

#include <stdio.h>

#include "json/json_writer.h"
#include "ledger/audit.h"
#include "patchctl/progress.h"
#include "store/migrate.h"
#include "store/schema.h"

static void
print_json(struct buf *out)
{
	buf_addc(out, '\n');
	fwrite(out->p, 1, out->len, stdout);
	buf_free(out);
}

static const char *
state_name(enum migration_state s, bool dry)
{
	if (s == MIGRATION_NEW)
		return dry ? "pending" : "applied now";
	return s == MIGRATION_APPLIED ? "applied" : "pending";
}

static void
tell(void *ctx, int64_t done, int64_t all)
{
	progress_tell(ctx, done, all, 0);
}

/* Long only for a database that was made by an earlier version. */
static int
finish_log(struct command_line *l, struct err *e)
{
	struct progress progress;
	struct projection_progress p = { .tell = tell, .ctx = &progress };
	struct db_options o = { .path = arena_cstr(l->a, l->cfg.database),
	    .mode = DB_RW, .busy_ms = (int)l->cfg.busy_ms };
	struct db *db;
	int rc;

	if (db_open(&o, false, &db, e) != 0)
		return -1;
	progress_begin(&progress, "events into the log");
	rc = projection_finish(db, &p, e);
	progress_end(&progress);
	db_close(db);
	return rc;
}

static int
migrate(struct command_line *l, struct err *e)
{
	struct buf out = BUF_INIT(BODY_DEFAULT_BYTES);
	struct json_writer w = JSON_WRITER(&out);
	struct migration *rows;
	bool dry = false;
	const struct option_row options[] = {
		{ .name = "dry-run", .flag = &dry },
	};
	size_t n;

	if (command_options(l, options, countof(options), e) != 0 ||
	    migrate_run(arena_cstr(l->a, l->cfg.database),
	    arena_cstr(l->a, l->cfg.migrations), dry, l->a, &rows, &n, e) != 0)
		return -1;
	if (!dry && finish_log(l, e) != 0)
		return -1;
	json_object_open(&w);
	json_key(&w, "ok");
	json_put_bool(&w, true);
	json_key(&w, "schema_version");
	json_put_int(&w, SCHEMA_VERSION);
	json_key(&w, "migrations");
	json_array_open(&w);
	for (size_t i = 0; i < n; i++) {
		const char *state = state_name(rows[i].state, dry);

		json_object_open(&w);
		json_key(&w, "name");
		json_put_str(&w, rows[i].name);
		json_key(&w, "state");
		json_put_str(&w, str(state));
		json_object_close(&w);
		if (!l->json)
			printf("%-28.*s %s\n", STR_ARG(rows[i].name), state);
	}
	json_array_close(&w);
	json_object_close(&w);
	if (l->json)
		print_json(&out);
	buf_free(&out);
	return 0;
}

static void
audit_json(const struct audit *found, bool rebuilt)
{
	struct buf out = BUF_INIT(KIB(64));
	struct json_writer w = JSON_WRITER(&out);

	json_object_open(&w);
	json_key(&w, "ok");
	json_put_bool(&w, found->n == 0);
	json_key(&w, "events");
	json_put_int(&w, found->events);
	json_key(&w, "rebuilt");
	json_put_bool(&w, rebuilt);
	json_key(&w, "differences");
	json_array_open(&w);
	for (size_t i = 0; i < found->n; i++)
		json_put_str(&w, found->faults[i]);
	json_array_close(&w);
	json_object_close(&w);
	print_json(&out);
	buf_free(&out);
}

/* 1: refused, all has been said. */
static int
audit_tell(struct command_line *l, const struct audit *found, bool rebuilt,
    bool quiet)
{
	if (l->json) {
		audit_json(found, rebuilt);
		return found->n != 0;
	}
	for (size_t i = 0; i < found->n; i++)
		fprintf(stderr, "patchctl: %.*s\n", STR_ARG(found->faults[i]));
	if (found->n)
		fprintf(stderr, "patchctl: the log is not what its events "
		    "say; patchctl db check --rebuild makes it anew\n");
	else if (!quiet)
		printf("the database is sound; no batch is unfinished; the log "
		    "and its sums are those of %lld events%s\n",
		    (long long)found->events, rebuilt ? ", made anew" : "");
	return found->n != 0;
}

static int
check(struct command_line *l, struct err *e)
{
	struct progress progress;
	struct projection_progress p = { .tell = tell, .ctx = &progress };
	bool rebuild = false, quiet = false;
	const struct option_row options[] = {
		{ .name = "rebuild", .flag = &rebuild },
		{ .name = "quiet", .flag = &quiet },
	};
	struct audit found;
	struct govern g;
	int rc = -1;

	if (command_options(l, options, countof(options), e) != 0)
		return -1;
	if (quiet)
		p.tell = NULL;
	progress_begin(&progress, "events");
	/* opening finishes or undoes what a crash left */
	if (command_govern(l, &g, e) == 0 && db_integrity(g.db, e) == 0 &&
	    (!rebuild || projection_rebuild(g.db, &p, e) == 0) &&
	    audit_run(g.db, l->a, &p, &found, e) == 0)
		rc = 0;
	progress_end(&progress);
	govern_close(&g);
	return rc < 0 ? -1 : audit_tell(l, &found, rebuild, quiet);
}

const struct command db_commands[] = {
	{ "db migrate", "[--dry-run] [--json]", migrate, "Make or upgrade the database.", "Forward only: there is no way back but a backup.", false, NULL },
	{ "db check", "[--rebuild] [--quiet] [--json]", check, "Finish interrupted batches, check the database, the log and its sums.", "The log and all sums are compared with the events they were made from; exit\nstatus 1 and the first difference of each table when they differ.\n--rebuild makes them anew first, while others go on writing.", false, NULL },
	{ 0 }
};

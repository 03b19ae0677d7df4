#include "patchctl/command.h"

#include <stdio.h>

#include <unistd.h>

#include "json/json_writer.h"
#include "ledger/projection.h"
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
show_progress(void *ctx, int64_t done, int64_t all)
{
	(void)ctx;
	fprintf(stderr, "\rthe log: %lld of %lld events%s", (long long)done,
	    (long long)all, done == all ? "\n" : "");
}

/* Long only for a database that was made by an earlier version. */
static int
finish_log(struct command_line *l, struct err *e)
{
	struct projection_progress p = {
		.tell = isatty(STDERR_FILENO) ? show_progress : NULL,
	};
	struct db_options o = { .path = arena_cstr(l->a, l->cfg.database),
	    .mode = DB_RW, .busy_ms = (int)l->cfg.busy_ms };
	struct db *db;
	int rc;

	if (db_open(&o, false, &db, e) != 0)
		return -1;
	rc = projection_finish(db, &p, e);
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

static int
check(struct command_line *l, struct err *e)
{
	struct govern g;
	int rc = -1;

	if (command_options(l, NULL, 0, e) != 0)
		return -1;
	/* opening finishes or undoes what a crash left */
	if (command_govern(l, &g, e) == 0 && db_integrity(g.db, e) == 0) {
		puts(l->json ? "{\"ok\":true}" :
		    "the database is sound; no batch is unfinished");
		rc = 0;
	}
	govern_close(&g);
	return rc;
}

const struct command db_commands[] = {
	{ "db migrate", "[--dry-run] [--json]", migrate, "Make or upgrade the database.", "Forward only: there is no way back but a backup.", false, NULL },
	{ "db check", "[--json]", check, "Finish interrupted batches, check the database's integrity.", NULL, false, NULL },
	{ 0 }
};

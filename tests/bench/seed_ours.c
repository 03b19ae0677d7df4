#include "seed_ours.h"

#include <fcntl.h>
#include <unistd.h>

#include "govern/record.h"
#include "ledger/patch_log.h"
#include "store/db_private.h"
#include "store/event_store.h"
#include "store/migrate.h"
#include "store/patch_custody.h"
#include "store/producer_event.h"

/* An epoch is a UUID by chance; this one is the same for the same seed. */
static int
epoch_set(struct db *db, uint64_t seed, struct arena *a, struct err *e)
{
	struct str epoch = arena_fmt(a, "%08llx-0000-7000-8000-%012llx",
	    (unsigned long long)seed >> 32,
	    (unsigned long long)seed & 0xffffffff);
	struct sha256 genesis = sha256_of_parts((struct str[]){
	    STR("patchwarden:"), epoch }, 2);
	struct stmt *s;

	if (db_begin(db, e) != 0)
		return -1;
	s = db_stmt(db, "UPDATE property SET value = CASE key"
	    " WHEN 'epoch' THEN :epoch ELSE :genesis END"
	    " WHERE key IN ('epoch', 'genesis')");
	stmt_bind_str(s, ":epoch", epoch);
	stmt_bind_str(s, ":genesis", sha256_hex(a, genesis));
	if (stmt_run(s, e) == 0)
		return db_commit(db, e);
	db_rollback(db);
	return -1;
}

/* Nobody else reads it yet, and a crash means to begin anew: no journal. */
static int
fast(struct db *db, struct err *e)
{
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
	return db_exec(db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
	    " PRAGMA cache_size = -1000000; PRAGMA foreign_keys = OFF",
	    "cannot be filled", e);
}

int
ours_create(struct ours *o, const char *path, const char *migrations,
    uint64_t seed, struct arena *a, struct err *e)
{
	struct db_options options = { .path = path, .mode = DB_RW,
	    .busy_ms = 10000 };
	struct migration *m;
	size_t n;

	*o = (struct ours){ .path = path };
	if (faccessat(AT_FDCWD, path, F_OK, 0) == 0)
		return err_set(e, ERR_EXISTS, "%s is there already", path);
	if (migrate_run(path, migrations, false, a, &m, &n, e) != 0 ||
	    db_open(&options, false, &o->g.db, e) != 0)
		return -1;
	return epoch_set(o->g.db, seed, a, e) == 0 ? fast(o->g.db, e) : -1;
}

int
ours_close(struct ours *o, struct err *e)
{
	int rc = db_exec(o->g.db, "PRAGMA journal_mode = WAL",
	    "cannot be finished", e);

	db_close(o->g.db);
	return rc;
}

static int
message_put(struct db *db, struct event *ev, struct err *e)
{
	if (event_store_append(db, ev, e) != 0 ||
	    patch_custody_insert(db, ev, ev->requester, STR_NONE, e) != 0)
		return -1;
	return phase_log_append(db, ev, e);
}

int
ours_put(struct govern *g, struct arena *a, struct chapter *c, struct err *e)
{
	if (c->message.type != EVENT_NONE)
		return message_put(g->db, &c->message, e);
	for (size_t i = 0; i < c->n; i++) {
		struct patch_event *p = &c->events[i];

		if (!c->foreign && record_append(g, a, p, e) != 0)
			return -1;
		if (c->foreign && (record_append_foreign(g, a, p, e) != 0 ||
		    producer_event_insert(g->db, p->patch_id, p->seq, e) != 0))
			return -1;
	}
	return 0;
}

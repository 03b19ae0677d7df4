#include "ledger/ledger.h"

#include <stdlib.h>

bool
term_is_searched(enum term_field field)
{
	return field >= TERM_FILE && field <= TERM_META;
}

static void
known_drop(struct ledger *l)
{
	if (l->n_known) {
		memset(l->known, 0, sizeof(l->known));
		arena_reset(l->texts);
	}
	l->n_known = 0;
}

static int
ledger_commit(void *ctx, struct db *db, struct err *e)
{
	struct ledger *l = ctx;

	l->looked = false;
	return tally_write(db, &l->tally, e);
}

/* Numbers of terms that were new in what did not happen mean nothing. */
void
ledger_forget(struct ledger *l)
{
	known_drop(l);
	tally_clear(&l->tally);
	l->looked = false;
}

static void
ledger_undone(void *ctx)
{
	ledger_forget(ctx);
}

static void
ledger_drop(void *ctx)
{
	struct ledger *l = ctx;

	arena_free(l->texts);
	tally_free(&l->tally);
	free(l);
}

struct ledger *
ledger_of(struct db *db)
{
	static const struct db_companion companion = {
		ledger_commit, ledger_undone, ledger_drop,
	};
	struct ledger *l = db_companion(db);

	if (l)
		return l;
	l = calloc(1, sizeof(*l));	/* pages are taken as they are used */
	if (!l)
		abort();
	l->texts = arena_new();
	db_companion_set(db, &companion, l);
	return l;
}

int
ledger_behind(struct db *db, struct err *e)
{
	struct ledger *l = ledger_of(db);
	struct stmt *s;
	int rc;

	if (l->looked)
		return l->behind;
	s = db_stmt(db, "SELECT 1 FROM property WHERE key = 'projected_to'");
	rc = stmt_step(s, e);
	stmt_reset(s);
	if (rc < 0)
		return -1;
	l->looked = true;
	l->behind = rc > 0;
	return rc;
}

static uint32_t
hash_of(enum term_field field, struct str text)
{
	return str_hash(STR_HASH ^ (uint32_t)field, text);
}

/* The place of that value, or the one it would take. */
static struct known_term *
known_place(struct ledger *l, enum term_field field, struct str text,
    uint32_t hash)
{
	size_t i = hash & (KNOWN_ROOM - 1);

	while (l->known[i].text.p && (l->known[i].hash != hash ||
	    l->known[i].field != field || !str_eq(l->known[i].text, text)))
		i = (i + 1) & (KNOWN_ROOM - 1);
	return &l->known[i];
}

static struct known_term *
known_find(struct ledger *l, enum term_field field, struct str text,
    uint32_t hash)
{
	struct known_term *k;

	if (l->n_known == 0)
		return NULL;
	k = known_place(l, field, text, hash);
	return k->text.p ? k : NULL;
}

static struct known_term *
known_add(struct ledger *l, enum term_field field, struct str text,
    uint32_t hash, int64_t id)
{
	struct known_term *k;

	if (l->n_known == KNOWN_MAX)
		known_drop(l);
	k = known_place(l, field, text, hash);
	*k = (struct known_term){ .text = arena_str(l->texts, text),
	    .field = field, .id = id, .block = -1, .hash = hash };
	l->n_known++;
	return k;
}

static int
lookup(struct db *db, enum term_field field, struct str text, int64_t *id,
    struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT id FROM term"
	    " WHERE field = :field AND text = :text");
	int rc;

	stmt_bind_int(s, ":field", field);
	stmt_bind_str(s, ":text", text);
	rc = stmt_step(s, e);
	if (rc > 0)
		*id = stmt_int(s, 0);
	stmt_reset(s);
	return rc;
}

int
term_find(struct db *db, enum term_field field, struct str text, int64_t *id,
    struct err *e)
{
	struct ledger *l = ledger_of(db);
	uint32_t hash = hash_of(field, text);
	struct known_term *k = known_find(l, field, text, hash);
	int rc;

	if (k) {
		*id = k->id;
		return 1;
	}
	rc = lookup(db, field, text, id, e);
	if (rc > 0)
		known_add(l, field, text, hash, *id);
	return rc;
}

static int
term_insert(struct db *db, enum term_field field, struct str text,
    int64_t *id, struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO term (field, text)"
	    " VALUES (:field, :text) RETURNING id");

	stmt_bind_int(s, ":field", field);
	stmt_bind_str(s, ":text", text);
	if (stmt_one_int(s, id, e) != 0)
		return -1;
	if (!term_is_searched(field))
		return 0;
	s = db_stmt(db, "INSERT INTO term_gram (rowid, text)"
	    " VALUES (:id, :text)");
	stmt_bind_int(s, ":id", *id);
	stmt_bind_str(s, ":text", text);
	return stmt_run(s, e);
}

static int
known_get(struct db *db, enum term_field field, struct str text,
    struct known_term **out, struct err *e)
{
	struct ledger *l = ledger_of(db);
	uint32_t hash = hash_of(field, text);
	int64_t id;
	int rc;

	*out = known_find(l, field, text, hash);
	if (*out)
		return 0;
	rc = lookup(db, field, text, &id, e);
	if (rc == 0)
		rc = term_insert(db, field, text, &id, e);
	if (rc < 0)
		return -1;
	*out = known_add(l, field, text, hash, id);
	return 0;
}

int
term_put(struct db *db, enum term_field field, struct str text, int64_t *id,
    struct err *e)
{
	struct known_term *k;

	*id = 0;
	if (!text.p)
		return 0;
	if (known_get(db, field, text, &k, e) != 0)
		return -1;
	*id = k->id;
	return 0;
}

int
term_post(struct db *db, enum term_field field, struct str text, int64_t row,
    int64_t *id, struct err *e)
{
	int64_t block = row / POSTING_BLOCK;
	struct known_term *k;
	struct stmt *s;

	*id = 0;
	if (!text.p)
		return 0;
	if (known_get(db, field, text, &k, e) != 0)
		return -1;
	*id = k->id;
	if (k->block == block)
		return 0;
	k->block = block;
	s = db_stmt(db, "INSERT OR IGNORE INTO posting (term, block)"
	    " VALUES (:term, :block)");
	stmt_bind_int(s, ":term", k->id);
	stmt_bind_int(s, ":block", block);
	return stmt_run(s, e);
}

int
term_text(struct db *db, struct arena *a, int64_t id, struct str *out,
    struct err *e)
{
	struct stmt *s;
	int rc;

	*out = STR_NONE;
	if (id == 0)
		return 1;
	s = db_stmt(db, "SELECT text FROM term WHERE id = :id");
	stmt_bind_int(s, ":id", id);
	rc = stmt_step(s, e);
	if (rc > 0)
		*out = stmt_copy(s, a, 0);
	stmt_reset(s);
	return rc;
}

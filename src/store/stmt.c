#include <errno.h>
#include <stdlib.h>

#include "store/db_private.h"

static void
stmt_prepare(struct stmt *s)
{
	struct db *db = s->db;
	int rc;

	if (!db->handle) {
		err_set(&s->fault, ERR_STORE_FAILED, "%s is not open",
		    db->path);
		s->failed = true;
		return;
	}
	rc = sqlite3_prepare_v3(db->handle, s->sql, (int)s->len,
	    SQLITE_PREPARE_PERSISTENT, &s->handle, NULL);
	if (rc != SQLITE_OK) {
		store_fault(db, rc, "cannot prepare a statement", &s->fault);
		s->failed = true;
	} else {
		plan_note(db, s);
	}
}

static struct stmt *
stmt_new(struct db *db, const char *sql, size_t len, bool owned)
{
	struct stmt *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	s->db = db;
	s->sql = sql;
	s->len = len;
	s->owned = owned;
	return s;
}

static void
stmt_free(struct stmt *s)
{
	sqlite3_finalize(s->handle);
	if (s->owned)
		free((char *)(uintptr_t)s->sql);
	free(s);
}

static struct stmt *
stmt_fresh(struct stmt *s)
{
	s->used = ++s->db->uses;
	s->failed = false;
	s->n_bound = 0;
	if (s->handle) {
		sqlite3_reset(s->handle);
		sqlite3_clear_bindings(s->handle);
	} else {
		stmt_prepare(s);
	}
	return s;
}

struct stmt *
db_stmt(struct db *db, const char *sql)
{
	size_t bucket = ((uintptr_t)sql >> 4) % STMT_BUCKETS;
	struct stmt *s = db->by_address[bucket];

	while (s && s->sql != sql)
		s = s->next;
	if (!s) {
		s = stmt_new(db, sql, strlen(sql), false);
		s->next = db->by_address[bucket];
		db->by_address[bucket] = s;
	}
	return stmt_fresh(s);
}

static void
texts_drop_oldest(struct db *db)
{
	struct stmt **oldest = &db->by_text, *s;

	for (struct stmt **p = &db->by_text; *p; p = &(*p)->next)
		if ((*p)->used < (*oldest)->used)
			oldest = p;
	s = *oldest;
	if (!s)
		return;
	*oldest = s->next;
	stmt_free(s);
	db->texts--;
}

struct stmt *
db_stmt_text(struct db *db, struct str sql)
{
	struct stmt *s = db->by_text;
	char *copy;

	while (s && !str_eq(str_n(s->sql, s->len), sql))
		s = s->next;
	if (!s) {
		if (db->texts >= STMT_TEXTS_MAX)
			texts_drop_oldest(db);
		copy = strndup(sql.p, sql.len);
		if (!copy)
			abort();
		s = stmt_new(db, copy, sql.len, true);
		s->next = db->by_text;
		db->by_text = s;
		db->texts++;
	}
	return stmt_fresh(s);
}

void
stmts_free(struct db *db)
{
	while (db->by_text)
		texts_drop_oldest(db);
	for (size_t i = 0; i < STMT_BUCKETS; i++) {
		while (db->by_address[i]) {
			struct stmt *s = db->by_address[i];

			db->by_address[i] = s->next;
			stmt_free(s);
		}
	}
}

/* The place of a named parameter, or 0 with the failure remembered. */
static int
stmt_place(struct stmt *s, const char *name)
{
	size_t n = s->n_bound++;
	int at;

	if (s->failed)
		return 0;
	if (n < STMT_PLACES && s->place[n].name == name)
		return s->place[n].at;
	at = sqlite3_bind_parameter_index(s->handle, name);
	if (at == 0) {
		err_set(&s->fault, ERR_INTERNAL, "no parameter %s in: %.200s",
		    name, s->sql);
		s->failed = true;
	} else if (n < STMT_PLACES) {
		s->place[n].name = name;
		s->place[n].at = at;
	}
	return at;
}

static void
stmt_bound(struct stmt *s, int rc)
{
	if (rc == SQLITE_OK)
		return;
	store_fault(s->db, rc, "cannot bind a value", &s->fault);
	s->failed = true;
}

void
stmt_bind_str(struct stmt *s, const char *name, struct str v)
{
	int at = stmt_place(s, name);

	if (at)
		stmt_bound(s, sqlite3_bind_text64(s->handle, at, v.p, v.len,
		    SQLITE_STATIC, SQLITE_UTF8));
}

void
stmt_bind_blob(struct stmt *s, const char *name, struct str v)
{
	int at = stmt_place(s, name);

	if (at)
		stmt_bound(s, sqlite3_bind_blob64(s->handle, at, v.p, v.len,
		    SQLITE_STATIC));
}

void
stmt_bind_int(struct stmt *s, const char *name, int64_t v)
{
	int at = stmt_place(s, name);

	if (at)
		stmt_bound(s, sqlite3_bind_int64(s->handle, at, v));
}

void
stmt_bind_null(struct stmt *s, const char *name)
{
	int at = stmt_place(s, name);

	if (at)
		stmt_bound(s, sqlite3_bind_null(s->handle, at));
}

int
stmt_step(struct stmt *s, struct err *e)
{
	struct db *db = s->db;
	int rc;

	if (!s->failed && !db->writing && !sqlite3_stmt_readonly(s->handle)) {
		err_set(&s->fault, ERR_INTERNAL,
		    "a write outside of a transaction: %.200s", s->sql);
		s->failed = true;
	}
	if (s->failed) {
		if (e)
			*e = s->fault;
		return -1;
	}
	errno = 0;		/* store_fault() looks at it */
	rc = sqlite3_step(s->handle);
	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE)
		store_fault(db, rc, "a statement failed", e);
	sqlite3_reset(s->handle);
	return rc == SQLITE_DONE ? 0 : -1;
}

int
stmt_run(struct stmt *s, struct err *e)
{
	int rc;

	do
		rc = stmt_step(s, e);
	while (rc > 0);
	return rc;
}

int
stmt_one_int(struct stmt *s, int64_t *out, struct err *e)
{
	int rc = stmt_step(s, e);

	if (rc == 0)
		return err_set(e, ERR_INTERNAL, "no row from: %.200s", s->sql);
	if (rc < 0)
		return -1;
	*out = sqlite3_column_int64(s->handle, 0);
	return stmt_run(s, e);
}

void
stmt_reset(struct stmt *s)
{
	if (s->handle)
		sqlite3_reset(s->handle);
}

struct str
stmt_str(struct stmt *s, int column)
{
	const char *p;

	if (stmt_is_null(s, column))
		return STR_NONE;
	/* an empty blob has no address */
	p = sqlite3_column_blob(s->handle, column);
	return str_n(p ? p : "",
	    (size_t)sqlite3_column_bytes(s->handle, column));
}

struct str
stmt_copy(struct stmt *s, struct arena *a, int column)
{
	return arena_str(a, stmt_str(s, column));
}

int64_t
stmt_int(struct stmt *s, int column)
{
	return sqlite3_column_int64(s->handle, column);
}

bool
stmt_is_null(struct stmt *s, int column)
{
	return sqlite3_column_type(s->handle, column) == SQLITE_NULL;
}

int64_t
db_changes(struct db *db)
{
	return db->handle ? sqlite3_changes64(db->handle) : 0;
}

/* Room is doubled at 8, 16, 32 … rows, so that no capacity need be kept. */
void *
rows_room(struct arena *a, void *rows, size_t n, size_t each)
{
	void *more;

	if (n && (n < 8 || (n & (n - 1))))
		return rows;
	more = arena_array(a, n ? n * 2 : 8, each);
	if (n)
		memcpy(more, rows, n * each);
	return more;
}

int
stmt_control(struct db *db, const char *sql, struct err *e)
{
	struct stmt *s = db_stmt(db, sql);
	int rc;

	if (s->failed) {
		if (e)
			*e = s->fault;
		return -1;
	}
	errno = 0;		/* store_fault() looks at it */
	rc = sqlite3_step(s->handle);
	if (rc != SQLITE_DONE)
		store_fault(db, rc, sql, e);
	sqlite3_reset(s->handle);
	return rc == SQLITE_DONE ? 0 : -1;
}

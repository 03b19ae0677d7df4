#include "ingest_bare.h"

#include <ctype.h>
#include <stdlib.h>
#include <time.h>

#include "base/str.h"

#define TEXTS_MOST	64

enum kind { KIND_NULL, KIND_INT, KIND_TEXT, KIND_BLOB };

struct value {
	int at;			/* the parameter's number */
	enum kind kind;
	int64_t number;
	struct str text;
};

struct step {
	int text;		/* which statement; -1: the transaction ends */
	struct value *values;
	size_t n;
};

struct bare {
	struct arena *a;
	const char *texts[TEXTS_MOST];
	int n_texts;
	struct step *steps;
	size_t n, room, statements;
	bool broken;		/* something could not be kept */
};

struct bare *
bare_new(void)
{
	struct bare *b = calloc(1, sizeof(*b));

	if (!b)
		abort();
	b->a = arena_new();
	return b;
}

void
bare_free(struct bare *b)
{
	arena_free(b->a);
	free(b->steps);
	free(b);
}

static struct step *
step_add(struct bare *b, int text)
{
	if (b->n == b->room) {
		b->room = b->room ? b->room * 2 : 1024;
		b->steps = realloc(b->steps, b->room * sizeof(*b->steps));
		if (!b->steps)
			abort();
	}
	b->steps[b->n] = (struct step){ .text = text };
	return &b->steps[b->n++];
}

static int
text_number(struct bare *b, const char *sql)
{
	for (int i = 0; i < b->n_texts; i++)
		if (!strcmp(b->texts[i], sql))
			return i;
	if (b->n_texts == TEXTS_MOST)
		return -1;
	b->texts[b->n_texts] = arena_cstr(b->a, str(sql));
	return b->n_texts++;
}

/* 'It''s', from behind the first quote on. */
static const char *
quoted_read(struct arena *a, const char *p, struct str *out)
{
	char *to = arena_bytes(a, strlen(p) + 1);
	size_t n = 0;

	while (*p && (p[0] != '\'' || p[1] == '\'')) {
		p += p[0] == '\'';
		to[n++] = *p++;
	}
	*out = str_n(to, n);
	return *p ? p + 1 : p;
}

static void
bytes_read(struct arena *a, struct str *text)
{
	char *to = arena_bytes(a, text->len / 2 + 1);

	for (size_t i = 0; i + 1 < text->len; i += 2)
		to[i / 2] = (char)(hex_digit(text->p[i]) << 4 |
		    hex_digit(text->p[i + 1]));
	*text = str_n(to, text->len / 2);
}

/* A literal as SQLite shows it in the place of a parameter. */
static const char *
literal_read(struct arena *a, const char *p, struct value *v)
{
	char *end;

	if (!strncmp(p, "NULL", 4)) {
		v->kind = KIND_NULL;
		return p + 4;
	}
	if (*p == '\'') {
		v->kind = KIND_TEXT;
		return quoted_read(a, p + 1, &v->text);
	}
	if (*p == 'x') {
		v->kind = KIND_BLOB;
		p = quoted_read(a, p + 2, &v->text);
		bytes_read(a, &v->text);
		return p;
	}
	v->kind = KIND_INT;
	v->number = strtoll(p, &end, 10);
	return end;
}

/* Behind a parameter of the statement's text. */
static const char *
name_end(const char *p)
{
	for (p++; isalnum((unsigned char)*p) || *p == '_'; p++)
		;
	return p;
}

/* Both texts are the same but for the parameters. */
static void
values_read(struct bare *b, sqlite3_stmt *stmt, const char *sql,
    const char *filled, struct step *s)
{
	bool quote = false;

	s->values = arena_array_of(b->a, struct value, 64);
	while (*sql && s->n < 64) {
		struct value *v = &s->values[s->n];
		const char *end;

		quote ^= *sql == '\'';
		if (*sql != ':' || quote) {
			sql++;
			filled++;
			continue;
		}
		end = name_end(sql);
		v->at = sqlite3_bind_parameter_index(stmt, arena_cstr(b->a,
		    str_n(sql, (size_t)(end - sql))));
		filled = literal_read(b->a, filled, v);
		sql = end;
		s->n++;
	}
	b->broken |= *sql != '\0' || *filled != '\0';
}

static int
traced(unsigned type, void *ctx, void *stmt, void *text)
{
	struct bare *b = ctx;
	const char *sql = sqlite3_sql(stmt);
	char *filled;
	int number;

	(void)type;
	(void)text;
	if (!strncmp(sql, "COMMIT", 6)) {
		step_add(b, -1);
		return 0;
	}
	/* what the index of texts writes on its own is none of ours */
	if (sqlite3_stmt_readonly(stmt) || !strncmp(sql, "BEGIN", 5) ||
	    strstr(sql, "'main'."))
		return 0;
	number = text_number(b, sql);
	filled = sqlite3_expanded_sql(stmt);
	if (number < 0 || !filled) {
		b->broken = true;
		return 0;
	}
	values_read(b, stmt, sql, filled, step_add(b, number));
	b->statements++;
	sqlite3_free(filled);
	return 0;
}

void
bare_record(struct bare *b, sqlite3 *handle)
{
	sqlite3_trace_v2(handle, SQLITE_TRACE_STMT, traced, b);
}

size_t
bare_statements(const struct bare *b)
{
	return b->statements;
}

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
values_bind(sqlite3_stmt *stmt, const struct step *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct value *v = &s->values[i];

		if (v->kind == KIND_INT)
			sqlite3_bind_int64(stmt, v->at, v->number);
		else if (v->kind == KIND_TEXT)
			sqlite3_bind_text(stmt, v->at, v->text.p,
			    (int)v->text.len, SQLITE_STATIC);
		else if (v->kind == KIND_BLOB)
			sqlite3_bind_blob(stmt, v->at, v->text.p,
			    (int)v->text.len, SQLITE_STATIC);
		else
			sqlite3_bind_null(stmt, v->at);
	}
}

static bool
done(sqlite3_stmt *stmt)
{
	int rc;

	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
		;
	return sqlite3_reset(stmt) == SQLITE_OK && rc == SQLITE_DONE;
}

static bool
steps_run(const struct bare *b, sqlite3_stmt **stmt, sqlite3_stmt *begin,
    sqlite3_stmt *commit, size_t from, double *took)
{
	size_t transaction = 0;
	bool open = false, good = true;

	for (size_t i = 0; i < b->n && good; i++) {
		const struct step *s = &b->steps[i];

		if (transaction == from && *took < 0)
			*took = now();
		if (!open)
			good = done(begin);
		open = s->text >= 0;
		if (open) {
			values_bind(stmt[s->text], s);
			good = good && done(stmt[s->text]);
			continue;
		}
		good = good && done(commit);
		transaction++;
	}
	*took = now() - *took;
	return good;
}

/* As our connections are: src/store/db.c. */
static bool
handle_open(const char *path, bool full, sqlite3 **out)
{
	if (sqlite3_open(path, out) != SQLITE_OK)
		return false;
	sqlite3_wal_autocheckpoint(*out, 0);
	sqlite3_db_config(*out, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	return sqlite3_exec(*out, full ? "PRAGMA synchronous = FULL" :
	    "PRAGMA synchronous = NORMAL", NULL, NULL, NULL) == SQLITE_OK &&
	    sqlite3_exec(*out, "PRAGMA foreign_keys = ON;"
	    " PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000", NULL,
	    NULL, NULL) == SQLITE_OK;
}

double
bare_run(const struct bare *b, const char *path, bool full, size_t from,
    const char **why)
{
	sqlite3_stmt *stmt[TEXTS_MOST + 2] = { NULL };
	static char fault[300];
	double took = -1;
	sqlite3 *handle = NULL;
	bool good = handle_open(path, full, &handle);

	for (int i = 0; i < b->n_texts && good; i++)
		good = sqlite3_prepare_v2(handle, b->texts[i], -1, &stmt[i],
		    NULL) == SQLITE_OK;
	good = good && sqlite3_prepare_v2(handle, "BEGIN IMMEDIATE", -1,
	    &stmt[TEXTS_MOST], NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(handle, "COMMIT", -1, &stmt[TEXTS_MOST + 1],
	    NULL) == SQLITE_OK;
	if (b->broken)
		*why = "what was written could not be kept";
	good = good && steps_run(b, stmt, stmt[TEXTS_MOST],
	    stmt[TEXTS_MOST + 1], from, &took);
	if (!good) {
		snprintf(fault, sizeof(fault), "%s", sqlite3_errmsg(handle));
		*why = fault;
	}
	for (size_t i = 0; i < countof(stmt); i++)
		sqlite3_finalize(stmt[i]);
	sqlite3_close(handle);
	return good && !b->broken ? took : -1;
}

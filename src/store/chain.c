#include "store/chain.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>

#include "store/db_private.h"
#include "store/event_seal.h"
#include "store/event_store.h"

/* Rows that a thread takes at once: some milliseconds of work, and what is
 * told of progress. */
#define PIECE_ROWS 8192
#define THREADS_MAX 64

#define COLUMNS "seq, ts_ms, hash, type, payload, batch_id, patch_id," \
	" order_id, task_id, requester, workspace, file, op"
enum { COL_SEQ, COL_TS, COL_HASH, COL_TEXT };

/* What all threads share. */
struct walk {
	int64_t base, last;		/* rows base + 1 to last */
	struct sha256 base_hash;
	_Atomic int64_t next;		/* not taken by anybody yet */
	_Atomic int64_t rows, bytes;	/* that hold */
	pthread_mutex_t lock;		/* of what follows */
	int64_t bad;			/* the lowest so far; 0: none */
	bool missing;			/* it is not there at all */
	bool failed;
	struct err err;
};

struct walker {
	struct walk *w;
	struct db *db;
	pthread_t thread;
	const struct chain_progress *p;
};

static struct str
column(struct stmt *s, int i)
{
	const char *p = sqlite3_column_blob(s->handle, i);
	size_t n = (size_t)sqlite3_column_bytes(s->handle, i);

	if (!p && sqlite3_column_type(s->handle, i) != SQLITE_NULL)
		p = "";		/* an empty one has no address */
	return str_n(p, p ? n : 0);
}

/* Borrowed from the statement, until its next step. */
static void
row_read(struct stmt *s, struct event_row *r)
{
	r->seq = sqlite3_column_int64(s->handle, COL_SEQ);
	r->ts_ms = sqlite3_column_int64(s->handle, COL_TS);
	r->hash = column(s, COL_HASH);
	for (int i = 0; i < EVENT_TEXTS; i++)
		r->text[i] = column(s, COL_TEXT + i);
}

static struct stmt *
rows_of(struct db *db, int64_t from, int64_t to)
{
	struct stmt *s = db_stmt(db, "SELECT " COLUMNS " FROM event"
	    " WHERE seq BETWEEN :from AND :to ORDER BY seq");

	stmt_bind_int(s, ":from", from);
	stmt_bind_int(s, ":to", to);
	if (!db->hasher)
		db->hasher = row_hasher_new();
	return s;
}

static void
found_bad(struct walk *w, int64_t seq, bool missing)
{
	pthread_mutex_lock(&w->lock);
	if (!w->bad || seq < w->bad) {
		w->bad = seq;
		w->missing = missing;
	}
	pthread_mutex_unlock(&w->lock);
}

static bool
needed(struct walk *w, int64_t from)
{
	bool yes;

	pthread_mutex_lock(&w->lock);
	yes = !w->failed && (!w->bad || from <= w->bad);
	pthread_mutex_unlock(&w->lock);
	return yes;
}

/* 1 when `before` is what the row before has; 0 when that row is missing, which
 * whoever has its piece will tell. */
static int
before_read(struct stmt *s, int64_t seq, struct sha256 *before, struct err *e)
{
	struct event_row r;
	int rc = stmt_step(s, e);

	if (rc <= 0)
		return rc;
	row_read(s, &r);
	if (r.seq != seq || r.hash.len != sizeof(before->b))
		return 0;
	memcpy(before->b, r.hash.p, sizeof(before->b));
	return 1;
}

static int
piece_walk(struct walk *w, struct db *db, int64_t from, int64_t to,
    struct err *e)
{
	bool first = from == w->base + 1;
	struct sha256 before = w->base_hash;
	struct stmt *s = rows_of(db, first ? from : from - 1, to);
	int64_t seq = from, bytes = 0;
	struct event_row r;
	int rc = first ? 1 : before_read(s, from - 1, &before, e);

	for (; rc > 0 && seq <= to; seq++) {
		rc = stmt_step(s, e);
		if (rc < 0)
			break;
		if (rc > 0)
			row_read(s, &r);
		if (rc == 0 || r.seq != seq) {
			found_bad(w, seq, true);
			break;
		}
		before = event_row_hash(db->hasher, &before, &r, &bytes);
		if (!event_row_has(&r, &before)) {
			found_bad(w, seq, false);
			break;
		}
	}
	stmt_reset(s);
	atomic_fetch_add(&w->rows, seq - from);
	atomic_fetch_add(&w->bytes, bytes);
	return rc < 0 ? -1 : 0;
}

static void *
walker_run(void *arg)
{
	struct walker *k = arg;
	struct walk *w = k->w;
	struct err e = { 0 };

	for (;;) {
		int64_t from = atomic_fetch_add(&w->next, PIECE_ROWS);
		int64_t to = from + PIECE_ROWS - 1;

		if (from > w->last || !needed(w, from))
			return NULL;
		if (to > w->last)
			to = w->last;
		if (piece_walk(w, k->db, from, to, &e) != 0)
			break;
		if (k->p)
			k->p->tell(k->p->arg, atomic_load(&w->rows),
			    w->last - w->base, atomic_load(&w->bytes));
	}
	pthread_mutex_lock(&w->lock);
	if (!w->failed)
		w->err = e;
	w->failed = true;
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* Where the chain begins now, and what it begins with. */
static int
base_read(struct db *db, int64_t *seq, struct sha256 *hash, struct err *e)
{
	struct event_seal seal;
	int rc = event_seal_newest(db, &seal, e);

	if (rc < 0)
		return -1;
	*seq = seal.last_seq;
	*hash = seal.last_hash;
	return rc ? 0 : event_store_genesis(db, hash, e);
}

/* Another connection that sees the same beginning, and all rows that db sees:
 * they are only added, and it looks later.  NULL: there is none to be had, and
 * the walk goes on with fewer. */
static struct db *
another(struct db *db, const struct walk *w)
{
	struct db_options o = db->options;
	struct db *more;
	struct sha256 hash;
	int64_t base;

	o.mode = DB_RO;
	if (db_open(&o, db->any_schema, &more, NULL) != 0)
		return NULL;
	if (db_read_begin(more, NULL) == 0 && more->dev == db->dev &&
	    more->ino == db->ino && base_read(more, &base, &hash, NULL) == 0 &&
	    base == w->base)
		return more;
	db_close(more);
	return NULL;
}

static unsigned
processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ?
	    (unsigned)CPU_COUNT(&set) : 1;
}

static int
threads_run(struct walk *w, struct db *db, unsigned threads,
    const struct chain_progress *p, struct err *e)
{
	struct walker walkers[THREADS_MAX] = { { .w = w, .db = db, .p = p } };
	int64_t pieces = (w->last - w->base) / PIECE_ROWS + 1;
	unsigned n = 1;

	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	for (; n < threads && (int64_t)n < pieces; n++) {
		walkers[n] = (struct walker){ .w = w, .db = another(db, w) };
		if (!walkers[n].db)
			break;
		if (pthread_create(&walkers[n].thread, NULL, walker_run,
		    &walkers[n]) != 0) {
			db_close(walkers[n].db);
			break;
		}
	}
	walker_run(&walkers[0]);
	while (--n > 0) {
		pthread_join(walkers[n].thread, NULL);
		db_close(walkers[n].db);
	}
	if (w->failed && e)
		*e = w->err;
	return w->failed ? -1 : 0;
}

/* The seals must fit together, and no row may be left of what was sealed, or
 * have come to stand before the first. */
static int
ends_check(struct db *db, struct walk *w, struct chain_verdict *v,
    struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT seq FROM event WHERE seq <= :base"
	    " ORDER BY seq LIMIT 1");
	int64_t bad = 0;
	int rc;

	if (event_seal_check(db, &v->sealed, &bad, e) != 0)
		return -1;
	if (bad) {
		v->first_bad = bad;
		snprintf(v->what, sizeof(v->what), "no seal begins with seq"
		    " %lld, and it is not among the events", (long long)bad);
		return 0;
	}
	stmt_bind_int(s, ":base", w->base);
	rc = stmt_step(s, e);
	if (rc > 0) {
		v->first_bad = w->base + 1;
		snprintf(v->what, sizeof(v->what), "seq %lld is there,"
		    " although the chain begins with %lld",
		    (long long)stmt_int(s, 0), (long long)w->base + 1);
		stmt_reset(s);
	}
	return rc < 0 ? -1 : 0;
}

static int
next_row(struct db *db, int64_t seq, int64_t *next, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT coalesce(min(seq), 0) FROM event"
	    " WHERE seq > :seq");

	stmt_bind_int(s, ":seq", seq);
	return stmt_one_int(s, next, e);
}

static int
bad_tell(struct db *db, const struct walk *w, struct chain_verdict *v,
    struct err *e)
{
	long long bad = w->bad;
	int64_t next = 0;

	v->first_bad = bad;
	v->rows = bad - w->base - 1;
	if (!w->missing) {
		snprintf(v->what, sizeof(v->what), "the hash of seq %lld does"
		    " not fit: it, or the hash before it, was altered", bad);
		return 0;
	}
	if (next_row(db, bad, &next, e) != 0)
		return -1;
	if (next == 0)
		snprintf(v->what, sizeof(v->what), "seq %lld to %lld at the"
		    " end are missing", bad, (long long)w->last);
	else
		snprintf(v->what, sizeof(v->what), "seq %lld is missing; the"
		    " next row is %lld", bad, (long long)next);
	return 0;
}

static int
chain_walk(struct db *db, unsigned threads, const struct chain_progress *p,
    struct chain_verdict *v, struct err *e)
{
	struct walk w = { .lock = PTHREAD_MUTEX_INITIALIZER };
	int64_t head;

	if (base_read(db, &w.base, &w.base_hash, e) != 0 ||
	    event_store_given(db, &w.last, e) != 0 ||
	    event_store_head(db, &head, e) != 0 ||
	    ends_check(db, &w, v, e) != 0)
		return -1;
	if (v->first_bad)
		return 0;
	if (w.last < head)
		w.last = head;
	w.next = w.base + 1;
	if (threads_run(&w, db, threads, p, e) != 0)
		return -1;
	v->rows = w.rows;
	v->bytes = w.bytes;
	return w.bad ? bad_tell(db, &w, v, e) : 0;
}

int
chain_verify(struct db *db, unsigned threads, const struct chain_progress *p,
    struct chain_verdict *v, struct err *e)
{
	bool own = !db_in_transaction(db);
	int rc;

	*v = (struct chain_verdict){ 0 };
	if (own && db_read_begin(db, e) != 0)
		return -1;
	if (threads == 0)
		threads = processors();
	rc = chain_walk(db, own ? threads : 1, p, v, e);
	if (own)
		db_read_end(db);
	return rc;
}

int
chain_bounds(struct db *db, int64_t *first, int64_t *last, struct err *e)
{
	struct sha256 hash;
	int64_t base;

	if (base_read(db, &base, &hash, e) != 0 ||
	    event_store_head(db, last, e) != 0)
		return -1;
	*first = base + 1;
	return 0;
}

int
chain_hash(struct db *db, int64_t seq, struct sha256 *out, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT hash FROM event WHERE seq = :seq");
	struct event_seal seal;
	struct str hash;
	int rc;

	if (seq == 0)
		return event_store_genesis(db, out, e) == 0 ? 1 : -1;
	stmt_bind_int(s, ":seq", seq);
	rc = stmt_step(s, e);
	if (rc < 0)
		return -1;
	if (rc > 0) {
		hash = stmt_str(s, 0);
		if (hash.len == sizeof(out->b))
			memcpy(out->b, hash.p, sizeof(out->b));
		stmt_reset(s);
		return hash.len == sizeof(out->b);
	}
	rc = event_seal_at(db, seq, &seal, e);
	if (rc > 0)
		*out = seal.last_hash;
	return rc;
}

static int
span_find(struct db *db, int64_t from, int64_t to, struct chain_span *out,
    struct err *e)
{
	int64_t oldest, newest;
	int rc;

	if (chain_bounds(db, &oldest, &newest, e) != 0)
		return -1;
	out->first = from ? from : oldest;
	out->last = to ? to : newest;
	if (out->first < oldest || out->last > newest ||
	    out->first > out->last + 1)
		return err_set(e, ERR_NOT_FOUND, "the database has events %lld"
		    " to %lld, not %lld to %lld", (long long)oldest,
		    (long long)newest, (long long)out->first,
		    (long long)out->last);
	rc = chain_hash(db, out->first - 1, &out->before, e);
	if (rc == 0)
		err_set(e, ERR_CHAIN_BROKEN, "event %lld is missing",
		    (long long)out->first - 1);
	return rc > 0 ? 0 : -1;
}

int
chain_read(struct db *db, int64_t from, int64_t to,
    int (*row)(void *arg, const struct event_row *r, struct err *e), void *arg,
    struct chain_span *out, struct err *e)
{
	struct event_row r;
	struct stmt *s;
	int64_t seq;
	int rc = -1;

	if (span_find(db, from, to, out, e) != 0)
		return -1;
	out->last_hash = out->before;
	s = rows_of(db, out->first, out->last);
	for (seq = out->first; seq <= out->last; seq++) {
		rc = stmt_step(s, e);
		if (rc < 0)
			return -1;
		if (rc > 0)
			row_read(s, &r);
		if (rc == 0 || r.seq != seq) {
			err_set(e, ERR_CHAIN_BROKEN, "event %lld is missing",
			    (long long)seq);
			break;
		}
		out->last_hash = event_row_hash(db->hasher, &out->last_hash,
		    &r, NULL);
		if (!event_row_has(&r, &out->last_hash)) {
			err_set(e, ERR_CHAIN_BROKEN, "event %lld: its hash"
			    " does not fit", (long long)seq);
			break;
		}
		if (row(arg, &r, e) != 0)
			break;
	}
	stmt_reset(s);
	return seq > out->last ? 0 : -1;
}

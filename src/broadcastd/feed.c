#include "broadcastd/feed.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/doorbell.h"
#include "base/log.h"
#include "broadcastd/auth.h"
#include "store/event_store.h"

#define STEP_ROWS 500		/* published in one turn of the loop */
#define READ_ROWS 200		/* read for one who is behind, in one turn */
#define WARM_ROWS 500		/* taken into the hub at the start */
#define READ_BUSY_MS 250
/* The loop stands still while the checkpointer waits for the lock. */
#define CHECKPOINT_BUSY_MS 20
#define WAL_BYTES ((int64_t)MIB(4))
#define TRUNCATE_EACH_MS (3600 * 1000)

static void
paths_set(struct feed *f, const struct config *c, struct arena *a)
{
	f->path = arena_cstr(a, c->database);
	f->bell_path = arena_cstr(a, c->fifo);
	f->synchronous_full = c->synchronous == SYNC_FULL;
}

void
feed_begin(struct feed *f, const struct config *c, struct arena *a)
{
	*f = (struct feed){ .bell = -1 };
	f->truncate_at_ms = clock_mono_ms() + TRUNCATE_EACH_MS;
	paths_set(f, c, a);
}

void
feed_end(struct feed *f)
{
	db_close(f->db);
	db_close(f->checkpointer);
	f->db = f->checkpointer = NULL;
	f->ready = false;
	if (f->bell >= 0)
		close(f->bell);
	f->bell = -1;
}

void
feed_reopen(struct feed *f, const struct config *c, struct arena *a)
{
	feed_end(f);
	f->bell_failed = f->checkpoint_failed = f->failed = false;
	paths_set(f, c, a);
}

static void
complain(bool *said, const char *what, const struct err *e)
{
	if (!*said)
		log_error(what, "code", err_row(e->kind)->code, "detail",
		    e->detail, NULL);
	*said = true;
}

static void
failed(struct feed *f, const struct err *e)
{
	f->ready = false;
	complain(&f->failed, "the database cannot be read; trying on", e);
}

static void
look_at_bell(struct feed *f)
{
	struct err e = { 0 };
	struct stat st, open_st;
	int old = f->bell;

	if (f->bell >= 0 && stat(f->bell_path, &st) == 0 &&
	    fstat(f->bell, &open_st) == 0 && st.st_dev == open_st.st_dev &&
	    st.st_ino == open_st.st_ino)
		return;
	/* Before the old one is closed: under its number the new one would look
	 * as if it were waited for already. */
	f->bell = doorbell_open(f->bell_path, &e);
	if (old >= 0)
		close(old);
	if (f->bell < 0)
		complain(&f->bell_failed,
		    "no doorbell; events may be a second late", &e);
	else
		f->bell_failed = false;
}

static int
open_or_refresh(struct feed *f, struct err *e)
{
	const struct db_options o = { .path = f->path, .mode = DB_RO,
	    .busy_ms = READ_BUSY_MS };

	if (!f->db)
		return db_open(&o, false, &f->db, e);
	return db_refresh(f->db, e) < 0 ? -1 : 0;
}

/* The table has become shorter without a new file: it was restored in place. */
static int
look_closer(struct feed *f, const struct hub *h, int64_t *head, struct err *e)
{
	if (event_store_head(f->db, head, e) != 0)
		return -1;
	if (!f->epoch[0] || *head >= hub_head(h))
		return 0;
	db_close(f->db);
	f->db = NULL;
	f->ready = false;
	if (open_or_refresh(f, e) != 0)
		return -1;
	return event_store_head(f->db, head, e);
}

enum feed_news
feed_look(struct feed *f, struct hub *h)
{
	struct err e = { 0 };
	int64_t head = 0;
	bool first = f->epoch[0] == '\0', same = false;

	look_at_bell(f);
	if (open_or_refresh(f, &e) != 0 ||
	    look_closer(f, h, &head, &e) != 0 ||
	    (!(same = !first && str_is(db_epoch(f->db), f->epoch) &&
	    head >= hub_head(h)) && auth_begin(f->db, &e) != 0)) {
		failed(f, &e);
		return FEED_SAME;
	}
	if (f->failed)
		log_info("the database can be read again", "path", f->path,
		    NULL);
	f->failed = false;
	f->ready = true;
	if (same)
		return FEED_SAME;
	snprintf(f->epoch, sizeof(f->epoch), "%.*s",
	    STR_ARG(db_epoch(f->db)));
	hub_reset(h, !first ? head : head > WARM_ROWS ? head - WARM_ROWS : 0);
	return first ? FEED_SAME : FEED_ANOTHER;
}

void
feed_checkpoint(struct feed *f, int64_t min_bytes)
{
	const struct db_options o = { .path = f->path, .mode = DB_RW,
	    .busy_ms = CHECKPOINT_BUSY_MS,
	    .synchronous_full = f->synchronous_full };
	struct err e = { 0 };

	if (!f->checkpointer && db_open(&o, false, &f->checkpointer, &e) != 0) {
		f->checkpointer = NULL;
		/* feed_look() has said why, unless only writing is refused */
		if (f->ready)
			complain(&f->checkpoint_failed,
			    "the database cannot be checkpointed", &e);
		return;
	}
	/* A writer holds the lock: it will be tried again */
	if ((min_bytes > 1 ?
	    db_checkpoint_passive(f->checkpointer, min_bytes, &e) :
	    db_checkpoint(f->checkpointer, min_bytes, &e)) >= 0)
		f->checkpoint_failed = false;
	else if (e.kind != ERR_BUSY)
		complain(&f->checkpoint_failed,
		    "the database cannot be checkpointed", &e);
}

void
feed_tick(struct feed *f, int64_t now_ms)
{
	bool hourly = now_ms >= f->truncate_at_ms;

	if (hourly)
		f->truncate_at_ms = now_ms + TRUNCATE_EACH_MS;
	if (f->ready)
		feed_checkpoint(f, hourly ? 1 : WAL_BYTES);
}

struct db *
feed_db(struct feed *f)
{
	return f->ready ? f->db : NULL;
}

bool
feed_step(struct feed *f, struct hub *h, struct arena *a)
{
	struct err e = { 0 };
	struct event *ev;
	size_t n;

	if (!f->ready)
		return false;
	if (event_store_since(f->db, a, hub_head(h), STEP_ROWS, &ev, &n,
	    &e) != 0) {
		failed(f, &e);
		return false;
	}
	for (size_t i = 0; i < n; i++)
		hub_publish(h, &ev[i], str(f->epoch));
	f->published += n;
	return n == STEP_ROWS;
}

int
feed_read(struct feed *f, struct arena *a, int64_t pos, struct event **out,
    size_t *n)
{
	struct err e = { 0 };

	if (!f->ready)
		return -1;
	if (event_store_since(f->db, a, pos, READ_ROWS, out, n, &e) == 0)
		return 0;
	failed(f, &e);
	return -1;
}

int
feed_bounds(struct feed *f, int64_t *oldest, int64_t *head, struct err *e)
{
	if (!f->ready)
		return err_set(e, ERR_NOT_READY,
		    "the database cannot be read now");
	if (event_store_head(f->db, head, e) == 0 &&
	    event_store_oldest(f->db, oldest, e) == 0)
		return 0;
	failed(f, e);
	return -1;
}

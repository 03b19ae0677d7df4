#include "api/log_follow.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/app.h"
#include "ledger/log_query.h"
#include "ledger/log_walk.h"
#include "ledger/projection.h"

#define LOOK_EACH_MS	200
#define HEARTBEAT_MS	20000

/* Every follower keeps one program busy, so there may only be some at a time,
 * over all processes: each holds a byte of a file beside the database. */
static int
slot_take(const struct config *cfg, struct arena *a, struct err *e)
{
	const char *path = arena_fmt(a, "%.*s-followers",
	    STR_ARG(cfg->database)).p;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0660);

	if (fd < 0)
		return err_sys(e, "cannot open %s", path);
	for (int64_t i = 0; i < cfg->followers; i++) {
		struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET,
		    .l_start = i, .l_len = 1 };

		if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
			return fd;
	}
	close(fd);
	return err_set(e, ERR_BUSY, "%lld clients follow the log already; /sse "
	    "and /ws have room for many", (long long)cfg->followers);
}

struct follow {
	struct call *c;
	struct db *db;
	struct log_query q;
	int64_t seen;		/* the last id that was looked at */
	int64_t told_ms;	/* when something was sent last */
	struct str epoch;	/* of the database it began with */
};

/* The rows of one walk, or as many as leave at once: 0, -1.  They leave when
 * the transaction is over. */
static int
rows_add(struct follow *f, struct log_walk *w, struct err *e)
{
	struct buf *b = &f->c->resp->body;
	struct arena *a = arena_new();
	int64_t id;
	int rc = 0;

	while (b->len < EXPORT_STEP_BYTES &&
	    (rc = log_walk_next(w, &id, e)) > 0) {
		struct json_writer out = JSON_WRITER(b);
		struct log_entry row;

		rc = log_entry_read(f->db, a, id, &row, e);
		if (rc < 0)
			break;
		if (rc > 0) {
			log_entry_write(&out, &row);
			buf_addc(b, '\n');
			f->told_ms = clock_mono_ms();
		}
		arena_reset(a);
	}
	arena_free(a);
	return rc < 0 ? -1 : 0;
}

static int
look_within(struct follow *f, struct err *e)
{
	struct log_walk *w = NULL;
	int64_t head;
	int rc;

	if (!str_eq(db_epoch(f->db), f->epoch))
		return err_set(e, ERR_BUSY, "another database was put in the "
		    "place of this one; begin anew");
	if (projection_ready(f->db, e) != 0 ||
	    log_snapshot(f->db, &head, e) != 0)
		return -1;
	if (head <= f->seen)
		return 0;
	f->q.after_seq = f->seen;
	rc = log_walk_open(f->db, &f->q, head, &w, e);
	if (rc == 0) {
		log_walk_time(w, QUERY_DEADLINE_MS / 2);
		rc = rows_add(f, w, e);
	}
	if (rc == 0 && !log_walk_cut(w) &&
	    f->c->resp->body.len < EXPORT_STEP_BYTES)
		f->seen = head;
	else if (rc == 0)
		f->seen = log_walk_at(w);
	log_walk_close(w);
	return rc;
}

/* What is there by now. */
static int
look(struct follow *f, struct err *e)
{
	int rc;

	db_deadline_ms(f->db, QUERY_DEADLINE_MS);
	if (db_read_begin(f->db, e) != 0)
		return -1;
	rc = look_within(f, e);
	db_read_end(f->db);
	return rc;
}

static void
line_send(struct follow *f, const char *name)
{
	struct log_page at = { .snapshot_seq = f->seen, .after_seq = f->seen };
	struct buf *b = &f->c->resp->body;
	struct json_writer w = JSON_WRITER(b);

	json_object_open(&w);
	json_key(&w, name);
	json_put_bool(&w, true);
	json_key(&w, "next");
	json_put_str(&w, log_cursor_text(f->c->arena, &at));
	json_object_close(&w);
	buf_addc(b, '\n');
	f->told_ms = clock_mono_ms();
}

static int
follow(struct follow *f, struct err *e)
{
	const struct timespec pause = { .tv_nsec = LOOK_EACH_MS * 1000000L };
	int64_t until = clock_mono_ms() + FOLLOW_MAX_S * INT64_C(1000);

	line_send(f, "following");
	while (response_flush(f->c->resp)) {
		if (look(f, e) != 0)
			return -1;
		if (app_ending() || clock_mono_ms() >= until) {
			line_send(f, "end");
			return 0;
		}
		if (clock_mono_ms() - f->told_ms >= HEARTBEAT_MS)
			line_send(f, "heartbeat");
		if (f->c->resp->body.len == 0)
			nanosleep(&pause, NULL);
	}
	return 0;
}

int
log_follow(struct call *c, struct govern *g, const struct log_request *r,
    struct err *e)
{
	struct follow f = { .c = c, .db = g->db, .q = r->q,
	    .seen = r->q.after_seq,
	    .epoch = arena_str(c->arena, db_epoch(g->db)) };
	int fd, rc = 0;

	f.q.order = LOG_ASC;
	f.q.cursor = STR_NONE;
	if (!r->q.cursor.p && log_snapshot(g->db, &f.seen, e) != 0)
		return -1;
	fd = slot_take(g->cfg, c->arena, e);
	if (fd < 0)
		return -1;
	c->resp->type = NDJSON_TYPE;
	rc = follow(&f, e);
	close(fd);
	return rc;
}

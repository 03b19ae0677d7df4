#include "ops/send.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "ops/file.h"
#include "ops/look.h"
#include "tracker/issue.h"
#include "tracker/line.h"
#include "tracker/outbox.h"

#define LOCK_FILE	"github.lock"
#define LOOKS		3	/* before what got no answer is said again */
#define BODY_MAX_BYTES_GH 65000	/* GitHub takes 65,536 characters */
#define TITLE_MAX_BYTES	1000	/* of marks, too; GitHub takes 256 characters */
#define PAUSE_FIRST_MS	5000	/* doubled with each try */
#define PAUSE_LAST_MS	3600000
#define TRIES_MAX	50
#define IDLE_MS		200	/* nothing is due sooner than that */

/* One turn of sending. */
struct sender {
	struct ops *o;
	struct github *gh;
	struct arena *a;		/* of one row */
	struct look look;		/* what GitHub has */
	bool labelled;			/* labels were made */
	struct send_result *out;
};

static int
row_put(struct sender *s, struct outbox_row *r, enum outbox_state state,
    int64_t next_ms, const struct err *why, struct err *e)
{
	r->state = state;
	r->next_ms = next_ms;
	r->error = why && why->kind != ERR_NONE ?
	    arena_str(s->a, str(why->detail)) : STR_NONE;
	if (db_begin(s->o->g->db, e) != 0)
		return -1;
	if (outbox_put(s->o->g->db, r, e) != 0) {
		db_rollback(s->o->g->db);
		return -1;
	}
	return db_commit(s->o->g->db, e);
}

static int64_t
pause_ms(const struct outbox_row *r)
{
	int64_t ms = PAUSE_FIRST_MS;

	for (int64_t i = 1; i < r->tries && ms < PAUSE_LAST_MS; i++)
		ms *= 2;
	return ms;
}

/* It will be refused whatever becomes of tokens, rights and names. */
static bool
never(int status)
{
	return status == 400 || status == 410 || status == 413 ||
	    status == 422;
}

/* What follows from what is known of a request.  0, or -1 of the database. */
static int
settle(struct sender *s, struct outbox_row *r, const struct github_call *c,
    const struct err *why, struct err *e)
{
	int64_t now = clock_now_ms();
	int64_t settle_ms = s->o->g->cfg->ops_settle_s * 1000;

	switch (c->outcome) {
	case GITHUB_DONE:
		s->out->sent++;
		return row_put(s, r, OUTBOX_DONE, now, NULL, e);
	case GITHUB_REFUSED:
		if (never(c->status)) {
			s->out->dead++;
			log_warn("GitHub refused", "once",
			    arena_cstr(s->a, r->once), "detail", why->detail,
			    NULL);
			return row_put(s, r, OUTBOX_DEAD, now, why, e);
		}
		return row_put(s, r, OUTBOX_WAITING, now + pause_ms(r), why,
		    e);
	case GITHUB_UNKNOWN:
		r->looked = 0;
		return row_put(s, r, OUTBOX_UNSURE, now + settle_ms, why, e);
	case GITHUB_LIMITED:
		if (c->retry_at > now)
			return row_put(s, r, OUTBOX_WAITING, c->retry_at, why,
			    e);
		break;
	case GITHUB_UNSENT:
	case GITHUB_OUTCOME__MAX:
		break;
	}
	if (r->tries >= TRIES_MAX) {
		s->out->dead++;
		return row_put(s, r, OUTBOX_DEAD, now, why, e);
	}
	return row_put(s, r, OUTBOX_WAITING, now + pause_ms(r), why, e);
}

static int
labels_make(struct sender *s, struct github_call *c, struct err *e)
{
	struct github_label want[] = {
		{ s->o->g->cfg->ops_label, STR("5319e7"), STR("Found in logs by Patchwarden") },
		{ STR("in_progress"), STR("fbca04"), STR("Somebody works on it") },
		{ STR("triaged"), STR("c2e0c6"), STR("Somebody has looked at it") },
		{ STR("severity:1"), STR("b60205"), STR("The worst") },
		{ STR("severity:2"), STR("d93f0b"), STR_NONE },
		{ STR("severity:3"), STR("fbca04"), STR_NONE },
		{ STR("severity:4"), STR("fef2c0"), STR_NONE },
		{ STR("severity:5"), STR("e6e6e6"), STR("The least") },
	};

	if (s->labelled)
		return 0;
	if (github_labels_ensure(s->gh, c, want, countof(want), e) != 0)
		return -1;
	s->labelled = true;
	return 0;
}

/* It is on GitHub; what we did not know of it is news. */
static int
adopt(struct sender *s, struct outbox_row *r, struct ops_issue *i,
    const struct look_hit *hit, struct err *e)
{
	struct db *db = s->o->g->db;
	int rc;

	i->gh_number = hit->number;
	i->gh_url = hit->url;
	r->state = OUTBOX_DONE;
	r->next_ms = clock_now_ms();
	if (db_begin(db, e) != 0)
		return -1;
	rc = issue_filed(db, i->id, hit->number, hit->url, e);
	if (rc == 0 && hit->ignored && i->status != ISSUE_IGNORED)
		rc = issue_move(db, i->id, (enum issue_status)i->status,
		    ISSUE_IGNORED, STR_NONE, e) < 0 ? -1 : 0;
	else if (rc == 0 && hit->closed)	/* its lines are newer */
		rc = file_news(s->o, s->a, i, true, e);
	if (rc == 0)
		rc = outbox_put(db, r, e);
	if (rc == 0)
		rc = ops_tell_issue(s->o, EVENT_OPS_ISSUE_FILED, i, e);
	if (rc != 0) {
		db_rollback(db);
		return -1;
	}
	s->out->sent++;
	if (db_commit(db, e) != 0)
		return -1;
	govern_ring(s->o->g);
	return 0;
}

static int
texts(struct sender *s, const struct ops_issue *i,
    struct github_issue_text *t, struct err *e)
{
	struct buf title = BUF_INIT(TITLE_MAX_BYTES);
	struct buf body = BUF_INIT(BODY_MAX_BYTES_GH);
	struct str *labels = arena_array_of(s->a, struct str, 2);
	struct log_line *lines;
	size_t n;

	if (line_of_issue(s->o->g->db, s->a, (enum line_kind)i->kind, i->id,
	    1, &lines, &n, e) != 0)
		return -1;
	file_title(&title, i);
	file_body(&body, i, lines, n);
	labels[0] = s->o->g->cfg->ops_label;
	labels[1] = arena_fmt(s->a, "severity:%d", (int)i->severity);
	*t = (struct github_issue_text){
		.title = arena_str(s->a, buf_str(&title)),
		.body = arena_str(s->a, buf_str(&body)),
		.labels = labels, .n_labels = 2 };
	buf_free(&title);
	buf_free(&body);
	return 0;
}

/* Ask for it, now that it is known not to be there. */
static int
create(struct sender *s, struct outbox_row *r, struct ops_issue *i,
    struct err *e)
{
	struct github_call c = { .a = s->a, .repo = r->target };
	struct github_issue_text t;
	struct github_issue made;
	struct look_hit hit;
	struct err why = { 0 };

	r->tries++;
	if (labels_make(s, &c, &why) != 0) {
		/* whatever became of labels, the issue was not asked for */
		if (c.outcome == GITHUB_UNKNOWN)
			c.outcome = GITHUB_UNSENT;
		return settle(s, r, &c, &why, e);
	}
	if (texts(s, i, &t, e) != 0 ||
	    row_put(s, r, OUTBOX_SENT, r->next_ms, NULL, e) != 0)
		return -1;
	if (github_issue_create(s->gh, &c, &t, &made, &why) != 0)
		return settle(s, r, &c, &why, e);
	hit = (struct look_hit){ .number = made.number, .url = made.html_url };
	look_add(&s->look, i->fingerprint, &hit);
	s->out->made++;
	return adopt(s, r, i, &hit, e);
}

static int
issue_row(struct sender *s, struct outbox_row *r, struct ops_issue *i,
    struct err *e)
{
	struct github_call c = { .a = s->a, .repo = r->target };
	struct look_hit hit;
	struct err why = { 0 };
	int rc;

	if (i->gh_number > 0)
		return row_put(s, r, OUTBOX_DONE, clock_now_ms(), NULL, e);
	rc = look_for(&s->look, s->gh, &c, i->fingerprint,
	    r->state == OUTBOX_UNSURE, &hit, &why);
	if (rc > 0)
		return adopt(s, r, i, &hit, e);
	if (rc < 0) {		/* nothing was asked for */
		if (c.outcome == GITHUB_UNKNOWN)
			c.outcome = GITHUB_UNSENT;
		r->tries++;
		if (r->state == OUTBOX_UNSURE)
			return row_put(s, r, OUTBOX_UNSURE, clock_now_ms() +
			    pause_ms(r), &why, e);
		return settle(s, r, &c, &why, e);
	}
	if (r->state == OUTBOX_UNSURE && ++r->looked < LOOKS)
		return row_put(s, r, OUTBOX_UNSURE, clock_now_ms() +
		    s->o->g->cfg->ops_settle_s * 1000, NULL, e);
	return create(s, r, i, e);
}

static int
say(struct sender *s, struct outbox_row *r, struct ops_issue *i,
    struct err *e)
{
	struct github_call c = { .a = s->a, .repo = r->target };
	struct err why = { 0 };
	int rc;

	if (r->state == OUTBOX_UNSURE) {
		rc = look_comment(s->gh, &c, i->gh_number, r->once, &why);
		if (rc > 0)
			return row_put(s, r, OUTBOX_DONE, clock_now_ms(),
			    NULL, e);
		if (rc < 0 || ++r->looked < LOOKS)
			return row_put(s, r, OUTBOX_UNSURE, clock_now_ms() +
			    s->o->g->cfg->ops_settle_s * 1000, &why, e);
	}
	r->tries++;
	if (row_put(s, r, OUTBOX_SENT, r->next_ms, NULL, e) != 0)
		return -1;
	rc = look_say(s->gh, &c, i->gh_number, r->once, r->body, &why);
	if (rc < 0 && c.outcome == GITHUB_DONE)
		c.outcome = GITHUB_REFUSED;	/* of ours: cannot be read */
	return settle(s, r, &c, &why, e);
}

static int
set(struct sender *s, struct outbox_row *r, struct ops_issue *i,
    struct err *e)
{
	struct github_call c = { .a = s->a, .repo = r->target };
	struct err why = { 0 };
	int rc;

	r->tries++;
	if (row_put(s, r, OUTBOX_SENT, r->next_ms, NULL, e) != 0)
		return -1;
	rc = look_set(s->gh, &c, i->gh_number, r->body, &why);
	if (c.outcome == GITHUB_UNKNOWN)	/* twice is as good as once */
		c.outcome = GITHUB_UNSENT;
	if (rc < 0 && c.outcome == GITHUB_DONE)
		c.outcome = GITHUB_REFUSED;
	return settle(s, r, &c, &why, e);
}

static int
row_send(struct sender *s, struct outbox_row *r, struct err *e)
{
	struct ops_issue i;
	int rc = issue_get(s->o->g->db, s->a, r->issue_id, &i, e);
	const struct err gone = { .kind = ERR_NOT_FOUND,
	    .detail = "its issue is not there, or not on GitHub" };

	if (rc < 0)
		return -1;
	if (rc > 0 && r->kind == OUTBOX_CREATE)
		return issue_row(s, r, &i, e);
	if (rc == 0 || i.gh_number <= 0) {	/* it was refused */
		s->out->dead++;
		return row_put(s, r, OUTBOX_DEAD, clock_now_ms(), &gone, e);
	}
	return r->kind == OUTBOX_COMMENT ? say(s, r, &i, e) :
	    set(s, r, &i, e);
}

/* Until nothing is due, or the time is over. */
static int
turn(struct sender *s, int64_t until_mono, struct err *e)
{
	struct outbox_row r;
	int64_t next;
	int rc;

	do {
		arena_reset(s->a);
		rc = outbox_due(s->o->g->db, s->a, clock_now_ms(), &r, &next,
		    e);
		if (rc > 0) {
			rc = row_send(s, &r, e);
		} else if (rc == 0) {
			if (next < 0 || next - clock_now_ms() >
			    until_mono - clock_mono_ms())
				return 0;
			clock_sleep_ms(IDLE_MS);
		}
	} while (rc >= 0 && clock_mono_ms() < until_mono);
	return rc < 0 ? -1 : 0;
}

static int
orphans(struct ops *o, struct err *e)
{
	if (db_begin(o->g->db, e) != 0)
		return -1;
	if (outbox_orphans(o->g->db, e) != 0) {
		db_rollback(o->g->db);
		return -1;
	}
	return db_commit(o->g->db, e);
}

int
ops_send(struct ops *o, int64_t for_ms, struct send_result *out,
    struct err *e)
{
	int64_t until = clock_mono_ms() + for_ms;
	struct sender s = { .o = o, .out = out };
	struct err busy = { 0 };
	struct str path;
	int lock, rc = 0;

	*out = (struct send_result){ 0 };
	if (!ops_files(o))
		return outbox_open(o->g->db, &out->open, e);
	s.a = arena_new();
	path = arena_fmt(s.a, "%.*s/" LOCK_FILE,
	    STR_ARG(o->g->cfg->state_dir));
	lock = fd_lock_file(path.p, FD_LOCK_EXCLUSIVE, 0, &busy);
	if (lock < 0 && busy.kind == ERR_BUSY) {
		out->elsewhere = true;
	} else if (lock < 0) {
		if (e)
			*e = busy;
		rc = -1;
	} else {
		look_begin(&s.look, o->g->cfg->ops_label);
		if (ops_github(o, &s.gh, e) != 0 || orphans(o, e) != 0 ||
		    turn(&s, until, e) != 0)
			rc = -1;
		look_end(&s.look);
		close(lock);
	}
	if (rc == 0)
		rc = outbox_open(o->g->db, &out->open, e);
	arena_free(s.a);
	return rc;
}

#include "api/ops_use.h"

#include <unistd.h>

#include "api/program.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "ops/send.h"
#include "tracker/outbox.h"

#define SEND_MS		120000	/* of one child */
#define WAIT_MS		500
#define WAIT_MAX_MS	60000	/* for a sender that is there already */

int
program_ops(struct call *c, struct ops **out, struct err *e)
{
	static struct ops ops;
	static bool opened;
	struct govern *g;

	if (program_govern(c, &g, e) != 0)
		return -1;
	if (!opened && ops_open(&ops, g, e) != 0) {
		if (e->kind == ERR_CONFIG)	/* the client cannot mend it */
			err_status(e, 503);
		return -1;
	}
	opened = true;
	*out = &ops;
	return 0;
}

int
program_no_issue(const struct call *c, struct err *e)
{
	struct str text = c->param[0];

	return err_set(e, ERR_NOT_FOUND, "there is no issue %.*s; "
	    "GET /api/ops/issues lists them",
	    (int)(text.len > 40 ? 40 : text.len), text.p);
}

int
program_issue(const struct call *c, int64_t *id, struct err *e)
{
	return str_int(c->param[0], id) && *id > 0 ? 0 :
	    program_no_issue(c, e);
}

/* One process sends, and one waits for it to end, since it may have looked
 * already; all others may go.  Who waits gives its place up before it tries, so
 * that whoever finds the place taken knows that there will be a try after what
 * it has committed. */
static int
send_in_turn(struct detach_child *c, struct ops *o, struct err *e)
{
	const char *path = arena_fmt(c->a, "%.*s/github.wait",
	    STR_ARG(c->g->cfg->state_dir)).p;
	int64_t until = clock_mono_ms() + WAIT_MAX_MS;
	struct send_result sent;
	int rc, place;

	for (;;) {
		rc = ops_send(o, SEND_MS, &sent, e);
		if (rc != 0 || !sent.elsewhere || clock_mono_ms() >= until)
			return rc;
		place = fd_lock_file(path, FD_LOCK_EXCLUSIVE, 0, e);
		if (place < 0)
			return e->kind == ERR_BUSY ? 0 : -1;
		clock_sleep_ms(WAIT_MS);
		close(place);
	}
}

static void
send_work(struct detach_child *c, void *arg)
{
	struct ops o;
	struct err e = { 0 };

	(void)arg;
	if (ops_open(&o, c->g, &e) == 0) {
		send_in_turn(c, &o, &e);
		ops_close(&o);
	}
	if (e.kind != ERR_NONE && e.kind != ERR_BUSY)
		log_warn("what is to be said to GitHub waits", "detail",
		    e.detail, NULL);
}

void
ops_send_later(struct ops *o)
{
	struct err e = { 0 };
	int64_t n = 0;

	if (!ops_files(o) || outbox_open(o->g->db, &n, &e) != 0 || n == 0)
		return;
	if (detach(o->g, send_work, NULL, NULL, &e) != 0)
		log_warn("no child can be started", "detail", e.detail, NULL);
}

#include "local/queue.h"

#include <unistd.h>

#include "base/fd.h"
#include "local/state.h"
#include "local/trail.h"
#include "remote/https.h"

#define QUEUE_NAME "queue.jsonl"
#define REFUSED_NAME "refused.jsonl"
#define SEND_LOCK_NAME "queue.lock"
#define EVENTS_PATH "/api/patches/events"
#define SEND_WAIT_MS 10000

int
queue_put(struct local *l, const struct patch_event *p, size_t n,
    struct err *e)
{
	struct buf lines = BUF_INIT(ANSWER_MAX_BYTES);
	int rc = 0;

	for (size_t i = 0; i < n; i++)
		if (p[i].type == EVENT_PATCH_APPLIED ||
		    p[i].type == EVENT_PATCH_REVERTED)
			trail_lines(&p[i], 1, &lines);
	if (buf_check(&lines, "the queue of events", e) != 0 ||
	    (lines.len &&
	    state_append(l, QUEUE_NAME, buf_str(&lines), e) != 0))
		rc = -1;
	buf_free(&lines);
	return rc;
}

enum reply { SENT, REFUSED, LATER };

/* A refusal of this one event: sent again it would be refused again. */
static bool
is_final(int status)
{
	return status == 400 || status == 413 || status == 415 ||
	    status == 422;
}

static enum reply
post(struct https *h, struct arena *a, const struct queue_target *to,
    struct str event, struct queue_result *r)
{
	struct https_request req = {
		.method = "POST", .token = to->token, .body = event,
		.url = to->url, .answer_max = MIB(1),
	};
	struct https_answer got;

	if (https_url_bare(to->url))
		req.url = arena_fmt(a, "%.*s%s", (int)(to->url.len -
		    str_ends(to->url, STR("/"))), to->url.p, EVENTS_PATH);
	if (https_send(h, a, &req, &got, &r->why) != 0)
		return LATER;
	if (got.status >= 200 && got.status < 300)
		return SENT;
	r->retry_after_s = got.retry_after_s;
	err_set(&r->why, ERR_UNREACHABLE, "%.*s answered %d: %.*s",
	    STR_ARG(req.url), got.status,
	    (int)(got.body.len < 200 ? got.body.len : 200), got.body.p);
	return is_final(got.status) ? REFUSED : LATER;
}

/* Under the tree's lock: the first n lines are done with. */
static int
drop(struct local *l, size_t n, struct err *e)
{
	struct str rest;

	if (state_read(l, QUEUE_NAME, &rest, e) < 0)
		return -1;
	while (n-- && rest.p)
		str_cut(&rest, '\n');
	if (!rest.p || !rest.len)
		return state_remove(l, QUEUE_NAME, e);
	return state_replace(l, QUEUE_NAME, rest, e);
}

static int
drop_locked(struct arena *a, const char *root, size_t n, struct str refused,
    struct err *e)
{
	struct local l;
	int rc = local_open(a, root, LOCAL_EDIT, true, &l, e);

	if (rc == 0 && refused.len)
		rc = state_append(&l, REFUSED_NAME, refused, e);
	if (rc == 0)
		rc = drop(&l, n, e);
	local_close(&l);
	return rc;
}

/* Whole lines only: somebody may be writing the last one. */
static struct str
whole_lines(struct str s)
{
	while (s.len && s.p[s.len - 1] != '\n')
		s.len--;
	return s;
}

static size_t
count(struct str queue)
{
	size_t n = 0;

	while (queue.p && queue.len)
		n += str_cut(&queue, '\n').len > 0;
	return n;
}

static void
send_all(struct arena *a, const char *root, const struct queue_target *to,
    struct str queue, struct queue_result *out)
{
	struct buf refused = BUF_INIT(ANSWER_MAX_BYTES);
	struct https *h = https_new();
	struct err why = { 0 };
	size_t done = 0;

	while (queue.p && queue.len) {
		struct str rest = queue, line = str_cut(&rest, '\n');
		enum reply v = line.len ? post(h, a, to, line, out) : SENT;

		if (v == LATER)
			break;
		out->sent += v == SENT && line.len;
		if (v == REFUSED) {
			out->refused++;
			buf_add(&refused, line);
			buf_addc(&refused, '\n');
		}
		done++;
		queue = rest;
	}
	out->left = count(queue);
	if (done && drop_locked(a, root, done, buf_str(&refused), &why) != 0)
		out->why = why;		/* they will be sent again */
	https_free(h);
	buf_free(&refused);
}

void
queue_send(struct arena *a, const char *root, const struct queue_target *to,
    struct queue_result *out)
{
	struct local l = { .a = a, .root = root, .state = -1, .lock = -1 };
	struct str queue;
	int one;

	*out = (struct queue_result){ .retry_after_s = -1 };
	if (state_open(&l, false, &out->why) != 1 ||
	    !state_has(&l, QUEUE_NAME))
		goto out;
	one = fd_lock_file(arena_fmt(a, "%s/" LOCAL_FOLDER "/" SEND_LOCK_NAME,
	    root).p, FD_LOCK_EXCLUSIVE, SEND_WAIT_MS, &out->why);
	if (state_read(&l, QUEUE_NAME, &queue, &out->why) > 0) {
		queue = whole_lines(queue);
		if (one >= 0)
			send_all(a, root, to, queue, out);
		else
			out->left = count(queue);
	}
	if (one >= 0)
		close(one);
out:
	if (l.state >= 0)
		close(l.state);
}

int
queue_send_one(struct arena *a, const struct queue_target *to,
    const struct patch_event *p, struct err *e)
{
	struct queue_result r = { .retry_after_s = -1 };
	struct buf line = BUF_INIT(BODY_MAX_BYTES);
	struct https *h = https_new();
	enum reply v;

	trail_lines(p, 1, &line);
	v = post(h, a, to, str_n(line.p, line.len - 1), &r);
	if (v != SENT)
		*e = r.why;
	https_free(h);
	buf_free(&line);
	return v == SENT ? 0 : -1;
}

/* The log of a job, which lies on another host. */
#include "remote/github_ask.h"

#define DOWNLOAD_MS 300000

/* The end of what came. */
struct tail {
	struct buf text;
	size_t max, came;
	bool cut;
};

static bool
on_piece(void *to, struct str bytes)
{
	struct tail *t = to;

	t->came += bytes.len;
	if (bytes.len > t->max) {
		bytes = str_n(bytes.p + bytes.len - t->max, t->max);
		t->cut = true;
	}
	if (t->text.len + bytes.len > 2 * t->max) {
		size_t keep = t->text.len < t->max ? t->text.len : t->max;

		memmove(t->text.p, t->text.p + t->text.len - keep, keep);
		t->text.len = keep;
		t->cut = true;
	}
	buf_add(&t->text, bytes);
	return t->came < GITHUB_LOG_MAX_BYTES;
}

/* The last max bytes, from the start of a line on. */
static void
finish(struct arena *a, struct tail *t, struct github_log *log)
{
	struct str text = buf_str(&t->text), whole;

	if (text.len > t->max) {
		text = str_n(text.p + text.len - t->max, t->max);
		t->cut = true;
	}
	whole = text;
	if (t->cut)
		str_cut(&whole, '\n');
	log->text = text.len ? arena_str(a, whole.p ? whole : text) : STR("");
	log->cut = t->cut || t->came >= GITHUB_LOG_MAX_BYTES;
}

/* What the place it lies on says to it. */
static int
judge_place(struct github_call *c, const struct https_answer *got,
    struct err *e)
{
	c->status = got->status;
	if (got->status == 200)
		return 0;
	c->outcome = got->status >= 400 && got->status < 500 &&
	    got->status != 408 && got->status != 429 ? GITHUB_REFUSED :
	    GITHUB_UNSENT;
	return err_set(e, c->outcome == GITHUB_REFUSED ? ERR_NOT_FOUND :
	    ERR_UNREACHABLE, "where GitHub keeps the log of the job, the "
	    "answer is %d", got->status);
}

static int
follow(struct github *g, struct github_call *c, struct str place,
    struct tail *t, struct err *e)
{
	const struct https_request r = { .url = place, .policy = &g->policy,
	    .agent = STR("patchwarden"), .accept = STR("*/*"),
	    .answer_max = MIB(1), .total_ms = DOWNLOAD_MS,
	    .on_piece = on_piece, .to = t };
	struct https_answer got;

	c->outcome = GITHUB_UNSENT;
	c->status = 0;
	if (https_follow_download(g->https, c->a, &r, &got, e) != 0)
		return -1;
	if (judge_place(c, &got, e) != 0)
		return -1;
	c->outcome = GITHUB_DONE;
	return 0;
}

int
github_job_log(struct github *g, struct github_call *c, int64_t job,
    struct github_log *log, struct err *e)
{
	struct tail t = { .text = BUF_INIT(2 * log->max + 1),
	    .max = log->max };
	struct github_question q = { .method = "GET", .on_piece = on_piece,
	    .to = &t };
	struct github_reply r;
	int rc;

	if (github_path(c, &q.path, e, "/actions/jobs/%lld/logs",
	    (long long)job) != 0)
		return -1;
	rc = github_ask(g, c, &q, &r, e);
	if (rc == 0 && r.got.status != 200)
		rc = follow(g, c, r.got.location, &t, e);
	if (rc == 0)
		finish(c->a, &t, log);
	buf_free(&t.text);
	return rc;
}

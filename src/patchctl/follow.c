#include "patchctl/follow.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "patchctl/show.h"
#include "patchctl/tail_line.h"
#include "remote/sse_reader.h"

#define EVENT_BYTES MIB(16)	/* as much as broadcastd sends in one */
#define FIRST_MS 500		/* before the second try */
#define LEAST_MS 100		/* whatever a server says */
#define STEP_MAX_MS 30000
#define WAIT_MAX_MS 3600000	/* whatever a server says */
#define STEADY_MS 5000		/* a connection that stood so long was good */

enum turn { TURN_ENDED, TURN_LOST, TURN_REFUSED, TURN_FAILED };

/* What is known of the stream, over all connections. */
struct course {
	const struct follow *f;
	struct arena *a;		/* one connection */
	struct arena *event_arena;	/* one event */
	struct https *https;
	struct sse_reader reader;
	int64_t pos;			/* events after it; -1: none yet */
	char epoch[FOLLOW_EPOCH_BYTES];	/* of pos; "": not known */
	char now[FOLLOW_EPOCH_BYTES];	/* of what comes in */
	bool was_lost;			/* and that was told */
	bool connected, heard;		/* this connection */
	int64_t connected_ms;
	int64_t step_ms;		/* 0: the last connection was good */
	int64_t retry_after_s;
	int status;			/* of TURN_REFUSED */
	struct err failed;		/* while an event was read */
};

bool
follow_unread(int64_t ms)
{
	struct pollfd out = { .fd = STDOUT_FILENO };
	int64_t until = clock_mono_ms() + ms, left = ms;

	do {
		if (poll(&out, 1, (int)left) > 0)
			return true;
		left = until - clock_mono_ms();
	} while (left > 0);
	return false;
}

static bool
is_read(void *to)
{
	(void)to;
	return !follow_unread(0);
}

static void
say_why(const struct err *e)
{
	tail_text(stderr, str(e->detail));
	if (e->at[0]) {
		fputs(" at ", stderr);
		tail_text(stderr, str(e->at));
	}
}

/* Only what has an id stands in the stream; a position of another epoch is
 * told by a gap before. */
static void
move_to(struct course *c, int64_t pos)
{
	c->pos = pos;
	memcpy(c->epoch, c->now, sizeof(c->epoch));
}

static void
set_epoch(struct course *c, const struct json *frame)
{
	const struct json *v;

	if (json_member(frame, "epoch", &v) && json_kind(v) == JSON_STRING &&
	    json_as_str(v).len < sizeof(c->now))
		snprintf(c->now, sizeof(c->now), "%.*s",
		    STR_ARG(json_as_str(v)));
}

static int64_t
number(const struct json *frame, const char *name)
{
	const struct json *v;

	return json_member(frame, name, &v) && json_kind(v) == JSON_INT ?
	    json_as_int(v) : -1;
}

static void
take_connected(struct course *c, const struct json *frame)
{
	set_epoch(c, frame);
	if (!c->epoch[0])
		memcpy(c->epoch, c->now, sizeof(c->epoch));
	c->connected = true;
	c->connected_ms = clock_mono_ms();
	if (c->was_lost && c->pos >= 0)
		fprintf(stderr, "patchctl: connected again; going on after "
		    "seq %lld\n", (long long)c->pos);
	else if (c->was_lost)
		fputs("patchctl: connected\n", stderr);
	c->was_lost = false;
}

static void
take_gap(struct course *c, const struct json *frame)
{
	long long asked = number(frame, "asked");
	long long oldest = number(frame, "oldest");

	set_epoch(c, frame);
	if (strcmp(c->now, c->epoch) != 0)
		fprintf(stderr, "patchctl: gap: the database is another one "
		    "now, and seq %lld is not of it; its oldest event is "
		    "%lld\n", asked, oldest);
	else if (asked < oldest)
		fprintf(stderr, "patchctl: gap: events after seq %lld are "
		    "gone; the oldest is %lld\n", asked, oldest);
	else
		fprintf(stderr, "patchctl: gap: seq %lld is ahead of the "
		    "stream, whose oldest event is %lld; going on with new "
		    "ones\n", asked, oldest);
}

/* The server ends the stream and says why. */
static void
take_error(struct course *c, const struct json *frame)
{
	const struct json *code, *detail, *again;
	enum err_kind kind = ERR_NONE;

	if (json_member(frame, "code", &code) &&
	    json_kind(code) == JSON_STRING)
		kind = err_kind_of(json_as_str(code));
	if (!json_member(frame, "retryable", &again) ||
	    json_kind(again) != JSON_BOOL || json_as_bool(again) ||
	    !json_member(frame, "detail", &detail) ||
	    json_kind(detail) != JSON_STRING)
		return;			/* asking again tells */
	err_set(&c->failed, kind == ERR_NONE ? ERR_UNREACHABLE : kind,
	    "%.*s", STR_ARG(json_as_str(detail)));
}

static const struct {
	const char *type;
	void (*take)(struct course *c, const struct json *frame);
} frames[] = {
	{ "connected", take_connected },
	{ "gap", take_gap },
	{ "error", take_error },
};

/* What is said about the stream; new kinds are passed over. */
static void
take_frame(struct course *c, const struct sse_event *ev)
{
	struct json_doc *doc;

	for (size_t i = 0; i < countof(frames); i++) {
		if (!str_is(ev->type, frames[i].type))
			continue;
		arena_reset(c->event_arena);
		if (json_parse(ev->data, c->event_arena, &doc, NULL) != 0)
			return;
		if (json_kind(json_root(doc)) == JSON_OBJECT)
			frames[i].take(c, json_root(doc));
		json_doc_free(doc);
	}
}

static bool
on_event(void *to, const struct sse_event *ev)
{
	struct course *c = to;
	struct follow_event one = { .type = ev->type, .json = ev->data };

	if (!ev->has_id) {
		take_frame(c, ev);
		return c->failed.kind == ERR_NONE;
	}
	if (!str_int(ev->id, &one.seq) || one.seq < 0) {
		err_set(&c->failed, ERR_UNREACHABLE, "the stream has an id "
		    "that is no seq; is the address right?");
		return false;
	}
	if (!ev->data.p) {
		move_to(c, one.seq);
		return true;
	}
	if (one.seq <= c->pos && strcmp(c->epoch, c->now) == 0)
		return true;
	move_to(c, one.seq);
	c->heard = true;
	return c->f->take(c->f->to, &one);
}

static bool
on_bytes(void *to, struct str bytes)
{
	struct course *c = to;

	return sse_reader_feed(&c->reader, bytes, &c->failed) == 0;
}

/* Where to ask, and from which position on. */
static struct str
address(struct course *c)
{
	const struct follow *f = c->f;
	const char *sep = str_has(f->path, '?') ? "&" : "?";
	bool since = c->pos < 0;
	struct str value = remote_escape(c->a, since ? f->since :
	    str(c->epoch));

	return arena_fmt(c->a, "%.*s%.*s%s%s%.*s", STR_ARG(f->t->url),
	    STR_ARG(f->path), value.len ? sep : "", !value.len ? "" :
	    since ? "since=" : "epoch=", STR_ARG(value));
}

/* The server answered, but with no stream. */
static enum turn
judge(struct course *c, const struct https_answer *got, struct err *e)
{
	struct command_line l = *c->f->l;
	int status = got->status;

	l.a = c->a;
	c->retry_after_s = got->retry_after_s;
	if (status >= 500 || status == 429 || status == 408) {
		show_problem_read(&l, got, e);
		return TURN_LOST;
	}
	if (status >= 300 && status < 400)
		err_set(e, ERR_UNREACHABLE, "%.*s answered %d; give the "
		    "address it leads to", STR_ARG(c->f->t->url), status);
	else if (status < 300)
		err_set(e, ERR_UNREACHABLE, "%.*s answered %d, but with no "
		    "event stream; is the address right?",
		    STR_ARG(c->f->t->url), status);
	else if ((c->status = show_problem(&l, got, e)) >= 0)
		return TURN_REFUSED;
	return TURN_FAILED;
}

/* One connection; e tells why it was lost or failed. */
static enum turn
connection(struct course *c, struct err *e)
{
	struct https_stream s = { .on_bytes = on_bytes, .goes_on = is_read,
	    .to = c, .silence_ms = c->f->silence_ms };
	struct https_request r = { .method = "GET",
	    .token = c->f->t->token, .accept = STR("text/event-stream"),
	    .answer_max = MIB(1), .stream = &s };
	struct https_answer got;
	int rc;

	arena_reset(c->a);
	sse_reader_again(&c->reader);
	c->connected = c->heard = false;
	c->retry_after_s = -1;
	r.url = address(c);
	if (c->pos >= 0)
		r.last_event_id = arena_fmt(c->a, "%lld", (long long)c->pos);
	rc = https_send(c->https, c->a, &r, &got, e);
	if (c->failed.kind != ERR_NONE) {
		*e = c->failed;
		return TURN_FAILED;
	}
	if (s.stopped)
		return TURN_ENDED;
	if (rc != 0)
		return e->kind == ERR_UNREACHABLE ? TURN_LOST : TURN_FAILED;
	if (!s.opened)
		return judge(c, &got, e);
	err_set(e, ERR_UNREACHABLE, "the server ended the stream");
	return TURN_LOST;
}

/* What the server asked for, else half a second, and twice as long each time
 * that nothing comes of it; and a bit more, so that not all come at once. */
static int64_t
pause_ms(struct course *c)
{
	int64_t first = c->reader.retry_ms >= 0 ? c->reader.retry_ms :
	    FIRST_MS, ms;
	uint32_t chance;

	random_bytes(&chance, sizeof(chance));
	if (first < LEAST_MS)
		first = LEAST_MS;
	if (first > WAIT_MAX_MS)
		first = WAIT_MAX_MS;
	if (c->heard || (c->connected &&
	    clock_mono_ms() - c->connected_ms >= STEADY_MS))
		c->step_ms = 0;
	if (!c->step_ms || c->step_ms > STEP_MAX_MS)
		c->step_ms = first;
	else
		c->step_ms = c->step_ms * 2 < STEP_MAX_MS ? c->step_ms * 2 :
		    STEP_MAX_MS;
	ms = c->step_ms;
	if (c->retry_after_s > WAIT_MAX_MS / 1000)
		c->retry_after_s = WAIT_MAX_MS / 1000;
	if (ms < c->retry_after_s * 1000)
		ms = c->retry_after_s * 1000;
	return ms + chance % (ms / 4 + 1);
}

static void
say_lost(struct course *c, const struct err *e, int64_t ms)
{
	fputs("patchctl: ", stderr);
	if (c->connected && c->pos >= 0)
		fprintf(stderr, "lost the connection after seq %lld: ",
		    (long long)c->pos);
	else if (c->connected)
		fputs("lost the connection: ", stderr);
	say_why(e);
	fprintf(stderr, "; trying again in %.1f s\n", (double)ms / 1000);
	c->was_lost = true;
}

static int
run(struct course *c, struct err *e)
{
	for (;;) {
		enum turn turn = connection(c, e);
		int64_t ms;

		if (turn == TURN_ENDED)
			return 0;
		if (turn == TURN_REFUSED)
			return c->status;
		if (turn == TURN_FAILED || c->f->once)
			return -1;
		ms = pause_ms(c);
		say_lost(c, e, ms);
		if (follow_unread(ms))
			return 0;
		*e = (struct err){ 0 };
	}
}

int
follow_run(const struct follow *f, struct err *e)
{
	struct course *c = calloc(1, sizeof(*c));
	int rc;

	if (!c)
		abort();
	c->f = f;
	c->a = arena_new();
	c->event_arena = arena_new();
	c->https = https_new();
	sse_reader_begin(&c->reader, EVENT_BYTES, on_event, c);
	if (!str_int(f->since, &c->pos) || c->pos < 0)
		c->pos = -1;
	rc = run(c, e);
	sse_reader_end(&c->reader);
	https_free(c->https);
	arena_free(c->event_arena);
	arena_free(c->a);
	free(c);
	return rc;
}

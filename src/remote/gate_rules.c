#include "remote/gate_rules.h"

#include <stddef.h>

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS INT64_C(60000)
#define HOUR_MS INT64_C(3600000)
#define DAY_MS INT64_C(86400000)
#define WRITE_POINTS 5
#define DOUBLINGS 10			/* of the first pause, at most */

const struct gate_limits gate_limits_github = {
	.write_gap_ms = SECOND_MS, .lease_ms = 10 * SECOND_MS,
	.minute_creates = 80, .hour_creates = 500, .minute_points = 900,
	.first_pause_ms = MINUTE_MS, .long_pause_ms = HOUR_MS, .gives_up = 5,
};

#define S struct gate_state
#define MOMENT(m, nm, text) F_INT(S, m, nm, 0, 0, INT64_MAX, 0, text)
static const struct field state_fields[] = {
	MOMENT(closed_until, "closed_until", "Nothing is asked before that."),
	MOMENT(write_from, "write_from", "Nothing is changed before that."),
	MOMENT(minute_creates, "minute_creates", "When all of a minute's creations may be spent again."),
	MOMENT(hour_creates, "hour_creates", "The same for an hour's."),
	MOMENT(minute_points, "minute_points", "The same for a minute's points."),
	MOMENT(refusals, "refusals", "For asking too much, in a row."),
	F_END
};
static const struct contract state_contract = {
	.name = "GateState", .size = sizeof(S), .fields = state_fields,
	.open = true, .doc = "How much was asked of a server.",
};

/* A quarter of n may be spent at once, the rest comes back evenly within the
 * window: with what was left from before, no window sees more than n. */
static int64_t
interval(int64_t n, int64_t window_ms)
{
	int64_t rest = n - n / 4;

	return rest > 0 ? (window_ms + rest - 1) / rest : window_ms;
}

/* *full is when everything may be spent again.  How long until `cost' may be;
 * *after is *full when that was spent. */
static int64_t
bucket(int64_t full, int64_t cost, int64_t n, int64_t window_ms, int64_t now,
    int64_t *after)
{
	int64_t each = interval(n, window_ms), wait;
	int64_t most = (n / 4 > cost ? n / 4 : cost) * each;

	if (full < now || full > now + most)	/* the clock was set back */
		full = now;
	*after = full + cost * each;
	wait = *after - now - most;
	return wait > 0 ? wait : 0;
}
#define BUCKET(l, s, m, cost, window, now, after) \
	bucket((s)->m, cost, (l)->m, window, now, &(after)->m)

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

int64_t
gate_ask(const struct gate_limits *l, struct gate_state *s,
    const struct gate_ask *ask)
{
	struct gate_state after = *s;
	bool writes = ask->cost != GATE_READ;
	int64_t now = ask->now_ms, wait = s->closed_until - now;

	if (wait < 0 || wait > DAY_MS)	/* the clock was set back */
		wait = 0;
	wait = later(wait, BUCKET(l, s, minute_points,
	    writes ? WRITE_POINTS : 1, MINUTE_MS, now, &after));
	if (writes) {
		int64_t until = s->write_from - now;

		wait = later(wait, until > later(l->lease_ms,
		    l->write_gap_ms) ? 0 : until);
		after.write_from = now + l->lease_ms;
	}
	if (ask->cost == GATE_CREATE) {
		wait = later(wait, BUCKET(l, s, minute_creates, 1, MINUTE_MS,
		    now, &after));
		wait = later(wait, BUCKET(l, s, hour_creates, 1, HOUR_MS, now,
		    &after));
	}
	if (wait == 0)
		*s = after;
	return wait;
}

static int64_t
pause_ms(const struct gate_limits *l, int64_t refusals)
{
	if (refusals > l->gives_up)
		return l->long_pause_ms;
	return l->first_pause_ms << (refusals > DOUBLINGS ? DOUBLINGS :
	    refusals - 1);
}

static void
close_until(struct gate_state *s, int64_t until, int64_t now)
{
	if (until > now + DAY_MS)	/* nobody means that */
		until = now + DAY_MS;
	s->closed_until = later(s->closed_until, until);
}

void
gate_tell(const struct gate_limits *l, struct gate_state *s,
    const struct gate_told *told)
{
	int64_t now = told->now_ms;
	bool spent = told->remaining == 0 && told->reset_s >= 0 &&
	    told->reset_s <= INT64_MAX / SECOND_MS - 1;

	if (told->cost != GATE_READ)
		s->write_from = now + l->write_gap_ms;
	if (told->limited)
		s->refusals++;
	else if (told->status > 0 && told->status < 500)
		s->refusals = 0;
	if (told->limited && told->retry_after_s >= 0)
		close_until(s, now + later(1, told->retry_after_s < DAY_MS ?
		    told->retry_after_s : DAY_MS) * SECOND_MS, now);
	else if (spent)
		close_until(s, later(now, told->reset_s * SECOND_MS) +
		    SECOND_MS, now);
	else if (told->limited)
		close_until(s, now + pause_ms(l, s->refusals), now);
}

struct str
gate_state_text(struct arena *a, const struct gate_state *s)
{
	struct buf out = BUF_INIT(KIB(4));
	struct json_writer w = JSON_WRITER(&out);
	struct str text;

	contract_encode(&state_contract, s, &w);
	text = arena_str(a, buf_str(&out));
	buf_free(&out);
	return text;
}

void
gate_state_read(struct arena *a, struct str text, struct gate_state *out)
{
	if (!text.len || contract_decode_text(&state_contract, text, a, out,
	    &(struct err){ 0 }) != 0)
		*out = (struct gate_state){ 0 };
}

/* The shared log: the same bytes for everybody, whatever is sent of them. */
#include "broadcastd/hub.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>

static void
publish(struct hub *h, int64_t seq, const char *file, size_t bytes)
{
	static char payload[KIB(128)];
	struct event ev = { .seq = seq, .type = EVENT_PATCH_APPLIED,
	    .ts_ms = 1, .file = str(file) };

	memset(payload, 'x', bytes + 8);
	memcpy(payload, "{\"a\":\"", 6);
	memcpy(payload + 6 + bytes, "\"}", 2);
	ev.payload = str_n(payload, bytes + 8);
	hub_publish(h, &ev, STR("e"));
}

/* What a subscriber at *pos gets when each call takes at most `take` bytes,
 * the rest of an event going out at once. */
static void
drink(struct hub *h, enum transport t, int64_t *pos,
    struct hub_filter *f, size_t take, struct buf *out)
{
	struct hub_view v;

	while (*pos < hub_head(h)) {
		size_t left = take;
		struct str rest;

		hub_view(h, t, *pos, f, KIB(4), &v);
		if (v.n == 0) {
			*pos = v.upto;
			continue;
		}
		for (int i = 0; i < v.n && left; i++) {
			size_t n = v.iov[i].iov_len < left ? v.iov[i].iov_len :
			    left;

			buf_add(out, str_n(v.iov[i].iov_base, n));
			left -= n;
		}
		if (take >= v.bytes) {
			*pos = v.upto;
		} else {
			*pos = hub_sent(h, t, *pos, f, take, &rest);
			buf_add(out, rest);
		}
	}
}

static unsigned
count(const struct buf *b, const char *what)
{
	struct str rest = buf_str(b);
	unsigned n = 0;

	for (size_t at; (at = str_find(rest, str(what))) < rest.len; n++)
		rest = str_n(rest.p + at + 1, rest.len - at - 1);
	return n;
}

static void
slices(void)
{
	struct hub *h = hub_new(MIB(1));
	struct buf whole = BUF_INIT(MIB(4)), part = BUF_INIT(MIB(4));
	struct event_filter some;
	int64_t pos;

	event_filter_all(&some);
	some.file = STR("src/*");
	hub_reset(h, 10);
	hub_join(h, TRANSPORT_WS_DEFLATE);
	for (int i = 1; i <= 200; i++)
		publish(h, 10 + i, i % 3 ? "src/a" : "doc/b", (size_t)i);
	for (int t = 0; t < TRANSPORT__MAX; t++) {
		for (int filtered = 0; filtered < 2; filtered++) {
			struct hub_filter *f = filtered ?
			    hub_filter(h, &some) : NULL;

			buf_reset(&whole);
			pos = 10;
			drink(h, (enum transport)t, &pos, f, MIB(4), &whole);
			is_int(pos, 210, "the end is reached");
			if (t != TRANSPORT_WS_DEFLATE)
				is_int(count(&whole, "\"payload\""),
				    filtered ? 134 : 200, "all that match");
			for (size_t take = 1; take < 3000; take += 97) {
				buf_reset(&part);
				pos = 10;
				drink(h, (enum transport)t, &pos, f, take,
				    &part);
				if (!ok(str_eq(buf_str(&part),
				    buf_str(&whole)), "by %zu bytes", take))
					break;
			}
			hub_filter_drop(h, f);
		}
	}
	buf_reset(&part);
	pos = 209;
	drink(h, TRANSPORT_SSE, &pos, NULL, MIB(4), &part);
	ok(str_starts(buf_str(&part), STR("id: 210\nevent: patch_applied\n"
	    "data: {\"type\":\"patch_applied\",")), "SSE frame");
	ok(str_ends(buf_str(&part), STR("}\n\n")), "SSE frame ends");
	buf_free(&whole);
	buf_free(&part);
	hub_free(h);
}

static void
bounds(void)
{
	struct hub *h = hub_new(KIB(64));
	struct hub_view v;

	ok(hub_reaches(h, TRANSPORT_WS, 0) && hub_head(h) == 0, "empty");
	for (int i = 1; i <= 2000; i++)
		publish(h, i, "f", 500);
	is_int(hub_head(h), 2000, "head");
	ok(!hub_reaches(h, TRANSPORT_WS, 0) && !hub_reaches(h, TRANSPORT_WS, 1800), "forgets");
	ok(hub_reaches(h, TRANSPORT_WS, 1950) && hub_reaches(h, TRANSPORT_WS, 2000), "remembers");
	hub_view(h, TRANSPORT_WS, 1999, NULL, 1, &v);
	ok(v.n == 1 && v.upto == 2000 && v.bytes > 500, "the last one");
	hub_view(h, TRANSPORT_WS, 2000, NULL, 1, &v);
	is_int(v.n, 0, "nothing behind the head");
	hub_view(h, TRANSPORT_WS, 5000, NULL, 1, &v);
	ok(v.n == 0 && v.upto == 5000, "nothing for who is ahead");
	publish(h, 2001, "f", KIB(100));
	ok(hub_reaches(h, TRANSPORT_WS, 2000) && !hub_reaches(h, TRANSPORT_WS, 1999),
	    "one that is larger than all the log");
	publish(h, 2002, "f", 10);
	ok(hub_reaches(h, TRANSPORT_WS, 2001), "and what follows it");
	publish(h, 3000, "f", 10);
	ok(hub_reaches(h, TRANSPORT_WS, 2999) && !hub_reaches(h, TRANSPORT_WS, 2002),
	    "a hole is no way to get anywhere");
	hub_reset(h, 5);
	ok(hub_head(h) == 5 && hub_reaches(h, TRANSPORT_WS, 5) && !hub_reaches(h, TRANSPORT_WS, 4),
	    "reset");
	publish(h, 6, "f", 10);
	is_int(hub_head(h), 6, "goes on");
	hub_free(h);
}

/* Who asks the same shares one filter, which is gone with the last of them. */
static void
sharing(void)
{
	struct hub *h = hub_new(KIB(64));
	struct hub_filter *f[4];
	struct event_filter want;
	char name[] = "src/*";
	struct hub_view v;

	event_filter_all(&want);
	ok(hub_filter(h, &want) == NULL, "all is no filter");
	want.file = str(name);
	f[0] = hub_filter(h, &want);
	want.file = STR("src/*");
	f[1] = hub_filter(h, &want);
	ok(f[0] && f[0] == f[1], "the same wishes, wherever they stand");
	name[0] = 'x';
	want.requester = STR("");
	f[2] = hub_filter(h, &want);
	want.requester = STR_NONE;
	want.task_id = STR("src/*");
	want.file = STR_NONE;
	f[3] = hub_filter(h, &want);
	ok(f[2] != f[0] && f[3] != f[0] && f[3] != f[2], "others are others");
	is_int((int64_t)hub_filters(h), 3, "three in all");
	for (int i = 1; i <= 1000; i++)
		publish(h, i, i % 10 ? "doc/b" : "src/a", 300);
	hub_view(h, TRANSPORT_WS, 990, f[1], MIB(1), &v);
	ok(v.n == 1 && v.upto == 1000, "looked at late");
	publish(h, 1001, "src/a", 10);
	hub_view(h, TRANSPORT_SSE, 1000, f[0], MIB(1), &v);
	ok(v.n == 1 && v.upto == 1001, "and on");
	hub_view(h, TRANSPORT_SSE, 1000, f[3], MIB(1), &v);
	ok(v.n == 0 && v.upto == 1001, "nothing for another");
	hub_reset(h, 7);
	publish(h, 8, "src/a", 10);
	hub_view(h, TRANSPORT_WS, 7, f[0], MIB(1), &v);
	ok(v.n == 1 && v.upto == 8, "after a reset, at a lower position");
	for (int i = 3; i >= 0; i--)
		hub_filter_drop(h, f[i]);
	is_int((int64_t)hub_filters(h), 0, "all are given back");
	hub_free(h);
}

/* Nothing is compressed for nobody. */
static void
on_demand(void)
{
	struct hub *h = hub_new(MIB(1));
	enum transport t = TRANSPORT_WS_DEFLATE;
	struct hub_view v;

	for (int i = 1; i <= 10; i++)
		publish(h, i, "f", 300);
	hub_join(h, t);
	hub_join(h, t);
	ok(!hub_reaches(h, t, 9) && hub_reaches(h, t, 10),
	    "who comes has what comes");
	ok(hub_reaches(h, TRANSPORT_WS, 0), "others have all");
	publish(h, 11, "f", 300);
	hub_leave(h, t);
	publish(h, 12, "f", 300);
	hub_view(h, t, 10, NULL, MIB(1), &v);
	ok(v.n == 1 && v.upto == 12, "as long as one is there");
	hub_leave(h, t);
	publish(h, 13, "f", 300);
	hub_join(h, t);
	ok(!hub_reaches(h, t, 12), "and not in between");
	publish(h, 14, "f", 300);
	hub_view(h, t, 13, NULL, MIB(1), &v);
	ok(v.n == 1 && v.bytes > 20 && v.upto == 14, "then again");
	hub_leave(h, t);
	hub_free(h);
}

int
main(void)
{
	on_demand();
	slices();
	bounds();
	sharing();
	return done_testing();
}

#include "broadcastd/conn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "broadcastd/conn_open.h"
#include "broadcastd/conn_send.h"
#include "broadcastd/message.h"
#include "broadcastd/sse.h"

#define HANDSHAKE_S 5
#define GOODBYE_S 5		/* for the close frame of the other side */
#define LINGER_S 2
#define STALL_S 30		/* without taking a byte */
#define BEATS_LOST 3		/* heartbeats without a sign of life */
#define BACK_FIRST_MS 500	/* after a restart */
#define BACK_SPREAD_MS 1000	/* and one more for each subscriber */
#define OUT_MAX_BYTES MIB(16)	/* one event and control frames */
#define OUT_HIGH_BYTES KIB(64)	/* who does not read is not listened to */
#define READ_BYTES KIB(16)	/* of one connection in one turn */
#define SENDS_A_TURN 4

void
conn_due(struct conn *c, uint32_t seconds)
{
	/* ticks come once a second, so one more */
	c->due_s = c->server->now_s + seconds + 1;
}

/* The first reason is the reason. */
static void
because(struct conn *c, enum gone why)
{
	if (c->gone == GONE_CLIENT)
		c->gone = (uint8_t)why;
}

void
conn_die(struct conn *c, enum gone why)
{
	struct server *s = c->server;

	if (c->state == CONN_DEAD)
		return;
	because(c, why);
	c->state = CONN_DEAD;
	c->next_dead = s->dead;
	s->dead = c;
}

void
conn_linger(struct conn *c, enum gone why)
{
	because(c, why);
	c->state = CONN_LINGER;
	conn_due(c, LINGER_S);
}

struct conn_work *
conn_work(struct conn *c)
{
	if (!c->work) {
		c->work = calloc(1, sizeof(*c->work));
		if (!c->work)
			abort();
		c->work->out = BUF_INIT(OUT_MAX_BYTES);
		c->work->in = BUF_INIT(READ_BYTES);
		subscription_begin(&c->work->want);
	}
	return c->work;
}

static void
work_end(struct conn *c)
{
	struct conn_work *w = c->work;

	if (!w)
		return;
	handshake_free(w->head);
	ws_free(w->ws);
	subscription_end(&w->want);
	buf_free(&w->in);
	buf_free(&w->out);
	free(w);
	c->work = NULL;
}

/* Nothing is half done any more. */
static void
rest(struct conn *c)
{
	const struct conn_work *w = c->work;

	if (w && c->state == CONN_OPEN && !w->head && !w->in.len &&
	    !conn_has_out(c) && (!w->ws || ws_idle(w->ws)))
		work_end(c);
}

void
conn_new(struct server *s, int fd)
{
	struct conn *c = conns_take(&s->conns);

	c->state = CONN_HEAD;
	c->watch = (struct watch){ WATCH_CONN, fd };
	c->server = s;
	conn_work(c)->head = handshake_new();
	conn_due(c, HANDSHAKE_S);
	c->armed = EPOLLIN;
	if (server_watch(s, &c->watch, c->armed, NULL) != 0)
		conn_die(c, GONE_TURNED_AWAY);
}

void
conn_free(struct conn *c)
{
	struct server *s = c->server;

	if (c->counted) {
		hub_leave(s->hub, c->transport);
		s->n_streams--;
	}
	s->gauges.gone[c->gone]++;
	close(c->watch.fd);
	work_end(c);
	hub_filter_drop(s->hub, c->filter);
	quota_leave(s->tokens, c->by_token);
	quota_leave(s->addresses, c->by_address);
	conns_give(&s->conns, c);
}

void
conn_put(struct conn *c, const char *type, struct str json)
{
	struct buf *out = &conn_work(c)->out;

	if (conn_is_ws(c))
		ws_put_text(out, json);
	else
		sse_put_event(out, -1, type, json);
}

void
conn_gap(struct conn *c, int64_t asked, int64_t oldest, int64_t pos)
{
	struct buf json = BUF_INIT(KIB(1));

	message_gap(&json, asked, oldest, str(c->server->feed.epoch));
	c->pos = pos;
	c->server->gauges.gaps++;
	conn_put(c, "gap", buf_str(&json));
	/* lest a client that comes back asks for the same again */
	if (!conn_is_ws(c))
		sse_put_position(&conn_work(c)->out, pos);
	buf_free(&json);
}

void
conn_close(struct conn *c, enum gone why, enum ws_code code,
    const char *reason)
{
	if (c->state == CONN_HEAD)
		conn_die(c, why);
	if (c->state != CONN_AUTH && c->state != CONN_OPEN)
		return;
	if (!conn_is_ws(c)) {
		conn_linger(c, why);
	} else {
		ws_close(conn_ws(c), code, reason, &conn_work(c)->out);
		because(c, why);
		c->state = CONN_CLOSING;
		conn_due(c, GOODBYE_S);
	}
	if (code == WS_LAGGING)		/* it may read on, to learn why */
		c->due_s += STALL_S;
}

void
conn_restart(struct conn *c, size_t i)
{
	size_t n = c->server->conns.n;
	int ms = (int)(BACK_FIRST_MS + i * (BACK_SPREAD_MS + n) / n);
	char reason[64];

	snprintf(reason, sizeof(reason), "restart; come back in %d ms", ms);
	if (c->state == CONN_OPEN && !conn_is_ws(c))
		sse_put_retry(&conn_work(c)->out, ms);
	conn_close(c, GONE_RESTART, WS_RESTART, reason);
}

static int64_t
take_in(void *ctx, void *p, size_t max)
{
	struct conn *c = ctx;
	struct conn_work *w = c->work;
	ssize_t n;

	if (w->in.len) {
		size_t take = w->in.len < max ? w->in.len : max;

		memcpy(p, w->in.p, take);
		w->in.len -= take;
		memmove(w->in.p, w->in.p + take, w->in.len);
		return (int64_t)take;
	}
	buf_free(&w->in);
	if (w->out.len - w->out_at > OUT_HIGH_BYTES)
		return 0;
	n = recv(c->watch.fd, p, max, 0);
	if (n > 0) {
		c->seen_s = c->server->now_s;
		return n;
	}
	return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

static void
take_text(void *ctx, struct str text)
{
	struct conn *c = ctx;

	if (c->state == CONN_AUTH || c->state == CONN_OPEN)
		message_take(c, text);
}

static void
take_pong(void *ctx)
{
	struct conn *c = ctx;

	c->seen_s = c->server->now_s;
}

struct ws *
conn_ws(struct conn *c)
{
	static const struct ws_calls calls = { .read = take_in,
	    .text = take_text, .pong = take_pong,
	    .max_bytes = CLIENT_MESSAGE_BYTES };
	struct conn_work *w = conn_work(c);

	if (!w->ws)
		w->ws = ws_new(&calls, c,
		    c->transport == TRANSPORT_WS_DEFLATE);
	return w->ws;
}

void
conn_read_websocket(struct conn *c)
{
	struct ws *ws = conn_ws(c);

	if (!ws_receive(ws, &c->work->out)) {
		conn_die(c, GONE_CLIENT);
	} else if (ws_closed(ws)) {
		conn_linger(c, ws_failed(ws) ? GONE_PROTOCOL : GONE_CLIENT);
	} else if (ws_closing(ws) && c->state != CONN_CLOSING) {
		if (ws_failed(ws))
			because(c, GONE_PROTOCOL);
		c->state = CONN_CLOSING;
		conn_due(c, GOODBYE_S);
	}
}

/* Nothing is expected any more but the end. */
static void
read_away(struct conn *c)
{
	char bytes[KIB(4)];
	ssize_t n = recv(c->watch.fd, bytes, sizeof(bytes), 0);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		conn_die(c, GONE_CLIENT);
}

void
conn_event(struct conn *c, uint32_t events)
{
	if (c->state == CONN_DEAD)
		return;
	if (events & (EPOLLERR | EPOLLHUP)) {
		conn_die(c, GONE_CLIENT);
		return;
	}
	if (events & EPOLLIN) {
		if (c->state == CONN_HEAD)
			conn_read_head(c);
		else if (conn_is_ws(c) &&
		    c->state != CONN_LINGER)
			conn_read_websocket(c);
		else
			read_away(c);
	}
	conn_flush(c);
}

static void
arm(struct conn *c, enum conn_sent sent)
{
	const struct conn_work *w = c->work;
	bool more = sent == CONN_SENT_FULL || sent == CONN_SENT_SOME;
	uint32_t want = more ? EPOLLOUT : 0;

	if (!w || w->out.len - w->out_at <= OUT_HIGH_BYTES)
		want |= EPOLLIN;
	c->live |= sent == CONN_SENT_ALL && c->state == CONN_OPEN;
	if (sent == CONN_SENT_FULL && !c->full)
		c->moved_s = c->server->now_s;
	if (sent != CONN_SENT_FULL && c->full)	/* its pong was behind */
		c->seen_s = c->server->now_s;
	c->full = sent == CONN_SENT_FULL;
	if (want == c->armed)
		return;
	c->armed = (uint8_t)want;
	if (server_watch(c->server, &c->watch, want, NULL) != 0)
		conn_die(c, GONE_CLIENT);
}

void
conn_flush(struct conn *c)
{
	enum conn_sent sent = CONN_SENT_SOME;

	if (c->state == CONN_DEAD)
		return;
	for (int i = 0; i < SENDS_A_TURN && sent == CONN_SENT_SOME; i++)
		sent = conn_send(c);
	if (sent == CONN_SENT_ERROR) {
		conn_die(c, GONE_CLIENT);
		return;
	}
	if (sent == CONN_SENT_ALL && c->state == CONN_LINGER && !c->shut) {
		shutdown(c->watch.fd, SHUT_WR);
		c->shut = true;
	}
	arm(c, sent);
	rest(c);
}

static void
beat(struct conn *c)
{
	struct server *s = c->server;
	struct err e = { 0 };

	c->due_s = s->now_s + (uint32_t)s->config.heartbeat_s;
	if (feed_db(&s->feed) && auth_again(feed_db(&s->feed), s->arena,
	    &c->grant, &e) == 0)
		c->grant.expires_ms = 0;	/* revoked */
	if (conn_has_out(c))
		return;
	if (conn_is_ws(c))
		ws_put_ping(&conn_work(c)->out);
	else
		sse_put_heartbeat(&conn_work(c)->out);
}

static void
expire(struct conn *c)
{
	struct buf json = BUF_INIT(KIB(4));
	struct err e;

	err_set(&e, ERR_UNAUTHORIZED, "the token has expired or was revoked");
	e.at[0] = '\0';
	if (!conn_is_ws(c)) {
		message_error(&json, &e);
		conn_put(c, "error", buf_str(&json));
		buf_free(&json);
	}
	conn_close(c, GONE_EXPIRED, WS_UNAUTHORIZED, e.detail);
}

/* It does not keep up: close it with its position, to which it may come back.
 * Who asked for old events is as far behind as it likes, until it has them. */
static bool
lags(struct conn *c)
{
	const struct server *s = c->server;
	uint32_t beats = (uint32_t)s->config.heartbeat_s * BEATS_LOST;
	uint32_t stall = beats < STALL_S ? beats : STALL_S;
	long long behind = hub_head(s->hub) - c->pos;
	bool stalled = c->full && s->now_s - c->moved_s > stall;
	char reason[80];

	if (!stalled && !(c->live && s->config.lag_events > 0 &&
	    behind > s->config.lag_events))
		return false;
	snprintf(reason, sizeof(reason), "lagging by %lld events; last seq %lld",
	    behind, (long long)c->pos);
	if (!conn_is_ws(c))
		sse_put_position(&conn_work(c)->out, c->pos);
	conn_close(c, stalled ? GONE_LAGGING : GONE_BEHIND, WS_LAGGING, reason);
	return true;
}

static void
tick_open(struct conn *c)
{
	struct server *s = c->server;
	uint32_t beats = (uint32_t)s->config.heartbeat_s * BEATS_LOST;

	if (lags(c))
		return;
	if (conn_is_ws(c) && !c->full &&
	    s->now_s - c->seen_s > beats) {
		conn_close(c, GONE_SILENT, WS_POLICY, "no pong");
		return;
	}
	if (s->now_s >= c->due_s)
		beat(c);
	if (auth_expired(&c->grant, clock_now_ms()))
		expire(c);
}

void
conn_tick(struct conn *c)
{
	uint32_t now = c->server->now_s;

	if (c->state == CONN_DEAD)
		return;
	if (c->state == CONN_OPEN)
		tick_open(c);
	else if (c->state == CONN_AUTH && now >= c->due_s)
		conn_close(c, GONE_TIMEOUT, WS_UNAUTHORIZED,
		    "no token was sent in time");
	else if (c->due_s && now >= c->due_s)
		conn_die(c, c->state == CONN_HEAD ? GONE_TIMEOUT : c->gone);
	/* also those whom the table could not be read for */
	if (!(c->armed & EPOLLOUT))
		conn_flush(c);
}

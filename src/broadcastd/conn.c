#include "broadcastd/conn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/id.h"
#include "broadcastd/answer.h"
#include "broadcastd/conn_send.h"
#include "broadcastd/message.h"
#include "broadcastd/sse.h"

#define HANDSHAKE_MS 5000
#define AUTH_MS 10000
#define GOODBYE_MS 5000		/* for the close frame of the other side */
#define LINGER_MS 2000
#define STALL_MS 30000		/* without taking a byte */
#define BEATS_LOST 3		/* heartbeats without a sign of life */
#define OUT_MAX_BYTES MIB(16)	/* one event and control frames */
#define OUT_HIGH_BYTES KIB(64)	/* who does not read is not listened to */
#define READ_BYTES KIB(16)	/* of one connection in one turn */
#define SENDS_A_TURN 4

static void
die(struct conn *c)
{
	struct server *s = c->server;

	if (c->state == CONN_DEAD)
		return;
	c->state = CONN_DEAD;
	c->next_dead = s->dead;
	s->dead = c;
}

static void
linger(struct conn *c)
{
	c->state = CONN_LINGER;
	c->deadline_ms = c->server->now_ms + LINGER_MS;
}

void
conn_new(struct server *s, int fd)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	c->watch = (struct watch){ WATCH_CONN, fd };
	c->server = s;
	c->out = BUF_INIT(OUT_MAX_BYTES);
	c->in = BUF_INIT(READ_BYTES);
	c->head = handshake_new();
	c->deadline_ms = s->now_ms + HANDSHAKE_MS;
	subscription_begin(&c->want);
	if (s->n_conns == s->conns_cap) {
		s->conns_cap = s->conns_cap ? s->conns_cap * 2 : 64;
		s->conns = realloc(s->conns, s->conns_cap * sizeof(*s->conns));
		if (!s->conns)
			abort();
	}
	c->index = s->n_conns;
	s->conns[s->n_conns++] = c;
	c->armed = EPOLLIN;
	if (server_watch(s, &c->watch, c->armed, NULL) != 0)
		die(c);
}

void
conn_free(struct conn *c)
{
	struct server *s = c->server;

	s->conns[c->index] = s->conns[--s->n_conns];
	s->conns[c->index]->index = c->index;
	if (c->counted)
		s->n_streams--;
	close(c->watch.fd);
	handshake_free(c->head);
	ws_free(c->ws);
	buf_free(&c->in);
	buf_free(&c->out);
	subscription_end(&c->want);
	free(c);
}

void
conn_put(struct conn *c, const char *type, struct str json)
{
	if (c->transport == TRANSPORT_WS)
		ws_put_text(&c->out, json);
	else
		sse_put_event(&c->out, -1, type, json);
}

static void
put_error(struct conn *c, const struct err *e)
{
	struct buf json = BUF_INIT(KIB(4));

	message_error(&json, e);
	conn_put(c, "error", buf_str(&json));
	buf_free(&json);
}

void
conn_gap(struct conn *c, int64_t asked, int64_t oldest, int64_t pos)
{
	struct buf json = BUF_INIT(KIB(1));

	message_gap(&json, asked, oldest, str(c->server->feed.epoch));
	c->pos = pos;
	conn_put(c, "gap", buf_str(&json));
	/* lest a client that comes back asks for the same again */
	if (c->transport == TRANSPORT_SSE)
		sse_put_position(&c->out, pos);
	buf_free(&json);
}

int
conn_start(struct conn *c, struct err *e)
{
	struct server *s = c->server;
	struct buf json = BUF_INIT(KIB(1));
	int64_t oldest, head;
	struct start st;

	if (feed_bounds(&s->feed, &oldest, &head, e) != 0)
		return -1;
	st = subscription_start(&c->want, oldest, head, str(s->feed.epoch));
	c->pos = st.pos;
	message_connected(&json, head, str(s->feed.epoch), uuid7(s->arena));
	conn_put(c, "connected", buf_str(&json));
	/* who loses the connection before the first event comes back to here,
	 * not to the "now" of then */
	if (c->transport == TRANSPORT_SSE && c->want.since == SINCE_NOW)
		sse_put_position(&c->out, st.pos);
	if (st.gap)
		conn_gap(c, st.asked, st.oldest, st.pos);
	buf_free(&json);
	c->state = CONN_OPEN;
	c->deadline_ms = 0;
	c->seen_ms = s->now_ms;
	c->beat_ms = s->now_ms + s->config.heartbeat_s * 1000;
	return 0;
}

void
conn_close(struct conn *c, enum ws_code code, const char *reason)
{
	if (c->state == CONN_HEAD)
		die(c);
	if (c->state != CONN_AUTH && c->state != CONN_OPEN)
		return;
	if (!c->ws) {
		linger(c);
	} else {
		ws_close(c->ws, code, reason, &c->out);
		c->state = CONN_CLOSING;
		c->deadline_ms = c->server->now_ms + GOODBYE_MS;
	}
	if (code == WS_LAGGING)		/* it may read on, to learn why */
		c->deadline_ms += STALL_MS;
}

static int64_t
take_in(void *ctx, void *p, size_t max)
{
	struct conn *c = ctx;
	ssize_t n;

	if (c->in.len) {
		size_t take = c->in.len < max ? c->in.len : max;

		memcpy(p, c->in.p, take);
		c->in.len -= take;
		memmove(c->in.p, c->in.p + take, c->in.len);
		return (int64_t)take;
	}
	buf_free(&c->in);
	if (c->out.len - c->out_at > OUT_HIGH_BYTES)
		return 0;
	n = recv(c->watch.fd, p, max, 0);
	if (n > 0) {
		c->seen_ms = c->server->now_ms;
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

	c->seen_ms = c->server->now_ms;
}

static void
read_websocket(struct conn *c)
{
	if (!ws_receive(c->ws, &c->out)) {
		die(c);
	} else if (ws_closed(c->ws)) {
		linger(c);
	} else if (ws_closing(c->ws) && c->state != CONN_CLOSING) {
		c->state = CONN_CLOSING;
		c->deadline_ms = c->server->now_ms + GOODBYE_MS;
	}
}

static void
refuse(struct conn *c, const struct err *e, const char *allow,
    struct str origin, bool head)
{
	answer_problem(&c->out, e, allow, origin, head);
	linger(c);
}

static const struct ws_calls ws_calls = { take_in, take_text, take_pong };

/* The request is let in; it has a stream unless it is a HEAD. */
static int
begin_stream(struct conn *c, struct admission *ad, struct err *e)
{
	struct server *s = c->server;
	size_t most = (size_t)s->config.clients_max;
	int64_t oldest, head;

	if (s->n_streams >= most)
		return err_set(e, ERR_BUSY, "there are %zu subscribers"
		    " already", most);
	if (ad->granted && feed_bounds(&s->feed, &oldest, &head, e) != 0)
		return -1;
	subscription_end(&c->want);
	c->want = ad->subscription;
	subscription_begin(&ad->subscription);
	c->grant = ad->grant;
	c->transport = ad->transport;
	if (ad->transport == TRANSPORT_WS) {
		answer_upgrade(&c->out, s->arena, ad);
		c->ws = ws_new(&ws_calls, c);
	} else {
		answer_stream(&c->out, ad);
		if (ad->head) {
			linger(c);
			return 0;
		}
	}
	c->counted = true;
	s->n_streams++;
	if (ad->granted)
		return conn_start(c, e);
	c->state = CONN_AUTH;
	c->deadline_ms = s->now_ms + AUTH_MS;
	return 0;
}

static void
answer(struct conn *c)
{
	struct server *s = c->server;
	const struct handshake *h = c->head;
	struct err e = { 0 };
	struct admission ad;
	const char *allow;
	int rc;

	rc = admit(h, feed_db(&s->feed), s->config.origins, s->arena, &ad,
	    &allow, &e);
	if (rc == 0 && ad.preflight) {
		answer_options(&c->out, &ad, allow);
		linger(c);
	} else if (rc != 0 || begin_stream(c, &ad, &e) != 0) {
		if (c->counted)		/* said 200 or 101 already */
			die(c);
		else
			refuse(c, &e, allow, ad.origin, ad.head);
	}
	subscription_end(&ad.subscription);
	handshake_free(c->head);
	c->head = NULL;
}

static void
read_head(struct conn *c)
{
	char bytes[KIB(4)];
	struct err e = { 0 };
	size_t used = 0;
	ssize_t n = recv(c->watch.fd, bytes, sizeof(bytes), 0);
	int rc;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		die(c);
		return;
	}
	rc = handshake_feed(c->head, str_n(bytes, (size_t)n), &used, &e);
	if (rc == 0)
		return;
	if (rc < 0) {
		refuse(c, &e, NULL, STR_NONE, false);
		return;
	}
	buf_add(&c->in, str_n(bytes + used, (size_t)n - used));
	answer(c);
	if (c->ws && c->in.len)
		read_websocket(c);
}

/* Nothing is expected any more but the end. */
static void
read_away(struct conn *c)
{
	char bytes[KIB(4)];
	ssize_t n = recv(c->watch.fd, bytes, sizeof(bytes), 0);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		die(c);
}

void
conn_event(struct conn *c, uint32_t events)
{
	if (c->state == CONN_DEAD)
		return;
	if (events & (EPOLLERR | EPOLLHUP)) {
		die(c);
		return;
	}
	if (events & EPOLLIN) {
		if (c->state == CONN_HEAD)
			read_head(c);
		else if (c->ws && c->state != CONN_LINGER)
			read_websocket(c);
		else
			read_away(c);
	}
	conn_flush(c);
}

static void
arm(struct conn *c, enum conn_sent sent)
{
	bool more = sent == CONN_SENT_FULL || sent == CONN_SENT_SOME;
	uint32_t want = more ? EPOLLOUT : 0;

	if (c->out.len - c->out_at <= OUT_HIGH_BYTES)
		want |= EPOLLIN;
	if (sent == CONN_SENT_FULL && !c->full)
		c->moved_ms = c->server->now_ms;
	if (sent != CONN_SENT_FULL && c->full)	/* its pong was behind */
		c->seen_ms = c->server->now_ms;
	c->full = sent == CONN_SENT_FULL;
	if (want == c->armed)
		return;
	c->armed = want;
	if (server_watch(c->server, &c->watch, want, NULL) != 0)
		die(c);
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
		die(c);
		return;
	}
	if (sent == CONN_SENT_ALL && c->state == CONN_LINGER && !c->shut) {
		shutdown(c->watch.fd, SHUT_WR);
		c->shut = true;
	}
	arm(c, sent);
}

static void
beat(struct conn *c)
{
	struct server *s = c->server;
	struct err e = { 0 };

	c->beat_ms = s->now_ms + s->config.heartbeat_s * 1000;
	if (feed_db(&s->feed) && auth_again(feed_db(&s->feed), s->arena,
	    &c->grant, &e) == 0)
		c->grant.expires_ms = 0;	/* revoked */
	if (conn_has_out(c))
		return;
	if (c->ws)
		ws_put_ping(&c->out);
	else
		sse_put_heartbeat(&c->out);
}

static void
expire(struct conn *c)
{
	struct err e;

	err_set(&e, ERR_UNAUTHORIZED, "the token has expired or was revoked");
	e.at[0] = '\0';
	if (!c->ws)
		put_error(c, &e);
	conn_close(c, WS_UNAUTHORIZED, e.detail);
}

static void
tick_open(struct conn *c)
{
	struct server *s = c->server;
	int64_t beats = s->config.heartbeat_s * 1000 * BEATS_LOST;
	int64_t stall = beats < STALL_MS ? beats : STALL_MS;
	char reason[80];

	if (c->full && s->now_ms - c->moved_ms > stall) {
		snprintf(reason, sizeof(reason), "lagging; last seq %lld",
		    (long long)c->pos);
		conn_close(c, WS_LAGGING, reason);
		return;
	}
	if (c->ws && !c->full && s->now_ms - c->seen_ms > beats) {
		conn_close(c, WS_POLICY, "no pong");
		return;
	}
	if (s->now_ms >= c->beat_ms)
		beat(c);
	if (auth_expired(&c->grant, clock_now_ms()))
		expire(c);
}

void
conn_tick(struct conn *c)
{
	int64_t now = c->server->now_ms;

	if (c->state == CONN_DEAD)
		return;
	if (c->state == CONN_OPEN)
		tick_open(c);
	else if (c->state == CONN_AUTH && now >= c->deadline_ms)
		conn_close(c, WS_UNAUTHORIZED, "no token was sent in time");
	else if (c->deadline_ms && now >= c->deadline_ms)
		die(c);
	/* also those whom the table could not be read for */
	if (!(c->armed & EPOLLOUT))
		conn_flush(c);
}

#include "broadcastd/conn_open.h"

#include <errno.h>
#include <netdb.h>
#include <sys/socket.h>

#include "base/id.h"
#include "broadcastd/answer.h"
#include "broadcastd/message.h"
#include "broadcastd/sse.h"

#define AUTH_S 10
#define ADDRESS_BYTES 64

static bool
is_loopback(const char *address)
{
	return str_starts(str(address), STR("127.")) ||
	    strcmp(address, "::1") == 0 ||
	    str_starts(str(address), STR("::ffff:127."));
}

/* Whose connection it is: a web server on this machine says it in the last
 * place of X-Forwarded-For, which is the one it added itself. */
static struct str
address_of(const struct conn *c, char out[static ADDRESS_BYTES])
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);
	struct str said = STR_NONE, word;
	size_t at = 0;

	out[0] = '\0';
	if (getpeername(c->watch.fd, (struct sockaddr *)&sa, &len) == 0 &&
	    sa.ss_family != AF_UNIX)
		(void)getnameinfo((const struct sockaddr *)&sa, len, out,
		    ADDRESS_BYTES, NULL, 0, NI_NUMERICHOST);
	if (!out[0] || is_loopback(out))
		while ((word = handshake_word(c->work->head,
		    "x-forwarded-for", &at)).p)
			said = word;
	return said.len ? said : str(out);
}

int
conn_grant(struct conn *c, const struct grant *g, struct err *e)
{
	struct server *s = c->server;
	size_t most = (size_t)s->config.clients_per_token;
	struct str id = str_n(g->id, GRANT_ID_BYTES);
	struct quota_key *seat = NULL;
	bool same = c->by_token &&
	    memcmp(c->grant.id, g->id, GRANT_ID_BYTES) == 0;

	if (!same && !(seat = quota_take(s->tokens, id, most)))
		return err_set(e, ERR_TOO_MANY_STREAMS,
		    "this token has %zu streams open already", most);
	if (!same) {
		quota_leave(s->tokens, c->by_token);
		c->by_token = seat;
	}
	c->grant = *g;
	return 0;
}

int
conn_start(struct conn *c, struct err *e)
{
	struct server *s = c->server;
	struct conn_work *w = conn_work(c);
	struct buf json = BUF_INIT(KIB(1));
	int64_t oldest, head;
	struct start st;

	if (feed_bounds(&s->feed, &oldest, &head, e) != 0)
		return -1;
	st = subscription_start(&w->want, oldest, head, str(s->feed.epoch));
	c->pos = st.pos;
	c->filter = hub_filter(s->hub, &w->want.filter);
	message_connected(&json, head, str(s->feed.epoch), uuid7(s->arena));
	conn_put(c, "connected", buf_str(&json));
	/* who loses the connection before the first event comes back to here,
	 * not to the "now" of then */
	if (!conn_is_ws(c) && w->want.since == SINCE_NOW)
		sse_put_position(&w->out, st.pos);
	if (st.gap)
		conn_gap(c, st.asked, st.oldest, st.pos);
	buf_free(&json);
	c->state = CONN_OPEN;
	c->seen_s = s->now_s;
	c->due_s = s->now_s + (uint32_t)s->config.heartbeat_s;
	s->gauges.opened[c->transport]++;
	return 0;
}

static void
refuse(struct conn *c, const struct err *e, const char *allow,
    struct str origin, bool head)
{
	answer_problem(&c->work->out, e, allow, origin, head);
	conn_linger(c, GONE_REFUSED);
}

/* Is there room for one more? */
static int
seat(struct conn *c, const struct admission *ad, struct err *e)
{
	struct server *s = c->server;
	size_t most = (size_t)s->config.clients_max;
	size_t each = (size_t)s->config.clients_per_address;
	char room[ADDRESS_BYTES];

	if (s->n_streams >= most)
		return err_set(e, ERR_BUSY, "there are %zu subscribers"
		    " already", most);
	c->by_address = quota_take(s->addresses, address_of(c, room), each);
	if (!c->by_address)
		return err_set(e, ERR_TOO_MANY_STREAMS,
		    "this address has %zu streams open already", each);
	return ad->granted ? conn_grant(c, &ad->grant, e) : 0;
}

/* The request is let in; it has a stream unless it is a HEAD. */
static int
begin_stream(struct conn *c, struct admission *ad, struct err *e)
{
	struct server *s = c->server;
	struct conn_work *w = c->work;
	int64_t oldest, head;

	if (seat(c, ad, e) != 0 || (ad->granted &&
	    feed_bounds(&s->feed, &oldest, &head, e) != 0))
		return -1;
	subscription_end(&w->want);
	w->want = ad->subscription;
	subscription_begin(&ad->subscription);
	ad->deflate &= s->config.deflate;
	c->transport = ad->deflate ? TRANSPORT_WS_DEFLATE :
	    (uint8_t)ad->transport;
	if (ad->transport == TRANSPORT_WS) {
		answer_upgrade(&w->out, s->arena, ad);
	} else {
		answer_stream(&w->out, ad);
		if (ad->head) {
			conn_linger(c, GONE_ANSWERED);
			return 0;
		}
	}
	c->counted = true;
	hub_join(s->hub, c->transport);
	s->n_streams++;
	if (ad->granted)
		return conn_start(c, e);
	c->state = CONN_AUTH;
	conn_due(c, AUTH_S);
	return 0;
}

/* What it counts, in the form of that route. */
static void
answer_gauges(struct conn *c, const struct admission *ad)
{
	struct buf body = BUF_INIT(KIB(64));

	if (ad->route == ROUTE_METRICS)
		gauges_metrics(&body, c->server);
	else
		gauges_json(&body, c->server);
	answer_body(&c->work->out, ad, ad->route == ROUTE_METRICS ?
	    "text/plain; version=0.0.4; charset=utf-8" : "application/json",
	    buf_str(&body));
	buf_free(&body);
	conn_linger(c, GONE_ANSWERED);
}

static void
answer(struct conn *c)
{
	struct server *s = c->server;
	struct conn_work *w = c->work;
	struct err e = { 0 };
	struct admission ad;
	const char *allow;
	int rc;

	rc = admit(w->head, feed_db(&s->feed), s->config.origins, s->arena,
	    &ad, &allow, &e);
	if (rc == 0 && ad.preflight) {
		answer_options(&w->out, &ad, allow);
		conn_linger(c, GONE_ANSWERED);
	} else if (rc == 0 && ad.route != ROUTE_STREAM) {
		answer_gauges(c, &ad);
	} else if (rc != 0 || begin_stream(c, &ad, &e) != 0) {
		if (c->counted)		/* said 200 or 101 already */
			conn_die(c, GONE_REFUSED);
		else
			refuse(c, &e, allow, ad.origin, ad.head);
	}
	subscription_end(&ad.subscription);
	handshake_free(w->head);
	w->head = NULL;
}

void
conn_read_head(struct conn *c)
{
	struct conn_work *w = c->work;
	char bytes[KIB(4)];
	struct err e = { 0 };
	size_t used = 0;
	ssize_t n = recv(c->watch.fd, bytes, sizeof(bytes), 0);
	int rc;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		conn_die(c, GONE_CLIENT);
		return;
	}
	rc = handshake_feed(w->head, str_n(bytes, (size_t)n), &used, &e);
	if (rc == 0)
		return;
	if (rc < 0) {
		refuse(c, &e, NULL, STR_NONE, false);
		return;
	}
	buf_add(&w->in, str_n(bytes + used, (size_t)n - used));
	answer(c);
	if (c->counted && conn_is_ws(c) && w->in.len)
		conn_read_websocket(c);
}

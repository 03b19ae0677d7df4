#include "broadcastd/conn_send.h"

#include <errno.h>
#include <sys/socket.h>

#define AT_ONCE_BYTES KIB(256)	/* of the hub, in one call */
#define TABLE_BYTES KIB(64)	/* encoded for one who is behind */

bool
conn_has_out(const struct conn *c)
{
	return c->work && c->work->out_at < c->work->out.len;
}

/* n bytes went out, or errno tells why not. */
static enum conn_sent
judge(struct conn *c, ssize_t n, size_t wanted)
{
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? CONN_SENT_FULL :
		    CONN_SENT_ERROR;
	if (n > 0)
		c->moved_s = c->server->now_s;
	return (size_t)n == wanted ? CONN_SENT_SOME : CONN_SENT_FULL;
}

static enum conn_sent
send_out(struct conn *c)
{
	struct conn_work *w = c->work;
	size_t len = w->out.len - w->out_at;
	ssize_t n = send(c->watch.fd, w->out.p + w->out_at, len, MSG_NOSIGNAL);
	enum conn_sent sent = judge(c, n, len);

	if (n > 0)
		w->out_at += (size_t)n;
	if (conn_has_out(c))
		return sent;
	w->out_at = 0;
	buf_reset(&w->out);
	return sent;
}

static ssize_t
send_view(const struct conn *c, struct hub_view *v)
{
	struct msghdr m = { .msg_iov = v->iov, .msg_iovlen = (size_t)v->n };

	return v->n == 1 ? send(c->watch.fd, v->iov[0].iov_base,
	    v->iov[0].iov_len, MSG_NOSIGNAL) :
	    sendmsg(c->watch.fd, &m, MSG_NOSIGNAL);
}

static void
count(struct conn *c, ssize_t n)
{
	struct gauges *g = &c->server->gauges;

	g->sends[c->transport]++;
	if (n > 0)
		g->bytes[c->transport] += (uint64_t)n;
}

static enum conn_sent
send_shared(struct conn *c)
{
	const struct server *s = c->server;
	struct hub_view v;
	enum conn_sent sent;
	struct str rest;
	ssize_t n;

	hub_view(s->hub, c->transport, c->pos, c->filter, AT_ONCE_BYTES, &v);
	if (v.n == 0) {
		c->pos = v.upto;
		return CONN_SENT_SOME;
	}
	n = send_view(c, &v);
	count(c, n);
	sent = judge(c, n, v.bytes);
	if (sent == CONN_SENT_SOME) {
		c->pos = v.upto;
	} else if (n > 0) {
		c->pos = hub_sent(s->hub, c->transport, c->pos,
		    c->filter, (size_t)n, &rest);
		if (rest.len)
			buf_add(&conn_work(c)->out, rest);
	}
	return sent;
}

/* Rows [0, n) as frames, up to TABLE_BYTES; how many rows were looked at.
 * ends[i] is where the frame of row i ends. */
static size_t
encode_rows(const struct conn *c, const struct event *rows, size_t n,
    struct buf *out, size_t *ends)
{
	const struct server *s = c->server;
	size_t i = 0;

	for (; i < n && out->len < TABLE_BYTES; i++) {
		/* what the hub has not had yet comes from the hub */
		if (rows[i].seq > hub_head(s->hub))
			break;
		if (hub_filter_takes(c->filter, &rows[i]))
			hub_encode(s->hub, out, c->transport, &rows[i],
			    str(s->feed.epoch));
		ends[i] = out->len;
	}
	return i;
}

static enum conn_sent
send_rows(struct conn *c, const struct event *rows, size_t n)
{
	struct buf frames = BUF_INIT(ANSWER_MAX_BYTES);
	size_t *ends = arena_array_of(c->server->arena, size_t, n);
	size_t looked = encode_rows(c, rows, n, &frames, ends), i = 0;
	enum conn_sent sent = CONN_SENT_SOME;
	ssize_t went = 0;

	if (frames.len > 0) {
		went = send(c->watch.fd, frames.p, frames.len, MSG_NOSIGNAL);
		count(c, went);
		sent = judge(c, went, frames.len);
	}
	/* every row whose frame is out, or that has none */
	while (went >= 0 && i < looked && ends[i] <= (size_t)went)
		c->pos = rows[i++].seq;
	if (went > 0 && i < looked && (size_t)went > (i ? ends[i - 1] : 0)) {
		c->pos = rows[i].seq;
		buf_add(&conn_work(c)->out, str_n(frames.p + went,
		    ends[i] - (size_t)went));
	}
	buf_free(&frames);
	return sent;
}

static enum conn_sent
send_table(struct conn *c)
{
	struct server *s = c->server;
	int64_t head = hub_head(s->hub);
	struct event *rows;
	size_t n;

	if (feed_read(&s->feed, s->arena, c->pos, &rows, &n) != 0)
		return CONN_SENT_STUCK;
	s->gauges.reads++;
	s->gauges.rows += n;
	if (n == 0) {
		conn_gap(c, c->pos, head + 1, head);
		return CONN_SENT_SOME;
	}
	if (rows[0].seq != c->pos + 1) {	/* removed in the meantime */
		conn_gap(c, c->pos, rows[0].seq, rows[0].seq - 1);
		return CONN_SENT_SOME;
	}
	return send_rows(c, rows, n);
}

enum conn_sent
conn_send(struct conn *c)
{
	const struct hub *h = c->server->hub;

	if (c->work && c->work->out.full)	/* nobody sends so much control */
		return CONN_SENT_ERROR;
	if (conn_has_out(c))
		return send_out(c);
	if (c->state != CONN_OPEN || c->pos >= hub_head(h))
		return CONN_SENT_ALL;
	return hub_reaches(h, c->transport, c->pos) ? send_shared(c) : send_table(c);
}

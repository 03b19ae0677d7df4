/* The WebSocket of broadcastd with an echo behind it, for cases that need one:
 * what it receives it sends back, compressed if that was agreed on.
 *
 * usage: ws_echo   (prints the port it listens on; one connection at a time;
 *                   ends with its standard input) */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "broadcastd/answer.h"
#include "broadcastd/ws.h"
#include "broadcastd/ws_deflate.h"

#define MESSAGE_BYTES MIB(17)

struct echo {
	int fd;
	struct buf in, out;
	struct ws_deflate *deflate;	/* NULL: not agreed on */
};

static int64_t
take_in(void *ctx, void *p, size_t max)
{
	struct echo *c = ctx;
	ssize_t n;

	if (c->in.len) {
		size_t take = c->in.len < max ? c->in.len : max;

		memcpy(p, c->in.p, take);
		c->in.len -= take;
		memmove(c->in.p, c->in.p + take, c->in.len);
		return (int64_t)take;
	}
	n = recv(c->fd, p, max, MSG_DONTWAIT);
	return n > 0 ? n : n < 0 && errno == EAGAIN ? 0 : -1;
}

static void
put_text(void *ctx, struct str text)
{
	struct echo *c = ctx;

	if (c->deflate)
		ws_deflate_put(c->deflate, &c->out, text);
	else
		ws_put_text(&c->out, text);
}

/* No frame of the daemon is binary: the head of a text is turned into one. */
static void
put_binary(void *ctx, struct str data)
{
	struct echo *c = ctx;
	size_t at = c->out.len;

	ws_put_text(&c->out, data);
	c->out.p[at] = (char)(0x80 | 2);
}

static void
pong(void *ctx)
{
	(void)ctx;
}

static bool
send_all(struct echo *c)
{
	for (size_t at = 0; at < c->out.len;) {
		ssize_t n = send(c->fd, c->out.p + at, c->out.len - at,
		    MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		at += (size_t)n;
	}
	buf_reset(&c->out);
	return true;
}

/* The request is not judged but for what it offers. */
static bool
shake_hands(struct echo *c, struct arena *a)
{
	struct handshake *h = handshake_new();
	struct admission ad = { 0 };
	struct err e = { 0 };
	struct str offer;
	char bytes[KIB(4)];
	size_t used = 0, at = 0;
	ssize_t n;
	int rc = 0;

	while (rc == 0 && (n = recv(c->fd, bytes, sizeof(bytes), 0)) > 0) {
		rc = handshake_feed(h, str_n(bytes, (size_t)n), &used, &e);
		if (rc > 0)
			buf_add(&c->in, str_n(bytes + used, (size_t)n - used));
	}
	ad.key = handshake_header(h, "sec-websocket-key");
	while (rc > 0 && (offer = handshake_word(h,
	    "sec-websocket-extensions", &at)).p)
		ad.deflate |= ws_deflate_offer(offer);
	if (ad.deflate)
		c->deflate = ws_deflate_new();
	if (rc > 0)
		answer_upgrade(&c->out, a, &ad);
	handshake_free(h);
	return rc > 0 && send_all(c);
}

static void
serve(int fd)
{
	static const struct ws_calls calls = { take_in, put_text, put_binary,
		pong, MESSAGE_BYTES };
	struct echo c = { .fd = fd, .in = BUF_INIT(KIB(8)),
	    .out = BUF_INIT(MESSAGE_BYTES * 2) };
	struct arena *a = arena_new();
	struct ws *ws = NULL;

	if (shake_hands(&c, a)) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		bool open = true;

		while (open && !(ws && ws_closed(ws))) {
			if (!ws)	/* anew for what comes, as the daemon */
				ws = ws_new(&calls, &c, c.deflate != NULL);
			if (c.in.len == 0)
				poll(&p, 1, -1);
			open = ws_receive(ws, &c.out) && send_all(&c);
			if (open && ws_idle(ws)) {
				ws_free(ws);
				ws = NULL;
			}
		}
		send_all(&c);
		shutdown(fd, SHUT_WR);
		while (recv(fd, (char[KIB(4)]){ 0 }, KIB(4), 0) > 0)
			continue;
	}
	ws_free(ws);
	ws_deflate_free(c.deflate);
	buf_free(&c.in);
	buf_free(&c.out);
	arena_free(a);
	close(fd);
}

int
main(void)
{
	struct sockaddr_in sa = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(sa);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct pollfd p[2] = { { .fd = 0, .events = POLLIN },
	    { .fd = fd, .events = POLLIN } };

	if (bind(fd, (struct sockaddr *)&sa, len) != 0 || listen(fd, 64) != 0 ||
	    getsockname(fd, (struct sockaddr *)&sa, &len) != 0)
		return 1;
	printf("%d\n", ntohs(sa.sin_port));
	fflush(stdout);
	while (poll(p, 2, -1) > 0 && !p[0].revents) {
		int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

		if (client >= 0)
			serve(client);
	}
	return 0;
}

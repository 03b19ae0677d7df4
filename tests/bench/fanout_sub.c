#include "fanout_sub.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PER_ADDRESS 20000	/* ports of one source address */

enum { OP_CONT, OP_TEXT, OP_BINARY, OP_CLOSE = 8, OP_PING };

static bool
address_set(struct target *t, const char *to)
{
	struct sockaddr_un *un = (struct sockaddr_un *)&t->addr;
	struct sockaddr_in *in = (struct sockaddr_in *)&t->addr;
	const char *port = strrchr(to, ':');
	char host[INET_ADDRSTRLEN] = "";

	if (strncmp(to, "unix:", 5) == 0) {
		un->sun_family = AF_UNIX;
		t->addr_len = sizeof(*un);
		return snprintf(un->sun_path, sizeof(un->sun_path), "%s",
		    to + 5) < (int)sizeof(un->sun_path);
	}
	if (!port || (size_t)(port - to) >= sizeof(host))
		return false;
	memcpy(host, to, (size_t)(port - to));
	in->sin_family = AF_INET;
	in->sin_port = htons((uint16_t)strtoul(port + 1, NULL, 10));
	t->addr_len = sizeof(*in);
	return inet_pton(AF_INET, host, &in->sin_addr) == 1;
}

bool
target_set(struct target *t, enum wire wire, const char *to, const char *path,
    const char *header)
{
	int n;

	*t = (struct target){ .wire = wire };
	n = snprintf(t->request, sizeof(t->request),
	    "GET %s HTTP/1.1\r\nHost: localhost\r\n%s%s%s\r\n", path,
	    header ? header : "", header ? "\r\n" : "", wire == WIRE_SSE ?
	    "Accept: text/event-stream\r\n" :
	    "Connection: Upgrade\r\nUpgrade: websocket\r\n"
	    "Sec-WebSocket-Version: 13\r\n"
	    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
	t->request_len = (size_t)n;
	return n < (int)sizeof(t->request) && address_set(t, to);
}

/* One address has not enough ports for all. */
static bool
source_set(int fd, unsigned number)
{
	struct sockaddr_in from = { .sin_family = AF_INET };
	int on = 1;

	from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 +
	    number / PER_ADDRESS);
	return setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on,
	    sizeof(on)) == 0 &&
	    bind(fd, (struct sockaddr *)&from, sizeof(from)) == 0;
}

bool
sub_open(struct sub *s, const struct target *t, unsigned number)
{
	int family = t->addr.ss_family;
	int on = 1;

	*s = (struct sub){ .fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0) };
	if (s->fd < 0)
		return false;
	if (family == AF_INET) {
		if (!source_set(s->fd, number))
			return false;
		setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	}
	return connect(s->fd, (const struct sockaddr *)&t->addr,
	    t->addr_len) == 0 &&
	    write(s->fd, t->request, t->request_len) ==
	    (ssize_t)t->request_len &&
	    fcntl(s->fd, F_SETFL, O_NONBLOCK) == 0;
}

/* How long the frame's head is, as far as it is known. */
static unsigned
head_size(const struct sub *s)
{
	unsigned len = s->head_n > 1 ? s->head[1] & 127 : 0;

	return len == 127 ? 10 : len == 126 ? 4 : 2;
}

static void
head_ended(struct sub *s)
{
	unsigned from = s->head_n > 2 ? 2 : 1;

	s->left = 0;
	for (unsigned i = from; i < s->head_n; i++)
		s->left = s->left << 8 | (i == 1 ? s->head[i] & 127 :
		    s->head[i]);
}

static int
frame_ended(struct sub *s)
{
	unsigned op = s->head[0] & 15;

	s->head_n = 0;
	s->pinged |= op == OP_PING;
	s->closed |= op == OP_CLOSE;
	return op <= OP_BINARY && s->head[0] & 128;
}

static int
take_ws(struct sub *s, const char *p, size_t n)
{
	const char *end = p + n;
	int events = 0;

	while (p < end) {
		if (s->head_n < head_size(s)) {
			s->head[s->head_n++] = (unsigned char)*p++;
			if (s->head_n < head_size(s))
				continue;
			head_ended(s);
		} else {
			size_t most = (size_t)(end - p);
			size_t take = s->left < most ? s->left : most;

			p += take;
			s->left -= take;
		}
		if (s->left == 0)
			events += frame_ended(s);
	}
	return events;
}

/* One more byte of a line's beginning; head_n of them were those of "data:",
 * DATA_BYTES is "so it is", one more "something else". */
#define DATA_BYTES 5

static int
line_begins(struct sub *s, char c)
{
	int event = 0;

	if (c == '\n') {
		event = s->head_n == 0 && s->has_data;
		if (s->head_n == 0)
			s->has_data = false;
		s->head_n = 0;
	} else if (c == "data:"[s->head_n]) {
		s->has_data |= ++s->head_n == DATA_BYTES;
	} else {
		s->head_n = DATA_BYTES + 1;
	}
	return event;
}

/* An event ends in an empty line; heartbeats have no data.  The lines of
 * chunked encoding, which end in CR LF, are something else. */
static int
take_sse(struct sub *s, const char *p, size_t n)
{
	const char *end = p + n;
	int events = 0;

	while (p < end) {
		if (s->head_n < DATA_BYTES) {
			events += line_begins(s, *p++);
			continue;
		}
		p = memchr(p, '\n', (size_t)(end - p));
		if (!p)
			break;
		p++;
		s->head_n = 0;
	}
	return events;
}

/* How many bytes of the answer's head these are; 0: it is no good one. */
static size_t
take_answer(struct sub *s, enum wire wire, const char *p, size_t n)
{
	static const char end[] = "\r\n\r\n";
	size_t i = 0;

	if (s->left == 0 && (n < 12 || memcmp(p + 9, wire == WIRE_WS ? "101" :
	    "200", 3) != 0)) {
		fprintf(stderr, "fanout_load: the answer is %.*s\n", (int)n, p);
		return 0;
	}
	for (; i < n && s->head_n < 4; i++)
		s->head_n = p[i] == end[s->head_n] ? s->head_n + 1 :
		    p[i] == end[0];
	s->left += i;
	if (s->head_n == 4) {
		s->open = true;
		s->left = s->head_n = 0;
	}
	return i;
}

int
sub_take(struct sub *s, enum wire wire, const char *p, size_t n)
{
	size_t head = 0;
	int events;

	if (!s->open && (head = take_answer(s, wire, p, n)) == 0)
		return -1;
	p += head;
	n -= head;
	events = wire == WIRE_WS ? take_ws(s, p, n) : take_sse(s, p, n);
	s->events += (uint32_t)events;
	return events;
}

void
sub_answer(struct sub *s)
{
	static const char pong[] = { '\x8a', '\x80', 0, 0, 0, 0 };

	if (s->pinged)
		(void)!write(s->fd, pong, sizeof(pong));
	s->pinged = false;
}

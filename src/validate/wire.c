#include "validate/wire.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/clock.h"

void
wire_put_int(struct buf *out, int64_t v)
{
	buf_add(out, str_n((const char *)&v, sizeof(v)));
}

void
wire_put_str(struct buf *out, struct str s)
{
	wire_put_int(out, (int64_t)s.len);
	buf_add(out, s);
}

int64_t
wire_int(struct wire *w, int64_t lo, int64_t hi)
{
	int64_t v;

	if (w->bad || w->rest.len < sizeof(v))
		goto bad;
	memcpy(&v, w->rest.p, sizeof(v));
	w->rest.p += sizeof(v);
	w->rest.len -= sizeof(v);
	if (v >= lo && v <= hi)
		return v;
bad:
	w->bad = true;
	return lo > 0 ? lo : 0;
}

struct str
wire_str(struct wire *w, size_t max)
{
	size_t len = (size_t)wire_int(w, 0, (int64_t)max);
	struct str s = { w->rest.p, len };

	if (w->bad || len > w->rest.len) {
		w->bad = true;
		return STR("");
	}
	w->rest.p += len;
	w->rest.len -= len;
	return s;
}

bool
wire_all(const struct wire *w)
{
	return !w->bad && w->rest.len == 0;
}

static int
wait_for(int fd, short what, int64_t until_ms)
{
	struct pollfd p = { fd, what, 0 };
	int n, left = -1;

	do {
		if (until_ms >= 0) {
			int64_t ms = until_ms - clock_mono_ms();

			left = ms < 0 ? 0 : ms > 60000 ? 60000 : (int)ms;
		}
		n = poll(&p, 1, left);
	} while ((n < 0 && errno == EINTR) ||
	    (n == 0 && until_ms > clock_mono_ms()));
	if (n == 0)
		errno = ETIMEDOUT;
	return n > 0 ? 0 : -1;
}

static int
send_bytes(int fd, struct str s, int64_t until_ms)
{
	while (s.len) {
		ssize_t n = send(fd, s.p, s.len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			if (wait_for(fd, POLLOUT, until_ms) != 0)
				return -1;
			continue;
		}
		if (n < 0)
			return -1;
		s.p += n;
		s.len -= (size_t)n;
	}
	return 0;
}

int
wire_send(int fd, struct str message, int64_t until_ms)
{
	uint64_t len = message.len;

	if (send_bytes(fd, str_n((const char *)&len, sizeof(len)),
	    until_ms) != 0)
		return -1;
	return send_bytes(fd, message, until_ms);
}

/* 1; 0 when the other end closed before the first byte. */
static int
receive_bytes(int fd, char *p, size_t len, int64_t until_ms)
{
	size_t got = 0;

	while (got < len) {
		ssize_t n = recv(fd, p + got, len - got, MSG_DONTWAIT);

		if (n == 0 && got == 0)
			return 0;
		if (n == 0)
			errno = EPIPE;
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			return -1;
		if (n > 0)
			got += (size_t)n;
		else if (wait_for(fd, POLLIN, until_ms) != 0)
			return -1;
	}
	return 1;
}

int
wire_receive(int fd, struct arena *a, size_t max, int64_t until_ms,
    struct str *out)
{
	uint64_t len;
	char *p;
	int rc = receive_bytes(fd, (char *)&len, sizeof(len), until_ms);

	if (rc <= 0)
		return rc;
	if (len > max) {
		errno = EMSGSIZE;
		return -1;
	}
	p = arena_alloc(a, (size_t)len + 1);
	*out = str_n(p, (size_t)len);
	rc = len ? receive_bytes(fd, p, (size_t)len, until_ms) : 1;
	if (rc == 0)
		errno = EPIPE;
	return rc == 1 ? 1 : -1;
}

/* The least that giving one event to many subscribers can cost: the bytes that
 * are ready go to each in one send, whatever they are.
 *
 * usage: limit_fanout ws|sse PORT FIFO
 * What is written to the FIFO is what subscribers get.  Who falls LOG_BYTES
 * behind is closed; who asks for "since=earliest" begins with the oldest byte
 * that is left. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

#define LOG_BYTES (UINT64_C(64) << 20)
#define PIPE_BYTES (1 << 20)
#define FILES 65536
#define EVENTS 256

struct peer {
	uint64_t pos;
	bool open, writable, waits;	/* handshake done; room; for room */
};

struct limit {
	const char *welcome;
	char *log;		/* twice in a row, so that all of it is in one
				 * piece wherever it begins */
	uint64_t head;
	struct peer *peers;	/* by descriptor */
	int epoll, listener, fifo, top;
};

static const char ws_welcome[] = "HTTP/1.1 101 Switching Protocols\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
static const char sse_welcome[] = "HTTP/1.1 200 OK\r\n"
    "Content-Type: text/event-stream\r\n\r\n";

static void
watch(const struct limit *l, int how, int fd, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.fd = fd };

	check(epoll_ctl(l->epoll, how, fd, &ev) == 0, "epoll_ctl");
}

static void
peer_close(struct limit *l, int fd)
{
	l->peers[fd] = (struct peer){ 0 };
	close(fd);
}

static void
peer_send(struct limit *l, int fd)
{
	struct peer *p = &l->peers[fd];
	uint64_t n = l->head - p->pos;
	ssize_t sent;

	if (n == 0)
		return;
	if (n > LOG_BYTES) {
		peer_close(l, fd);
		return;
	}
	sent = send(fd, l->log + p->pos % LOG_BYTES, n,
	    MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent < 0 && errno != EAGAIN) {
		peer_close(l, fd);
		return;
	}
	p->pos += sent > 0 ? (uint64_t)sent : 0;
	p->writable = p->pos == l->head;
	if (p->waits != !p->writable) {
		p->waits = !p->writable;
		watch(l, EPOLL_CTL_MOD, fd, p->waits ? EPOLLIN | EPOLLOUT :
		    EPOLLIN);
	}
}

/* The head of a request is short and comes in one piece: we know who asks. */
static void
peer_read(struct limit *l, int fd)
{
	struct peer *p = &l->peers[fd];
	size_t len = strlen(l->welcome);
	char head[8192];
	ssize_t n = recv(fd, head, sizeof(head) - 1, MSG_DONTWAIT);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		peer_close(l, fd);
		return;
	}
	if (p->open)
		return;
	head[n] = '\0';
	if (!strstr(head, "\r\n\r\n") ||
	    send(fd, l->welcome, len, MSG_NOSIGNAL) != (ssize_t)len) {
		peer_close(l, fd);
		return;
	}
	p->open = p->writable = true;
	p->pos = !strstr(head, "since=earliest") ? l->head :
	    l->head > LOG_BYTES ? l->head - LOG_BYTES : 0;
	peer_send(l, fd);
}

static void
accept_all(struct limit *l)
{
	int fd, on = 1;

	while ((fd = accept4(l->listener, NULL, NULL,
	    SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		if (fd >= FILES) {
			close(fd);
			continue;
		}
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		l->peers[fd] = (struct peer){ 0 };
		l->top = fd >= l->top ? fd + 1 : l->top;
		watch(l, EPOLL_CTL_ADD, fd, EPOLLIN);
	}
}

static void
publish(struct limit *l)
{
	ssize_t n;

	/* all that is there, but in turns of what a pipe holds */
	n = read(l->fifo, l->log + l->head % LOG_BYTES, PIPE_BYTES);
	if (n <= 0)
		return;
	l->head += (uint64_t)n;
	for (int fd = 0; fd < l->top; fd++) {
		const struct peer *p = &l->peers[fd];

		if (p->open && (p->writable || l->head - p->pos > LOG_BYTES))
			peer_send(l, fd);
	}
}

static char *
log_map(void)
{
	int fd = memfd_create("log", MFD_CLOEXEC);
	char *p = mmap(NULL, 2 * LOG_BYTES, PROT_NONE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	check(fd >= 0 && p != MAP_FAILED && ftruncate(fd, LOG_BYTES) == 0,
	    "memory");
	for (unsigned i = 0; i < 2; i++)
		check(mmap(p + i * LOG_BYTES, LOG_BYTES, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_FIXED, fd, 0) != MAP_FAILED, "memory");
	close(fd);
	return p;
}

static void
open_all(struct limit *l, unsigned long port, const char *fifo)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct rlimit r;
	int on = 1;

	check(getrlimit(RLIMIT_NOFILE, &r) == 0, "RLIMIT_NOFILE");
	r.rlim_cur = r.rlim_max;
	check(setrlimit(RLIMIT_NOFILE, &r) == 0, "RLIMIT_NOFILE");
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	l->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0);
	setsockopt(l->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	check(bind(l->listener, (struct sockaddr *)&at, sizeof(at)) == 0 &&
	    listen(l->listener, 4096) == 0, "the port");
	check(mkfifo(fifo, 0600) == 0 || errno == EEXIST, fifo);
	/* for writing too: it never ends */
	l->fifo = open(fifo, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	check(l->fifo >= 0, fifo);
	(void)fcntl(l->fifo, F_SETPIPE_SZ, PIPE_BYTES);
	watch(l, EPOLL_CTL_ADD, l->listener, EPOLLIN);
	watch(l, EPOLL_CTL_ADD, l->fifo, EPOLLIN);
}

int
main(int argc, char **argv)
{
	struct limit l = { .log = log_map(),
	    .peers = calloc(FILES, sizeof(*l.peers)) };
	struct epoll_event ev[EVENTS];

	if (argc != 4) {
		fprintf(stderr, "usage: limit_fanout ws|sse PORT FIFO\n");
		return 2;
	}
	l.welcome = strcmp(argv[1], "sse") ? ws_welcome : sse_welcome;
	open_all(&l, strtoul(argv[2], NULL, 10), argv[3]);
	for (;;) {
		int n = epoll_wait(l.epoll, ev, EVENTS, -1);

		for (int i = 0; i < n; i++) {
			int fd = ev[i].data.fd;

			if (fd == l.listener)
				accept_all(&l);
			else if (fd == l.fifo)
				publish(&l);
			else if (ev[i].events & EPOLLOUT)
				peer_send(&l, fd);
			else
				peer_read(&l, fd);
		}
	}
}

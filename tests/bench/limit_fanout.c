/* The least that giving one event to many subscribers can cost: the bytes that
 * are ready go to each in one send, whatever they are.
 *
 * usage: limit_fanout [MODE...] ws|sse PORT FIFO
 * What is written to the FIFO is what subscribers get.  Who falls LOG_BYTES
 * behind is closed; who asks for "since=earliest" begins with the oldest byte
 * that is left.  Modes are there to see what they would bring:
 *   --batch US	   wait so long before the FIFO is read, for more to come
 *   --busy	   never sleep
 *   --uring	   sends go to the kernel by the thousand
 *   --threads N   each with its own listener at the port (SO_REUSEPORT), its
 *		   own subscribers and its own epoll; the first reads the FIFO
 *		   and wakes the others */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "limit_ring.h"

#define LOG_BYTES (UINT64_C(64) << 20)
#define PIPE_BYTES (1 << 20)
#define FILES 65536
#define EVENTS 256
#define THREADS 16

struct peer {
	uint64_t pos;
	bool open, writable, waits;	/* handshake done; room; for room */
};

/* What all threads share; only the first writes. */
struct hub {
	const char *welcome, *fifo;
	unsigned long port;
	char *log;		/* twice in a row, so that all of it is in one
				 * piece wherever it begins */
	_Atomic uint64_t head;
	long batch_us;
	int wait_ms;		/* of epoll */
	bool uring;
	unsigned n_threads;
	int bells[THREADS];	/* wake the others */
};

struct limit {
	struct hub *hub;
	const char *log;
	uint64_t head;
	struct peer *peers;	/* by descriptor */
	struct ring *ring;	/* NULL: send by send */
	int epoll, listener, fifo, bell, top;	/* -1: not of this thread */
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

/* sent: bytes, or -errno. */
static void
peer_sent(void *ctx, int fd, ssize_t sent)
{
	struct limit *l = ctx;
	struct peer *p = &l->peers[fd];

	if (sent < 0 && sent != -EAGAIN) {
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

static void
peer_send(struct limit *l, int fd, bool later)
{
	struct peer *p = &l->peers[fd];
	const char *from = l->log + p->pos % LOG_BYTES;
	uint64_t n = l->head - p->pos;
	ssize_t sent;

	if (n == 0)
		return;
	if (n > LOG_BYTES) {
		peer_close(l, fd);
	} else if (later) {
		ring_send(l->ring, fd, from, n, peer_sent, l);
	} else {
		sent = send(fd, from, n, MSG_NOSIGNAL | MSG_DONTWAIT);
		peer_sent(l, fd, sent < 0 ? -errno : sent);
	}
}

/* The head of a request is short and comes in one piece: we know who asks. */
static void
peer_read(struct limit *l, int fd)
{
	struct peer *p = &l->peers[fd];
	const char *welcome = l->hub->welcome;
	size_t len = strlen(welcome);
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
	    send(fd, welcome, len, MSG_NOSIGNAL) != (ssize_t)len) {
		peer_close(l, fd);
		return;
	}
	p->open = p->writable = true;
	p->pos = !strstr(head, "since=earliest") ? l->head :
	    l->head > LOG_BYTES ? l->head - LOG_BYTES : 0;
	peer_send(l, fd, false);
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

/* To all who are ready for it. */
static void
give(struct limit *l)
{
	l->head = atomic_load_explicit(&l->hub->head, memory_order_acquire);
	for (int fd = 0; fd < l->top; fd++) {
		const struct peer *p = &l->peers[fd];

		if (p->open && (p->writable || l->head - p->pos > LOG_BYTES))
			peer_send(l, fd, l->ring);
	}
	if (l->ring)
		ring_flush(l->ring, peer_sent, l);
}

static void
publish(struct limit *l)
{
	struct hub *h = l->hub;
	uint64_t one = 1;
	ssize_t n;

	if (h->batch_us)
		usleep((useconds_t)h->batch_us);
	/* all that is there, but in turns of what a pipe holds */
	n = read(l->fifo, h->log + l->head % LOG_BYTES, PIPE_BYTES);
	if (n <= 0)
		return;
	atomic_store_explicit(&h->head, l->head + (uint64_t)n,
	    memory_order_release);
	for (unsigned i = 1; i < h->n_threads; i++)
		(void)!write(h->bells[i], &one, sizeof(one));
	give(l);
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
files_most(void)
{
	struct rlimit r;

	check(getrlimit(RLIMIT_NOFILE, &r) == 0, "RLIMIT_NOFILE");
	r.rlim_cur = r.rlim_max;
	check(setrlimit(RLIMIT_NOFILE, &r) == 0, "RLIMIT_NOFILE");
}

static int
fifo_open(const char *path)
{
	int fd;

	check(mkfifo(path, 0600) == 0 || errno == EEXIST, path);
	/* for writing too: it never ends */
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	check(fd >= 0, path);
	(void)fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES);
	return fd;
}

static int
port_open(unsigned long port, bool shared)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (shared)
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
	check(bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 &&
	    listen(fd, 4096) == 0, "the port");
	return fd;
}

static void
limit_open(struct limit *l, struct hub *h, unsigned number)
{
	*l = (struct limit){ .hub = h, .log = h->log, .fifo = -1, .bell = -1,
	    .peers = calloc(FILES, sizeof(*l->peers)) };
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	l->listener = port_open(h->port, h->n_threads > 1);
	watch(l, EPOLL_CTL_ADD, l->listener, EPOLLIN);
	if (number == 0)
		l->fifo = fifo_open(h->fifo);
	else
		l->bell = h->bells[number] = eventfd(0, EFD_NONBLOCK);
	watch(l, EPOLL_CTL_ADD, number ? l->bell : l->fifo, EPOLLIN);
}

static void
ready(struct limit *l, int fd, uint32_t events)
{
	uint64_t rings;

	if (fd == l->listener) {
		accept_all(l);
	} else if (fd == l->fifo) {
		publish(l);
	} else if (fd == l->bell) {
		(void)!read(fd, &rings, sizeof(rings));
		give(l);
	} else if (events & EPOLLOUT) {
		peer_send(l, fd, false);
	} else {
		peer_read(l, fd);
	}
}

static void *
serve(void *arg)
{
	struct limit *l = arg;
	struct epoll_event ev[EVENTS];

	if (l->hub->uring)		/* belongs to the thread that uses it */
		l->ring = ring_new();
	for (;;) {
		int n = epoll_wait(l->epoll, ev, EVENTS, l->hub->wait_ms);

		for (int i = 0; i < n; i++)
			ready(l, ev[i].data.fd, ev[i].events);
	}
	return NULL;
}

static bool
options(struct hub *h, int argc, char **argv)
{
	static const struct option rows[] = {
		{ "batch", required_argument, NULL, 'b' },
		{ "busy", no_argument, NULL, 'y' },
		{ "uring", no_argument, NULL, 'u' },
		{ "threads", required_argument, NULL, 't' },
		{ 0 }
	};
	int c;

	while ((c = getopt_long(argc, argv, "", rows, NULL)) != -1) {
		if (c == 'b')
			h->batch_us = strtol(optarg, NULL, 10);
		else if (c == 'y')
			h->wait_ms = 0;
		else if (c == 'u')
			h->uring = true;
		else if (c == 't')
			h->n_threads = (unsigned)strtoul(optarg, NULL, 10);
		else
			return false;
	}
	if (argc - optind != 3 || !h->n_threads || h->n_threads > THREADS)
		return false;
	h->welcome = strcmp(argv[optind], "sse") ? ws_welcome : sse_welcome;
	h->port = strtoul(argv[optind + 1], NULL, 10);
	h->fifo = argv[optind + 2];
	return true;
}

int
main(int argc, char **argv)
{
	static struct hub h = { .wait_ms = -1, .n_threads = 1 };
	static struct limit l[THREADS];
	pthread_t thread;

	if (!options(&h, argc, argv)) {
		fprintf(stderr, "usage: limit_fanout [--batch US] [--busy] "
		    "[--uring] [--threads N] ws|sse PORT FIFO\n");
		return 2;
	}
	h.log = log_map();
	files_most();
	for (unsigned i = 0; i < h.n_threads; i++)
		limit_open(&l[i], &h, i);
	for (unsigned i = 1; i < h.n_threads; i++)
		check(pthread_create(&thread, NULL, serve, &l[i]) == 0,
		    "a thread");
	serve(&l[0]);
	return 0;
}

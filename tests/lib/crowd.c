/* Thousands of subscribers: some read all, some what a filter gives, some come
 * and go, some never read.  Whoever reads gets each event once and in order.
 *
 * usage: crowd HOST:PORT TOKEN N BASE EXPECT
 *
 * All ask for what is after BASE.  When all are connected it says so; then it
 * waits for the file EXPECT to appear: lines of CLASS COUNT SUM, of the seqs that
 * an unfiltered subscriber (class 0) and one of the order oCLASS get.  It ends
 * when everybody has that, or fails. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ORDERS 50
#define AT_ONCE 100		/* handshakes under way */
#define WAIT_S 900
#define MARK "\"seq\":"

enum role { READER, RESUMER, SLEEPER };

struct sub {
	int fd;
	enum role role;
	unsigned class, number;
	bool ws, open;
	/* between the bytes */
	unsigned matched;	/* of MARK */
	bool in_number, after_number;
	int64_t number_so_far;
	unsigned tail;
	/* what came */
	int64_t last;
	uint64_t count, sum, leave_at, resumes;
};

static struct sub *subs;
static size_t n_subs, n_opening;
static int epoll;
static struct sockaddr_in to;
static const char *token;
static struct { uint64_t count, sum; } expect[ORDERS + 1];
static bool expected;

static void
die(const char *what, const struct sub *s)
{
	printf("not exact: %s", what);
	if (s)
		printf(": subscriber %u (%s, role %d, class %u), last %lld, "
		    "count %llu", s->number, s->ws ? "ws" : "sse", s->role,
		    s->class, (long long)s->last,
		    (unsigned long long)s->count);
	printf("\n");
	exit(1);
}

/* Several source addresses, since one has not enough ports. */
static void
begin(struct sub *s)
{
	struct sockaddr_in from = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(0x7f000002u + s->number % 4) };
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = s };
	char request[1024], filter[64] = "";
	int one = 1, small = 4096, n;

	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->fd < 0)
		die(strerror(errno), s);
	setsockopt(s->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one,
	    sizeof(one));
	if (s->role == SLEEPER)
		setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &small,
		    sizeof(small));
	if (bind(s->fd, (struct sockaddr *)&from, sizeof(from)) != 0 ||
	    connect(s->fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		die(strerror(errno), s);
	if (s->class)
		snprintf(filter, sizeof(filter), "&order_id=o%u", s->class);
	n = snprintf(request, sizeof(request), "GET /%s?since=%lld%s HTTP/1.1"
	    "\r\nHost: h\r\nAuthorization: Bearer %s\r\n%s\r\n",
	    s->ws ? "ws" : "sse", (long long)s->last, filter, token,
	    s->ws ? "Connection: Upgrade\r\nUpgrade: websocket\r\n"
	    "Sec-WebSocket-Version: 13\r\n"
	    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" : "");
	if (send(s->fd, request, (size_t)n, MSG_NOSIGNAL) != n)
		die("the request", s);
	fcntl(s->fd, F_SETFL, O_NONBLOCK);
	s->open = s->in_number = s->after_number = false;
	s->matched = 0;
	s->leave_at = s->count + 1 +
	    (s->number * 7919 + s->resumes * 104729) % 150;
	epoll_ctl(epoll, EPOLL_CTL_ADD, s->fd, &ev);
}

static void
again(struct sub *s)
{
	close(s->fd);
	s->resumes++;
	begin(s);
}

static void
take_event(struct sub *s, int64_t seq)
{
	if (seq <= s->last)
		die("an event twice, or out of order", s);
	s->last = seq;
	s->count++;
	s->sum += (uint64_t)seq;
}

/* An event has "seq":N,"ts": and nothing else has. */
static void
take(struct sub *s, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = p[i];

		if (s->in_number) {
			if (c >= '0' && c <= '9') {
				s->number_so_far = s->number_so_far * 10 +
				    (c - '0');
				continue;
			}
			s->in_number = false;
			s->after_number = true;
			s->tail = 0;
		}
		if (s->after_number) {
			if (c != ",\"t"[s->tail]) {
				s->after_number = false;
			} else if (++s->tail == 3) {
				s->after_number = false;
				take_event(s, s->number_so_far);
			}
			continue;
		}
		if (c == MARK[s->matched]) {
			if (++s->matched < sizeof(MARK) - 1)
				continue;
			s->in_number = true;
			s->number_so_far = 0;
			s->matched = 0;
		} else {
			s->matched = c == MARK[0];
		}
	}
}

static void
readable(struct sub *s)
{
	static char bytes[1 << 18];
	/* little at once, so that one who goes has something before him */
	ssize_t n = recv(s->fd, bytes, s->role == RESUMER ? 4096 :
	    sizeof(bytes), 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0)
		die(n < 0 ? strerror(errno) : "the stream ended", s);
	if (!s->open) {
		if (n < 12 || (memcmp(bytes + 9, "101", 3) != 0 &&
		    memcmp(bytes + 9, "200", 3) != 0))
			die("it was refused", s);
		s->open = true;
		if (s->resumes == 0)
			n_opening--;
	}
	if (s->role == SLEEPER) {
		epoll_ctl(epoll, EPOLL_CTL_DEL, s->fd, NULL);
		return;
	}
	take(s, bytes, (size_t)n);
	/* in the middle of an event, mostly */
	if (s->role == RESUMER && s->count >= s->leave_at)
		again(s);
}

static void
turn(int ms)
{
	struct epoll_event ev[512];
	int n = epoll_wait(epoll, ev, 512, ms);

	for (int i = 0; i < n; i++)
		readable(ev[i].data.ptr);
}

static bool
read_expect(const char *path)
{
	FILE *f = fopen(path, "r");
	char line[100], *at;

	if (!f)
		return false;
	while (fgets(line, sizeof(line), f)) {
		unsigned long class = strtoul(line, &at, 10);

		if (class > ORDERS)
			continue;
		expect[class].count = strtoull(at, &at, 10);
		expect[class].sum = strtoull(at, NULL, 10);
	}
	fclose(f);
	return true;
}

static bool
all_have_it(void)
{
	for (size_t i = 0; i < n_subs; i++) {
		const struct sub *s = &subs[i];

		if (s->role == SLEEPER)
			continue;
		if (s->count > expect[s->class].count)
			die("more than there is", s);
		if (s->count < expect[s->class].count)
			return false;
	}
	return true;
}

static void
tell(void)
{
	uint64_t of[3] = { 0 }, events = 0, resumes = 0;

	for (size_t i = 0; i < n_subs; i++) {
		const struct sub *s = &subs[i];

		of[s->role]++;
		events += s->count;
		resumes += s->resumes;
		if (s->role != SLEEPER && s->sum != expect[s->class].sum)
			die("not those events", s);
	}
	printf("exact: %llu readers, %llu resumers, %llu sleepers, %llu events,"
	    " %llu resumes\n", (unsigned long long)of[READER],
	    (unsigned long long)of[RESUMER], (unsigned long long)of[SLEEPER],
	    (unsigned long long)events, (unsigned long long)resumes);
}

int
main(int argc, char **argv)
{
	char *colon = argc == 6 ? strchr(argv[1], ':') : NULL;
	time_t end = time(NULL) + WAIT_S;
	struct rlimit r;

	if (!colon)
		return 2;
	*colon = '\0';
	to.sin_family = AF_INET;
	inet_pton(AF_INET, argv[1], &to.sin_addr);
	to.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
	token = argv[2];
	n_subs = strtoul(argv[3], NULL, 10);
	getrlimit(RLIMIT_NOFILE, &r);
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
	subs = calloc(n_subs, sizeof(*subs));
	epoll = epoll_create1(EPOLL_CLOEXEC);
	for (size_t i = 0; i < n_subs; i++) {
		subs[i] = (struct sub){ .number = (unsigned)i, .ws = i & 1,
		    .role = i % 10 == 8 ? SLEEPER : i % 10 == 5 ? RESUMER :
		    READER, .last = strtoll(argv[4], NULL, 10),
		    .class = i % 4 == 0 ? 0 : (unsigned)(i / 4 % ORDERS + 1) };
		if (subs[i].role == SLEEPER || i % 20 == 5)
			subs[i].class = 0;
		begin(&subs[i]);
		n_opening++;
		while (n_opening >= AT_ONCE && time(NULL) < end)
			turn(100);
	}
	while (n_opening && time(NULL) < end)
		turn(100);
	printf("connected: %zu\n", n_subs - n_opening);
	fflush(stdout);
	while (!(expected && all_have_it())) {
		if (time(NULL) >= end)
			die("not all came in time", NULL);
		for (int i = 0; i < 50; i++)
			turn(20);
		if (!expected)
			expected = read_expect(argv[5]);
	}
	tell();
	return 0;
}

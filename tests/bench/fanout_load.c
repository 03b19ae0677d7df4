/* Subscribers without end, and what a server needs to serve them.
 *
 * usage: fanout_load OPTIONS PHASE...
 *   --wire ws|sse --to HOST:PORT|unix:PATH --path PATH [--header LINE]
 *   --subscribers N [--deaf N] [--hello N] --pid SERVER
 *   --publish WAY [--bytes N] [--fill N] [--pace DATABASE]
 * deaf: so many of them never read.  hello: each gets so many events before
 * those that are published.  fill: so many events are published before anyone
 * subscribes; then the time until all have them is the one that is told.
 * pace: each event is a row of that database before it goes into the FIFO, so
 * that it takes as long to make as one of ours.
 * Phases, one after another, each for SECONDS:
 *   flight:K:SECONDS	the next is published when fewer than K are under way
 *   burst:K:SECONDS	K at once, when all have those before
 *   rate:R:SECONDS	R a second; R may have a fraction
 * Prints JSON.  Processor time is that of SERVER, as the kernel counts it. */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

#include "fanout_clock.h"
#include "fanout_publisher.h"

#define RING 65536		/* events under way */
#define EVENTS 1024
#define READ_BYTES (1 << 18)
#define SAMPLES_MAX 20000000
#define OPENING_MAX 128		/* whose answer has not come */
#define STALL_S 20
#define FILL_STEP 500
#define FEW 16		/* with these, a server has all memory of its own */
#define REST_S 0.3

struct load {
	struct target target;
	unsigned n, deaf, hello, fill;
	size_t bytes;
	const char *wire, *to, *path, *header, *way, *pace;
	pid_t pid;

	struct sub *subs;		/* the deaf ones are the first */
	struct publisher *publisher;
	int epoll;
	unsigned opening;
	uint64_t sent, complete;	/* events; those that all readers have */
	uint32_t have[RING];		/* how many have it */
	double at[RING];		/* when it was to be published */
	uint64_t deliveries;
	float *samples;			/* ms; NULL: not wanted */
	size_t n_samples;
};

/* k events more have come to s. */
static void
delivered(struct load *l, const struct sub *s, unsigned k)
{
	double t = l->samples ? now() : 0;

	l->deliveries += k;
	for (uint32_t i = s->events - k; i != s->events; i++) {
		l->have[i % RING]++;
		if (l->samples && l->n_samples < SAMPLES_MAX)
			l->samples[l->n_samples++] =
			    (float)((t - l->at[i % RING]) * 1e3);
	}
	while (l->complete < l->sent &&
	    l->have[l->complete % RING] == l->n - l->deaf)
		l->have[l->complete++ % RING] = 0;
}

static void
sub_read(struct load *l, struct sub *s)
{
	static char room[READ_BYTES];
	bool was_open = s->open;
	ssize_t n = recv(s->fd, room, sizeof(room), MSG_DONTWAIT);
	int k;

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		fprintf(stderr, "fanout_load: the server ended subscriber %td"
		    " after %u events of %llu\n", s - l->subs, s->events,
		    (unsigned long long)l->sent);
		exit(1);
	}
	k = sub_take(s, l->target.wire, room, (size_t)n);
	if (k < 0)
		exit(1);
	sub_answer(s);
	l->opening -= s->open && !was_open;
	if (k > 0 && l->sent > 0)
		delivered(l, s, (unsigned)k);
}

/* Wait at most that many seconds, and take what there is. */
static void
turn(struct load *l, double most)
{
	struct epoll_event ev[EVENTS];
	struct timespec ts;
	int n;

	most = most < 0 ? 0 : most > 1 ? 1 : most;
	ts.tv_sec = (time_t)most;
	ts.tv_nsec = (long)((most - (double)ts.tv_sec) * 1e9);
	n = epoll_pwait2(l->epoll, ev, EVENTS, &ts, NULL);
	for (int i = 0; i < n; i++) {
		uint32_t which = ev[i].data.u32;

		if (which < l->n)
			sub_read(l, &l->subs[which]);
		else if (!publisher_ready(l->publisher, which - l->n))
			exit(1);
	}
}

static void
watch(const struct load *l, int fd, uint32_t which)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = which };

	check(epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &ev) == 0, "epoll_ctl");
}

static void
publish(struct load *l, unsigned k, double at)
{
	for (unsigned i = 0; i < k; i++)
		l->at[l->sent++ % RING] = at;
	if (!publisher_send(l->publisher, k))
		exit(1);
}

/* Until what was sent has come, or nothing comes any more. */
static void
finish(struct load *l)
{
	uint64_t last = l->deliveries;
	double end = now() + STALL_S;

	while (l->complete < l->sent || !publisher_idle(l->publisher)) {
		turn(l, 0.01);
		if (l->deliveries != last)
			end = now() + STALL_S;
		last = l->deliveries;
		if (now() < end)
			continue;
		fprintf(stderr, "fanout_load: nothing has come for %d s;"
		    " %llu of %llu events are with all\n", STALL_S,
		    (unsigned long long)l->complete,
		    (unsigned long long)l->sent);
		exit(1);
	}
}

static void
flight(struct load *l, unsigned k, double most)
{
	for (double t, end = now() + most; (t = now()) < end; turn(l, 1))
		while (l->sent - l->complete < k)
			publish(l, 1, t);
}

static void
burst(struct load *l, unsigned k, double most)
{
	for (double t, end = now() + most; (t = now()) < end; turn(l, 1))
		if (l->sent == l->complete)
			publish(l, k, t);
}

static void
rate(struct load *l, double per_s, double most)
{
	double begin = now(), due = begin;
	uint64_t n = 0;

	while (due < begin + most) {
		for (; now() >= due && l->sent - l->complete < RING;
		    due = begin + (double)++n / per_s)
			publish(l, 1, due);
		turn(l, due - now());
	}
}

static int
by_value(const void *a, const void *b)
{
	const float *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double
percentile(const struct load *l, double p)
{
	size_t i = (size_t)((double)l->n_samples * p);

	return (double)l->samples[i < l->n_samples ? i : l->n_samples - 1];
}

static void
phase(struct load *l, const char *text, const char *before)
{
	const char *one = strchr(text, ':');
	const char *two = one ? strchr(one + 1, ':') : NULL;
	double amount = one ? strtod(one + 1, NULL) : 0;
	double most = two ? strtod(two + 1, NULL) : 0, began, cpu, took;
	uint64_t last = l->deliveries, events = l->sent;

	require(amount > 0 && amount < RING && most > 0, text);
	if (text[0] == 'r')
		l->samples = calloc(SAMPLES_MAX, sizeof(*l->samples));
	l->n_samples = 0;
	cpu = process_cpu(l->pid);
	began = now();
	if (l->samples)
		rate(l, amount, most);
	else if (text[0] == 'b')
		burst(l, (unsigned)amount, most);
	else
		flight(l, (unsigned)amount, most);
	finish(l);
	took = now() - began;
	cpu = process_cpu(l->pid) - cpu;
	last = l->deliveries - last;
	printf("%s{\"phase\":\"%s\",\"events\":%llu,\"deliveries\":%llu,"
	    "\"per_s\":%.1f,\"cpu_us\":%.4f,\"cpu_share\":%.3f", before, text,
	    (unsigned long long)(l->sent - events), (unsigned long long)last,
	    (double)last / took, cpu * 1e6 / (double)last, cpu / took);
	if (l->samples) {
		qsort(l->samples, l->n_samples, sizeof(*l->samples), by_value);
		printf(",\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f",
		    percentile(l, 0.5), percentile(l, 0.99),
		    percentile(l, 1));
	}
	printf(",\"server_kb\":%ld}", process_kb(l->pid));
	free(l->samples);
	l->samples = NULL;
}

/* What the deaf ones find when they listen at last. */
static void
deaf_end(struct load *l)
{
	static char room[READ_BYTES];
	unsigned whole = 0, ended = 0, lost = 0;

	for (unsigned i = 0; i < l->deaf; i++) {
		struct sub *s = &l->subs[i];
		struct pollfd p = { .fd = s->fd, .events = POLLIN };
		ssize_t n = 1;

		while (n > 0 && s->events < l->sent && !s->closed &&
		    poll(&p, 1, 5000) > 0) {
			n = recv(s->fd, room, sizeof(room), MSG_DONTWAIT);
			if (n > 0)
				sub_take(s, l->target.wire, room, (size_t)n);
		}
		whole += s->events >= l->sent;
		ended += s->events < l->sent && (n <= 0 || s->closed);
		lost += s->events < l->sent && n > 0 && !s->closed;
	}
	printf(",\"deaf\":{\"had_all\":%u,\"ended\":%u,\"lost\":%u}", whole,
	    ended, lost);
}

static bool
all_greeted(const struct load *l, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (!l->subs[i].open || l->subs[i].events < l->hello)
			return false;
	return true;
}

static void
open_some(struct load *l, unsigned from, unsigned to)
{
	double end;

	for (unsigned i = from; i < to; i++) {
		struct sub *s = &l->subs[i];

		check(sub_open(s, &l->target, i), "a subscriber");
		watch(l, s->fd, i);
		for (l->opening++, end = now() + STALL_S;
		    l->opening > OPENING_MAX;) {
			turn(l, 1);
			require(now() < end, "a handshake is not answered");
		}
	}
}

/* The first n have had what comes first. */
static void
greet(struct load *l, unsigned n)
{
	double end = now() + STALL_S;

	while (!all_greeted(l, n)) {
		turn(l, 1);
		require(now() < end, "not all were greeted; see --hello");
	}
}

/* Those that are deaf read no more. */
static void
settle(struct load *l)
{
	for (unsigned i = 0; i < l->n; i++) {
		l->subs[i].events -= l->hello;
		require(l->subs[i].events == 0, "more than --hello was greeted");
		if (i < l->deaf)
			check(epoll_ctl(l->epoll, EPOLL_CTL_DEL,
			    l->subs[i].fd, NULL) == 0, "epoll_ctl");
	}
	for (double end = now() + REST_S; now() < end;)
		turn(l, 0.1);
}

static void
fill(struct load *l)
{
	for (unsigned i = 0; i < l->fill; i += FILL_STEP) {
		unsigned n = l->fill - i;

		if (!publisher_send(l->publisher, n < FILL_STEP ? n :
		    FILL_STEP))
			exit(1);
		while (!publisher_idle(l->publisher))
			turn(l, 0.001);
	}
}

/* From the first that connects until all have all. */
static void
resume(struct load *l)
{
	double cpu = process_cpu(l->pid), began = now(), took, end = 0;
	uint32_t last = UINT32_MAX;	/* of the one we wait for */
	uint64_t want = (uint64_t)l->fill + l->hello;

	open_some(l, 0, l->n);
	for (unsigned i = 0; i < l->n; i++)
		while (l->subs[i].events < want) {
			if (l->subs[i].events != last)
				end = now() + STALL_S;
			last = l->subs[i].events;
			turn(l, 1);
			require(now() < end, "not all events came");
		}
	took = now() - began;
	cpu = process_cpu(l->pid) - cpu;
	printf("{\"resume\":{\"events\":%u,\"per_s\":%.1f,\"cpu_us\":%.4f,"
	    "\"server_kb\":%ld}}\n", l->fill,
	    (double)l->fill * l->n / took,
	    cpu * 1e6 / ((double)l->fill * l->n), process_kb(l->pid));
}

static void
measure(struct load *l, char **phases)
{
	unsigned few = l->n < FEW ? l->n : FEW;
	const char *comma = "";
	double began, opened;
	long before, idle;

	open_some(l, 0, few);
	greet(l, few);
	before = process_kb(l->pid);
	began = now();
	open_some(l, few, l->n);
	greet(l, l->n);
	opened = now() - began;
	settle(l);
	idle = process_kb(l->pid);
	publish(l, 1, now());		/* warm, and known to work */
	finish(l);
	printf("{\"idle\":%u,\"open_s\":%.3f,\"kb_before\":%ld,"
	    "\"kb_idle\":%ld,\"phases\":[", l->n - few, opened, before, idle);
	for (; *phases; phases++, comma = ",")
		phase(l, *phases, comma);
	for (unsigned i = l->deaf; i < l->n; i++)
		require(l->subs[i].events == l->sent, "an event came twice");
	printf("]");
	if (l->deaf)
		deaf_end(l);
	printf("}\n");
}

static void
options(struct load *l, int argc, char **argv)
{
	static const struct option rows[] = {
		{ "wire", required_argument, NULL, 'w' },
		{ "to", required_argument, NULL, 't' },
		{ "path", required_argument, NULL, 'p' },
		{ "header", required_argument, NULL, 'h' },
		{ "subscribers", required_argument, NULL, 'n' },
		{ "deaf", required_argument, NULL, 'd' },
		{ "hello", required_argument, NULL, 'o' },
		{ "pid", required_argument, NULL, 'i' },
		{ "publish", required_argument, NULL, 'u' },
		{ "bytes", required_argument, NULL, 'b' },
		{ "fill", required_argument, NULL, 'f' },
		{ "pace", required_argument, NULL, 'a' },
		{ 0 }
	};
	unsigned long v[128] = { ['b'] = 400 };
	const char *s[128] = { ['p'] = "/" };
	int c;

	while ((c = getopt_long(argc, argv, "", rows, NULL)) != -1) {
		if (c == '?')
			exit(2);
		s[c] = optarg;
		v[c] = strtoul(optarg, NULL, 10);
	}
	require(s['w'] && s['t'] && s['u'] && v['n'] && v['i'] &&
	    v['d'] < v['n'], "an option is missing; see the source");
	l->wire = s['w'];
	l->to = s['t'];
	l->path = s['p'];
	l->header = s['h'];
	l->way = s['u'];
	l->pace = s['a'];
	l->n = (unsigned)v['n'];
	l->deaf = (unsigned)v['d'];
	l->hello = (unsigned)v['o'];
	l->fill = (unsigned)v['f'];
	l->bytes = v['b'];
	l->pid = (pid_t)v['i'];
}

int
main(int argc, char **argv)
{
	static struct load l;
	struct rlimit r;
	int fd;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	options(&l, argc, argv);
	check(getrlimit(RLIMIT_NOFILE, &r) == 0, "RLIMIT_NOFILE");
	r.rlim_cur = r.rlim_max;
	check(setrlimit(RLIMIT_NOFILE, &r) == 0, "RLIMIT_NOFILE");
	require(target_set(&l.target, strcmp(l.wire, "sse") ? WIRE_WS : WIRE_SSE,
	    l.to, l.path, l.header), "--to, --path or --header");
	l.subs = calloc(l.n, sizeof(*l.subs));
	l.epoll = epoll_create1(EPOLL_CLOEXEC);
	l.publisher = publisher_new(l.way, l.bytes, l.target.wire, l.header,
	    l.pace);
	if (!l.publisher)
		return 1;
	for (unsigned i = 0; (fd = publisher_fd(l.publisher, i)) >= 0; i++)
		watch(&l, fd, l.n + i);
	if (l.fill) {
		fill(&l);
		resume(&l);
	} else {
		measure(&l, argv + optind);
	}
	publisher_free(l.publisher);
	free(l.subs);
	return 0;
}

#include "broadcastd/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/doorbell.h"
#include "base/log.h"
#include "broadcastd/conn.h"
#include "broadcastd/gather.h"
#include "broadcastd/listen.h"

#define EVENTS_A_TURN 256
#define ACCEPTS_A_TURN 64
#define UNDECIDED_MAX 256	/* connections beside clients_max */
#define OWN_FILES 24		/* listeners, database, reserve */
#define DRAIN_MS 4000		/* and at most a second until that is seen */

int
server_watch(struct server *s, struct watch *w, uint32_t events, struct err *e)
{
	struct epoll_event ev = { .events = events, .data.ptr = w };

	if (epoll_ctl(s->epoll, EPOLL_CTL_MOD, w->fd, &ev) == 0 ||
	    (errno == ENOENT &&
	    epoll_ctl(s->epoll, EPOLL_CTL_ADD, w->fd, &ev) == 0))
		return 0;
	return err_sys(e, "cannot watch a descriptor");
}

/* The doorbell may have been opened anew, by any look at it. */
static void
watch_bell(struct server *s)
{
	s->bell = (struct watch){ WATCH_BELL, s->feed.bell };
	if (s->bell.fd >= 0)
		server_watch(s, &s->bell, EPOLLIN, NULL);
}

static void
accepting(struct server *s, bool yes)
{
	s->accepting = yes;
	for (size_t i = 0; i < LISTENERS_MAX; i++)
		if (s->listeners[i].watch.fd >= 0)
			server_watch(s, &s->listeners[i].watch,
			    yes ? EPOLLIN : 0, NULL);
}

static void
listeners_end(struct server *s)
{
	for (size_t i = 0; i < LISTENERS_MAX; i++)
		listen_end(&s->listeners[i]);
}

static int
listeners_begin(struct server *s, struct err *e)
{
	const struct config *c = &s->config;

	if (!c->broadcast_socket.len && !c->broadcast_listen.len)
		return err_set(e, ERR_CONFIG, "neither PATCHWARDEN_BROADCAST_"
		    "SOCKET nor PATCHWARDEN_BROADCAST_LISTEN is set");
	if (c->broadcast_socket.len && listen_unix(&s->listeners[0],
	    arena_cstr(s->settings, c->broadcast_socket), e) != 0)
		return -1;
	if (c->broadcast_listen.len && listen_tcp(&s->listeners[1],
	    c->broadcast_listen, e) != 0)
		return -1;
	accepting(s, true);
	return 0;
}

static void
turn_away(struct server *s, int fd)
{
	static const char answer[] = "HTTP/1.1 503 Service Unavailable\r\n"
	    "Retry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
	char bytes[KIB(4)];

	/* What is read does not turn the close into a reset */
	(void)!recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	(void)!send(fd, answer, sizeof(answer) - 1,
	    MSG_NOSIGNAL | MSG_DONTWAIT);
	shutdown(fd, SHUT_RDWR);
	close(fd);
	s->gauges.gone[GONE_TURNED_AWAY]++;
}

/* No descriptor is left: with the one in reserve whoever waits is told so;
 * then nobody is accepted until the next tick. */
static void
accept_failed(struct server *s, const struct listener *l)
{
	int fd;

	if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
		return;
	if (s->accepting)
		log_warn("cannot accept connections for a second", "reason",
		    strerror(errno), NULL);
	if (s->spare >= 0) {
		close(s->spare);
		while ((fd = listen_accept(l)) >= 0)
			turn_away(s, fd);
		s->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
	}
	accepting(s, false);
}

/* Clients never take the descriptors that the database needs. */
static void
limit_conns(struct server *s)
{
	size_t most = (size_t)s->config.clients_max + UNDECIDED_MAX;
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < most + OWN_FILES)
		most = r.rlim_cur > OWN_FILES * 2 ?
		    (size_t)r.rlim_cur - OWN_FILES : OWN_FILES;
	s->conns_most = most;
}

static void
accept_some(struct server *s, const struct listener *l)
{
	for (int i = 0; i < ACCEPTS_A_TURN; i++) {
		int fd = listen_accept(l);

		if (fd < 0) {
			accept_failed(s, l);
			return;
		}
		if (s->conns.n >= s->conns_most)
			turn_away(s, fd);
		else
			conn_new(s, fd);
	}
}

static void
reap(struct server *s)
{
	while (s->dead) {
		struct conn *c = s->dead;

		s->dead = c->next_dead;
		conn_free(c);
	}
}

/* Those that wait for room are told by epoll. */
static void
flush_all(struct server *s)
{
	struct conn *c;

	for (uint32_t at = 0; (c = conns_next(&s->conns, &at));)
		if (c->state == CONN_OPEN && !(c->armed & EPOLLOUT)) {
			conn_flush(c);
			arena_reset(s->arena);
		}
}

static void
take_rings(struct server *s)
{
	s->gauges.rings += doorbell_drain(s->bell.fd);
}

static void
gather(struct server *s)
{
	int64_t us = s->rung ? gather_us(s->last_events, s->last_us) : 0;

	if (us == 0)
		return;
	nanosleep(&(struct timespec){ .tv_nsec = us * 1000 }, NULL);
	take_rings(s);
}

/* True when there may be more to take from the table. */
static bool
pump(struct server *s)
{
	int64_t head = hub_head(s->hub), began;
	uint64_t was = s->feed.published;
	bool more;

	gather(s);
	more = feed_step(&s->feed, s->hub, s->arena);
	s->gauges.events += s->feed.published - was;
	arena_reset(s->arena);
	if (hub_head(s->hub) != head) {
		began = clock_mono_us();
		flush_all(s);
		s->last_us = clock_mono_us() - began;
		s->last_events = s->feed.published - was;
	}
	return more;
}

static void
gap_all(struct server *s)
{
	int64_t oldest, head;
	struct err e = { 0 };
	struct conn *c;

	log_warn("the database is another one; all positions are void",
	    "epoch", s->feed.epoch, NULL);
	if (feed_bounds(&s->feed, &oldest, &head, &e) != 0) {
		oldest = 0;
		head = hub_head(s->hub);
	}
	for (uint32_t at = 0; (c = conns_next(&s->conns, &at));)
		if (c->state == CONN_OPEN)
			conn_gap(c, c->pos, oldest, hub_head(s->hub));
}

static void
look(struct server *s)
{
	if (feed_look(&s->feed, s->hub) == FEED_ANOTHER)
		gap_all(s);
	if (s->bell.fd != s->feed.bell)
		watch_bell(s);
}

static void
tick(struct server *s)
{
	uint64_t expirations;
	struct conn *c;

	(void)!read(s->timer.fd, &expirations, sizeof(expirations));
	look(s);
	if (!s->accepting && !s->drain_by_ms)
		accepting(s, true);
	for (uint32_t at = 0; (c = conns_next(&s->conns, &at));) {
		conn_tick(c);
		arena_reset(s->arena);
	}
	feed_tick(&s->feed, s->now_ms);
}

static void
drain(struct server *s)
{
	struct conn *c;
	size_t i = 0;

	if (s->drain_by_ms)
		return;
	log_info("ending", NULL);
	s->drain_by_ms = s->now_ms + DRAIN_MS;
	listeners_end(s);
	for (uint32_t at = 0; (c = conns_next(&s->conns, &at));) {
		conn_restart(c, i++);
		conn_flush(c);
	}
}

/* Sockets that stay where they are stay open. */
static void
listeners_renew(struct server *s, const struct config *was)
{
	const struct config *c = &s->config;
	struct err e = { 0 };

	if (str_eq(was->broadcast_socket, c->broadcast_socket) &&
	    str_eq(was->broadcast_listen, c->broadcast_listen))
		return;
	listeners_end(s);
	if (listeners_begin(s, &e) != 0)
		log_error("cannot listen any more", "detail", e.detail, NULL);
}

static void
reload(struct server *s)
{
	struct arena *settings = arena_new();
	struct config was = s->config, c = { 0 };
	struct err e = { 0 };

	if (config_load(s->config_path, settings, &c, &e) != 0) {
		log_error("the configuration is kept as it was", "detail",
		    e.detail, "at", e.at, NULL);
		arena_free(settings);
		c = s->config;
		settings = NULL;
	}
	s->config = c;
	if (settings) {
		struct arena *old = s->settings;

		s->settings = settings;
		log_set((enum log_level)c.log_level);
		listeners_renew(s, &was);
		feed_reopen(&s->feed, &s->config, s->settings);
		arena_free(old);
	} else {
		feed_reopen(&s->feed, &s->config, s->settings);
	}
	s->bell.fd = -1;
	look(s);
	limit_conns(s);
	log_info("configuration, database and doorbell are opened anew", NULL);
}

static void
take_signal(struct server *s)
{
	struct signalfd_siginfo si;

	if (read(s->signals.fd, &si, sizeof(si)) != sizeof(si))
		return;
	if (si.ssi_signo == SIGHUP)
		reload(s);
	else
		drain(s);
}

static void
dispatch(struct server *s, struct watch *w, uint32_t events)
{
	switch (w->kind) {
	case WATCH_LISTENER:
		if (w->fd >= 0)
			accept_some(s, (const struct listener *)(void *)w);
		break;
	case WATCH_SIGNAL:
		take_signal(s);
		break;
	case WATCH_TIMER:
		tick(s);
		break;
	case WATCH_BELL:
		s->rung = w->fd >= 0;
		if (s->rung)
			take_rings(s);
		break;
	case WATCH_CONN:
		conn_event((struct conn *)(void *)w, events);
		break;
	}
	arena_reset(s->arena);
}

static bool
over(const struct server *s)
{
	return s->drain_by_ms &&
	    (s->conns.n == 0 || s->now_ms >= s->drain_by_ms);
}

static void
now(struct server *s)
{
	s->now_ms = clock_mono_ms();
	s->now_s = (uint32_t)(s->now_ms / 1000);
}

static void
serve(struct server *s)
{
	struct epoll_event ev[EVENTS_A_TURN];
	bool more = true;

	while (!over(s)) {
		int n = epoll_wait(s->epoll, ev, EVENTS_A_TURN,
		    more ? 0 : -1);

		now(s);
		s->rung = false;
		for (int i = 0; i < n; i++)
			dispatch(s, ev[i].data.ptr, ev[i].events);
		more = pump(s);
		reap(s);
	}
}

static int
watch_own(struct server *s, struct err *e)
{
	const struct itimerspec each = { { 1, 0 }, { 1, 0 } };
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	s->signals = (struct watch){ WATCH_SIGNAL,
	    signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC) };
	s->timer = (struct watch){ WATCH_TIMER,
	    timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC) };
	s->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (s->epoll < 0 || s->signals.fd < 0 || s->timer.fd < 0 ||
	    timerfd_settime(s->timer.fd, 0, &each, NULL) != 0)
		return err_sys(e, "cannot set up the loop");
	if (server_watch(s, &s->signals, EPOLLIN, e) != 0)
		return -1;
	return server_watch(s, &s->timer, EPOLLIN, e);
}

static void
end(struct server *s)
{
	struct conn *c;

	for (uint32_t at = 0; (c = conns_next(&s->conns, &at));)
		conn_free(c);
	conns_end(&s->conns);
	listeners_end(s);
	if (s->feed.ready)
		feed_checkpoint(&s->feed, 1);
	feed_end(&s->feed);
	hub_free(s->hub);
	quota_free(s->tokens);
	quota_free(s->addresses);
	close(s->spare);
	close(s->timer.fd);
	close(s->signals.fd);
	close(s->epoll);
}

int
loop_run(struct server *s, struct err *e)
{
	int rc = -1;

	for (size_t i = 0; i < LISTENERS_MAX; i++)
		s->listeners[i].watch = (struct watch){ WATCH_LISTENER, -1 };
	s->bell = (struct watch){ WATCH_BELL, -1 };
	now(s);
	s->gauges.started_ms = clock_now_ms();
	s->tokens = quota_new();
	s->addresses = quota_new();
	s->hub = hub_new((size_t)s->config.lag_bytes);
	feed_begin(&s->feed, &s->config, s->settings);
	if (watch_own(s, e) != 0 || listeners_begin(s, e) != 0)
		goto out;
	limit_conns(s);
	look(s);
	if (s->confine)
		s->confine(s);
	serve(s);
	rc = 0;
out:
	end(s);
	return rc;
}

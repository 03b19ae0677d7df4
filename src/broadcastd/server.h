/* server.h - what the parts of the daemon share: one thread, one epoll set. */
#ifndef BROADCASTD_SERVER_H
#define BROADCASTD_SERVER_H

#include "broadcastd/conns.h"
#include "broadcastd/feed.h"
#include "broadcastd/gauges.h"
#include "broadcastd/hub.h"
#include "broadcastd/quota.h"

enum watch_kind {
	WATCH_LISTENER, WATCH_SIGNAL, WATCH_TIMER, WATCH_BELL, WATCH_CONN
};

/* What an event of epoll points to. */
struct watch {
	enum watch_kind kind;
	int fd;			/* -1: not open */
};

#define LISTENERS_MAX 2

struct listener {
	struct watch watch;
	bool tcp;
	char *path;		/* of a Unix socket, to be removed; else NULL */
	uint64_t dev, ino;	/* what we bound there */
};

struct conn;

struct server {
	const char *config_path;	/* NULL: the usual place */
	/* Called once when everything is open; may be NULL. */
	void (*confine)(struct server *s);
	struct config config;
	struct arena *settings;		/* the texts of config */
	struct arena *arena;		/* reset after each step */
	struct hub *hub;
	struct feed feed;
	struct listener listeners[LISTENERS_MAX];
	bool accepting;			/* false: out of descriptors */
	struct watch signals, timer, bell;
	int epoll, spare;		/* spare: one descriptor in reserve */
	struct gauges gauges;
	struct quota *tokens, *addresses;	/* of streams */
	struct conns conns;
	size_t conns_most;		/* more are turned away at once */
	size_t n_streams;		/* of them, those that count as clients */
	struct conn *dead;		/* to be freed at the end of the turn */
	bool rung;			/* in this turn */
	uint64_t last_events;		/* of the last round of sends */
	int64_t last_us;		/* how long it took */
	int64_t now_ms;			/* monotonic, of this turn */
	uint32_t now_s;			/* the same */
	int64_t drain_by_ms;		/* 0: not told to end */
};

/* Watch w for those events, or no longer (events 0 keeps it in the set). */
int server_watch(struct server *s, struct watch *w, uint32_t events,
    struct err *e);

#endif

/* gate.h - whether somebody else's server may be asked now, and what it said
 * last time.
 *
 * Servers count the requests of a credential, whichever process sends them; so
 * what is known about that has to be shared.  remote/ has no database: who
 * asks gives it a gate, whose functions keep a struct gate_state (and the rules
 * of gate_rules.h are all that they need to know of it), and answers with their
 * tags.  NULL functions count nothing and remember nothing. */
#ifndef REMOTE_GATE_H
#define REMOTE_GATE_H

#include "base/arena.h"
#include "base/err.h"

/* What a request costs. */
enum gate_cost {
	GATE_READ,
	GATE_WRITE,		/* changes something */
	GATE_CREATE,		/* makes something that people are told of */
	GATE_COST__MAX
};

/* Whose counters they are.  credential is a name and tells nothing that is
 * secret: "token:" or "app:" and some digits of a hash. */
struct gate_key {
	struct str host;		/* "api.github.com", "127.0.0.1:8080" */
	struct str credential;
};

struct gate_ask {
	struct gate_key key;
	enum gate_cost cost;
	int64_t now_ms;
};

/* How a request that was let through went. */
struct gate_told {
	struct gate_key key;
	enum gate_cost cost;
	int64_t now_ms;
	int status;			/* 0: there was no answer */
	bool limited;			/* it was refused for asking too much */
	int64_t retry_after_s;		/* -1: not said */
	int64_t remaining;		/* of the primary limit; -1: not said */
	int64_t reset_s;		/* since 1970, when it is whole again; -1 */
};

/* An answer that may be used again while its server says 304. */
struct gate_etag {
	struct str etag, body;
	struct str link;	/* address of the next page; STR_NONE: none */
};

struct gate {
	/* 0 with *wait_ms 0: it may go, and is counted as gone; 0 with more:
	 * not now, ask again after that; -1: it cannot be known. */
	int (*before)(void *to, const struct gate_ask *ask, int64_t *wait_ms,
	    struct err *e);
	/* Told once for each that was let through; a fault in it is logged by
	 * who has it. */
	void (*after)(void *to, const struct gate_told *told);
	/* 1 with *out in the arena; 0: nothing is remembered, or it cannot be
	 * read. */
	int (*etag_get)(void *to, struct arena *a, const struct gate_key *key,
	    struct str url, struct gate_etag *out);
	void (*etag_put)(void *to, const struct gate_key *key, struct str url,
	    const struct gate_etag *tag);
	void *to;
};

#endif

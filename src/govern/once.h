/* once.h - a request that carries an Idempotency-Key is done once; sent again,
 * it gets the first answer again. */
#ifndef GOVERN_ONCE_H
#define GOVERN_ONCE_H

#include "govern/govern.h"
#include "store/idempotency.h"

/* Who asks for what. */
struct verb_request {
	struct str token_id;
	struct str idempotency_key;	/* STR_NONE: none was sent */
	struct str request_id;
	struct str body;		/* as sent; its hash belongs to the key */
	const char *route;		/* "POST /api/patches/apply" */
};

struct verb_answer {
	int status;			/* HTTP */
	struct str content_type, body;	/* in the arena */
	bool replayed;			/* of an earlier, equal request */
};

/* 1: it was answered before, and *out says what; 0: it is new (*key is filled
 * for once_keep()); -1: ERR_IDEMPOTENCY_MISMATCH, ERR_IN_FLIGHT. */
int once_look(struct govern *g, struct arena *a, const struct verb_request *r,
    struct idempotency *key, struct verb_answer *out, struct err *e);
/* Inside db_begin(): keep the answer of a request that ends here.  Fine when no
 * key was sent.  -1 with ERR_IN_FLIGHT when somebody else was first. */
int once_keep(struct govern *g, const struct verb_request *r,
    struct idempotency *key, const struct verb_answer *out, struct err *e);

#endif

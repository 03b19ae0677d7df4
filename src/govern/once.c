#include "govern/once.h"

#include "base/clock.h"

static int
in_flight(struct err *e)
{
	return err_set(e, ERR_IN_FLIGHT,
	    "the first request with this Idempotency-Key has not ended");
}

int
once_look(struct govern *g, struct arena *a, const struct verb_request *r,
    struct idempotency *key, struct verb_answer *out, struct err *e)
{
	struct sha256 hash = sha256_of(r->body);
	int rc;

	*key = (struct idempotency){ .key = r->idempotency_key,
	    .token_id = r->token_id, .route = str(r->route) };
	if (!r->idempotency_key.p)
		return 0;
	rc = idempotency_find(g->db, a, key, e);
	if (rc < 0)
		return -1;
	if (rc == 1 && !sha256_eq(key->body_sha256, hash))
		return err_set(e, ERR_IDEMPOTENCY_MISMATCH,
		    "the key was sent before with another body");
	if (rc == 1 && key->status == 0)
		return in_flight(e);
	if (rc == 1) {
		*out = (struct verb_answer){ (int)key->status,
		    key->content_type, key->answer, true };
		return 1;
	}
	key->body_sha256 = hash;
	key->created_ms = clock_now_ms();
	return 0;
}

int
once_keep(struct govern *g, const struct verb_request *r,
    struct idempotency *key, const struct verb_answer *out, struct err *e)
{
	int rc;

	if (!r->idempotency_key.p)
		return 0;
	rc = idempotency_begin(g->db, key, e);
	if (rc <= 0)
		return rc < 0 ? -1 : in_flight(e);
	key->status = out->status;
	key->content_type = out->content_type;
	key->answer = out->body;
	if (idempotency_finish(g->db, key, e) != 0)
		return -1;
	return idempotency_purge(g->db, e);
}

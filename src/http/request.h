/* request.h - one request as the gateways hand it over.  Everything lives in
 * the request's arena. */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct request {
	struct arena *arena;
	struct str method;
	struct str path;		/* as sent, percent-encoded */
	struct str query;		/* behind the '?'; STR_NONE: no '?' */
	struct str authorization, content_type, accept, idempotency_key;
	struct str if_none_match;
	struct str request_id;		/* taken over or made up; never absent */
	struct str body;
	char *const *env;		/* as long as the request */
	struct err fault;		/* kind set: the gateway found it unusable */
};

/* Variables as CGI names them (RFC 3875): NAME=value, ends with NULL.  Fills
 * all but the body; a header that occurs twice, or a target too long, becomes
 * r->fault. */
void request_from_env(struct request *r, char *const *env);
/* What CONTENT_LENGTH says; -1: absent; -2: not a number. */
int64_t request_body_length(char *const *env);
/* Room for a body of that length and ceiling: false (and *to full) when none
 * of it need be read. */
bool request_body_begin(struct request *r, int64_t length, struct buf *to);
/* What came is the body; too much or too little of it becomes r->fault. */
void request_body_end(struct request *r, int64_t length, const struct buf *to);
/* The media type without parameters equals that (in any case). */
bool request_is_type(struct str header, const char *type);
/* Accept names that type explicitly. */
bool request_accepts(const struct request *r, const char *type);
/* Prefer has that preference (RFC 7240): "respond-async". */
bool request_prefers(const struct request *r, const char *what);
/* Any other header: "X-GitHub-Event".  STR_NONE: it was not sent. */
struct str request_header(const struct request *r, const char *name);

#endif

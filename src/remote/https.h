/* https.h - ask an HTTP server, by libcurl.
 *
 * The library is loaded at the first request and not linked: most commands
 * never need it, and its own libraries cost more start time than all the rest.
 * Only http and https, no redirects (a token would travel along), everything
 * bounded: time to connect, time in all, bytes of the answer; of a stream, the
 * time without a byte. */
#ifndef REMOTE_HTTPS_H
#define REMOTE_HTTPS_H

#include "base/arena.h"
#include "base/err.h"

/* An answer that has no end.  What is no event stream of status 200 is an
 * answer as any other. */
struct https_stream {
	/* Bytes as they arrive; false ends it. */
	bool (*on_bytes)(void *to, struct str bytes);
	/* Asked about once a second, also before the first byte; false ends
	 * it. */
	bool (*goes_on)(void *to);
	void *to;
	int64_t silence_ms;	/* without a byte, after which it is lost */
	bool opened, stopped;	/* out: it was one; a false ended it */
};

struct https;			/* one connection that is kept for the next */

struct https_request {
	const char *method;		/* "GET", "POST" */
	struct str url;
	struct str token;		/* bearer; STR_NONE: none */
	struct str accept;		/* STR_NONE: application/json */
	struct str idempotency_key;	/* STR_NONE: none */
	struct str last_event_id;	/* STR_NONE: none */
	struct str body;		/* JSON; STR_NONE: none */
	size_t answer_max;		/* bytes; ERR_LIMIT_EXCEEDED above */
	/* Each whole line of an answer of NDJSON, when it arrives; may be
	 * NULL. */
	void (*on_line)(void *to, struct str line);
	void *to;
	/* NULL: none is wanted.  One that is ended by on_bytes or goes_on, or
	 * by the server as HTTP wants it, is an answer without body. */
	struct https_stream *stream;
};

struct https_answer {
	int status;
	struct str type;		/* "application/json", no parameters */
	struct str body;
	int64_t retry_after_s;		/* -1: not said */
};

struct https *https_new(void);		/* never NULL; https_free() it */
void https_free(struct https *h);	/* NULL is fine */

/* 0 with *out in the arena, whatever its status; -1 with ERR_UNREACHABLE when
 * there was no answer, ERR_USAGE for an address that is none, ERR_NOT_READY
 * when libcurl is not installed. */
int https_send(struct https *h, struct arena *a, const struct https_request *r,
    struct https_answer *out, struct err *e);

/* "http://" or "https://" and a host; ERR_USAGE otherwise. */
int https_url_check(struct str url, struct err *e);
/* url has nothing behind its host but perhaps one "/". */
bool https_url_bare(struct str url);

#endif

/* https.h - ask an HTTP server, by libcurl.
 *
 * The library is loaded at the first request and not linked: most commands
 * never need it, and its own libraries cost more start time than all the rest.
 * Only http and https, no redirects (a token would travel along), everything
 * bounded: time to connect, time in all, bytes of the answer and of its
 * headers; of a stream, the time without a byte.  Proxies are those that the
 * environment names, as libcurl reads it.  No error holds a token, or a query
 * of an address. */
#ifndef REMOTE_HTTPS_H
#define REMOTE_HTTPS_H

#include "base/arena.h"
#include "base/err.h"
#include "remote/https_url.h"

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

/* Where requests of a program that nobody watches may go: to the server that
 * the configuration names and no other, whatever an answer says; and encrypted,
 * unless that server is this machine or the operator wants it so. */
struct https_policy {
	struct str base;
	bool plain;			/* http to other machines, too */
};

struct https_header {
	const char *name;
	struct str value;		/* STR_NONE: it is not sent */
};

struct https_request {
	const char *method;		/* "GET", "POST" */
	struct str url;
	const struct https_policy *policy;	/* NULL: a person named url */
	const struct https_header *headers;	/* besides those below */
	size_t n_headers;
	struct str agent;		/* STR_NONE: patchctl and its version */
	int64_t total_ms;		/* 0: a minute */
	/* It changes something and is not sent a second time, as libcurl does
	 * when a connection that it kept turns out to be dead. */
	bool once;
	struct str token;		/* bearer; STR_NONE: none */
	struct str accept;		/* STR_NONE: application/json */
	struct str idempotency_key;	/* STR_NONE: none */
	struct str last_event_id;	/* STR_NONE: none */
	struct str body;		/* JSON; STR_NONE: none */
	size_t answer_max;		/* bytes; ERR_LIMIT_EXCEEDED above */
	/* Each whole line of an answer of NDJSON, when it arrives; may be
	 * NULL. */
	void (*on_line)(void *to, struct str line);
	/* The body of an answer of status 200 as it arrives, in the place of
	 * out->body; answer_max is not asked.  False: enough, that is all of
	 * it.  May be NULL. */
	bool (*on_piece)(void *to, struct str bytes);
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
	int64_t date_s;			/* since 1970, by its clock; -1 */
	struct str etag, location, next;	/* next: of Link */
	/* GitHub's words for its limit; -1: not said. */
	int64_t limit_remaining, limit_reset_s;
	/* The request, or a part of it, left this machine; known also when
	 * there was no answer. */
	bool sent;
};

struct https *https_new(void);		/* never NULL; https_free() it */
void https_free(struct https *h);	/* NULL is fine */

/* 0 with *out in the arena, whatever its status; -1 with ERR_UNREACHABLE when
 * there was no answer, ERR_USAGE for an address that is none, ERR_CONFIG for
 * one that the policy does not allow, ERR_NOT_READY when libcurl is not
 * installed. */
int https_send(struct https *h, struct arena *a, const struct https_request *r,
    struct https_answer *out, struct err *e);

/* GET what an answer of r->policy's server led to, which is r->url; neither the
 * token nor headers go there.  It may be any host by https; by http only this
 * machine, and only when the server is on this machine, too. */
int https_follow_download(struct https *h, struct arena *a,
    const struct https_request *r, struct https_answer *out, struct err *e);

#endif

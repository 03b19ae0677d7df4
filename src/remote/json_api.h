/* json_api.h - ask a server that takes and gives JSON, for somebody who is not
 * watching: at the configured address only, with a ceiling on everything, and
 * again when it was busy.
 *
 * Only for requests that change nothing there: they may be sent twice. */
#ifndef REMOTE_JSON_API_H
#define REMOTE_JSON_API_H

#include "json/json_reader.h"
#include "remote/https.h"

struct json_api {
	const char *name;	/* "Cloudflare", for errors */
	struct str base;	/* "https://api.example.com/v4" */
	struct str token;	/* bearer; STR_NONE: none */
	bool plain;		/* http also to other machines */
	size_t answer_max;	/* bytes */
	int64_t total_ms;	/* one request */
	int64_t patience_ms;	/* with its repetitions and the waits between */
	struct https *https;	/* json_api_open() */
};

struct json_answer {
	int status;
	struct json_doc *doc;	/* NULL when it is no JSON; json_doc_free() */
	struct str type;
	int64_t retry_after_s;	/* -1: not said */
};

/* ERR_CONFIG for an address that is none. */
int json_api_open(struct json_api *api, struct err *e);
void json_api_close(struct json_api *api);

/* path begins with '/'; body STR_NONE: GET, else POST.  0 with *out, whatever
 * its status, as soon as it is none that asks for patience (429, 502, 503, 504)
 * or patience is at its end, also after some tries; -1 when there was no
 * answer. */
int json_api_ask(struct json_api *api, struct arena *a, struct str path,
    struct str body, struct json_answer *out, struct err *e);

/* What an answer that was not wanted means, as an error: what the server says
 * (from the members that such servers use) with neither secrets nor control
 * characters.  Always -1. */
int json_api_refused(const struct json_api *api, const struct json_answer *w,
    struct err *e);

#endif

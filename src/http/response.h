/* response.h - one answer: made whole in memory, or streamed in pieces, or long
 * and sent while it is made. */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define NDJSON_TYPE "application/x-ndjson"

struct response {
	int status;
	const char *type;		/* of the body; NULL: no body */
	struct buf body;
	struct buf headers;		/* "Name: value\r\n" lines */
	struct str etag;	/* with quotes; absent: nobody may keep it */
	bool head;			/* HEAD: the body is not sent */
	bool streaming;			/* head and a part of the body are out */
	bool gone;			/* the client or web server went away */
	bool drained;			/* body is only what is sent next */
	bool broken;			/* may not end as if it were whole */
	/* The gateway's way out: write, and flush unless it was the last piece,
	 * which leaves with the end of the answer; false when it is gone. */
	bool (*send)(void *to, struct str bytes, bool last);
	/* Has it gone away, as far as can be told without writing?  NULL: only
	 * writing tells. */
	bool (*left)(void *to);
	void *to;
};

void response_header(struct response *r, const char *name, struct str value);
/* Replace what there is by the problem document of e, with Retry-After where
 * waiting helps.  After streaming began it is sent as the last line. */
void response_problem(struct response *r, const struct err *e,
    struct str request_id);
/* Send the head now; then pieces. */
void response_stream_begin(struct response *r);
void response_stream(struct response *r, struct str piece);
/* A long answer in little memory: set status, type and headers, then add row
 * after row to r->body, and call this behind each.  Nothing leaves before 32
 * KiB are together, so that what fails early is answered by its status, and a
 * short answer is a whole one.  False: nobody wants more (the client is gone,
 * it asked for the head alone, or the row was too large, which becomes the
 * handler's fault); the handler returns 0.
 * When it fails after a part is out, the last line of NDJSON is the problem
 * document, and for all types the connection is cut: the client sees that it
 * does not have all.  Plain CGI cannot cut; its process ends with status 3. */
bool response_drain(struct response *r);
/* The same, but now, however little there is: a client that follows waits. */
bool response_flush(struct response *r);
/* Send what was not sent. */
void response_end(struct response *r);

#endif

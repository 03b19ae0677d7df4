/* response.h - one answer: made whole in memory, or streamed in pieces. */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct response {
	int status;
	const char *type;		/* of the body; NULL: no body */
	struct buf body;
	struct buf headers;		/* "Name: value\r\n" lines */
	struct str etag;	/* with quotes; absent: nobody may keep it */
	bool head;			/* HEAD: the body is not sent */
	bool streaming;			/* head and a part of the body are out */
	bool gone;			/* the client or web server went away */
	/* The gateway's way out: write, and flush unless it was the last piece,
	 * which leaves with the end of the answer; false when it is gone. */
	bool (*send)(void *to, struct str bytes, bool last);
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
/* Send what was not sent. */
void response_end(struct response *r);

#endif

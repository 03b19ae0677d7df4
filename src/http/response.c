#include "http/response.h"

#include "contract/problem.h"
#include "http/request.h"

#define BODY_JOINED_BYTES KIB(32)
#define DRAIN_BYTES KIB(32)

void
response_header(struct response *r, const char *name, struct str value)
{
	buf_addf(&r->headers, "%s: ", name);
	/* a line break would begin a header of somebody else's making */
	for (size_t i = 0; i < value.len; i++)
		if ((unsigned char)value.p[i] >= 0x20 && value.p[i] != 0x7f)
			buf_addc(&r->headers, value.p[i]);
	buf_adds(&r->headers, "\r\n");
}

static void
problem_body(struct buf *out, const struct err *e, struct str request_id)
{
	struct json_writer w = JSON_WRITER(out);

	buf_reset(out);
	json_object_open(&w);
	problem_members(&w, e, request_id);
	json_object_close(&w);
	buf_addc(out, '\n');
}

/* Too late for a status. */
static void
problem_after(struct response *r, const struct err *e, struct str request_id)
{
	bool lines = !r->drained || request_is_type(str(r->type), NDJSON_TYPE);

	r->broken = r->drained;
	if (r->drained && lines) {	/* a row may have been begun */
		while (r->body.len && r->body.p[r->body.len - 1] != '\n')
			r->body.len--;
		response_stream(r, buf_str(&r->body));
	}
	problem_body(&r->body, e, request_id);
	/* in a table it would be one more row */
	if (lines)
		response_stream(r, buf_str(&r->body));
}

static void
retry_after(struct response *r, int seconds)
{
	char n[16];

	response_header(r, "Retry-After", str_n(n, (size_t)
	    __builtin_snprintf(n, sizeof(n), "%d", seconds)));
}

void
response_problem(struct response *r, const struct err *e,
    struct str request_id)
{
	int status = err_http(e);

	if (r->streaming) {
		problem_after(r, e, request_id);
		return;
	}
	r->drained = false;
	problem_body(&r->body, e, request_id);
	r->status = status;
	r->type = PROBLEM_TYPE;
	r->etag = STR_NONE;		/* it is of another answer */
	if (status == 503 || status == 429)
		retry_after(r, e->retry_s > 0 ? e->retry_s : 1);
	if (status == 401)
		response_header(r, "WWW-Authenticate",
		    STR("Bearer realm=\"patchwarden\""));
}

static void
out(struct response *r, struct str bytes, bool last)
{
	if (!r->gone && bytes.len && !r->send(r->to, bytes, last))
		r->gone = true;
}

/* With a small body in the same piece: each one wakes the web server. */
static void
send_head(struct response *r, struct str body, bool last)
{
	struct buf head = BUF_INIT(HEADER_MAX_BYTES * 2 + BODY_JOINED_BYTES);
	bool joined = body.len <= BODY_JOINED_BYTES;

	buf_addf(&head, "Status: %d\r\n", r->status);
	if (r->type)
		buf_addf(&head, "Content-Type: %s\r\n", r->type);
	if (r->etag.p)
		buf_addf(&head, "ETag: %.*s\r\n", STR_ARG(r->etag));
	buf_addf(&head, "Cache-Control: %s\r\n", r->etag.p ?
	    "private, no-cache" : "no-store");
	buf_add(&head, buf_str(&r->headers));
	buf_adds(&head, "\r\n");
	if (joined)
		buf_add(&head, body);
	out(r, buf_str(&head), last && joined);
	if (!joined)
		out(r, body, last);
	buf_free(&head);
}

void
response_stream_begin(struct response *r)
{
	if (r->streaming)
		return;
	send_head(r, STR(""), false);
	r->streaming = true;
}

void
response_stream(struct response *r, struct str piece)
{
	if (!r->head)
		out(r, piece, false);
}

bool
response_flush(struct response *r)
{
	r->drained = true;
	/* who has nothing to say must look whether somebody listens */
	if (!r->body.len && r->left && r->left(r->to))
		r->gone = true;
	if (r->head || r->gone || r->body.full)
		return false;
	if (r->streaming)
		out(r, buf_str(&r->body), false);
	else
		send_head(r, buf_str(&r->body), false);
	r->streaming = true;
	buf_reset(&r->body);
	return !r->gone;
}

bool
response_drain(struct response *r)
{
	r->drained = true;
	if (r->body.len < DRAIN_BYTES && !r->body.full)
		return !r->head && !r->gone;
	return response_flush(r);
}

void
response_end(struct response *r)
{
	if (r->streaming) {
		if (r->drained && !r->broken)
			out(r, buf_str(&r->body), true);
		return;
	}
	if (!r->head && r->type) {
		char n[24];

		response_header(r, "Content-Length", str_n(n, (size_t)
		    __builtin_snprintf(n, sizeof(n), "%zu", r->body.len)));
	}
	send_head(r, r->head ? STR("") : buf_str(&r->body), true);
	r->streaming = true;
}

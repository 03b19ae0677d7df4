#include "broadcastd/answer.h"

#include "broadcastd/sse.h"
#include "broadcastd/ws.h"
#include "broadcastd/ws_deflate.h"
#include "contract/problem.h"

#define RETRY_MS 2000
#define ANSWER_BYTES KIB(16)

static const struct {
	int status;
	const char *reason;
} reasons[] = {
	{ 400, "Bad Request" }, { 401, "Unauthorized" }, { 403, "Forbidden" },
	{ 404, "Not Found" }, { 405, "Method Not Allowed" },
	{ 426, "Upgrade Required" }, { 429, "Too Many Requests" },
	{ 500, "Internal Server Error" },
	{ 503, "Service Unavailable" },
};

static const char *
reason_of(int status)
{
	for (size_t i = 0; i < countof(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Error";
}

/* Only an origin that was let in is ever named, so that a browser's page of
 * another allowed site can read the answer. */
static void
put_origin(struct buf *out, struct str origin)
{
	buf_adds(out, "Vary: Origin\r\n");
	if (!origin.p)
		return;
	buf_adds(out, "Access-Control-Allow-Origin: ");
	buf_add(out, origin);
	buf_adds(out, "\r\n");
}

void
answer_upgrade(struct buf *out, struct arena *a, const struct admission *ad)
{
	buf_addf(out, "HTTP/1.1 101 Switching Protocols\r\n"
	    "Upgrade: websocket\r\nConnection: Upgrade\r\n"
	    "Sec-WebSocket-Accept: %.*s\r\n%s%s\r\n",
	    STR_ARG(ws_accept(a, ad->key)), ad->protocol ?
	    "Sec-WebSocket-Protocol: " ADMIT_PROTOCOL "\r\n" : "", ad->deflate ?
	    "Sec-WebSocket-Extensions: " WS_DEFLATE_ANSWER "\r\n" : "");
}

void
answer_stream(struct buf *out, const struct admission *ad)
{
	buf_adds(out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
	    "Cache-Control: no-store\r\nX-Accel-Buffering: no\r\n"
	    "X-Content-Type-Options: nosniff\r\n");
	put_origin(out, ad->origin);
	buf_adds(out, "Connection: close\r\n\r\n");
	if (!ad->head)
		sse_put_preamble(out, RETRY_MS);
}

void
answer_body(struct buf *out, const struct admission *ad, const char *type,
    struct str body)
{
	buf_addf(out, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\n"
	    "Content-Length: %zu\r\nCache-Control: no-store\r\n"
	    "X-Content-Type-Options: nosniff\r\n", type, body.len);
	put_origin(out, ad->origin);
	buf_adds(out, "Connection: close\r\n\r\n");
	if (!ad->head)
		buf_add(out, body);
}

void
answer_options(struct buf *out, const struct admission *ad, const char *allow)
{
	buf_addf(out, "HTTP/1.1 204 No Content\r\nAllow: %s\r\n", allow);
	put_origin(out, ad->origin);
	if (ad->origin.p)
		buf_adds(out, "Access-Control-Allow-Methods: GET\r\n"
		    "Access-Control-Allow-Headers: "
		    "Authorization, Last-Event-ID\r\n"
		    "Access-Control-Max-Age: 600\r\n");
	buf_adds(out, "Connection: close\r\n\r\n");
}

void
answer_problem(struct buf *out, const struct err *e, const char *allow,
    struct str origin, bool head)
{
	const struct err_row *row = err_row(e->kind);
	struct buf body = BUF_INIT(ANSWER_BYTES);
	struct json_writer w = JSON_WRITER(&body);

	json_object_open(&w);
	problem_members(&w, e, STR_NONE);
	json_object_close(&w);
	buf_addf(out, "HTTP/1.1 %d %s\r\nContent-Type: " PROBLEM_TYPE "\r\n"
	    "Content-Length: %zu\r\nCache-Control: no-store\r\n"
	    "X-Content-Type-Options: nosniff\r\n",
	    row->status, reason_of(row->status), body.len);
	put_origin(out, origin);
	if (allow)
		buf_addf(out, "Allow: %s\r\n", allow);
	if (row->status == 401)
		buf_adds(out, "WWW-Authenticate: Bearer\r\n");
	if (row->status == 503 || row->status == 429)
		buf_adds(out, "Retry-After: 5\r\n");
	if (row->status == 426)
		buf_adds(out, "Upgrade: websocket\r\n"
		    "Sec-WebSocket-Version: 13\r\n"
		    "Connection: Upgrade, close\r\n\r\n");
	else
		buf_adds(out, "Connection: close\r\n\r\n");
	if (!head)
		buf_add(out, buf_str(&body));
	buf_free(&body);
}

#include "http/gateway.h"

#include <errno.h>
#include <unistd.h>

#include "base/fd.h"

extern char **environ;

static bool
send_bytes(void *to, struct str s, bool last)
{
	(void)to;
	(void)last;
	return fd_write_all(STDOUT_FILENO, s) == 0;
}

static void
read_body(struct request *r, struct buf *to)
{
	int64_t length = request_body_length(environ);
	char piece[KIB(32)];

	/* plain CGI: no length, no body (RFC 3875, 4.2) */
	while (request_body_begin(r, length, to) &&
	    (int64_t)to->len < length) {
		int64_t left = length - (int64_t)to->len;
		ssize_t n = read(STDIN_FILENO, piece, left <
		    (int64_t)sizeof(piece) ? (size_t)left : sizeof(piece));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		buf_add(to, str_n(piece, (size_t)n));
	}
	request_body_end(r, length, to);
}

int
gateway_cgi(struct app *app)
{
	struct arena *a = arena_new();
	struct request req = { .arena = a };
	struct response resp = {
		.body = BUF_INIT(ANSWER_MAX_BYTES),
		.headers = BUF_INIT(HEADER_MAX_BYTES),
		.send = send_bytes,
	};
	struct buf body = BUF_INIT(app->body_bytes);

	app->confine(app->ctx);
	request_from_env(&req, environ);
	read_body(&req, &body);
	app_serve(app, &req, &resp);
	buf_free(&body);
	buf_free(&resp.body);
	buf_free(&resp.headers);
	arena_free(a);
	return resp.gone || resp.broken ? 3 : 0;
}

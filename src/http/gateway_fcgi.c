#include "http/gateway.h"

#include <errno.h>
#include <fcgiapp.h>
#include <poll.h>
#include <signal.h>

#include "base/log.h"

static volatile sig_atomic_t ending;

static void
on_term(int sig)
{
	(void)sig;
	ending = 1;
	FCGX_ShutdownPending();
}

bool
app_ending(void)
{
	return ending;
}

bool
gateway_fcgi_inherited(void)
{
	return !FCGX_IsCGI();
}

/* Read the body, up to what was announced and what is allowed; a web server
 * that passes chunks on announces nothing. */
static void
read_body(struct request *r, FCGX_Request *f, struct buf *to)
{
	int64_t length = request_body_length(f->envp);
	char piece[KIB(32)];
	bool more = request_body_begin(r, length, to);

	while (more && (length < 0 || (int64_t)to->len < length)) {
		int n = FCGX_GetStr(piece, sizeof(piece), f->in);

		if (n <= 0)
			break;
		buf_add(to, str_n(piece, (size_t)n));
		more = !to->full;
	}
	request_body_end(r, length, to);
}

static bool
send_bytes(void *to, struct str s, bool last)
{
	FCGX_Request *f = to;

	while (s.len) {
		int part = s.len > KIB(512) ? (int)KIB(512) : (int)s.len;

		if (FCGX_PutStr(s.p, part, f->out) != part)
			return false;
		s.p += part;
		s.len -= (size_t)part;
	}
	return last || FCGX_FFlush(f->out) == 0;
}

/* The web server closes the connection when its client does. */
static bool
has_left(void *to)
{
	const FCGX_Request *f = to;
	struct pollfd p = { .fd = f->ipcFd, .events = POLLRDHUP };

	return poll(&p, 1, 0) > 0 &&
	    (p.revents & (POLLRDHUP | POLLHUP | POLLERR));
}

/* False: the answer may not end as a whole one would. */
static bool
serve_one(struct app *app, struct arena *a, FCGX_Request *f)
{
	struct request req = { .arena = a };
	struct response resp = {
		.body = BUF_INIT(ANSWER_MAX_BYTES),
		.headers = BUF_INIT(HEADER_MAX_BYTES),
		.send = send_bytes, .left = has_left, .to = f,
	};
	struct buf body = BUF_INIT(app->body_bytes);

	request_from_env(&req, f->envp);
	read_body(&req, f, &body);
	app_serve(app, &req, &resp);
	buf_free(&body);
	buf_free(&resp.body);
	buf_free(&resp.headers);
	return !resp.broken;
}

int
gateway_fcgi(struct app *app, int fd)
{
	struct sigaction sa = { .sa_handler = on_term };
	struct arena *a = arena_new();
	FCGX_Request f;

	/* before FCGX_Init: libfcgi leaves a handler that is there alone */
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGUSR1, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);	/* a write past a limit fails instead */
	if (FCGX_Init() != 0 ||
	    FCGX_InitRequest(&f, fd, FCGI_FAIL_ACCEPT_ON_INTR) != 0) {
		log_error("cannot start FastCGI", NULL);
		return 3;
	}
	app->confine(app->ctx);
	while (!app->spent(app->ctx) && FCGX_Accept_r(&f) == 0) {
		if (serve_one(app, a, &f))
			FCGX_Finish_r(&f);
		else			/* closed without FCGI_END_REQUEST */
			FCGX_Free(&f, true);
		arena_reset(a);
	}
	arena_free(a);
	return 0;
}

/* app.h - a program's routes, and how one request is served by them. */
#ifndef HTTP_APP_H
#define HTTP_APP_H

#include "http/route.h"

struct app {
	const char *name;		/* of the program, for its log */
	const struct route *routes;	/* ends with method NULL */
	size_t body_bytes;		/* the largest body */
	void *ctx;
	/* Who holds this bearer token, and has it the scope?  token STR_NONE:
	 * none was sent.  ERR_UNAUTHORIZED, ERR_SCOPE_MISSING. */
	int (*authorize)(void *ctx, struct arena *a, struct str token,
	    const char *scope, struct caller *out, struct err *e);
	/* Once, before the first request: give up what is not needed. */
	void (*confine)(void *ctx);
	/* After each request: can this process do no more?  Then it ends, for
	 * whoever started it to start another. */
	bool (*spent)(void *ctx);
};

/* Fill resp; never fails: faults become problem documents. */
void app_serve(struct app *app, struct request *req, struct response *resp);

/* Was this process told to end?  Who answers for long looks now and then. */
bool app_ending(void);

/* Serve until told to end: as FastCGI when the standard input is its socket,
 * with --listen SOCKET --workers N on a socket of our own, else once as plain
 * CGI.  Returns the exit status. */
int app_main(struct app *app, int argc, char **argv);

#endif

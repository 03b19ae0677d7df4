/* gateway.h - how requests come in: FastCGI and plain CGI.  Only inside of
 * http/. */
#ifndef HTTP_GATEWAY_H
#define HTTP_GATEWAY_H

#include "http/app.h"

/* Serve requests from the listening socket fd until SIGTERM. */
int gateway_fcgi(struct app *app, int fd);
/* Is the standard input a FastCGI socket? */
bool gateway_fcgi_inherited(void);
/* Serve the one request of the environment and the standard input. */
int gateway_cgi(struct app *app);
/* Listen on path and keep n workers alive until SIGTERM. */
int pool_run(struct app *app, const char *path, int workers);

#endif

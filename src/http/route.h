/* route.h - which function answers which method and path. */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "http/request.h"
#include "http/response.h"

#define ROUTE_PARAMS 4

struct caller {			/* who asks; filled by app->authorize */
	struct str token_id, name, scopes;
};

struct call {			/* one request on its way */
	void *ctx;		/* the program's own */
	struct arena *arena;
	const struct request *req;
	struct response *resp;
	struct str param[ROUTE_PARAMS];	/* {…} of the path, decoded */
	struct caller caller;
};

enum body_rule {
	BODY_NONE,		/* a body is not looked at */
	BODY_JSON,		/* application/json is demanded */
	BODY_LINES,		/* or application/x-ndjson */
};

struct route {
	const char *method;	/* GET serves HEAD as well */
	const char *path;	/* {x}: one part; a last {x...}: all the rest */
	const char *scope;	/* NULL: open to everyone; "any": to each token */
	enum body_rule body;
	/* Fill c->resp; -1 with e: a problem is answered. */
	int (*run)(struct call *c, struct err *e);
	const char *doc;	/* one sentence */
};

/* The row for this path and method with its params filled in.  NULL: nobody
 * (ERR_NOT_FOUND, or ERR_METHOD_NOT_ALLOWED with *allow = "GET, HEAD"). */
const struct route *route_find(const struct route *rows,
    const struct request *r, struct str params[ROUTE_PARAMS],
    struct str *allow, struct err *e);

#endif

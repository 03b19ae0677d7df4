/* rpc.h - JSON-RPC 2.0: the verbs of the routes by other names. */
#ifndef API_RPC_H
#define API_RPC_H

#include "govern/once.h"
#include "http/route.h"
#include "json/json_reader.h"
#include "model/scope.h"

/* One call, out of a body that may have several. */
struct rpc_call {
	struct call *c;
	const struct json *params;	/* an object or array; NULL: none */
	struct verb_request verb;
};

struct rpc_method {
	const char *name;		/* "PatchOps.applyPatches" */
	enum scope scope;
	/* *out as the route would answer; a status other than 200 has a
	 * problem document.  -1 with e: a problem, too. */
	int (*run)(struct rpc_call *r, struct verb_answer *out, struct err *e);
	const char *doc;
};

/* The parameters, by name or as the only one in a list, by that contract; e's
 * places begin with /params. */
int rpc_params(struct rpc_call *r, const struct contract *k, void *out,
    struct err *e);

extern const struct route agent_routes[];	/* ends with method NULL */

#endif

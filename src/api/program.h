/* program.h - what every program in cgi-bin has: configuration, database,
 * authorisation, health; and the little that handlers share. */
#ifndef API_PROGRAM_H
#define API_PROGRAM_H

#include "contract/contract.h"
#include "govern/once.h"
#include "http/app.h"

/* What a program may do beside reading the database. */
enum program_rights {
	PROGRAM_READS,		/* nothing */
	PROGRAM_RECORDS,	/* write the database, ring the bell */
	PROGRAM_EDITS,		/* that, and edit workspaces, run validators */
	PROGRAM_ASKS = 8,	/* beside one of these: other people's servers */
};
/* Read the configuration, serve the routes, return the exit status.  rights:
 * enum program_rights. */
int program_main(const char *name, const struct route *routes,
    unsigned rights, int argc, char **argv);

/* The program's governor, ready to use; ERR_NOT_READY and the like. */
int program_govern(struct call *c, struct govern **g, struct err *e);
/* What a verb of govern/ needs to know of the request, and its answer sent. */
struct verb_request program_verb(const struct call *c, const char *route);
void program_answer(struct call *c, const struct verb_answer *out);
/* Do a verb once for its Idempotency-Key, and answer.  What was done is kept,
 * also when nobody knows whether it was (502); what was refused is not.  While
 * the first request with a key goes on, others get ERR_IN_FLIGHT; so they do
 * when the program died over it, for a day. */
typedef int program_verb_fn(struct call *c, void *arg,
    struct verb_answer *out, struct err *e);
int program_once(struct call *c, program_verb_fn *verb, void *arg,
    struct err *e);
/* Decode the body by that contract. */
int program_body(struct call *c, const struct contract *k, void *out,
    struct err *e);
/* The same where the body may be left out. */
int program_body_if(struct call *c, const struct contract *k, void *out,
    struct err *e);
/* A query string that takes no parameters. */
int program_no_query(struct call *c, struct err *e);

extern const struct contract no_query_contract;

/* Handlers that several programs serve. */
int healthz(struct call *c, struct err *e);
int readyz(struct call *c, struct err *e);

/* Link: rel="next" (RFC 8288): the same query with name=value in it, and no
 * offset.  value needs no escapes. */
void program_next_link(struct call *c, const char *name, struct str value);

#endif

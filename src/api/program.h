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
};
/* Read the configuration, serve the routes, return the exit status. */
int program_main(const char *name, const struct route *routes,
    enum program_rights rights, int argc, char **argv);

/* The program's governor, ready to use; ERR_NOT_READY and the like. */
int program_govern(struct call *c, struct govern **g, struct err *e);
/* What a verb of govern/ needs to know of the request, and its answer sent. */
struct verb_request program_verb(const struct call *c, const char *route);
void program_answer(struct call *c, const struct verb_answer *out);
/* Decode the body by that contract. */
int program_body(struct call *c, const struct contract *k, void *out,
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

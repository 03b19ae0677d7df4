#include "api/tickets.h"

#include "api/program.h"
#include "govern/ticket.h"

/* An Idempotency-Key changes nothing here: to answer again with the same ticket
 * its text would have to be kept.  Who asks twice has two, and one of them
 * expires. */
int
tickets_new(struct call *c, struct err *e)
{
	struct json_writer w = JSON_WRITER(&c->resp->body);
	struct ticket t;
	struct govern *g;
	char nothing;

	/* there is nothing that the body must say, so there need be none */
	if (program_no_query(c, e) != 0 || program_body_if(c,
	    &ticket_request_contract, &nothing, e) != 0 ||
	    program_govern(c, &g, e) != 0 ||
	    govern_ticket(g, c->arena, c->caller.token_id, &t, e) != 0)
		return -1;
	contract_encode(&ticket_contract, &t, &w);
	buf_addc(&c->resp->body, '\n');
	return 0;
}

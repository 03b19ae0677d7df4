/* ticket.h - what asks for a one-shot ticket of the stream, and the answer. */
#ifndef MODEL_TICKET_H
#define MODEL_TICKET_H

#include "contract/contract.h"

struct ticket {
	bool ok;
	struct str ticket;	/* its text; nobody keeps it */
	int64_t expires_ms, ttl_s;
};

/* Of nothing yet: a struct of one char. */
extern const struct contract ticket_request_contract;
extern const struct contract ticket_contract;

#endif

#include "model/ticket.h"

#define T struct ticket

static const struct field no_fields[] = { F_END };

const struct contract ticket_request_contract = {
	.name = "StreamTicketRequest", .size = sizeof(char),
	.fields = no_fields,
	.doc = "Asks for a ticket; it has no members, and may be left out.",
};

static const struct field fields[] = {
	F_BOOL(T, ok, "ok", "true", "It was made."),
	F_STR(T, ticket, "ticket", FIELD_REQUIRED, 1, NAME_MAX_BYTES, FMT_NAME, "For ?ticket= of /ws or /sse, once."),
	F_TIME(T, expires_ms, "expires", FIELD_REQUIRED, "From then on it opens nothing."),
	F_INT(T, ttl_s, "ttl_s", FIELD_REQUIRED, 1, TICKET_TTL_MAX_S, 0, "The same as seconds from now."),
	F_END
};

const struct contract ticket_contract = {
	.name = "StreamTicket", .size = sizeof(T), .fields = fields,
	.doc = "A one-shot ticket for the event stream.",
};

#include "api/coords.h"

#include "api/program.h"
#include "bridge/resolve.h"
#include "govern/recover.h"

int
coords_resolve(struct call *c, struct err *e)
{
	struct json_writer w = JSON_WRITER(&c->resp->body);
	struct resolve_request q;
	struct resolve_answer r;
	struct held held;
	struct govern *g;
	int rc;

	if (program_no_query(c, e) != 0 ||
	    program_body(c, &resolve_request_contract, &q, e) != 0 ||
	    resolve_check(&q, e) != 0 || program_govern(c, &g, e) != 0)
		return -1;
	rc = held_begin(g, c->arena, q.workspace, FD_LOCK_SHARED, &held, e);
	if (rc == 0)
		rc = resolve(c->arena, held.ws, (size_t)g->cfg->file_bytes, &q,
		    &r, e);
	held_end(&held);
	if (rc != 0)
		return -1;
	resolve_encode(&w, &r);
	buf_addc(&c->resp->body, '\n');
	return buf_check(&c->resp->body, "the answer", e);
}

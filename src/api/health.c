#include "api/program.h"

#include <sys/stat.h>

#include "policy/policy.h"
#include "store/event_store.h"
#include "store/schema.h"

int
healthz(struct call *c, struct err *e)
{
	struct json_writer w = JSON_WRITER(&c->resp->body);

	if (program_no_query(c, e) != 0)
		return -1;
	json_object_open(&w);
	json_key(&w, "ok");
	json_put_bool(&w, true);
	json_object_close(&w);
	buf_addc(&c->resp->body, '\n');
	return 0;
}

/* Ready: the database answers with our schema, the bell can be rung, and every
 * policy can be used. */
int
readyz(struct call *c, struct err *e)
{
	struct json_writer w = JSON_WRITER(&c->resp->body);
	struct govern *g;
	struct stat st;
	int64_t head;

	if (program_no_query(c, e) != 0 || program_govern(c, &g, e) != 0)
		return -1;
	if (event_store_head(g->db, &head, e) != 0)
		return -1;
	if (stat(arena_cstr(c->arena, g->cfg->fifo), &st) != 0 ||
	    !S_ISFIFO(st.st_mode))
		return err_set(e, ERR_NOT_READY, "there is no FIFO at %.*s; "
		    "broadcastd makes it when it starts",
		    STR_ARG(g->cfg->fifo));
	if (policies_ready(g->cfg, c->arena, e) != 0)
		return -1;
	json_object_open(&w);
	json_key(&w, "ok");
	json_put_bool(&w, true);
	json_key(&w, "schema_version");
	json_put_int(&w, SCHEMA_VERSION);
	json_key(&w, "head_seq");
	json_put_int(&w, head);
	json_key(&w, "epoch");
	json_put_str(&w, db_epoch(g->db));
	json_object_close(&w);
	buf_addc(&c->resp->body, '\n');
	return 0;
}

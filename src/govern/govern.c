#include "govern/govern.h"

#include <sys/stat.h>

#include "base/doorbell.h"
#include "govern/recover.h"

void
govern_init(struct govern *g, const struct config *cfg, enum db_mode mode)
{
	*g = (struct govern){ .cfg = cfg, .mode = mode };
}

void
govern_close(struct govern *g)
{
	db_close(g->db);
	g->db = NULL;
}

int
govern_ready(struct govern *g, struct arena *a, struct err *e)
{
	char *path = arena_cstr(a, g->cfg->database);
	struct db_options o = {
		.path = path, .mode = g->mode,
		.busy_ms = (int)g->cfg->busy_ms,
		.synchronous_full = g->cfg->synchronous == SYNC_FULL,
	};

	int fresh = g->db ? db_refresh(g->db, e) :
	    db_open(&o, false, &g->db, e);

	if (fresh < 0)
		return -1;
	if (fresh == 1)			/* restored: another journal */
		g->recovered = false;
	if (g->mode == DB_RW && !g->no_trees && !g->recovered) {
		recover_all(g, a);
		g->recovered = true;
	}
	return 0;
}

void
govern_ring(const struct govern *g)
{
	struct arena *a = arena_new();

	doorbell_ring(arena_cstr(a, g->cfg->fifo));
	arena_free(a);
}

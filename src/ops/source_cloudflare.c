#include "ops/read.h"

#include "remote/cloudflare.h"

#define EVENTS_MAX	100000		/* of one window */
#define OVERLAP_MS	900000		/* between two windows of one scan */

/* The window that is being read, and how far. */
struct window {
	int64_t from_ms, to_ms;
	struct str offset;
};
#define W struct window
static const struct field window_fields[] = {
	F_TIME(W, from_ms, "from", FIELD_REQUIRED, "Where the window begins."),
	F_TIME(W, to_ms, "to", FIELD_REQUIRED, "And where it ends."),
	F_STR(W, offset, "offset", FIELD_REQUIRED, 1, NAME_MAX_BYTES, FMT_NAME, "The last event that was read."),
	F_END
};
static const struct contract window_contract = {
	.name = "CloudflareCursor", .size = sizeof(W),
	.fields = window_fields, .doc = "A window that is half read.",
};

struct reading {
	struct source_run *r;
	struct window w;
	bool moved;
};

static void
reached(void *to, struct str id)
{
	struct reading *g = to;

	g->w.offset = arena_str(g->r->a, id);
	g->moved = true;
	read_cursor_set(g->r, &window_contract, &g->w);
}

static int
window_read(struct cloudflare *c, struct reading *g, struct line_sink *to,
    struct err *e)
{
	const struct cloudflare_query q = { .from_ms = g->w.from_ms,
	    .to_ms = g->w.to_ms, .offset = g->w.offset,
	    .level = (enum line_level)g->r->o->g->cfg->ops_level,
	    .max = EVENTS_MAX, .reached = reached, .to = g };
	bool resumed = g->w.offset.len > 0;

	if (cloudflare_events(c, &q, to, e) == 0)
		return 0;
	/* Perhaps the event where it stopped is not kept any more. */
	if (resumed && !g->moved)
		g->r->src->cursor = STR_NONE;
	return -1;
}

/* The window that a scan before this one left, and what came after it. */
static int
windows_read(struct cloudflare *c, struct source_run *r, struct err *e)
{
	struct reading g = { .r = r };
	struct line_sink to = read_sink(r);
	int64_t kept_ms = r->to_ms - CLOUDFLARE_KEEPS_MS;

	if (!read_cursor(r, &window_contract, &g.w) ||
	    g.w.from_ms >= g.w.to_ms || g.w.to_ms > r->to_ms ||
	    g.w.from_ms < kept_ms)
		g.w = (struct window){ r->from_ms, r->to_ms, STR_NONE };
	for (;;) {
		if (window_read(c, &g, &to, e) != 0)
			return -1;
		r->src->cursor = STR_NONE;
		if (g.w.to_ms >= r->to_ms)
			return 0;
		g.w = (struct window){ g.w.to_ms - OVERLAP_MS, r->to_ms,
		    STR_NONE };
		g.moved = false;
	}
}

int
read_cloudflare(struct source_run *r, struct err *e)
{
	const struct config *c = r->o->g->cfg;
	const struct read_server s = { "Cloudflare", "CLOUDFLARE_TOKEN",
	    c->cloudflare_api, c->cloudflare_token,
	    c->cloudflare_token_file };
	struct cloudflare cf = { .account = c->cloudflare_account };
	int rc = cloudflare_check(cf.account, e);

	if (rc == 0)
		rc = read_server_open(c, r->a, &s, &cf.api, e);
	if (rc == 0)
		rc = windows_read(&cf, r, e);
	json_api_close(&cf.api);
	return rc;
}

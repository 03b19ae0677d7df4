#include "logs/grouper.h"

#include "base/buf.h"
#include "logs/mask.h"
#include "logs/words.h"

/* Fingerprints of templates, by what they were made from. */
enum { KNOWN_SLOTS = 4096, KNOWN_BYTES = MIB(16) };

struct known {
	uint64_t key;
	int64_t id;
	struct str error_type;
	struct fingerprint fp;
};

struct grouper {
	struct drain *drain;
	struct arena *now;	/* of one call */
	struct arena *kept;	/* of what is known */
	struct known *known;
	size_t kept_bytes;
	struct buf scope, masked;
};

static void
forget(struct grouper *g)
{
	arena_reset(g->kept);
	g->known = arena_array_of(g->kept, struct known, KNOWN_SLOTS);
	g->kept_bytes = 0;
}

struct grouper *
grouper_new(struct drain *d)
{
	struct grouper *g = calloc(1, sizeof(*g));

	if (!g)
		abort();
	g->drain = d;
	g->now = arena_new();
	g->kept = arena_new();
	g->scope = BUF_INIT(KIB(64));
	g->masked = BUF_INIT(2 * TEMPLATE_MAX_BYTES);
	forget(g);
	return g;
}

void
grouper_free(struct grouper *g)
{
	if (!g)
		return;
	arena_free(g->now);
	arena_free(g->kept);
	buf_free(&g->scope);
	buf_free(&g->masked);
	free(g);
}

/* A template is of one scope, and a scope of one service or step: the id and
 * the type of the error are all that a fingerprint of it comes from. */
static const struct fingerprint *
known_of(struct grouper *g, const struct log_line *l,
    const struct drain_hit *hit)
{
	uint64_t key = map_mix((uint64_t)hit->id,
	    str_hash(STR_HASH, l->error_type));
	struct known *k = &g->known[key >> 16 & (KNOWN_SLOTS - 1)];

	if (k->key == key && k->id == hit->id &&
	    str_eq(k->error_type, l->error_type))
		return &k->fp;
	if (g->kept_bytes > KNOWN_BYTES) {
		forget(g);
		k = &g->known[key >> 16 & (KNOWN_SLOTS - 1)];
	}
	fingerprint_of(g->kept, l, NULL, hit->first, &k->fp);
	k->key = key;
	k->id = hit->id;
	k->error_type = k->fp.error_type;
	g->kept_bytes += k->fp.inputs.len + k->fp.title.len +
	    k->fp.error_type.len;
	return &k->fp;
}

int
grouper_add(struct grouper *g, const struct log_line *l,
    struct group_hit *out, struct err *e)
{
	struct trace trace;

	arena_reset(g->now);
	buf_reset(&g->scope);
	buf_reset(&g->masked);
	*out = (struct group_hit){ .traced =
	    frames_read(g->now, l->message, &trace) };
	mask_text(&g->masked, out->traced ? trace.headline : l->message);
	if (!g->masked.len)
		return err_set(e, ERR_INVALID, "the line has no message: there "
		    "is nothing to group it by");
	fingerprint_scope(&g->scope, l);
	if (buf_check(&g->scope, "the name of a service or step", e) != 0)
		return -1;
	out->drain = drain_add(g->drain, buf_str(&g->scope),
	    buf_str(&g->masked));
	if (out->traced)
		fingerprint_of(g->now, l, &trace, out->drain.first, &out->fp);
	else
		out->fp = *known_of(g, l, &out->drain);
	return 0;
}

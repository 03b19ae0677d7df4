#include "logs/inflate.h"

#include <zlib.h>

#define STEP_BYTES	KIB(64)
#define FEED_BYTES	MIB(1)
#define RATIO_FROM	MIB(1)
#define GZIP_WINDOW	(15 + 16)	/* the largest, and no other format */

struct gunzip {
	z_stream z;
	struct str in;
	struct buf *out;
	size_t start, max_out;		/* of out */
};

bool
logs_is_gzip(struct str in)
{
	/* 8: deflate, the only method there is */
	return str_starts(in, STR("\x1f\x8b\x08"));
}

static size_t
at(const struct gunzip *g)
{
	return (size_t)((const char *)g->z.next_in - g->in.p);
}

static int
damaged(const struct gunzip *g, const char *what, struct err *e)
{
	return err_set(e, ERR_INVALID, "the gzip body is damaged at byte %zu: %s",
	    at(g), what);
}

static int
check_size(const struct gunzip *g, struct err *e)
{
	size_t made = g->out->len - g->start;

	if (made > g->max_out)
		return err_set(e, ERR_TOO_LARGE,
		    "the gzip body holds more than %zu bytes", g->max_out);
	if (made > RATIO_FROM && made / LOG_INFLATE_RATIO > at(g))
		return err_set(e, ERR_TOO_LARGE, "the gzip body is more than "
		    "%d times as large when it is unpacked",
		    LOG_INFLATE_RATIO);
	return 0;
}

/* Some more of a member: 1, 0 at its end, -1. */
static int
step(struct gunzip *g, struct err *e)
{
	size_t left = g->in.len - at(g), space = g->out->max - g->out->len;
	char *room;
	int rc;

	if (space > STEP_BYTES)
		space = STEP_BYTES;
	room = space ? buf_room(g->out, space) : NULL;

	if (!room)
		return err_set(e, ERR_TOO_LARGE,
		    "the gzip body holds more than %zu bytes", g->max_out);
	g->z.avail_in = (unsigned)(left < FEED_BYTES ? left : FEED_BYTES);
	g->z.next_out = (unsigned char *)room;
	g->z.avail_out = (unsigned)space;
	rc = inflate(&g->z, Z_NO_FLUSH);
	buf_added(g->out, space - g->z.avail_out);
	if (check_size(g, e) != 0)
		return -1;
	if (rc == Z_STREAM_END)
		return 0;
	if (rc == Z_BUF_ERROR || (rc == Z_OK && at(g) == g->in.len &&
	    g->z.avail_out))
		return damaged(g, "it ends too early", e);
	if (rc != Z_OK)
		return damaged(g, g->z.msg ? g->z.msg : "not gzip", e);
	return 1;
}

int
logs_gunzip(struct str in, size_t max_out, struct buf *out, struct err *e)
{
	struct gunzip g = { .in = in, .out = out, .start = out->len,
	    .max_out = max_out };
	int rc;

	g.z.next_in = (unsigned char *)(uintptr_t)in.p;
	if (inflateInit2(&g.z, GZIP_WINDOW) != Z_OK)
		abort();		/* out of memory */
	do {
		do
			rc = step(&g, e);
		while (rc == 1);
		/* tapes are filled up with zeros, and so are some uploads */
		while (rc == 0 && at(&g) < in.len && in.p[at(&g)] == '\0')
			g.z.next_in++;
		if (rc == 0 && at(&g) < in.len && inflateReset(&g.z) != Z_OK)
			rc = damaged(&g, "not gzip", e);
	} while (rc == 0 && at(&g) < in.len);
	inflateEnd(&g.z);
	return rc;
}

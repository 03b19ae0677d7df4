#include "broadcastd/ws_deflate.h"

#define ZLIB_CONST
#include <stdlib.h>
#include <strings.h>
#include <zlib.h>

#include "broadcastd/ws.h"

#define MIN_BYTES 128		/* shorter ones hardly shrink */
#define LEVEL 4			/* half the time of 6 for a few per cent more */
#define WINDOW_BITS 15
#define MEMORY_LEVEL 8
/* Each message ends with an empty block, of which these are left out. */
static const char tail[4] = { 0, 0, '\xff', '\xff' };

struct ws_deflate {
	z_stream z;
	struct buf room;
};

/* -- the offer -- */

enum { NO_CONTEXT_SERVER, NO_CONTEXT_CLIENT, BITS_CLIENT, PARAMETERS };

static const char *const parameters[PARAMETERS] = {
	"server_no_context_takeover", "client_no_context_takeover",
	"client_max_window_bits",
};

static bool
is(struct str s, const char *word)
{
	return s.len == strlen(word) && strncasecmp(s.p, word, s.len) == 0;
}

/* 8 to 15, without a leading zero; may be quoted. */
static bool
is_bits(struct str v)
{
	int64_t n;

	if (v.len > 2 && v.p[0] == '"' && v.p[v.len - 1] == '"')
		v = str_n(v.p + 1, v.len - 2);
	return str_int(v, &n) && n >= 8 && n <= 15 && v.p[0] != '0';
}

static bool
parameter_taken(struct str text, unsigned *seen)
{
	struct str rest = text, name = str_trim(str_cut(&rest, '='));
	unsigned i = 0;

	while (i < PARAMETERS && !is(name, parameters[i]))
		i++;
	if (i == PARAMETERS || *seen >> i & 1)
		return false;
	*seen |= 1u << i;
	if (!rest.p)
		return true;
	return i == BITS_CLIENT && is_bits(str_trim(rest));
}

bool
ws_deflate_offer(struct str offer)
{
	unsigned seen = 0;

	if (!is(str_trim(str_cut(&offer, ';')), "permessage-deflate"))
		return false;
	while (offer.p)
		if (!parameter_taken(str_trim(str_cut(&offer, ';')), &seen))
			return false;
	return true;
}

/* -- what goes out -- */

struct ws_deflate *
ws_deflate_new(void)
{
	struct ws_deflate *d = calloc(1, sizeof(*d));

	if (!d || deflateInit2(&d->z, LEVEL, Z_DEFLATED, -WINDOW_BITS,
	    MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	d->room = BUF_INIT(ANSWER_MAX_BYTES);
	return d;
}

void
ws_deflate_free(struct ws_deflate *d)
{
	if (!d)
		return;
	deflateEnd(&d->z);
	buf_free(&d->room);
	free(d);
}

void
ws_deflate_put(struct ws_deflate *d, struct buf *out, struct str text)
{
	size_t most = deflateBound(&d->z, (uLong)text.len) + sizeof(tail) + 8;
	char *room;

	if (text.len < MIN_BYTES) {
		ws_put_text(out, text);
		return;
	}
	buf_reset(&d->room);
	room = buf_room(&d->room, most);
	if (!room) {		/* nobody's event is that long */
		ws_put_text(out, text);
		return;
	}
	deflateReset(&d->z);
	d->z.next_in = (const Bytef *)text.p;
	d->z.avail_in = (uInt)text.len;
	d->z.next_out = (Bytef *)room;
	d->z.avail_out = (uInt)most;
	if (deflate(&d->z, Z_SYNC_FLUSH) != Z_OK || d->z.avail_in > 0 ||
	    d->z.avail_out == 0)
		abort();
	ws_put_compressed(out, str_n(room,
	    most - d->z.avail_out - sizeof(tail)));
}

/* -- what comes in -- */

static enum ws_inflated
inflate_piece(z_stream *z, struct str in, struct buf *out)
{
	char bytes[KIB(4)];
	int rc = Z_OK;

	z->next_in = (const Bytef *)in.p;
	z->avail_in = (uInt)in.len;
	do {
		z->next_out = (Bytef *)bytes;
		z->avail_out = sizeof(bytes);
		rc = inflate(z, Z_SYNC_FLUSH);
		buf_add(out, str_n(bytes, sizeof(bytes) - z->avail_out));
		if (out->full)
			return WS_INFLATE_LONG;
	} while (rc == Z_OK && z->avail_out == 0);
	if (rc == Z_STREAM_END)		/* BFINAL: another block may follow */
		rc = inflateReset(z);
	return rc == Z_OK || rc == Z_BUF_ERROR ? WS_INFLATED :
	    WS_INFLATE_BROKEN;
}

enum ws_inflated
ws_inflate(struct str message, struct buf *out)
{
	enum ws_inflated done;
	z_stream z = { 0 };

	if (inflateInit2(&z, -WINDOW_BITS) != Z_OK)
		abort();
	done = inflate_piece(&z, message, out);
	while (done == WS_INFLATED && z.avail_in > 0)
		done = inflate_piece(&z, str_n((const char *)z.next_in,
		    z.avail_in), out);
	if (done == WS_INFLATED)
		done = inflate_piece(&z, str_n(tail, sizeof(tail)), out);
	inflateEnd(&z);
	return done;
}

/* permessage-deflate: what is agreed on, and that zlib's other side reads it. */
#include "broadcastd/ws_deflate.h"
#include "base/limits.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *offer;
	bool taken;
} offers[] = {
	{ "permessage-deflate", true },
	{ "Permessage-Deflate", true },
	{ " permessage-deflate ; client_max_window_bits", true },
	{ "permessage-deflate; client_max_window_bits=8", true },
	{ "permessage-deflate; client_max_window_bits=\"15\"", true },
	{ "permessage-deflate; server_no_context_takeover;"
	    " client_no_context_takeover", true },
	{ "permessage-deflate; server_max_window_bits=15", false },
	{ "permessage-deflate; server_max_window_bits", false },
	{ "permessage-deflate; client_max_window_bits=16", false },
	{ "permessage-deflate; client_max_window_bits=7", false },
	{ "permessage-deflate; client_max_window_bits=08", false },
	{ "permessage-deflate; client_max_window_bits=", false },
	{ "permessage-deflate; client_max_window_bits;"
	    " client_max_window_bits=9", false },
	{ "permessage-deflate; server_no_context_takeover=1", false },
	{ "permessage-deflate; mystery", false },
	{ "permessage-deflate;", false },
	{ "x-webkit-deflate-frame", false },
	{ "", false },
};

/* The payload of the one frame that out has; *compressed is its RSV1. */
static struct str
payload(const struct buf *out, bool *compressed)
{
	const unsigned char *p = (const unsigned char *)out->p;
	size_t head = p[1] < 126 ? 2 : p[1] == 126 ? 4 : 10;

	*compressed = p[0] & 0x40;
	return str_n(out->p + head, out->len - head);
}

static void
round_trips(void)
{
	struct ws_deflate *d = ws_deflate_new();
	struct buf text = BUF_INIT(MIB(1)), out = BUF_INIT(MIB(2)),
	    back = BUF_INIT(MIB(1));
	unsigned seed = 1;
	bool compressed;

	for (size_t len = 0; len < 300000; len = len * 3 + 1) {
		for (int noise = 0; noise < 2; noise++) {
			struct str data;

			buf_reset(&text);
			buf_reset(&out);
			buf_reset(&back);
			while (text.len < len) {
				seed = seed * 1103515245 + 12345;
				buf_addc(&text, noise ? (char)(seed >> 16) :
				    "event "[text.len % 6]);
			}
			ws_deflate_put(d, &out, buf_str(&text));
			data = payload(&out, &compressed);
			is_int(compressed, len >= 128, "%zu bytes", len);
			if (compressed) {
				is_int(ws_inflate(data, &back), WS_INFLATED,
				    "is deflate");
				data = buf_str(&back);
			}
			ok(str_eq(data, buf_str(&text)), "and the same");
		}
	}
	ok(out.len > 0, "and with the same state again");
	buf_free(&text);
	buf_free(&out);
	buf_free(&back);
	ws_deflate_free(d);
}

static void
hostile(void)
{
	struct ws_deflate *d = ws_deflate_new();
	struct buf text = BUF_INIT(MIB(1)), out = BUF_INIT(MIB(1)),
	    back = BUF_INIT(KIB(16));
	bool compressed;

	for (int i = 0; i < 100000; i++)
		buf_addc(&text, 'a');
	ws_deflate_put(d, &out, buf_str(&text));
	ok(out.len < 500, "a small frame");
	is_int(ws_inflate(payload(&out, &compressed), &back), WS_INFLATE_LONG,
	    "of a long text");
	buf_reset(&back);
	is_int(ws_inflate(STR("\xff\xff\xff\xff"), &back), WS_INFLATE_BROKEN,
	    "no deflate");
	buf_reset(&back);
	/* RFC 7692, 7.2.3.4: a block with BFINAL, then an empty one */
	is_int(ws_inflate(str_n("\xf3\x48\xcd\xc9\xc9\x07\x00\x00", 8), &back),
	    WS_INFLATED, "a final block");
	ok(str_is(buf_str(&back), "Hello"), "is read");
	buf_reset(&back);
	/* 7.2.3.5: two blocks */
	is_int(ws_inflate(str_n("\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9"
	    "\x07\x00", 13), &back), WS_INFLATED, "two blocks");
	ok(str_is(buf_str(&back), "Hello"), "are read");
	buf_free(&text);
	buf_free(&out);
	buf_free(&back);
	ws_deflate_free(d);
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++)
		is_int(ws_deflate_offer(str(offers[i].offer)), offers[i].taken,
		    "%s", offers[i].offer);
	round_trips();
	hostile();
	return done_testing();
}

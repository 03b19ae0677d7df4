#include "store/event_row.h"

#include <stdlib.h>

#include "base/limits.h"

/* A row is put together here and hashed at once: calling OpenSSL for each of
 * its three dozen pieces would take longer than hashing them. */
#define ROOM_BYTES KIB(8)
/* Longer texts are hashed where they are. */
#define COPY_BYTES KIB(1)
/* A decimal int64_t with sign, ':' and ','. */
#define NUMBER_BYTES 24

struct row_hasher {
	struct sha256_run *run;
	size_t n;
	int64_t bytes;
	char room[ROOM_BYTES];
};

struct row_hasher *
row_hasher_new(void)
{
	struct row_hasher *h = malloc(sizeof(*h));

	if (!h)
		abort();
	h->run = sha256_run_new();
	h->n = 0;
	return h;
}

void
row_hasher_free(struct row_hasher *h)
{
	if (!h)
		return;
	sha256_run_free(h->run);
	free(h);
}

static void
flush(struct row_hasher *h)
{
	sha256_run_add(h->run, str_n(h->room, h->n));
	h->bytes += (int64_t)h->n;
	h->n = 0;
}

static void
put(struct row_hasher *h, const char *p, size_t n)
{
	if (h->n + n > ROOM_BYTES || n > COPY_BYTES)
		flush(h);
	if (n > COPY_BYTES) {
		sha256_run_add(h->run, str_n(p, n));
		h->bytes += (int64_t)n;
		return;
	}
	memcpy(h->room + h->n, p, n);
	h->n += n;
}

/* Decimal digits, ending where `end` is; where they begin. */
static char *
digits(char *end, uint64_t v)
{
	do
		*--end = (char)('0' + v % 10);
	while (v /= 10);
	return end;
}

static void
put_text(struct row_hasher *h, struct str s)
{
	char room[NUMBER_BYTES], *end = room + sizeof(room), *p;

	if (!s.p) {
		put(h, "-,", 2);
		return;
	}
	end[-1] = ':';
	p = digits(end - 1, s.len);
	put(h, p, (size_t)(end - p));
	put(h, s.p, s.len);
	put(h, ",", 1);
}

static void
put_int(struct row_hasher *h, int64_t v)
{
	char room[NUMBER_BYTES], *end = room + sizeof(room);
	char *p = digits(end, v < 0 ? -(uint64_t)v : (uint64_t)v);

	if (v < 0)
		*--p = '-';
	put_text(h, str_n(p, (size_t)(end - p)));
}

struct sha256
event_row_hash(struct row_hasher *h, const struct sha256 *before,
    const struct event_row *r, int64_t *bytes)
{
	h->bytes = 0;
	put(h, (const char *)before->b, sizeof(before->b));
	put_int(h, r->seq);
	put_text(h, r->text[EVENT_TYPE]);
	put_int(h, r->ts_ms);
	for (int i = EVENT_PAYLOAD; i < EVENT_TEXTS; i++)
		put_text(h, r->text[i]);
	flush(h);
	if (bytes)
		*bytes += h->bytes;
	return sha256_run_end(h->run);
}

bool
event_row_has(const struct event_row *r, const struct sha256 *hash)
{
	return r->hash.len == sizeof(hash->b) &&
	    memcmp(r->hash.p, hash->b, sizeof(hash->b)) == 0;
}

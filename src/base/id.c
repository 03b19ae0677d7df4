#include "base/id.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/hash.h"

struct str
uuid7(struct arena *a)
{
	/* rand_a is a counter within the millisecond, so that order holds */
	static int64_t last_ms;
	static unsigned counter;
	unsigned char b[16];
	int64_t ms = clock_now_ms();

	random_bytes(b + 6, 10);
	if (ms > last_ms) {
		last_ms = ms;
		counter = (unsigned)(b[6] & 0x07) << 8 | b[7];
	} else if (++counter > 0xfff) {
		last_ms++;
		counter = 0;
	}
	for (int i = 0; i < 6; i++)
		b[i] = (unsigned char)(last_ms >> (40 - 8 * i));
	b[6] = (unsigned char)(0x70 | counter >> 8);
	b[7] = (unsigned char)counter;
	b[8] = (unsigned char)(0x80 | (b[8] & 0x3f));
	return arena_fmt(a, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
	    "%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2], b[3], b[4], b[5],
	    b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

void
uuid7_floor(int64_t ms, char out[UUID_TEXT + 1])
{
	uint64_t t = ms < 0 ? 0 : (uint64_t)ms & 0xffffffffffff;

	snprintf(out, UUID_TEXT + 1, "%08llx-%04llx-7000-8000-000000000000",
	    (unsigned long long)(t >> 16), (unsigned long long)(t & 0xffff));
}

bool
uuid_valid(struct str s)
{
	if (s.len != UUID_TEXT)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = (char)(s.p[i] | 0x20);

		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (s.p[i] != '-')
				return false;
		} else if (!((s.p[i] >= '0' && s.p[i] <= '9') ||
		    (c >= 'a' && c <= 'f'))) {
			return false;
		}
	}
	return true;
}

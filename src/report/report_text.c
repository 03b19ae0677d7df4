#include "report/report_build.h"

#include "base/utf8.h"

#define NOTE_BYTES 64		/* of how much is missing */

struct str
report_text(struct arena *a, struct str s)
{
	size_t keep = REPORT_TEXT_BYTES - NOTE_BYTES;
	struct buf clean = BUF_INIT(REPORT_TEXT_BYTES * 3);
	size_t left = 0;

	if (s.len > REPORT_TEXT_BYTES) {
		while (keep > 1 && ((unsigned char)s.p[keep] & 0xc0) == 0x80 &&
		    keep > REPORT_TEXT_BYTES - NOTE_BYTES - 4)
			keep--;
		left = s.len - keep;
		s.len = keep;
	} else if (utf8_check(s) == s.len) {
		return s;
	}
	utf8_clean(&clean, s);
	if (left)
		buf_addf(&clean, " \xe2\x80\xa6 (%zu bytes more)", left);
	s = arena_str(a, buf_str(&clean));
	buf_free(&clean);
	return s;
}

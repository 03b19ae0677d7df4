#include "report/figure.h"

#include "base/clock.h"

#define DASH "\xe2\x80\x94"

int64_t
figure_permille(int64_t num, int64_t den)
{
	int64_t tenths;

	if (num <= 0 || den <= 0)
		return 0;
	if (num >= den)
		return 1000;
	tenths = (int64_t)(((__int128)num * 2000 + den) / ((__int128)den * 2));
	return tenths < 1 ? 1 : tenths > 999 ? 999 : tenths;
}

void
figure_rate(struct buf *out, int64_t num, int64_t den)
{
	int64_t tenths = figure_permille(num, den);

	if (den <= 0)
		buf_adds(out, DASH);
	else
		buf_addf(out, "%lld.%lld %%", (long long)(tenths / 10),
		    (long long)(tenths % 10));
}

void
figure_ms(struct buf *out, int64_t ms)
{
	long long s = ms / 1000;

	if (ms < 0)
		buf_adds(out, DASH);
	else if (ms < 1000)
		buf_addf(out, "%lld ms", (long long)ms);
	else if (s < 60)
		buf_addf(out, "%lld.%03lld s", s, (long long)ms % 1000);
	else if (s < 3600)
		buf_addf(out, "%lld min %02lld s", s / 60, s % 60);
	else if (s < 86400)
		buf_addf(out, "%lld h %02lld min", s / 3600, s / 60 % 60);
	else
		buf_addf(out, "%lld d %02lld h", s / 86400, s / 3600 % 24);
}

void
figure_time(struct buf *out, int64_t ms)
{
	char text[CLOCK_TEXT_BYTES];
	struct str t;

	if (ms < 0) {
		buf_adds(out, DASH);
		return;
	}
	t = clock_write(ms, text);
	buf_add(out, str_n(t.p, 10));
	buf_addc(out, ' ');
	buf_add(out, str_n(t.p + 11, t.len - 12));
}

void
figure_count(struct buf *out, int64_t n, const char *one, const char *many)
{
	buf_addf(out, "%lld %s", (long long)n, n == 1 ? one : many);
}

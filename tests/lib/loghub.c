#include "loghub.h"

#include <inttypes.h>

static uint64_t
dice(struct loghub *g, uint64_t sides)
{
	g->state ^= g->state << 13;
	g->state ^= g->state >> 7;
	g->state ^= g->state << 17;
	return (g->state * UINT64_C(0x2545f4914f6cdd1d) >> 11) % sides;
}

static const char *
one_of(struct loghub *g, const char *const *of, size_t n)
{
	return of[dice(g, n)];
}

static int
small(struct loghub *g, int sides)
{
	return (int)dice(g, (uint64_t)sides);
}

static void
put_user(struct loghub *g, struct buf *out)
{
	static const char *const users[] = {
		"root", "root", "root", "admin", "test", "guest", "oracle",
		"webmaster", "pgadmin", "utsims", "chen", "fztu", "cyrus",
		"news", "matlab", "support", "ubnt", "pi", "git", "inspur"
	};

	buf_adds(out, one_of(g, users, countof(users)));
	if (dice(g, 8) == 0)
		buf_addf(out, "%d", small(g, 20));
}

static void put_pattern(struct loghub *g, struct buf *out, const char *text);

static void
put_host(struct loghub *g, struct buf *out)
{
	static const char *const hosts[] = {
		"{num}-{num}.static.example.net", "n{num}.netvigator.test",
		"server{num}.{num}.example.org", "ip-{num}.dsl.example.br",
		"mx{digit}.host{num}.test", "dsl-{num}.adsl-{num}.example.mx"
	};

	put_pattern(g, out, one_of(g, hosts, countof(hosts)));
}

/* The name of a host, where it has one. */
static void
put_known(struct loghub *g, struct buf *out)
{
	if (dice(g, 20))
		put_host(g, out);
}

static void
put_held(struct loghub *g, struct buf *out)
{
	put_pattern(g, out, dice(g, 4) ? "broadcast_{num}_piece0" :
	    "rdd_{num}_{num}");
}

static void
put_size(struct loghub *g, struct buf *out)
{
	static const char *const units[] = { "B", "KB", "MB", "GB" };

	buf_addf(out, "%d.%d %s", small(g, 999), small(g, 10),
	    one_of(g, units, 4));
}

static void
put_folder(struct loghub *g, struct buf *out)
{
	static const char *const names[] = {
		"user/root/rand", "user/root/randtxt", "user/root/sortrand",
		"tmp/hadoop/mapred", "data/in", "opt/hdfs/current", "var/log"
	};

	buf_addf(out, "%s%d/_temporary/_task_%d_000%d_m_%06d_0",
	    one_of(g, names, countof(names)), small(g, 9),
	    200811101 + small(g, 9), small(g, 9), small(g, 2000));
}

static void
put_day(struct loghub *g, struct buf *out)
{
	static const char *const days[] = {
		"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"
	};
	static const char *const months[] = { "Jun", "Jul", "Aug", "Nov" };

	buf_addf(out, "%s %s %02d %02d:%02d:%02d 2005", one_of(g, days, 7),
	    one_of(g, months, 4), 1 + small(g, 28), small(g, 24),
	    small(g, 60), small(g, 60));
}

/* Names that some rows put where others put numbers. */
static void
put_words(struct loghub *g, struct buf *out)
{
	static const char *const words[] = {
		"JobConf", "MapTask", "Committer", "Partitioner", "Reducer",
		"InputFormat", "Sorter", "Collector", "Shuffle"
	};

	buf_adds(out, one_of(g, words, countof(words)));
}

static void
put_ip(struct loghub *g, struct buf *out)
{
	buf_addf(out, "%d.%d.%d.%d", 1 + small(g, 223), small(g, 256),
	    small(g, 256), 1 + small(g, 254));
}

static void
put_number(struct loghub *g, struct buf *out)
{
	static const int sizes[] = { 10, 100, 1000, 100000 };

	buf_addf(out, "%d", small(g, sizes[dice(g, 4)]));
}

static void
put_id(struct loghub *g, struct buf *out, const char *kind)
{
	unsigned long long stamp = 1445062781478ULL + dice(g, 90000000);

	if (strcmp(kind, "job") == 0)
		buf_addf(out, "job_%llu_%04d", stamp, small(g, 30));
	else if (strcmp(kind, "task") == 0)
		buf_addf(out, "task_%llu_%04d_%c_%06d", stamp, small(g, 30),
		    "mr"[dice(g, 2)], small(g, 20));
	else if (strcmp(kind, "attempt") == 0)
		buf_addf(out, "attempt_%llu_%04d_%c_%06d_%d", stamp,
		    small(g, 30), "mr"[dice(g, 2)], small(g, 20), small(g, 4));
	else
		buf_addf(out, "container_%llu_%04d_01_%06d", stamp,
		    small(g, 30), small(g, 200));
}

static void
put_block(struct loghub *g, struct buf *out)
{
	buf_addf(out, "blk_%s%" PRIu64, dice(g, 2) ? "-" : "",
	    UINT64_C(100000000000000000) + dice(g, UINT64_C(9) << 60));
}

static void
put_named(struct loghub *g, struct buf *out, struct str name)
{
	static const struct {
		const char *name;
		void (*put)(struct loghub *g, struct buf *out);
	} puts[] = {
		{ "ip", put_ip }, { "num", put_number }, { "user", put_user },
		{ "host", put_host }, { "size", put_size },
		{ "folder", put_folder }, { "day", put_day },
		{ "word", put_words }, { "blk", put_block },
		{ "known", put_known }, { "block", put_held }
	};

	for (size_t i = 0; i < countof(puts); i++)
		if (str_is(name, puts[i].name)) {
			puts[i].put(g, out);
			return;
		}
	if (str_is(name, "digit"))
		buf_addf(out, "%d", small(g, 10));
	else if (str_is(name, "hex"))
		buf_addf(out, "0x%" PRIx64, dice(g, UINT64_C(1) << 52));
	else if (str_is(name, "big"))
		buf_addf(out, "%" PRIu64, dice(g, UINT64_C(1) << 40));
	else
		put_id(g, out, str_is(name, "job") ? "job" :
		    str_is(name, "task") ? "task" :
		    str_is(name, "attempt") ? "attempt" : "container");
}

static void
put_pattern(struct loghub *g, struct buf *out, const char *pattern)
{
	for (const char *c = pattern; *c; c++) {
		const char *end = *c == '{' ? strchr(c, '}') : NULL;

		if (!end || end - c > 10 || end - c < 3) {
			buf_addc(out, *c);
			continue;
		}
		put_named(g, out, str_n(c + 1, (size_t)(end - c - 1)));
		c = end;
	}
}

static void
put_date(struct buf *out, const struct tm *tm, char what)
{
	static const char *const days[] = {
		"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"
	};
	static const char *const months[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
		"Oct", "Nov", "Dec"
	};

	switch (what) {
	case 'a': buf_adds(out, days[tm->tm_wday]); break;
	case 'b': buf_adds(out, months[tm->tm_mon]); break;
	case 'Y': buf_addf(out, "%d", 1900 + tm->tm_year); break;
	case 'y': buf_addf(out, "%02d", tm->tm_year % 100); break;
	case 'm': buf_addf(out, "%02d", 1 + tm->tm_mon); break;
	case 'd': buf_addf(out, "%02d", tm->tm_mday); break;
	case 'H': buf_addf(out, "%02d", tm->tm_hour); break;
	case 'M': buf_addf(out, "%02d", tm->tm_min); break;
	case 'S': buf_addf(out, "%02d", tm->tm_sec); break;
	default: abort();
	}
}

static void
put_head(struct loghub *g, struct buf *out)
{
	struct buf dated = BUF_INIT(KIB(1));
	time_t at = (time_t)g->at;
	struct tm tm;

	gmtime_r(&at, &tm);
	for (const char *c = g->system->head; *c; c++)
		if (*c == '%')
			put_date(&dated, &tm, *++c);
		else
			buf_addc(&dated, *c);
	put_pattern(g, out, dated.p);
	buf_free(&dated);
}

struct loghub
loghub_begin(const struct loghub_system *s, uint64_t seed)
{
	return (struct loghub){
		.system = s, .at = 1118700000,
		.state = seed * UINT64_C(0x9e3779b97f4a7c15) | 1
	};
}

static size_t
next_row(struct loghub *g)
{
	const struct loghub_system *s = g->system;
	int all = 0, at;

	for (size_t i = 0; i < s->n_rows; i++)
		all += s->rows[i].weight;
	at = small(g, all);
	for (size_t i = 0; i < s->n_rows; i++)
		if ((at -= s->rows[i].weight) < 0)
			return i;
	return 0;
}

size_t
loghub_next(struct loghub *g, struct buf *head, struct buf *message)
{
	size_t row = next_row(g);

	g->at += small(g, 3);
	put_head(g, head);
	put_pattern(g, message, g->system->rows[row].text);
	return row;
}

/* Groups of lines as the public Loghub samples have them: at least as right as
 * what was published of Drain.  A line counts as right when its group has all
 * lines of its statement and no others. */
#include "logs/drain.h"
#include "logs/mask.h"
#include "loghub.h"
#include "tap.h"

enum { LINES = 2000, ROWS_MAX = 128, SEEDS = 5 };

struct judged {
	size_t row[LINES];
	int64_t group[LINES];
};

static void
group(const struct loghub_system *s, uint64_t seed, bool heads,
    struct judged *out)
{
	struct loghub g = loghub_begin(s, seed);
	struct drain *d = drain_new(NULL);

	for (size_t i = 0; i < LINES; i++) {
		struct buf line = BUF_INIT(KIB(64)), text = BUF_INIT(KIB(64));
		struct buf masked = BUF_INIT(KIB(64));

		out->row[i] = loghub_next(&g, &line, &text);
		buf_add(&line, buf_str(&text));
		mask_text(&masked, buf_str(heads ? &line : &text));
		out->group[i] = drain_add(d, STR("t"), buf_str(&masked)).id;
		buf_free(&line);
		buf_free(&text);
		buf_free(&masked);
	}
	/* Aliases may have come later. */
	for (size_t i = 0; i < LINES; i++) {
		struct drain_row row;

		while (drain_get(d, out->group[i], &row) && row.alias_of)
			out->group[i] = row.alias_of;
	}
	drain_free(d);
}

static double
accuracy(const struct judged *j, const struct loghub_system *s, bool tell)
{
	int right = 0;

	for (size_t r = 0; r < s->n_rows; r++) {
		int64_t group = 0;
		int lines = 0, other = 0;
		const char *fault = NULL;

		for (size_t i = 0; i < LINES; i++) {
			if (j->row[i] != r)
				continue;
			if (!lines++)
				group = j->group[i];
			else if (j->group[i] != group)
				fault = "is split";
		}
		for (size_t i = 0; i < LINES; i++)
			if (j->group[i] == group && j->row[i] != r)
				other++;
		if (!fault && lines && other)
			fault = "is mixed";
		if (!fault)
			right += lines;
		else if (tell)
			printf("# %4d lines of \"%s\" %s\n", lines,
			    s->rows[r].text, fault);
	}
	return (double)right / LINES;
}

int
main(void)
{
	static struct judged j;

	for (size_t i = 0; i < loghub_n_systems; i++) {
		const struct loghub_system *s = &loghub_systems[i];

		for (int heads = 0; heads < 2; heads++) {
			double worst = 1, sum = 0;

			for (uint64_t seed = 1; seed <= SEEDS; seed++) {
				double a;

				group(s, seed, heads, &j);
				a = accuracy(&j, s, getenv("TELL") && seed == 1);
				sum += a;
				worst = a < worst ? a : worst;
			}
			printf("# %s%s: mean %.3f, worst %.3f, published %.3f\n",
			    s->name, heads ? " with heads" : "", sum / SEEDS,
			    worst, s->published);
			ok(sum / SEEDS >= s->published, "%s%s is grouped as well as"
			    " published", s->name, heads ? " with heads" : "");
		}
	}
	return done_testing();
}

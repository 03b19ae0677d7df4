/* Templates: what joins, what does not, and that a restart changes nothing. */
#include "logs/drain.h"
#include "logs/mask.h"
#include "tap.h"

#define S STR("api")

static struct drain_hit
add(struct drain *d, const char *text)
{
	struct buf out = BUF_INIT(KIB(64));
	struct drain_hit hit;

	mask_text(&out, str(text));
	hit = drain_add(d, S, buf_str(&out));
	buf_free(&out);
	return hit;
}

/* Two messages: one group, or two? */
static const struct { const char *name, *a, *b; bool one; } pairs[] = {
	{ "the same", "a b c", "a b c", true },
	{ "another number", "row 1 is bad", "row 2 is bad", true },
	{ "another name", "user ann was not found", "user bob was not found", true },
	{ "another statement", "cannot open the door", "the window is shut now", false },
	{ "another first word", "Failed to reach the billing server",
	    "Unable to reach the billing server", true },
	{ "a first word of few", "Failed to bill", "Unable to bill", false },
	{ "one word more", "cannot reach the billing server now",
	    "cannot reach the old billing server now", true },
	{ "one word less", "cannot reach the old billing server now",
	    "cannot reach the billing server now", true },
	{ "a word in the middle", "request to billing timed out after 30 s",
	    "request to payments timed out after 31 s", true },
	{ "not is another matter", "the lock was taken by the worker",
	    "the lock was not taken by the worker", false },
	{ "names in capitals tell", "connect ECONNREFUSED 10.0.0.1:80",
	    "connect ETIMEDOUT 10.0.0.1:80", false },
	{ "opposites tell", "the session was opened for user ann",
	    "the session was closed for user ann", false },
	{ "a moved word tells", "trying to establish new session at 10.0.0.1",
	    "trying to renew session 0x5 at 10.0.0.1", false },
	{ "another status", "upstream answered with status 502",
	    "upstream answered with status 404", true },
	{ "nothing at all", "", " ", true },
};

static void
check_pairs(void)
{
	for (size_t i = 0; i < countof(pairs); i++) {
		struct drain *d = drain_new(NULL);
		struct drain_hit a = add(d, pairs[i].a);
		int64_t first = a.id;
		struct drain_hit b = add(d, pairs[i].b);

		ok((first == b.id) == pairs[i].one, "%s", pairs[i].name);
		drain_free(d);
	}
}

static void
check_widening(void)
{
	struct drain *d = drain_new(NULL);
	struct drain_hit h = add(d, "user ann was not found");
	struct drain_row row;

	ok(h.born && !h.widened && h.id == 1, "the first is born");
	h = add(d, "user ann was not found");
	ok(!h.born && !h.widened, "the same changes nothing");
	h = add(d, "user bob was not found");
	ok(h.born && h.aliased && h.id == 1 && h.own_id == 2,
	    "in the path, another name makes an alias");
	ok(str_is(h.first, "user ann was not found"), "first stays");
	ok(drain_get(d, h.id, &row) && row.count == 2, "lines are counted");
	drain_free(d);

	d = drain_new(NULL);
	add(d, "the user ann was not found");
	h = add(d, "the user bob was not found");
	ok(h.widened && str_is(h.text, "the user <*> was not found"),
	    "what differs is wild");
	ok(str_is(h.first, "the user ann was not found"), "first stays so");
	h = add(d, "the user eve was not found");
	ok(!h.widened && h.id == 1, "the wild takes all");
	drain_free(d);
}

/* Two that become equal: by leaves that the wide word does not reach. */
static void
check_alias(void)
{
	struct drain *d = drain_new(&(struct drain_options){
	    .similarity = 0.9 });
	struct drain_hit h;
	struct drain_row row;

	drain_load(d, &(struct drain_row){ .id = 3, .scope = S,
	    .first = STR("the user ann was not found here today ok yes"),
	    .text = STR("the user <*> was not found here today ok yes")
	    }, NULL);
	drain_load(d, &(struct drain_row){ .id = 7, .scope = S,
	    .first = STR("the user <uuid> was not found here today ok yes"),
	    .text = STR("the user <uuid> was not found here today ok yes")
	    }, NULL);
	h = add(d, "the user bob was not found here today ok yes");
	ok(h.id == 3 && !h.aliased, "the wide one takes it");
	drain_free(d);

	d = drain_new(NULL);
	drain_load(d, &(struct drain_row){ .id = 3, .scope = S,
	    .first = STR("one two x four"), .text = STR("one two <*> four")
	    }, NULL);
	drain_load(d, &(struct drain_row){ .id = 7, .scope = S,
	    .first = STR("one two x four"), .text = STR("one two x four"),
	    .frozen = true }, NULL);
	ok(drain_merge(d, 7, 3, NULL) == 0 && drain_get(d, 7, &row) &&
	    row.alias_of == 3, "the younger speaks no more");
	ok(drain_merge(d, 7, 99, NULL) == -1, "none is merged with nobody");
	ok(drain_split(d, 3, NULL) == 0 && drain_get(d, 7, &row) &&
	    row.alias_of == 0 && row.frozen, "split: each for itself");
	ok(drain_get(d, 3, &row) && row.frozen &&
	    str_is(row.text, "one two x four"), "as it was born");
	h = add(d, "one two y four");
	ok(h.born && h.id == 8, "what else came is a template of its own");
	drain_free(d);
}

static void
check_loaded(void)
{
	static const struct { const char *name; struct drain_row row; } bad[] = {
		{ "id 0", { .first = STR("a"), .text = STR("a") } },
		{ "no text", { .id = 1, .first = STR(""), .text = STR("") } },
		{ "two lengths", { .id = 1, .first = STR("a b"), .text = STR("a") } },
		{ "two words", { .id = 1, .first = STR("a b"), .text = STR("a c") } },
		{ "an elder that is not", { .id = 2, .first = STR("a"),
		    .text = STR("a"), .alias_of = 1 } },
		{ "its own elder", { .id = 2, .first = STR("a"),
		    .text = STR("a"), .alias_of = 2 } },
	};

	for (size_t i = 0; i < countof(bad); i++) {
		struct drain *d = drain_new(NULL);
		struct err e = { 0 };

		ok(drain_load(d, &bad[i].row, &e) == -1 &&
		    e.kind == ERR_INVALID, "refused: %s", bad[i].name);
		drain_free(d);
	}
}

/* -- a restart in the middle -- */

struct copies {
	struct drain *to;
	struct arena *a;
};

static int
copy(void *to, const struct drain_row *row, struct err *e)
{
	struct copies *c = to;

	return drain_load(c->to, row, e);
}

static uint32_t dice;

static const char *
word(int sides)
{
	static const char *const words[] = {
		"the", "user", "cannot", "open", "closed", "door", "17",
		"10.0.0.1", "GET", "POST", "failed", "with", "x9", "timeout",
		"for", "order", "ann", "bob", "eve", "dan", "cache", "miss"
	};

	dice = dice * 1664525 + 1013904223;
	return words[(dice >> 8) % (unsigned)sides % countof(words)];
}

/* Words by chance, or a sentence that was reworded at one place. */
static void
put_random(struct buf *out)
{
	static const char *const sentence[] = {
		"we", "could", "reach", "that", "old", "billing", "host"
	};
	size_t at = (dice >> 20) % countof(sentence);

	if (dice >> 14 & 1) {
		for (size_t i = 0; i < countof(sentence); i++)
			buf_addf(out, "%s ", i == at ? word(22) : sentence[i]);
		return;
	}
	for (int k = 2 + (int)(dice >> 12) % 6; k >= 0; k--)
		buf_addf(out, "%s ", word(k % 3 ? 4 : 22));
}

static struct drain *
restarted(struct drain *d)
{
	struct drain *next = drain_new(&(struct drain_options){
	    .max_children = 5, .max_templates = 900 });

	for (int64_t id = 1; id <= (int64_t)drain_count(d); id++) {
		struct drain_row row;

		if (!drain_get(d, id, &row) || drain_load(next, &row, NULL))
			abort();
	}
	drain_free(d);
	return next;
}

static void
check_restart(uint32_t seed)
{
	struct drain_options o = { .max_children = 5, .max_templates = 900 };
	struct drain *once = drain_new(&o), *often = drain_new(&o);
	int differ = 0, n = 0, wide = 0, aliased = 0;

	dice = seed;
	for (int i = 0; i < 4000; i++) {
		struct buf text = BUF_INIT(KIB(1));
		struct drain_hit a, b;

		put_random(&text);
		a = add(once, text.p);
		b = add(often, text.p);
		differ += a.id != b.id || a.born != b.born ||
		    a.widened != b.widened || !str_eq(a.first, b.first) ||
		    !str_eq(a.text, b.text);
		n += a.born;
		wide += a.widened;
		aliased += a.aliased;
		buf_free(&text);
		if (i % 50 == 20)
			often = restarted(often);
	}
	is_int(differ, 0, "seed %u: a restart every 50 lines changes nothing"
	    " (%d templates)", seed, n);
	ok(n > 50 && n < 900 && wide > 50 && aliased > 0,
	    "seed %u: there is something to compare (%d born, %d wider, "
	    "%d aliases)", seed, n, wide, aliased);
	drain_free(once);
	drain_free(often);
}

static void
check_ceilings(void)
{
	struct drain *d = drain_new(&(struct drain_options){
	    .max_templates = 100 });
	struct drain_hit h = { 0 };

	for (int i = 0; i < 5000; i++) {
		char text[64];

		/* Words of letters only, each line another three. */
		snprintf(text, sizeof(text), "%c%c%c q%cz %c%c%cw",
		    'a' + i % 26, 'a' + i / 26 % 26, 'a' + i / 676,
		    'a' + i % 26, 'b' + i % 24, 'a' + i / 26 % 26,
		    'a' + i / 676);
		h = add(d, text);
	}
	ok(drain_count(d) <= 101, "a scope has a ceiling");
	ok(str_is(h.first, "<*>"), "the rest is one template");
	drain_free(d);
}

static void
check_changed(void)
{
	struct drain *d = drain_new(NULL);
	struct drain *to = drain_new(NULL);

	add(d, "one thing");
	add(d, "quite another thing");
	drain_changed(d, copy, &(struct copies){ .to = to }, NULL);
	is_int((long long)drain_count(to), 2, "both have changed");
	drain_saved(d);
	drain_free(to);
	to = drain_new(NULL);
	add(d, "one thing");
	drain_changed(d, copy, &(struct copies){ .to = to }, NULL);
	is_int((long long)drain_count(to), 1, "only the one that was counted");
	drain_free(to);
	drain_free(d);
}

int
main(void)
{
	check_pairs();
	check_widening();
	check_alias();
	check_loaded();
	for (uint32_t seed = 1; seed <= 5; seed++)
		check_restart(seed);
	check_ceilings();
	check_changed();
	return done_testing();
}

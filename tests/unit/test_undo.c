/* Taking edits of a file back, out of order, through those that stay.
 *
 * A text is words of WORD bytes, each of which occurs once, so what must be
 * left is known without any positions: the words that nobody who stays has
 * taken out, in the order in which they have ever stood beside each other. */
#include <time.h>

#include "govern/undo.h"
#include "tap.h"

#define WORD 4
#define STEPS 12

static uint64_t state;

static unsigned
roll(unsigned n)
{
	state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (unsigned)(state >> 33) % n;
}

static int made;			/* words so far */

static void
name_word(char *to, int n)
{
	to[0] = (char)('0' + n / 100 % 10);
	to[1] = (char)('0' + n / 10 % 10);
	to[2] = (char)('0' + n % 10);
	to[3] = ' ';
}

static struct str
words(struct arena *a, unsigned n)
{
	char *p = arena_alloc(a, n * WORD + 1);

	for (unsigned i = 0; i < n; i++)
		name_word(p + i * WORD, made++);
	return str_n(p, n * WORD);
}

static struct script
random_script(struct arena *a, struct str text)
{
	unsigned n = (unsigned)(text.len / WORD), at = 0;
	struct script s = { arena_array_of(a, struct hunk, 4), 0, 4 };

	for (int i = 0; i < 3; i++) {
		struct hunk *h = &s.h[s.n];
		unsigned gone = roll(3);

		at += roll(n / 3 + 2) + (s.n ? 1 : 0);
		if (at > n)
			break;
		if (gone > n - at)
			gone = n - at;
		*h = (struct hunk){ .from = (size_t)at * WORD,
		    .gone = str_n(text.p + at * WORD, (size_t)gone * WORD),
		    .come = words(a, roll(3)) };
		at += gone;
		if (h->gone.len || h->come.len)
			s.n++;
	}
	return s;
}

/* The script as it comes from the store: without the text it puts in. */
static struct script
stored(struct arena *a, const struct script *s)
{
	struct buf packed = BUF_INIT(KIB(64));
	struct script out = { 0 };

	script_pack(s, &packed);
	if (!script_unpack(a, arena_str(a, buf_str(&packed)), &out))
		bail_out("a script does not come back");
	buf_free(&packed);
	return out;
}

struct game {
	struct arena *a;
	struct str version[STEPS + 1];
	struct file_edit rows[STEPS];
	struct script scripts[STEPS];
	struct undo_step steps[STEPS];
	struct undo_track t;
	bool back[STEPS];		/* was taken back */
	size_t carries;
	int conflicts;
};

static void
game_begin(struct game *g, unsigned n_words)
{
	made = 0;
	g->version[0] = words(g->a, n_words);
	for (int i = 0; i < STEPS; i++) {
		g->scripts[i] = random_script(g->a, g->version[i]);
		g->version[i + 1] = script_apply(g->a, &g->scripts[i],
		    g->version[i]);
		g->rows[i] = (struct file_edit){ .mode_before = 0644,
		    .mode = 0644,
		    .patch_id = arena_fmt(g->a, "p%d", i) };
		g->steps[i] = (struct undo_step){ .row = &g->rows[i],
		    .was = stored(g->a, &g->scripts[i]) };
		g->steps[i].now = g->steps[i].was;
	}
	g->carries = 100000;
	g->t = (struct undo_track){ .a = g->a, .carries = &g->carries,
	    .path = STR("f"), .existed = true, .exists = true,
	    .steps = g->steps, .n = STEPS, .before = g->version[STEPS] };
}

/* Take some back, newest first; the text after it by what was told to do. */
static struct str
take_back(struct game *g, unsigned of_ten)
{
	struct str text = g->version[STEPS];

	for (int i = STEPS - 1; i >= 0; i--) {
		struct undo_file undo = { 0 };
		struct undo_conflict c = { 0 };
		struct err e = { 0 };
		int rc;

		if (roll(10) >= of_ten)
			continue;
		rc = undo_take_back(&g->t, g->rows[i].patch_id, &undo, &c, &e);
		if (rc < 0)
			printf("# %s\n", e.detail);
		g->conflicts += rc == 0;
		if (rc != 1)
			continue;
		g->back[i] = true;
		text = script_apply(g->a, &undo.script, text);
	}
	return text;
}

static int
find(struct str text, struct str word)
{
	for (size_t at = 0; at + WORD <= text.len; at += WORD)
		if (str_eq(str_n(text.p + at, WORD), word))
			return (int)at;
	return -1;
}

/* Would the word be there, had those been never made that were taken back? */
static bool
stays(const struct game *g, struct str word)
{
	bool in = find(g->version[0], word) >= 0;

	for (int i = 0; i < STEPS; i++) {
		if (g->back[i])
			continue;
		for (size_t k = 0; k < g->scripts[i].n; k++) {
			const struct hunk *h = &g->scripts[i].h[k];

			if (find(h->gone, word) >= 0)
				in = false;
			if (find(h->come, word) >= 0)
				in = true;
		}
	}
	return in;
}

/* Do two words of a version stand the other way round? */
static bool
swapped(struct str text, struct str version)
{
	int last = -1;

	for (size_t at = 0; at < version.len; at += WORD) {
		int now = find(text, str_n(version.p + at, WORD));

		if (now >= 0 && now < last)
			return true;
		last = now >= 0 ? now : last;
	}
	return false;
}

/* Every word that should be there and no other, and no two that ever stood in
 * one version the other way round. */
static const char *
judge(const struct game *g, struct str text)
{
	int count = 0;

	for (int w = 0; w < made; w++) {
		char name[WORD];
		bool there;

		name_word(name, w);
		there = find(text, str_n(name, WORD)) >= 0;
		count += there;
		if (there != stays(g, str_n(name, WORD)))
			return there ? "a word too many" : "a word is missing";
	}
	if ((size_t)count * WORD != text.len)
		return "something else is there";
	for (int v = 0; v <= STEPS; v++)
		if (swapped(text, g->version[v]))
			return "two words changed places";
	return NULL;
}

static void
play(uint64_t seed, unsigned of_ten, int games)
{
	int bad = 0, conflicts = 0, identical = 0;

	for (int i = 0; i < games; i++) {
		struct game g = { .a = arena_new() };
		struct str text;
		const char *fault;

		state = seed + (uint64_t)i;
		roll(2);
		game_begin(&g, 1 + roll(20));
		text = take_back(&g, of_ten);
		fault = judge(&g, text);
		if (fault && bad++ == 0)
			printf("# seed %llu, %u of ten: %s\n# before %.*s\n"
			    "# now    %.*s\n# then   %.*s\n",
			    (unsigned long long)(seed + (uint64_t)i), of_ten,
			    fault, STR_ARG(g.version[0]),
			    STR_ARG(g.version[STEPS]), STR_ARG(text));
		conflicts += g.conflicts;
		identical += str_eq(text, g.version[0]);
		arena_free(g.a);
	}
	is_int(bad, 0, "%u of ten taken back, %d games (seed %llu)", of_ten,
	    games, (unsigned long long)seed);
	if (of_ten == 10)
		ok(conflicts == 0 && identical == games,
		    "all taken back is the first version, byte for byte");
	else
		ok(conflicts > 0 && conflicts < games * STEPS,
		    "some could not be: %d", conflicts);
}

/* -- many reverts, one after the other, with edits in between -- */

#define ROWS_MAX 64

struct saga {
	struct arena *a;
	struct str version[ROWS_MAX];	/* before each row */
	struct str first, text;
	struct file_edit rows[ROWS_MAX];
	struct script scripts[ROWS_MAX];
	bool reverted[ROWS_MAX];
	int n;
	int refused, granted;
};

static void
saga_add(struct saga *g, const struct script *s, struct str reverts)
{
	g->rows[g->n] = (struct file_edit){ .id = g->n + 1, .mode = 0644,
	    .mode_before = 0644, .reverts = reverts,
	    .patch_id = arena_fmt(g->a, "p%d", g->n) };
	g->scripts[g->n] = *s;
	g->version[g->n] = g->text;
	g->text = script_apply(g->a, s, g->text);
	g->n++;
}

/* What the revert of a patch does, as the product records it: with the bytes
 * that go. */
static void
saga_record(struct saga *g, const struct undo_file *undo, struct str of)
{
	struct script s = undo->script;

	for (size_t i = 0; i < s.n; i++)
		s.h[i].gone = str_n(g->text.p + s.h[i].from,
		    s.h[i].gone.len);
	saga_add(g, &s, of);
}

static void
saga_revert(struct saga *g, unsigned of_ten)
{
	size_t carries = 100000, n = (size_t)g->n;
	struct undo_step *steps = arena_array_of(g->a, struct undo_step, n);
	struct undo_track t = { .a = g->a, .carries = &carries,
	    .path = STR("f"), .existed = true, .exists = true,
	    .before = g->text, .steps = steps, .n = n };
	struct undo_file undo[ROWS_MAX] = { 0 };
	struct undo_conflict c;
	struct err e = { 0 };
	bool fine = true;

	for (size_t i = 0; i < n; i++) {
		steps[i] = (struct undo_step){ .row = &g->rows[i],
		    .was = stored(g->a, &g->scripts[i]) };
		steps[i].now = steps[i].was;
	}
	for (size_t i = 0; i < n; i++)
		if (!g->reverted[i] && roll(10) < of_ten)
			undo_want(&t, g->rows[i].id);
	fine = undo_settle(&t, &e) == 0;
	for (size_t i = n; i-- > 0 && fine;)
		if (steps[i].wanted)
			fine = undo_take_back(&t, g->rows[i].patch_id,
			    &undo[i], &c, &e) == 1;
	g->refused += !fine;
	g->granted += fine;
	for (size_t i = n; i-- > 0 && fine;)
		if (steps[i].wanted) {
			g->reverted[i] = true;
			saga_record(g, &undo[i], g->rows[i].patch_id);
		}
}

/* An edit counts while it is not reverted, or its revert is. */
static bool
in_force(const struct saga *g, int i)
{
	if (!g->reverted[i])
		return true;
	for (int k = i + 1; k < g->n; k++)
		if (g->rows[k].reverts.p && str_eq(g->rows[k].reverts,
		    g->rows[i].patch_id))
			return !in_force(g, k);
	return true;
}

static const char *
saga_judge(const struct saga *g)
{
	size_t count = 0;

	for (int w = 0; w < made; w++) {
		char name[WORD];
		struct str word = str_n(name, WORD);
		bool there, want;

		name_word(name, w);
		there = find(g->text, word) >= 0;
		want = find(g->first, word) >= 0;
		for (int i = 0; i < g->n; i++) {
			if (g->rows[i].reverts.p || !in_force(g, i))
				continue;
			for (size_t k = 0; k < g->scripts[i].n; k++) {
				const struct hunk *h = &g->scripts[i].h[k];

				if (find(h->gone, word) >= 0)
					want = false;
				if (find(h->come, word) >= 0)
					want = true;
			}
		}
		count += there;
		if (there != want)
			return there ? "a word too many" : "a word is missing";
	}
	for (int v = 0; v < g->n; v++)
		if (swapped(g->text, g->version[v]))
			return "two words changed places";
	return count * WORD == g->text.len ? NULL : "something else is there";
}

/* What is wrong after a game, once anything is. */
static const char *
saga_play(struct saga *g, uint64_t seed)
{
	const char *fault = NULL;

	state = seed;
	roll(2);
	made = 0;
	g->first = g->text = words(g->a, 5 + roll(20));
	while (g->n < ROWS_MAX / 2 && !fault) {
		struct script s = random_script(g->a, g->text);

		saga_add(g, &s, STR_NONE);
		if (roll(3) == 0)
			saga_revert(g, 1 + roll(3));
		fault = saga_judge(g);
	}
	return fault;
}

/* Games that went wrong: an edit was reverted while others were taken back that
 * are in force again by now: its inverse, carried through those, arrives
 * elsewhere than the revert did, so that the two do not cancel each other.  In
 * the last two, texts at one point have lost what stood between them. */
static const uint64_t once_wrong[] = {
	1795576266205, 1795574934022, 1417, 4165, 11270, 11706, 12294, 14877,
	18629, 19708, 2008, 1900015569892,
};

static void
test_once_wrong(void)
{
	for (size_t i = 0; i < countof(once_wrong); i++) {
		struct saga g = { .a = arena_new() };
		const char *fault = saga_play(&g, once_wrong[i]);

		ok(!fault && g.granted > 0, "seed %llu: %s after %d rows, %d "
		    "granted", (unsigned long long)once_wrong[i],
		    fault ? fault : "all words", g.n, g.granted);
		arena_free(g.a);
	}
}

static void
play_sagas(uint64_t seed, int games)
{
	int bad = 0, refused = 0, granted = 0;

	for (int i = 0; i < games; i++) {
		struct saga g = { .a = arena_new() };
		const char *fault = saga_play(&g, seed + (uint64_t)i);

		if (fault && bad++ == 0)
			printf("# seed %llu: %s after %d rows\n",
			    (unsigned long long)(seed + (uint64_t)i), fault,
			    g.n);
		refused += g.refused;
		granted += g.granted;
		arena_free(g.a);
	}
	is_int(bad, 0, "edits and reverts in turns, %d games (seed %llu)",
	    games, (unsigned long long)seed);
	ok(refused > 0 && granted > refused / 4, "%d reverts, %d refused",
	    granted, refused);
}

static void
test_limit(struct arena *a)
{
	struct game g = { .a = a };
	struct undo_conflict c;
	struct undo_file out;
	struct err e = { 0 };

	state = 7;
	game_begin(&g, 100);
	g.carries = 0;
	ok(undo_take_back(&g.t, STR("p0"), &out, &c, &e) == -1 &&
	    e.kind == ERR_LIMIT_EXCEEDED, "too many edits came later: %s",
	    e.detail);
	is_int(undo_take_back(&g.t, STR("p11"), &out, &c, &e), 1,
	    "the newest needs no carrying");
	ok(undo_take_back(&g.t, STR("p99"), &out, &c, &e) == -1,
	    "a patch that is not there: %s", e.detail);
}

int
main(void)
{
	const char *given = getenv("PATCHWARDEN_SEED");
	uint64_t seed = given ? strtoull(given, NULL, 10) :
	    (uint64_t)time(NULL) * 1000;
	struct arena *a = arena_new();

	play(seed, 10, 500);
	play(seed, 5, 1000);
	play(seed, 2, 1000);
	test_once_wrong();
	play_sagas(seed, 300);
	test_limit(a);
	arena_free(a);
	return done_testing();
}

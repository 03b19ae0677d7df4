#include "seed_story.h"

#include <stdlib.h>

#include "seed_cast.h"
#include "seed_words.h"

#define BATCH_MOST	50
#define KEPT		2048	/* patches that may yet be taken back */
#define RARE		10	/* patches with the rare word */
#define FOREIGN		0.01	/* of the patches */
#define REVERTED	0.02	/* of the patches */
#define MESSAGES	0.06	/* of the chapters */
#define FAILING		0.125	/* of the batches */
#define FAILED		0.65	/* of the patches of such a batch */
#define CHECKED		0.12	/* of the batches: validators ran */

struct kept {
	char id[37];
	uint32_t file;
	struct role role;
	bool there;
};

struct story {
	struct dice dice;
	struct cast cast;
	struct zipf files;
	struct arena *life;
	struct str *paths;
	struct patch_event blank;
	int64_t patches, told, foreign, reverted, rare;
	int64_t last_ms;
	struct kept kept[KEPT];
	size_t next_kept;
};

static const struct {
	const char *name;
	unsigned char files;	/* at most; 1: as most */
} ops[] = {
	{ "replace-block", 1 }, { "search-replace", 1 }, { "insert-after", 1 },
	{ "insert-before", 1 }, { "append", 1 }, { "prepend", 1 },
	{ "delete-block", 1 }, { "create", 1 }, { "write-file", 1 },
	{ "delete-file", 1 }, { "move", 2 }, { "unified-diff", 5 },
	{ "apply-patch", 4 },
};
static const unsigned op_weights[countof(ops)] = {
	34, 16, 8, 4, 5, 1, 4, 8, 8, 2, 1, 5, 4,
};

static const enum event_type messages[] = {
	EVENT_PHASE_GENERATING, EVENT_PHASE_GENERATED,
	EVENT_PHASE_IMPLEMENTING, EVENT_PHASE_IMPLEMENTED,
	EVENT_PHASE_VALIDATING, EVENT_PHASE_VALIDATED, EVENT_FILE_GENERATED,
	EVENT_CODE_REVIEWED, EVENT_COMMAND_EXECUTED,
	EVENT_DEPLOYMENT_COMPLETED,
};

struct story *
story_new(uint64_t seed, int64_t patches, int64_t end_ms)
{
	struct story *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	s->life = arena_new();
	s->dice.state = dice_hash(seed, 1);
	s->patches = patches;
	s->files = zipf_new(SEED_PATHS, 0.9);
	s->paths = arena_array_of(s->life, struct str, SEED_PATHS);
	for (uint32_t i = 0; i < SEED_PATHS; i++)
		s->paths[i] = words_path(i, s->life);
	contract_defaults(&patch_event_contract, &s->blank);
	cast_set(&s->cast, seed, patches, end_ms - SEED_SPAN_MS, SEED_SPAN_MS);
	return s;
}

void
story_free(struct story *s)
{
	cast_free(&s->cast);
	zipf_free(&s->files);
	arena_free(s->life);
	free(s);
}

/* n hexadecimal digits, n a multiple of 16 or less. */
static void
hex_write(struct dice *d, char *out, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++) {
		if (i % 16 == 0)
			v = dice_roll(d);
		out[i] = "0123456789abcdef"[v & 15];
		v >>= 4;
	}
}

static struct str
sha(struct dice *d, struct arena *a)
{
	char *p = arena_bytes(a, 65);

	hex_write(d, p, 64);
	p[64] = '\0';
	return str_n(p, 64);
}

/* A UUID of version 7 of that moment; n orders those of one batch. */
static struct str
uuid_at(struct dice *d, struct arena *a, int64_t ms, unsigned n)
{
	char random[12];

	hex_write(d, random, sizeof(random));
	return arena_fmt(a, "%08llx-%04llx-7%03x-%c%03x-%.12s",
	    (unsigned long long)ms >> 16, (unsigned long long)ms & 0xffff,
	    n & 0xfff, "89ab"[dice_below(d, 4)],
	    (unsigned)dice_below(d, 0x1000), random);
}

/* Files of one order lie together, half of the time. */
static uint32_t
file_draw(struct story *s, const struct role *r)
{
	size_t i = zipf_draw(&s->files, &s->dice);

	if (r->order >= 0 && dice_chance(&s->dice, 0.3))
		i += dice_hash(s->cast.seed, (uint64_t)r->order);
	return (uint32_t)(i % SEED_PATHS);
}

static void
files_name(struct story *s, struct arena *a, const struct role *r, size_t most,
    struct patch_event *p)
{
	size_t n = 1 + dice_below(&s->dice, most);

	if (n < 2)
		return;
	p->files = arena_array_of(a, struct str, n);
	p->files[p->n_files++] = p->file;
	for (size_t i = 1; i < n; i++) {
		struct str path = s->paths[file_draw(s, r)];
		bool there = false;

		for (size_t k = 0; k < p->n_files; k++)
			there |= str_eq(p->files[k], path);
		if (!there)
			p->files[p->n_files++] = path;
	}
}

static void
keep(struct story *s, const struct patch_event *p, const struct role *r,
    uint32_t file)
{
	struct kept *k = &s->kept[s->next_kept++ % KEPT];

	*k = (struct kept){ .file = file, .role = *r, .there = true };
	memcpy(k->id, p->patch_id.p, sizeof(k->id) - 1);
}

/* What the edit did, when it was made. */
static void
applied(struct story *s, struct arena *a, struct patch_event *p)
{
	p->type = EVENT_PATCH_APPLIED;
	p->status = STR("applied");
	p->diff_path = arena_fmt(a, "/api/patches/%.*s/diff",
	    STR_ARG(p->patch_id));
	p->lines_added = (int64_t)dice_log_normal(&s->dice, 1.8, 1.2);
	p->lines_removed = (int64_t)dice_log_normal(&s->dice, 0.8, 1.3);
	p->before_sha256 = str_is(p->op, "create") ? STR_NONE :
	    sha(&s->dice, a);
	p->after_sha256 = str_is(p->op, "delete-file") ? STR_NONE :
	    sha(&s->dice, a);
	if (dice_chance(&s->dice, 0.04))
		p->shift = (int64_t)dice_below(&s->dice, 40) - 12;
}

static void
failed(struct story *s, struct arena *a, struct patch_event *p)
{
	p->type = EVENT_PATCH_FAILED;
	p->status = STR("failed");
	p->error = words_error(&s->dice, a, &p->code);
	p->before_sha256 = sha(&s->dice, a);
}

static void
spared(struct patch_event *p)
{
	p->type = EVENT_PATCH_FAILED;
	p->status = p->code = STR("not_applied");
	p->error = STR("not applied, because another operation of the batch"
	    " was refused");
}

static void
checked(struct arena *a, struct patch_event *p, bool good, int64_t took)
{
	struct verdict *v = arena_new_of(a, struct verdict);

	*v = (struct verdict){ .name = STR("types"), .ok = good, .exit = -1,
	    .status = good ? VERDICT_OK : VERDICT_FAILED,
	    .duration_ms = took, .isolation = STR("namespaces") };
	p->type = EVENT_PATCH_VALIDATED;
	p->status = STR("validated");
	p->ts_check_ok = good;
	p->validators = v;
	p->n_validators = 1;
}

/* How a batch goes. */
struct plot {
	size_t n;
	bool fails, atomic, checked;
	int64_t check_ms, took_ms;
	struct role role;
	struct str reason, batch_id;
};

static struct plot
plot_make(struct story *s, struct arena *a, int64_t at, bool rare)
{
	struct plot p = { .fails = dice_chance(&s->dice, FAILING),
	    .atomic = dice_chance(&s->dice, 0.6),
	    .checked = dice_chance(&s->dice, CHECKED) };
	double size = dice_log_normal(&s->dice, 0.75, 1.0);

	p.n = rare || size < 1 ? 1 : size > BATCH_MOST ? BATCH_MOST :
	    (size_t)size;
	if ((int64_t)p.n > s->patches - s->told)
		p.n = (size_t)(s->patches - s->told);
	p.role = cast_role(&s->cast, &s->dice, at);
	p.took_ms = (int64_t)dice_log_normal(&s->dice, 3.8, 0.9);
	if (p.checked) {
		p.check_ms = (int64_t)dice_log_normal(&s->dice, 7.3, 0.8);
		p.took_ms += p.check_ms;
	}
	p.reason = rare ? words_rare_reason(&s->dice, a) :
	    words_reason(&s->dice, a);
	p.batch_id = uuid_at(&s->dice, a, at, 0);
	return p;
}

static void
asked(struct story *s, struct arena *a, const struct plot *plot, int64_t at,
    unsigned i, struct patch_event *p, uint32_t *file)
{
	*p = s->blank;
	*file = file_draw(s, &plot->role);
	p->type = EVENT_PATCH_REQUESTED;
	p->status = STR("requested");
	p->ts_ms = at;
	p->batch_id = plot->batch_id;
	p->patch_id = uuid_at(&s->dice, a, at, i + 1);
	p->file = s->paths[*file];
	p->op = str(ops[dice_pick(&s->dice, op_weights, countof(ops))].name);
	p->reason = plot->reason;
	p->meta = words_meta(&s->dice, a);
	cast_name(&s->cast, &plot->role, a, p);
}

static size_t
most_files(struct str op)
{
	for (size_t i = 0; i < countof(ops); i++)
		if (str_is(op, ops[i].name))
			return ops[i].files;
	return 1;
}

static void
outcome(struct story *s, struct arena *a, const struct plot *plot, size_t i,
    const struct patch_event *was, struct patch_event *p)
{
	*p = *was;
	p->ts_ms += plot->took_ms;
	p->duration_ms = plot->took_ms;
	files_name(s, a, &plot->role, most_files(p->op), p);
	if (plot->fails && (dice_chance(&s->dice, FAILED) ||
	    (i == 0 && plot->n == 1)))
		failed(s, a, p);
	else if (plot->fails && plot->atomic)
		spared(p);
	else
		applied(s, a, p);
	if (plot->checked && p->type == EVENT_PATCH_APPLIED)
		p->ts_check_ok = TRI_TRUE;
	else if (str_is(p->code, "validator_failed"))
		p->ts_check_ok = TRI_FALSE;
}

static void
batch(struct story *s, struct arena *a, int64_t at, bool rare,
    struct chapter *out)
{
	struct plot plot = plot_make(s, a, at, rare);
	size_t n = plot.n, last = plot.checked ? 2 * n : n;
	struct patch_event *p = arena_array_of(a, struct patch_event, n * 3);

	for (size_t i = 0; i < n; i++) {
		uint32_t file;

		asked(s, a, &plot, at, (unsigned)i, &p[i], &file);
		outcome(s, a, &plot, i, &p[i], &p[last + i]);
		if (p[last + i].type == EVENT_PATCH_APPLIED)
			keep(s, &p[last + i], &plot.role, file);
		if (!plot.checked)
			continue;
		p[n + i] = p[i];
		p[n + i].ts_ms += plot.check_ms;
		checked(a, &p[n + i], !str_is(p[last + i].code,
		    "validator_failed"), plot.check_ms);
	}
	s->last_ms = at + plot.took_ms;
	*out = (struct chapter){ .events = p, .n = last + n,
	    .patches = (int64_t)n };
}

/* What a patch manager elsewhere sends: only how it ended. */
static void
from_elsewhere(struct story *s, struct arena *a, int64_t at,
    struct chapter *out)
{
	struct patch_event *p = arena_new_of(a, struct patch_event);
	struct role r = cast_role(&s->cast, &s->dice, at);
	bool good = dice_chance(&s->dice, 0.9);

	*p = s->blank;
	cast_name(&s->cast, &r, a, p);
	p->workspace = STR_NONE;
	p->type = EVENT_PATCH_APPLIED;
	p->status = STR("applied");
	p->ts_ms = s->last_ms = at;
	p->patch_id = uuid_at(&s->dice, a, at, 0);
	p->patch_id = arena_fmt(a, "pm-%.*s", STR_ARG(p->patch_id));
	p->file = s->paths[file_draw(s, &r)];
	p->op = str(ops[dice_below(&s->dice, 6)].name);
	p->ts_check_ok = good;
	p->meta = words_check_output(&s->dice, a, good);
	if (!good && dice_chance(&s->dice, 0.5)) {
		p->type = EVENT_PATCH_FAILED;
		p->status = STR("failed");
		p->error = words_error(&s->dice, a, &p->code);
	}
	*out = (struct chapter){ .events = p, .n = 1, .patches = 1,
	    .foreign = true };
	s->foreign++;
}

/* Take a patch back that was applied not long ago, or try to. */
static bool
take_back(struct story *s, struct arena *a, int64_t at, struct chapter *out)
{
	struct kept *k = &s->kept[dice_below(&s->dice, KEPT)];
	struct patch_event *p;

	if (!k->there)
		return false;
	p = arena_array_of(a, struct patch_event, 2);
	p[0] = s->blank;
	cast_name(&s->cast, &k->role, a, &p[0]);
	p[0].type = EVENT_PATCH_REQUESTED;
	p[0].status = STR("requested");
	p[0].ts_ms = at;
	p[0].batch_id = uuid_at(&s->dice, a, at, 0);
	p[0].patch_id = uuid_at(&s->dice, a, at, 1);
	p[0].reverts = arena_str(a, str(k->id));
	p[0].file = s->paths[k->file];
	p[0].op = STR("revert");
	p[1] = p[0];
	p[1].duration_ms = (int64_t)dice_log_normal(&s->dice, 3.8, 0.9);
	p[1].ts_ms = s->last_ms = at + p[1].duration_ms;
	if (dice_chance(&s->dice, 0.05)) {
		failed(s, a, &p[1]);
		p[1].code = STR("revert_conflict");
		p[1].error = STR("later edits are in the way");
	} else {
		applied(s, a, &p[1]);
		p[1].type = EVENT_PATCH_REVERTED;
		p[1].status = STR("reverted");
		p[1].revert_id = p[1].patch_id;
		p[1].patch_id = p[1].reverts;
		p[1].reverts = STR_NONE;
		k->there = false;
		s->reverted++;
	}
	*out = (struct chapter){ .events = p, .n = 2 };
	return true;
}

static void
message(struct story *s, struct arena *a, int64_t at, struct chapter *out)
{
	struct role r = cast_role(&s->cast, &s->dice, at);
	struct patch_event p = s->blank;

	cast_name(&s->cast, &r, a, &p);
	*out = (struct chapter){ .message = {
	    .type = messages[dice_below(&s->dice, countof(messages))],
	    .ts_ms = at, .order_id = p.order_id, .task_id = p.task_id,
	    .requester = p.requester, .workspace = p.workspace } };
	out->message.payload = arena_fmt(a, "{\"message\":\"%.*s of %.*s\"}",
	    STR_ARG(p.phase), STR_ARG(p.workspace));
	s->last_ms = at;
}

bool
story_next(struct story *s, struct arena *a, struct chapter *out)
{
	double told = (double)s->told;
	int64_t at = cast_moment(&s->cast, told / (double)s->patches);
	bool rare;

	if (s->told >= s->patches)
		return false;
	if (at < s->last_ms)
		at = s->last_ms;
	if (dice_chance(&s->dice, MESSAGES)) {
		message(s, a, at, out);
		return true;
	}
	if ((double)s->reverted < told * REVERTED && take_back(s, a, at, out))
		return true;
	rare = (double)s->rare < (told / (double)s->patches) * RARE - 0.5;
	s->rare += rare;
	if (!rare && (double)s->foreign < told * FOREIGN)
		from_elsewhere(s, a, at, out);
	else
		batch(s, a, at, rare, out);
	s->told += out->patches;
	return true;
}

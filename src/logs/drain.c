#include "logs/drain_private.h"

/* Words that tell keep messages apart (LOOKING, FOLLOWING), but where more
 * than this many stand in one place they are values after all. */
enum { TELLING_MOST = 8 };

struct drain *
drain_new(const struct drain_options *o)
{
	struct arena *a = arena_new();
	struct drain *d = arena_new_of(a, struct drain);

	if (o)
		d->o = *o;
	d->o.similarity = d->o.similarity > 0 ? d->o.similarity : 0.4;
	d->o.max_children = d->o.max_children > 0 ? d->o.max_children : 100;
	d->o.max_templates = d->o.max_templates > 0 ? d->o.max_templates :
	    SCOPE_MAX_TEMPLATES;
	d->a = a;
	words_init(&d->words, a);
	words_init(&d->scope_names, a);
	d->children.a = d->near.a = a;
	d->n_templates = d->n_nodes = 1;
	d->n_scopes = 2;
	d->cap_templates = d->cap_nodes = d->cap_scopes = 16;
	d->templates = arena_array_of(a, struct template *, 16);
	d->nodes = arena_array_of(a, struct node, 16);
	d->scopes = arena_array_of(a, struct scope, 16);
	d->recent = arena_array_of(a, struct recent, RECENT_SLOTS);
	d->bytes = RECENT_SLOTS * sizeof(struct recent) + sizeof(*d);
	return d;
}

void
drain_free(struct drain *d)
{
	if (!d)
		return;
	drain_forget(d);
	arena_free(d->a);
}

/* -- likeness -- */

struct likeness {
	int equal;		/* words */
	int same;		/* they, and what is masked alike */
	int any;
	bool told_apart;	/* by a word that tells, or that moved */
};

static bool
tells(const struct drain *d, uint32_t word, struct str token)
{
	return word != WORD_NONE ? d->words.of[word].telling :
	    word_is_telling(token);
}

/* A word that stands one place further on in the other message is no value:
 * "establish new session at", "renew session <hex> at". */
static bool
moved(const struct drain *d, const struct template *t, const struct message *m,
    int i)
{
	uint32_t was = t->now[i];

	return d->words.of[was].constant &&
	    ((i > 0 && m->word[i - 1] == was && t->now[i - 1] != was) ||
	    (i + 1 < m->n && m->word[i + 1] == was && t->now[i + 1] != was));
}

static struct likeness
like(const struct drain *d, const struct template *t, const struct message *m)
{
	struct likeness l = { 0 };

	for (int i = 0; i < m->n; i++) {
		const struct word *was = &d->words.of[t->now[i]];

		if (t->now[i] == m->word[i]) {
			l.same++;
			l.equal += was->worded;
		} else if (t->now[i] == WORD_ANY) {
			l.any++;
		} else if (!l.told_apart) {
			l.told_apart = moved(d, t, m, i) || (was->telling &&
			    tells(d, m->word[i], m->token[i]));
		}
	}
	return l;
}

/* The best of the leaf, or NULL when none is like m. */
static struct template *
best_of(const struct drain *d, uint32_t leaf, const struct message *m)
{
	const struct node *node = &d->nodes[leaf];
	struct template *best[2] = { NULL, NULL };	/* [1]: told apart */
	struct likeness of[2] = { { 0 }, { 0 } };
	int apart = 0;

	for (uint32_t i = 0; i < node->n; i++) {
		struct template *t = d->templates[node->templates[i]];
		struct likeness l = like(d, t, m);
		int k = l.told_apart;

		if (l.same == m->n)
			return t;
		if (t->row.frozen || l.equal < d->o.similarity * m->n)
			continue;
		apart += k;
		if (!best[k] || l.equal > of[k].equal ||
		    (l.equal == of[k].equal && l.any > of[k].any)) {
			best[k] = t;
			of[k] = l;
		}
	}
	if (!best[0] && apart >= TELLING_MOST)
		return best[1];
	return best[0];
}

static int64_t
next_id(const struct drain *d)
{
	return d->n_templates > 1 ?
	    d->templates[d->n_templates - 1]->row.id + 1 : 1;
}

static struct template *
rest_of(struct drain *d, uint32_t scope, bool *born)
{
	struct scope *s = &d->scopes[scope];
	struct message m;

	*born = !s->rest;
	if (s->rest)
		return d->templates[s->rest];
	drain_cut(d, STR("<*>"), &m);
	drain_place(d, drain_bear(d, scope, &m, next_id(d)), &m);
	return d->templates[d->n_templates - 1];
}

/* An elder of the same scope whose text is that of t. */
static struct template *
twin_of(const struct drain *d, const struct template *t)
{
	const struct scope *s = &d->scopes[t->scope];

	for (uint32_t i = 0; i < s->n; i++) {
		struct template *other = d->templates[s->templates[i]];

		if (other != t && other->n == t->n && !other->row.frozen &&
		    memcmp(other->now, t->now,
		    sizeof(*t->now) * (size_t)t->n) == 0)
			return other;
	}
	return NULL;
}

/* Let t take m too. */
static void
widen(struct drain *d, struct template *t, const struct message *m,
    struct drain_hit *hit)
{
	struct template *twin;

	for (int i = 0; i < t->n; i++)
		if (t->now[i] != m->word[i] && t->now[i] != WORD_ANY) {
			t->now[i] = WORD_ANY;
			hit->widened = true;
		}
	if (!hit->widened)
		return;
	drain_text(d, t);
	d->nodes[t->leaf].turn++;
	twin = twin_of(d, t);
	if (twin)
		hit->aliased = drain_alias(d, t, twin);
}

/* Nothing is like m. */
static struct template *
bear(struct drain *d, uint32_t scope, struct message *m, struct drain_hit *hit)
{
	const struct scope *s = &d->scopes[scope];
	uint32_t leaf = drain_leaf(d, s, m);
	struct template *t, *near;

	if (!m->n || s->n >= (uint32_t)d->o.max_templates ||
	    (leaf && d->nodes[leaf].n >= LEAF_MAX_TEMPLATES))
		return rest_of(d, scope, &hit->born);
	drain_learn(d, m);
	t = drain_bear(d, scope, m, next_id(d));
	near = drain_near_find(d, t);
	drain_place(d, t, m);
	hit->born = true;
	if (near)
		hit->aliased = drain_alias(d, near, t);
	return t;
}

static struct recent *
recent_of(struct drain *d, uint32_t scope, struct str text, uint64_t *hash)
{
	uint64_t h = map_mix(scope, text.len);
	struct str s = text;

	for (; s.len >= 8; s.p += 8, s.len -= 8) {
		uint64_t eight;

		memcpy(&eight, s.p, 8);
		h = map_mix(h, eight);
	}
	for (size_t i = 0; i < s.len; i++)
		h = map_mix(h, (unsigned char)s.p[i]);
	*hash = h;
	return &d->recent[h >> 20 & (RECENT_SLOTS - 1)];
}

static void
recent_keep(struct drain *d, struct recent *r, struct recent as,
    struct str text)
{
	d->bytes -= r->text.cap;
	buf_reset(&r->text);
	r->text.max = RECENT_MAX_BYTES;
	buf_add(&r->text, text);
	d->bytes += r->text.cap;
	r->hash = as.hash;
	r->scope = as.scope;
	r->template = as.template;
	r->turn = as.turn;
}

static struct template *
look_up(struct drain *d, uint32_t scope, struct str masked,
    struct drain_hit *hit)
{
	struct message m;
	struct template *t = NULL;
	uint32_t leaf;
	const struct scope *s = &d->scopes[scope];

	drain_cut(d, masked, &m);
	if (drain_is_rest(&m))
		return rest_of(d, scope, &hit->born);
	leaf = drain_leaf(d, s, &m);
	if (leaf)
		t = best_of(d, leaf, &m);
	if (t)
		widen(d, t, &m, hit);
	else
		t = bear(d, scope, &m, hit);
	return t;
}

struct drain_hit
drain_add(struct drain *d, struct str scope_name, struct str masked)
{
	struct drain_hit hit = { 0 };
	uint32_t scope;
	uint64_t hash;
	struct recent *r;
	struct template *t, *eldest;

	drain_scope(d, scope_name, &scope);
	r = recent_of(d, scope, masked, &hash);
	if (r->hash == hash && r->scope == scope &&
	    str_eq(buf_str(&r->text), masked) &&
	    d->nodes[d->templates[r->template]->leaf].turn == r->turn) {
		t = d->templates[r->template];
	} else {
		t = look_up(d, scope, masked, &hit);
		if (t->leaf && masked.len && masked.len <= RECENT_MAX_BYTES)
			recent_keep(d, r, (struct recent){ .hash = hash,
			    .scope = scope, .template = t->index,
			    .turn = d->nodes[t->leaf].turn }, masked);
	}
	t->row.count++;
	t->dirty = true;
	eldest = drain_eldest(d, t);
	hit.id = eldest->row.id;
	hit.own_id = t->row.id;
	hit.first = eldest->row.first;
	hit.text = t->row.text;
	return hit;
}

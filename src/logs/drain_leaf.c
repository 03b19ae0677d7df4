#include "logs/drain_private.h"

enum { TREE_WORDS = 2 };	/* depth 4: root, number of tokens, two words */

void *
drain_grown(struct drain *d, void *array, uint32_t n, uint32_t *cap, size_t each)
{
	uint32_t more = *cap ? *cap * 2 : 4;
	void *to;

	if (n < *cap)
		return array;
	to = arena_array(d->a, more, each);
	if (n)
		memcpy(to, array, n * each);
	d->bytes += more * each;
	*cap = more;
	return to;
}

void
drain_forget(struct drain *d)
{
	for (size_t i = 0; i < RECENT_SLOTS; i++) {
		d->bytes -= d->recent[i].text.cap;
		buf_free(&d->recent[i].text);
	}
	memset(d->recent, 0, RECENT_SLOTS * sizeof(struct recent));
}

struct template *
drain_find(const struct drain *d, int64_t id)
{
	uint32_t low = 1, high = d->n_templates;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (d->templates[mid]->row.id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < d->n_templates && d->templates[low]->row.id == id ?
	    d->templates[low] : NULL;
}

struct template *
drain_eldest(const struct drain *d, struct template *t)
{
	while (t->row.alias_of) {
		struct template *elder = drain_find(d, t->row.alias_of);

		if (!elder)
			break;
		t = elder;
	}
	return t;
}

/* -- the tree -- */

static uint32_t
node_new(struct drain *d)
{
	d->nodes = drain_grown(d, d->nodes, d->n_nodes, &d->cap_nodes,
	    sizeof(*d->nodes));
	d->nodes[d->n_nodes] = (struct node){ 0 };
	return d->n_nodes++;
}

static uint64_t
child_key(uint32_t node, uint32_t word)
{
	return (uint64_t)node << 32 | word;
}

static uint32_t
child_new(struct drain *d, uint32_t node, uint32_t word)
{
	uint32_t child = node_new(d);

	map_put(&d->children, child_key(node, word), child);
	d->nodes[node].n_children++;
	return child;
}

/* Where a token leads; 0: nowhere yet. */
static uint32_t
step(const struct drain *d, uint32_t node, struct str token, uint32_t word)
{
	uint32_t child = 0;

	if (word != WORD_NONE && !str_has(token, '<'))
		child = map_get(&d->children, child_key(node, word));
	else if (str_has(token, '<'))
		return map_get(&d->children, child_key(node, WORD_ANY));
	if (!child && d->nodes[node].n_children >= d->o.max_children)
		child = map_get(&d->children, child_key(node, WORD_ANY));
	return child;
}

uint32_t
drain_leaf(const struct drain *d, const struct scope *s,
    const struct message *m)
{
	uint32_t node = map_get(&d->children,
	    child_key(s->root, (uint32_t)m->n));

	for (int i = 0; node && i < TREE_WORDS && i < m->n; i++)
		node = step(d, node, m->token[i], m->word[i]);
	return node;
}

/* All words of m are known by now. */
static uint32_t
leaf_make(struct drain *d, const struct scope *s, const struct message *m)
{
	uint32_t node = map_get(&d->children,
	    child_key(s->root, (uint32_t)m->n));

	if (!node)
		node = child_new(d, s->root, (uint32_t)m->n);
	for (int i = 0; i < TREE_WORDS && i < m->n; i++) {
		uint32_t next = step(d, node, m->token[i], m->word[i]);
		bool any = str_has(m->token[i], '<') ||
		    d->nodes[node].n_children >= d->o.max_children;

		if (!next)
			next = child_new(d, node, any ? WORD_ANY : m->word[i]);
		node = next;
	}
	return node;
}

struct scope *
drain_scope(struct drain *d, struct str name, uint32_t *id)
{
	*id = words_add(&d->scope_names, name);
	while (d->n_scopes <= *id) {
		d->scopes = drain_grown(d, d->scopes, d->n_scopes, &d->cap_scopes,
		    sizeof(*d->scopes));
		d->scopes[d->n_scopes++] = (struct scope){ 0 };
	}
	if (!d->scopes[*id].root) {
		uint32_t root = node_new(d);

		d->scopes[*id].root = root;
		d->scopes[*id].name = d->scope_names.of[*id].text;
	}
	return &d->scopes[*id];
}

/* -- messages -- */

void
drain_cut(const struct drain *d, struct str masked, struct message *m)
{
	m->n = 0;
	while (masked.p && m->n < DRAIN_TOKENS) {
		struct str t = str_cut(&masked, ' ');

		if (!t.len)
			continue;
		m->token[m->n] = t;
		m->word[m->n++] = words_find(&d->words, t);
	}
}

void
drain_learn(struct drain *d, struct message *m)
{
	for (int i = 0; i < m->n; i++)
		m->word[i] = words_add(&d->words, m->token[i]);
}

/* -- templates -- */

void
drain_text(const struct drain *d, struct template *t)
{
	char *to = t->text;

	for (int i = 0; i < t->n; i++) {
		struct str w = d->words.of[t->now[i]].text;

		if (i)
			*to++ = ' ';
		memcpy(to, w.p, w.len);
		to += w.len;
	}
	*to = '\0';
	t->row.text = str_n(t->text, (size_t)(to - t->text));
}

static void
list_put(struct drain *d, uint32_t **list, uint32_t *n, uint32_t *cap,
    uint32_t value)
{
	*list = drain_grown(d, *list, *n, cap, sizeof(**list));
	(*list)[(*n)++] = value;
}

struct template *
drain_bear(struct drain *d, uint32_t scope, const struct message *m,
    int64_t id)
{
	struct template *t = arena_new_of(d->a, struct template);
	struct scope *s = &d->scopes[scope];
	size_t room = 1;

	t->n = m->n;
	t->scope = scope;
	t->index = d->n_templates;
	t->first = arena_array_of(d->a, uint32_t, (size_t)m->n);
	t->now = arena_array_of(d->a, uint32_t, (size_t)m->n);
	for (int i = 0; i < m->n; i++) {
		t->first[i] = t->now[i] = m->word[i];
		room += m->token[i].len + 3;	/* a word, or "<*>", a blank */
	}
	t->row = (struct drain_row){ .id = id, .scope = s->name };
	t->text = arena_bytes(d->a, room);
	drain_text(d, t);
	t->row.first = arena_str(d->a, t->row.text);
	d->bytes += sizeof(*t) + 2 * room + 2 * sizeof(uint32_t) * (size_t)m->n;
	d->templates = drain_grown(d, d->templates, d->n_templates,
	    &d->cap_templates, sizeof(*d->templates));
	d->templates[d->n_templates] = t;
	list_put(d, &s->templates, &s->n, &s->cap, d->n_templates);
	d->n_templates++;
	return t;
}

bool
drain_is_rest(const struct message *m)
{
	return m->n == 1 && str_is(m->token[0], "<*>");
}

void
drain_place(struct drain *d, struct template *t, const struct message *m)
{
	struct scope *s = &d->scopes[t->scope];
	struct node *node;

	if (drain_is_rest(m)) {
		s->rest = t->index;
		return;
	}
	t->leaf = leaf_make(d, s, m);
	node = &d->nodes[t->leaf];
	list_put(d, &node->templates, &node->n, &node->cap, t->index);
	node->turn++;
	drain_near_add(d, t);
}

bool
drain_alias(struct drain *d, struct template *a, struct template *b)
{
	a = drain_eldest(d, a);
	b = drain_eldest(d, b);
	if (a == b)
		return false;
	if (a->row.id > b->row.id) {
		struct template *swap = a;

		a = b;
		b = swap;
	}
	b->row.alias_of = a->row.id;
	b->dirty = true;
	return true;
}

/* drain_rows.c - templates as they are stored, and what people do to them. */
#include "logs/drain_private.h"

static int
refuse(struct err *e, const struct drain_row *row, const char *why)
{
	return err_set(e, ERR_INVALID, "the template %lld is not one that was "
	    "stored: %s", (long long)row->id, why);
}

static int
check(const struct drain *d, const struct drain_row *row,
    const struct message *first, const struct message *now, struct err *e)
{
	const struct template *elder;

	if (row->id < 1 || (d->n_templates > 1 &&
	    row->id <= d->templates[d->n_templates - 1]->row.id))
		return refuse(e, row, "its id is not above those before it");
	if (!first->n || first->n != now->n)
		return refuse(e, row, "its texts are not of one length");
	for (int i = 0; i < now->n; i++)
		if (!str_eq(now->token[i], first->token[i]) &&
		    !str_is(now->token[i], "<*>"))
			return refuse(e, row, "its texts differ in a word");
	if (!row->alias_of)
		return 0;
	elder = drain_find(d, row->alias_of);
	if (!elder || row->alias_of >= row->id ||
	    !str_eq(elder->row.scope, row->scope))
		return refuse(e, row, "it is an alias of none that is there");
	return 0;
}

int
drain_load(struct drain *d, const struct drain_row *row, struct err *e)
{
	struct message first, now;
	struct template *t;
	uint32_t scope;

	drain_cut(d, row->first, &first);
	drain_cut(d, row->text, &now);
	if (check(d, row, &first, &now, e) != 0)
		return -1;
	drain_scope(d, row->scope, &scope);
	drain_learn(d, &first);
	t = drain_bear(d, scope, &first, row->id);
	for (int i = 0; i < now.n; i++)
		if (str_is(now.token[i], "<*>"))
			t->now[i] = WORD_ANY;
	drain_text(d, t);
	t->row.alias_of = row->alias_of;
	t->row.count = row->count;
	t->row.frozen = row->frozen;
	drain_place(d, t, &first);
	return 0;
}

static struct template *
must_find(const struct drain *d, int64_t id, struct err *e)
{
	struct template *t = drain_find(d, id);

	if (!t)
		err_set(e, ERR_NOT_FOUND, "there is no template %lld",
		    (long long)id);
	return t;
}

int
drain_merge(struct drain *d, int64_t a, int64_t b, struct err *e)
{
	struct template *x = must_find(d, a, e);
	struct template *y = x ? must_find(d, b, e) : NULL;

	if (!y)
		return -1;
	if (x->scope != y->scope)
		return err_set(e, ERR_INVALID, "the templates %lld and %lld "
		    "are of different services or steps", (long long)a,
		    (long long)b);
	drain_alias(d, x, y);
	return 0;
}

static void
stand_alone(struct drain *d, struct template *t)
{
	t->row.alias_of = 0;
	t->row.frozen = t->leaf != 0;	/* "<*>" takes the rest, always */
	memcpy(t->now, t->first, sizeof(*t->now) * (size_t)t->n);
	drain_text(d, t);
	t->dirty = true;
}

int
drain_split(struct drain *d, int64_t id, struct err *e)
{
	struct template *t = must_find(d, id, e);
	const struct scope *s;
	bool whole;

	if (!t)
		return -1;
	s = &d->scopes[t->scope];
	whole = drain_eldest(d, t) == t;
	for (uint32_t i = 0; whole && i < s->n; i++) {
		/* From the youngest: an elder in between still shows the way. */
		struct template *other =
		    d->templates[s->templates[s->n - 1 - i]];

		if (other != t && drain_eldest(d, other) == t)
			stand_alone(d, other);
	}
	stand_alone(d, t);
	drain_forget(d);
	return 0;
}

bool
drain_get(const struct drain *d, int64_t id, struct drain_row *out)
{
	const struct template *t = drain_find(d, id);

	if (t)
		*out = t->row;
	return t != NULL;
}

int
drain_changed(const struct drain *d,
    int (*take)(void *to, const struct drain_row *row, struct err *e),
    void *to, struct err *e)
{
	for (uint32_t i = 1; i < d->n_templates; i++)
		if (d->templates[i]->dirty &&
		    take(to, &d->templates[i]->row, e) != 0)
			return -1;
	return 0;
}

void
drain_saved(struct drain *d)
{
	for (uint32_t i = 1; i < d->n_templates; i++)
		d->templates[i]->dirty = false;
}

size_t
drain_count(const struct drain *d)
{
	return d->n_templates - 1;
}

size_t
drain_bytes(const struct drain *d)
{
	return d->bytes + d->words.bytes + d->words.by_hash.bytes +
	    d->scope_names.bytes + d->scope_names.by_hash.bytes +
	    d->children.bytes + d->near.bytes;
}

/* drain_private.h - what the files of drain share. */
#ifndef LOGS_DRAIN_PRIVATE_H
#define LOGS_DRAIN_PRIVATE_H

#include "base/buf.h"
#include "logs/drain.h"
#include "logs/words.h"

enum { DRAIN_TOKENS = TEMPLATE_MAX_TOKENS + 8 };

struct template {
	struct drain_row row;
	char *text;		/* of row.text; has room for all to be "<*>" */
	uint32_t *first, *now;	/* words; both n */
	int n;
	uint32_t leaf;		/* 0: the scope's "<*>", in no leaf */
	uint32_t scope;
	uint32_t index;		/* in drain's templates */
	bool dirty;
};

struct node {
	int n_children;
	uint32_t *templates;	/* of a leaf, by age */
	uint32_t n, cap;
	uint32_t turn;		/* changes with each of its templates */
};

struct scope {
	struct str name;
	uint32_t root;
	uint32_t rest;		/* the template "<*>", or 0 */
	uint32_t *templates;
	uint32_t n, cap;
};

/* What a text came to, while its leaf is as it was. */
struct recent {
	uint64_t hash;
	struct buf text;
	uint32_t scope, template, turn;
};

enum { RECENT_SLOTS = 8192, RECENT_MAX_BYTES = 512 };

struct drain {
	struct drain_options o;
	struct arena *a;
	struct words words, scope_names;
	struct map children;	/* (node, word or number of tokens): node */
	struct map near;	/* see drain_near.c */
	struct template **templates;	/* [0] is none; by id */
	struct node *nodes;	/* [0] is none */
	struct scope *scopes;	/* [0] and [1] are none: ids of scope_names */
	uint32_t n_templates, cap_templates;
	uint32_t n_nodes, cap_nodes;
	uint32_t n_scopes, cap_scopes;
	struct recent *recent;
	size_t bytes;
};

struct message {
	struct str token[DRAIN_TOKENS];
	uint32_t word[DRAIN_TOKENS];
	int n;
};

/* The eldest that speaks for t. */
struct template *drain_eldest(const struct drain *d, struct template *t);
struct template *drain_find(const struct drain *d, int64_t id);

/* -- drain_leaf.c: templates in their places -- */

/* An array that holds more than n; the old one stays in the arena. */
void *drain_grown(struct drain *d, void *array, uint32_t n, uint32_t *cap,
    size_t each);
struct scope *drain_scope(struct drain *d, struct str name, uint32_t *id);
void drain_cut(const struct drain *d, struct str masked, struct message *m);
void drain_learn(struct drain *d, struct message *m);
/* Where m would be; 0: nothing like it was born yet. */
uint32_t drain_leaf(const struct drain *d, const struct scope *s,
    const struct message *m);
/* Write what t is now into its text. */
void drain_text(const struct drain *d, struct template *t);
/* Of m, whose words are known (drain_learn). */
struct template *drain_bear(struct drain *d, uint32_t scope,
    const struct message *m, int64_t id);
void drain_place(struct drain *d, struct template *t, const struct message *m);
bool drain_is_rest(const struct message *m);
/* The younger of their two eldest speaks no more for itself; false when they
 * have one already. */
bool drain_alias(struct drain *d, struct template *a, struct template *b);
void drain_forget(struct drain *d);		/* what is recent */

/* -- drain_near.c -- */

/* Remember that t was born. */
void drain_near_add(struct drain *d, const struct template *t);
/* An earlier one that differs from t by one word, or NULL. */
struct template *drain_near_find(struct drain *d, const struct template *t);

#endif

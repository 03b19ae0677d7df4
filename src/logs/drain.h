/* drain.h - messages become templates, as they come (Drain, He et al. 2017).
 *
 * Each scope has a tree of fixed depth: by the number of tokens, then by the
 * first two.  In its leaf a message joins the template that is most like it,
 * and where both differ the template gets a "<*>", or else it is a template
 * of its own.  Three things are ours.  `first` stays what the template was
 * when it was born, so what is computed from it does not move.  A template
 * that has become equal to another is its alias from then on, and so is one
 * that was born when a single word of a longer message changed.  What is
 * unusual cannot fill the memory: a scope that has SCOPE_MAX_TEMPLATES puts
 * the rest into one template, "<*>".
 *
 * The same lines in the same order give the same templates and ids, however
 * often the state is written out and loaded again between them.  Not for
 * several threads. */
#ifndef LOGS_DRAIN_H
#define LOGS_DRAIN_H

#include "base/arena.h"
#include "base/err.h"

struct drain;

/* As it is stored.  Texts that drain gives are its own, and live as long as
 * it does, except for text: until the next call. */
struct drain_row {
	int64_t id;		/* from 1, in order of birth over all scopes */
	struct str scope;	/* what templates are not shared between */
	struct str first;	/* masked message at birth */
	struct str text;	/* what it is now */
	int64_t alias_of;	/* the elder that speaks for it; 0: none */
	int64_t count;		/* lines that came to it itself */
	bool frozen;		/* by hand: takes only what is equal to its text */
};

struct drain_options {
	double similarity;	/* of tokens, to join; 0: 0.4 */
	int max_children;	/* of a node of the tree; 0: 100 */
	int max_templates;	/* of a scope; 0: SCOPE_MAX_TEMPLATES */
};

struct drain_hit {
	int64_t id;		/* after aliases: of the eldest */
	int64_t own_id;		/* the template that the line came to */
	struct str first;	/* of the eldest; lives as long as the drain */
	struct str text;	/* of the template itself, now; until the next call */
	bool born;		/* it is new */
	bool widened;		/* its text changed by this line */
	bool aliased;		/* by this line it became an alias of id */
};

struct drain *drain_new(const struct drain_options *o);	/* NULL: the usual */
void drain_free(struct drain *d);		/* NULL is fine */

/* Take a stored template; in order of their ids, before any line.  Texts are
 * copied.  -1 with ERR_INVALID for a row that no drain wrote. */
int drain_load(struct drain *d, const struct drain_row *row, struct err *e);

/* The template of a message that mask_text() made.  Cannot fail. */
struct drain_hit drain_add(struct drain *d, struct str scope,
    struct str masked);

/* By hand: the younger of the two and its aliases become aliases of the
 * elder.  -1 with ERR_NOT_FOUND, or ERR_INVALID when the scopes differ. */
int drain_merge(struct drain *d, int64_t a, int64_t b, struct err *e);
/* By hand: it is nobody's alias any more, nobody is its own, and it takes
 * nothing but what is equal to its first form, which it becomes again.  What
 * else came to it becomes templates of its own when it comes again.  The same
 * holds for the templates that were its aliases. */
int drain_split(struct drain *d, int64_t id, struct err *e);

/* One template.  False when there is none. */
bool drain_get(const struct drain *d, int64_t id, struct drain_row *out);
/* Each template that changed (born, wider, aliased, counted) since the last
 * drain_saved(), in order of ids; stops at the first -1 of take. */
int drain_changed(const struct drain *d,
    int (*take)(void *to, const struct drain_row *row, struct err *e),
    void *to, struct err *e);
void drain_saved(struct drain *d);		/* they are stored */

size_t drain_count(const struct drain *d);	/* templates, aliases too */
size_t drain_bytes(const struct drain *d);	/* memory in use, about */

#endif

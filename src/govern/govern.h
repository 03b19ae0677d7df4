/* govern.h - what the verbs of this folder work with: the configuration, the
 * database, the bell.  One per process. */
#ifndef GOVERN_GOVERN_H
#define GOVERN_GOVERN_H

#include "model/config.h"
#include "store/db.h"

struct runner;

struct govern {
	const struct config *cfg;
	struct runner *runner;	/* of validators; NULL: none */
	struct db *db;		/* NULL until govern_ready() succeeded */
	enum db_mode mode;
	bool no_trees;		/* it may not touch workspaces: others recover */
	bool recovered;		/* unfinished batches were looked for */
};

void govern_init(struct govern *g, const struct config *cfg, enum db_mode mode);
void govern_close(struct govern *g);
/* Open the database when it is not, or when its file was replaced; and, when
 * it may be written, finish what a crash left.  Called before each verb: a
 * database that comes back needs no restart. */
int govern_ready(struct govern *g, struct arena *a, struct err *e);
/* After a commit: wake the broadcast daemon. Cannot fail. */
void govern_ring(const struct govern *g);

#endif

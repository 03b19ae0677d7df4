/* ops.h - what the verbs of this folder work with: the governor (configuration,
 * database, bell), the templates of messages, the rules, GitHub.
 *
 * Log lines go one way: a source gives them (source.h), ingest cleans, groups
 * and stores them and opens issues (ingest.h); what is to be said to GitHub
 * waits in the outbox (file.h) until it is sent (send.h).  life.h is what people
 * and agents do to an issue, webhook.h what GitHub tells of it. */
#ifndef OPS_OPS_H
#define OPS_OPS_H

#include "govern/govern.h"
#include "logs/grouper.h"
#include "logs/severity.h"
#include "logs/wash.h"
#include "model/event.h"
#include "model/log_line.h"
#include "model/ops_issue.h"
#include "remote/github.h"

/* All settings of ops are in model/config.h; these are made of them. */
struct ops {
	struct govern *g;
	struct arena *a;		/* as long as this */
	struct str target;		/* "owner/name"; "": issues stay here */
	bool files;			/* see ops_files() */
	struct severity_rules *rules;
	struct redactor *redactor;	/* knows our own secrets */
	struct drain *drain;		/* as the table has it at templates */
	struct grouper *grouper;
	int64_t templates;		/* template_version(); -1: not read */
	struct gate gate;
	struct github *github;		/* NULL until ops_github() */
};

/* g must be ready (govern_ready).  -1: ERR_CONFIG; nothing is left open. */
int ops_open(struct ops *o, struct govern *g, struct err *e);
void ops_close(struct ops *o);		/* fine when it is not open */

/* Inside db_begin(): drain and grouper are those of the table, whoever changed it
 * last. */
int ops_templates(struct ops *o, struct err *e);

/* The client, made at the first call; ERR_NOT_READY when GitHub is not
 * configured. */
int ops_github(struct ops *o, struct github **out, struct err *e);
bool ops_files(const struct ops *o);	/* is it configured? */

/* Inside db_begin(): tell subscribers of an issue or a scan.  Whoever commits
 * rings. */
int ops_tell_issue(struct ops *o, enum event_type type,
    const struct ops_issue *i, struct err *e);
int ops_tell_scan(struct ops *o, enum event_type type,
    const struct ops_scan *s, struct err *e);

#endif

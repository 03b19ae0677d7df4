/* target.h - what a command works on: a tree here, or a server.
 *
 * A server is asked when --url or --remote (then $PATCHWARDEN_URL) says so;
 * its token is $PATCHWARDEN_TOKEN or in --token-file, never in the arguments,
 * which other users can read. */
#ifndef PATCHCTL_TARGET_H
#define PATCHCTL_TARGET_H

#include "edit/batch.h"
#include "local/local.h"
#include "local/queue.h"
#include "patchctl/command.h"
#include "remote/https.h"

#define TARGET_ARGS \
	"[--root DIR | --url URL | --remote] [--token-file FILE] [--json]"

struct target {
	const char *root, *url_option, *token_file;
	bool remote_option;
	/* target_choose() */
	bool remote;
	struct str url, token;
};

#define TARGET_OPTIONS 4
/* The four options, at the end of a command's rows; their number. */
size_t target_rows(struct target *t, struct option_row *rows);
int target_choose(struct command_line *l, struct target *t, struct err *e);
/* Both at once for a command about one patch, whose id is its argument; n of
 * the rows are filled already. */
int target_patch(struct command_line *l, struct target *t,
    struct option_row *rows, size_t n, struct str *id, struct err *e);
/* The command knows no server: ERR_USAGE when one was named. */
int target_must_be_local(const struct target *t, struct err *e);
struct plan_limits target_limits(const struct command_line *l);

/* Apply or simulate a batch there and say what became of it.  0, the exit
 * status when it was refused, or -1. */
int target_apply(struct command_line *l, const struct target *t,
    const struct patch_batch *batch, struct err *e);
/* Open the tree; local_close() it. */
int target_open(struct command_line *l, const struct target *t,
    enum local_how how, struct local *out, struct err *e);
/* After an edit, its lock given back: what waits for the orchestrator. */
void target_post(struct command_line *l, const char *root);
/* ORCHESTRATOR_URL and ORCHESTRATOR_TOKEN; false: there is none. */
bool target_orchestrator(struct queue_target *out);

struct remote_call {
	const char *method;
	struct str path;		/* "/api/patches/…?…" */
	struct str body;		/* STR_NONE: none */
	bool changes;			/* carries an Idempotency-Key */
	bool lines;			/* NDJSON is welcome: on_line */
	void (*on_line)(void *to, struct str line);
	void *to;
};
/* Ask the server; -1 only without an answer. */
int remote_ask(struct command_line *l, const struct target *t,
    const struct remote_call *call, struct https_answer *out, struct err *e);
/* The same for an answer that only success makes interesting: a problem is
 * said, and its exit status returned. */
int remote_get(struct command_line *l, const struct target *t,
    const struct remote_call *call, struct https_answer *out, struct err *e);
/* "/api/patches/{id}" and what follows. */
struct str remote_patch(struct arena *a, struct str id, const char *what);
struct field_options;
/* A route with the options that were given as its parameters. */
struct str remote_query(struct arena *a, const char *route,
    const struct field_options *o);
/* A name as part of a path or query. */
struct str remote_escape(struct arena *a, struct str s);

#endif

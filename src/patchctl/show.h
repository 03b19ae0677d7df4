/* show.h - what became of it, for people: one line per operation, diffs in
 * colour on a terminal (unless NO_COLOR is set), faults with what, where, what
 * to do, and the text that stands there now. */
#ifndef PATCHCTL_SHOW_H
#define PATCHCTL_SHOW_H

#include <stdio.h>

#include "local/local.h"
#include "patchctl/command.h"
#include "remote/https.h"

bool show_is_terminal(void);		/* the standard output is one */
/* A terminal that knows colours, and the user wants them. */
bool show_has_colour(FILE *to);

/* Text of anyone's making: on a terminal without control characters. */
void show_text(FILE *to, struct str s);
void show_diff(struct str diff);
/* "applied  src/a.c  replace-block  +2 -1  <patch_id>" */
void show_event(FILE *to, const struct patch_event *p);

/* Both return the exit status. */
int show_outcome(const struct command_line *l, const struct local_outcome *o);
/* An answer of the server that is no success. */
int show_problem(struct command_line *l, const struct https_answer *got,
    struct err *e);

/* What it says, and nothing but its status when it is not Patchwarden's. */
void show_problem_read(struct command_line *l, const struct https_answer *got,
    struct err *out);

/* The events of an answer of NDJSON as they arrive. */
struct show_stream {
	struct command_line *l;
	size_t shown;			/* outcomes */
};
void show_stream_line(void *stream, struct str line);
/* A server's answer about a batch; -1 when it is none. */
int show_answer(struct command_line *l, const struct https_answer *got,
    const struct show_stream *stream, struct err *e);

#endif

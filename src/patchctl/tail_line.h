/* tail_line.h - an event as one line, for people or for programs. */
#ifndef PATCHCTL_TAIL_LINE_H
#define PATCHCTL_TAIL_LINE_H

#include <stdio.h>

#include "patchctl/follow.h"

/* Text of anyone's making on one line, nothing in it that is not seen. */
void tail_text(FILE *to, struct str s);
/* "<time>  <seq>  + patch_applied  src/a.c  …"; a is for working space. */
void tail_line(FILE *to, struct arena *a, const struct follow_event *ev,
    bool colour);
/* As the server sent it, but on one line; on a terminal control characters are
 * written in JSON's way, which changes no value. */
void tail_json(FILE *to, const struct follow_event *ev, bool terminal);

#endif

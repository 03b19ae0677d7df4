/* progress.h - how far a long command is, on a terminal only.
 *
 * One line of the standard error, written over a few times a second and gone
 * at the end. */
#ifndef PATCHCTL_PROGRESS_H
#define PATCHCTL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *what;	/* "events", "pages" */
	bool shown;		/* there is a terminal */
	int64_t begun_us, told_us;
};

void progress_begin(struct progress *p, const char *what);
/* done of `of`, and the bytes of them (0: not counted).  p is a struct
 * progress *, so that this can be told by others. */
void progress_tell(void *p, int64_t done, int64_t of, int64_t bytes);
/* Wipe the line; how long it all took. */
int64_t progress_end(struct progress *p);
/* Millions of bytes a second. */
double progress_rate(int64_t bytes, int64_t us);

#endif

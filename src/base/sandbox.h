/* sandbox.h - give up what a program does not need. */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include <stddef.h>

struct sandbox_path {
	const char *path;	/* a file or folder; a missing one is skipped */
	int writable;		/* else it may only be read */
};

/* No new privileges ever; with Landlock nothing but these paths can be opened
 * from now on.  Returns what holds: "landlock", or "none" with the reason in
 * *why when the kernel cannot. */
const char *sandbox_enter(const struct sandbox_path *paths, size_t n,
    const char **why);
/* For a program that is about to become another: everything may be read and
 * started as before, but written only below these paths. */
const char *sandbox_writes(const struct sandbox_path *paths, size_t n,
    const char **why);
/* The same, but nothing else can be opened for reading either. */
const char *sandbox_opens(const struct sandbox_path *paths, size_t n,
    const char **why);

#endif

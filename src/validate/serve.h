/* serve.h - inside of the runner: jobs one after the other. */
#ifndef VALIDATE_SERVE_H
#define VALIDATE_SERVE_H

#include <limits.h>
#include <sys/types.h>

#include "validate/presets.h"
#include "validate/runner.h"

/* What does not hold here, found out by trying; "" while it does. */
struct abilities {
	char no_namespaces[128];
	char no_overlay[128];
};

/* One job with all that belongs to it. */
struct run {
	const struct job *job;
	const char *root;		/* of the workspace */
	const struct runner_options *options;
	struct validator_plan how;
	char **argv;			/* ends with NULL */
	const char *view;		/* a copy of the tree; NULL: an overlay */
	const char *scratch;		/* TMPDIR beside a copy */
	bool spaces;			/* in namespaces of its own */
};

/* Answer until the socket closes; the exit status. */
int serve_jobs(int fd, const struct runner_options *o);

/* jail.c: a child that becomes the validator; out gets its output, and status
 * (closed by exec) a struct jail_report when it does not come that far.  The
 * child's id, or -1 with errno. */
enum jail_step { JAIL_NAMESPACES, JAIL_VIEW, JAIL_FILES, JAIL_LIMITS, JAIL_EXEC };
struct jail_report {
	enum jail_step step;
	int error;			/* errno */
};
pid_t jail_start(const struct run *r, int out, int status);

/* view.c: in namespaces of one's own, put the changed tree where the workspace
 * stands and take everything else away; the current folder is its root.  -1
 * with errno and *step. */
int view_mount(const struct run *r, enum jail_step *step);
/* Make the files of the job so, below the folder `at`. */
int view_change(int at, const struct job *job);

/* copy.c: a real copy of the tree, for kernels that cannot stack one on the
 * other.  .git and .patchwarden at its top are left out. */
struct copy {
	char folder[PATH_MAX];		/* tree/ and tmp/ are in it */
	char tree[PATH_MAX], scratch[PATH_MAX];
	int lock;			/* held as long as it is used */
};
/* With the files of the job.  -1 with errno (EFBIG: larger than VIEW_MAX_*). */
int copy_begin(const char *views, const char *root, const struct job *job,
    struct copy *c);
void copy_end(struct copy *c);
/* Remove what killed runners left. */
void copy_sweep(const char *views);

/* hide.c: without namespaces, where the kernel can: write only to the copy, and
 * open nothing below a hidden folder. */
void hide_folders(const struct run *r);

/* filter.c: no sockets, no namespaces, no looking into other processes, for
 * this process and all it starts; with one_group none leaves its process group.
 * -1 with errno. */
int filter_enter(bool one_group);

/* watch.c: gather output until the child has ended, or end it. */
struct watched {
	struct buf output;		/* buf_free() it */
	int64_t output_bytes;
	int end;			/* enum job_end */
	int64_t exit;
	char reason[200];
	bool peer_gone;			/* nobody waits for the answer */
};
void watch(pid_t pid, int out, int peer, const struct run *r,
    struct watched *w);
/* The ids of a process's children, from the kernel; n at most. */
size_t children_of(pid_t pid, pid_t *list, size_t n);

#endif

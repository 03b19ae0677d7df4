#include "api/detach.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "http/app.h"

#define WORD_FD	3
#define LOOK_MS	200

/* One piece in a pipe is never torn. */
_Static_assert(sizeof(struct detach_word) <= 4096, "a word is one piece");

void
detach_say(const struct detach_child *c, int64_t id, const struct err *e)
{
	struct detach_word w = { .id = id };

	if (e)
		w.fault = *e;
	w.fault.next = NULL;
	/* nobody may be there to hear it any more */
	if (fd_write_all(c->to_parent, str_n((const char *)&w,
	    sizeof(w))) != 0)
		log_debug("nobody waits for the child", NULL);
}

/* Nothing of the parent's stays open but the standard error, for the log; it
 * also takes the place of the first two, which nobody else may get. */
static void
let_go(int to_parent)
{
	static const int usual[] = { SIGTERM, SIGINT, SIGUSR1, SIGCHLD };

	for (size_t i = 0; i < countof(usual); i++)
		signal(usual[i], SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	dup2(to_parent, WORD_FD);
	dup2(STDERR_FILENO, STDIN_FILENO);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	close_range(WORD_FD + 1, ~0U, 0);
}

static void
child(const struct govern *of, void (*work)(struct detach_child *, void *),
    void *arg, int to_parent)
{
	struct detach_child c = { .to_parent = WORD_FD, .a = arena_new() };
	struct govern g;
	struct err e = { 0 };

	let_go(to_parent);
	govern_init(&g, of->cfg, DB_RW);
	g.no_trees = true;
	c.g = &g;
	if (govern_ready(&g, c.a, &e) == 0) {
		work(&c, arg);
	} else {
		log_error("a child cannot start", "detail", e.detail, NULL);
		detach_say(&c, 0, &e);
	}
	govern_close(&g);
	arena_free(c.a);
	_exit(0);
}

/* The grandchild is init's, and so reaped, however long it lives. */
static pid_t
twice(const struct govern *of, void (*work)(struct detach_child *, void *),
    void *arg, int to_parent)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		pid = fork();
		if (pid == 0)
			child(of, work, arg, to_parent);
		_exit(pid < 0);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid < 0 || (WIFEXITED(status) && WEXITSTATUS(status)) ? -1 :
	    pid;
}

int
detach(struct govern *g, void (*work)(struct detach_child *c, void *arg),
    void *arg, int *hear, struct err *e)
{
	int ends[2];

	/* SQLite knows nothing of forks: there must be no connection */
	govern_close(g);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return err_sys(e, "cannot make a pipe");
	if (twice(g, work, arg, ends[1]) < 0) {
		err_sys(e, "cannot start a process");
		close(ends[0]);
		close(ends[1]);
		return -1;
	}
	close(ends[1]);
	if (hear)
		*hear = ends[0];
	else
		close(ends[0]);
	return 0;
}

int
detach_hear(int fd, struct detach_word *out, struct err *e)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t n;

	while (poll(&p, 1, LOOK_MS) <= 0)
		if (app_ending())
			return err_set(e, ERR_NOT_READY, "the server is "
			    "ending; what was begun goes on");
	do
		n = read(fd, out, sizeof(*out));
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(*out);
}

#include "validate/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "validate/serve.h"

#define SEND_MS 30000		/* a runner that reads nothing is stuck */
#define GRACE_MS 30000		/* beyond a job's own time: making its view */
#define RUNNER_FD 3

struct runner {
	int fd;			/* -1: dead */
	pid_t pid;
	bool told;		/* that nothing isolates */
};

/* Nothing of the program's stays open: neither the socket it listens on nor
 * the answer of a CGI program, whose reader waits for the end of it. */
static void
become_runner(int fd, const struct runner_options *o)
{
	int null = open("/dev/null", O_RDWR);

	/* no signal when the program dies: the socket tells, and what runs
	 * then has to be ended and cleaned up */
	prctl(PR_SET_PDEATHSIG, 0);
	if (null < 0)
		_exit(1);
	signal(SIGTERM, SIG_DFL);
	signal(SIGUSR1, SIG_DFL);
	signal(SIGINT, SIG_IGN);	/* the program decides */
	signal(SIGCHLD, SIG_DFL);
	if (fd == STDIN_FILENO || fd == STDOUT_FILENO)
		fd = fcntl(fd, F_DUPFD, RUNNER_FD);
	if (dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
	    (fd != RUNNER_FD && dup2(fd, RUNNER_FD) < 0) ||
	    fcntl(RUNNER_FD, F_SETFD, FD_CLOEXEC) != 0)
		_exit(1);
	close_range(RUNNER_FD + 1, ~0U, 0);
	_exit(serve_jobs(RUNNER_FD, o));
}

int
runner_start(const struct runner_options *o, struct runner **out,
    struct err *e)
{
	struct runner *r;
	int fds[2];
	pid_t pid;

	*out = NULL;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
		return err_set(e, ERR_NOT_READY,
		    "no socket for the runner of validators");
	pid = fork();
	if (pid == 0) {
		close(fds[0]);
		become_runner(fds[1], o);
	}
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return err_set(e, ERR_NOT_READY,
		    "the runner of validators cannot be started");
	}
	r = malloc(sizeof(*r));
	if (!r)
		abort();
	*r = (struct runner){ .fd = fds[0], .pid = pid };
	*out = r;
	return 0;
}

static void
end(struct runner *r)
{
	if (r->fd < 0)
		return;
	close(r->fd);
	r->fd = -1;
	while (waitpid(r->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

void
runner_stop(struct runner *r)
{
	if (!r)
		return;
	end(r);
	free(r);
}

bool
runner_dead(const struct runner *r)
{
	return r->fd < 0;
}

static int
gone(struct runner *r, const char *what, struct err *e)
{
	const char *why = errno ? strerror(errno) : "it ended";

	/* one that hangs is ended, so that nobody waits for it again */
	kill(r->pid, SIGKILL);
	log_error("the runner of validators is gone", "step", what, "reason",
	    why, NULL);
	err_set(e, ERR_NOT_READY, "the runner of validators is gone (%s: %s); "
	    "the program starts again", what, why);
	end(r);
	return -1;
}

int
runner_run(struct runner *r, struct arena *a, const struct job *job,
    struct job_result *out, struct err *e)
{
	struct buf message = BUF_INIT(JOB_MESSAGE_BYTES);
	int64_t now = clock_mono_ms();
	struct str answer;
	int rc;

	errno = 0;
	if (r->fd < 0)
		return err_set(e, ERR_NOT_READY, "the runner of validators is "
		    "gone; the program starts again");
	job_write(job, &message);
	if (buf_check(&message, "The batch, for its validators,", e) != 0) {
		buf_free(&message);
		return -1;
	}
	rc = wire_send(r->fd, buf_str(&message), now + SEND_MS);
	buf_free(&message);
	if (rc != 0)
		return gone(r, "asking", e);
	rc = wire_receive(r->fd, a, RESULT_MESSAGE_BYTES,
	    now + SEND_MS + job->timeout_ms + GRACE_MS, &answer);
	if (rc == 0)
		errno = 0;		/* it has not failed, it ended */
	if (rc <= 0)
		return gone(r, "waiting", e);
	if (!job_result_read(answer, out)) {
		errno = EPROTO;
		return gone(r, "reading", e);
	}
	if (!r->told && str_starts(out->isolation, STR("none"))) {
		r->told = true;
		log_warn("validators are not isolated", "isolation",
		    arena_cstr(a, out->isolation), NULL);
	}
	return 0;
}

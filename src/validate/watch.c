#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "validate/serve.h"

#define LOOK_MS 20		/* between two looks at memory and processes */
#define TREE_MAX 4096		/* processes counted at most */
#define READS_MAX 32		/* before looking at the time again */

/* A small file of /proc; "" when the process is gone. */
static struct str
proc_text(pid_t pid, const char *name, char *to, size_t size)
{
	char path[64];
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, to, size);
		close(fd);
	}
	return str_n(to, n > 0 ? (size_t)n : 0);
}

size_t
children_of(pid_t pid, pid_t *list, size_t n)
{
	char path[64], text[KIB(16)];
	size_t found = 0;
	struct dirent *d;
	DIR *threads;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	threads = opendir(path);
	while (threads && (d = readdir(threads))) {
		struct str rest;

		snprintf(path, sizeof(path), "task/%.20s/children", d->d_name);
		rest = proc_text(pid, path, text, sizeof(text));
		while (rest.len && found < n) {
			int64_t child;

			if (str_int(str_trim(str_cut(&rest, ' ')), &child))
				list[found++] = (pid_t)child;
		}
	}
	if (threads)
		closedir(threads);
	return found;
}

/* All that come from pid, itself left out. */
static size_t
descendants(pid_t pid, pid_t list[static TREE_MAX])
{
	size_t n = children_of(pid, list, TREE_MAX);

	for (size_t i = 0; i < n; i++)
		n += children_of(list[i], list + n, TREE_MAX - n);
	return n;
}

static int64_t
resident_bytes(pid_t pid)
{
	char text[128];
	struct str rest = proc_text(pid, "statm", text, sizeof(text));
	int64_t pages = 0;

	str_cut(&rest, ' ');
	str_int(str_cut(&rest, ' '), &pages);
	return pages * sysconf(_SC_PAGESIZE);
}

/* Does it use more than it may? Then why. */
static bool
over_limits(pid_t pid, const struct run *r, struct watched *w)
{
	static pid_t list[TREE_MAX];
	const struct validator *v = &r->how.v;
	size_t found = descendants(getpid(), list), n = 0;
	int64_t bytes = 0;

	for (size_t i = 0; i < found; i++) {
		/* with namespaces the child itself only keeps them */
		if (r->spaces && list[i] == pid)
			continue;
		n++;
		bytes += resident_bytes(list[i]);
	}
	if (n > (size_t)v->processes)
		snprintf(w->reason, sizeof(w->reason), "stopped: it had more "
		    "than %lld processes", (long long)v->processes);
	else if (bytes >> 20 > v->memory_mb)
		snprintf(w->reason, sizeof(w->reason), "stopped: it used more "
		    "than %lld MB of memory", (long long)v->memory_mb);
	return w->reason[0];
}

/* What there is right now; false at the end of it. */
static bool
gather(int fd, struct watched *w)
{
	char piece[KIB(64)];
	ssize_t n;

	for (int i = 0; i < READS_MAX; i++) {
		size_t room = w->output.max - w->output.len;

		errno = 0;
		n = read(fd, piece, sizeof(piece));
		if (n <= 0)
			return n < 0 && (errno == EAGAIN || errno == EINTR);
		buf_add(&w->output, str_n(piece, (size_t)n < room ?
		    (size_t)n : room));
		w->output_bytes += n;
	}
	return true;
}

/* The first process of a namespace takes all others along; without one they
 * are a group that none can leave. */
static void
end_all(pid_t pid, const struct run *r)
{
	if (!r->spaces)
		kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
}

/* Those that it left behind are ours now (a subreaper's). */
static void
reap_all(void)
{
	static pid_t list[TREE_MAX];
	size_t n;

	while ((n = descendants(getpid(), list)) > 0) {
		for (size_t i = 0; i < n; i++)
			kill(list[i], SIGKILL);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}

static void
ended(int status, struct watched *w)
{
	if (w->end != JOB_EXITED)
		return;
	w->exit = WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
	    WEXITSTATUS(status);
	if (w->exit == 128 + SIGXCPU) {
		w->end = JOB_TIMEOUT;
		snprintf(w->reason, sizeof(w->reason),
		    "stopped: its time was over");
	}
}

/* Has the other end of the socket gone? It sends nothing while it waits. */
static bool
hung_up(const struct pollfd *p)
{
	return p->revents & (POLLHUP | POLLERR | POLLIN);
}

/* How it ends then is our doing, or not known, and says nothing of the batch. */
static void
lost(struct watched *w)
{
	if (w->end != JOB_EXITED)
		return;
	w->end = JOB_ERROR;
	snprintf(w->reason, sizeof(w->reason), "it cannot be watched: %s",
	    strerror(errno));
}

/* Its id stays taken until it is waited for, and with it the group's. */
static bool
runs(pid_t pid, struct watched *w)
{
	siginfo_t dead = { 0 };

	if (waitid(P_PID, (id_t)pid, &dead, WEXITED | WNOHANG | WNOWAIT) == 0)
		return dead.si_pid == 0;
	if (errno == EINTR)
		return true;
	lost(w);
	return false;
}

void
watch(pid_t pid, int out, int peer, const struct run *r, struct watched *w)
{
	int64_t until = clock_mono_ms() + r->job->timeout_ms, looked = 0;
	struct pollfd p[] = { { out, POLLIN, 0 },
	    { (int)syscall(SYS_pidfd_open, pid, 0), POLLIN, 0 },
	    { peer, POLLIN, 0 } };
	int status = 0;
	bool killed = false;

	*w = (struct watched){ .output = BUF_INIT(VALIDATOR_CAPTURE_BYTES),
	    .end = JOB_EXITED };
	while (runs(pid, w)) {
		int64_t now = clock_mono_ms();

		poll(p, countof(p), LOOK_MS);
		if (p[0].revents && !gather(out, w))
			p[0].fd = -1;
		if (killed)
			continue;
		w->peer_gone = hung_up(&p[2]);
		if (now >= until) {
			w->end = JOB_TIMEOUT;
			snprintf(w->reason, sizeof(w->reason), "stopped after "
			    "%lld ms", (long long)r->job->timeout_ms);
		} else if (now - looked >= LOOK_MS) {
			looked = now;
			if (over_limits(pid, r, w))
				w->end = JOB_LIMIT;
		}
		if (w->peer_gone || w->end != JOB_EXITED) {
			end_all(pid, r);
			killed = true;
			p[2].fd = -1;
		}
	}
	end_all(pid, r);
	if (waitpid(pid, &status, 0) == pid)
		ended(status, w);
	else
		lost(w);
	reap_all();
	while (gather(out, w) && errno != EAGAIN)
		;
	close(p[1].fd);
}

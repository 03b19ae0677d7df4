/* A small supervisor for web servers that do not start handlers themselves
 * (Apache's mod_proxy_fcgi): one listening socket that stays, N workers that
 * are started again when they die. */
#include "http/gateway.h"

#include <errno.h>
#include <fcgiapp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define POOL_MAX 64
#define BACKLOG 1024

static volatile sig_atomic_t stop;

static void
on_stop(int sig)
{
	(void)sig;
	stop = 1;
}

static pid_t
start_worker(struct app *app, int fd)
{
	pid_t parent = getpid(), pid = fork();

	if (pid != 0)
		return pid;
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	/* nobody is left behind when the supervisor is killed */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(0);
	_exit(gateway_fcgi(app, fd));
}

static void
keep_alive(struct app *app, int fd, pid_t *pids, int n)
{
	while (!stop) {
		int status;
		pid_t dead = waitpid(-1, &status, 0);

		if (dead < 0 && errno == EINTR)
			continue;
		if (dead < 0)
			return;
		for (int i = 0; i < n && !stop; i++)
			if (pids[i] == dead) {
				log_warn("worker ended, starting another",
				    "program", app->name, NULL);
				clock_sleep_ms(20);	/* no spinning */
				pids[i] = start_worker(app, fd);
			}
	}
}

int
pool_run(struct app *app, const char *path, int workers)
{
	struct sigaction sa = { .sa_handler = on_stop };
	pid_t pids[POOL_MAX];
	mode_t mask = umask(0117);	/* the socket becomes 0660 */
	int fd;

	unlink(path);
	fd = FCGX_OpenSocket(path, BACKLOG);
	umask(mask);
	if (fd < 0) {
		log_error("cannot listen", "socket", path, NULL);
		return 3;
	}
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	if (workers > POOL_MAX)
		workers = POOL_MAX;
	for (int i = 0; i < workers; i++)
		pids[i] = start_worker(app, fd);
	keep_alive(app, fd, pids, workers);
	for (int i = 0; i < workers; i++)
		if (pids[i] > 0)
			kill(pids[i], SIGTERM);
	while (wait(NULL) > 0 || errno == EINTR)
		;
	unlink(path);
	return 0;
}

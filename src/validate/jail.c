#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "validate/serve.h"

#define SPACES (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID | \
	CLONE_NEWIPC | CLONE_NEWUTS)
#define OPEN_FILES 1024

static void __attribute__((noreturn))
fail(int status, enum jail_step step)
{
	struct jail_report report = { step, errno };

	(void)fd_write_all(status, str_n((const char *)&report,
	    sizeof(report)));
	_exit(127);
}

static int
write_text(const char *path, const char *text)
{
	int rc, fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	rc = fd_write_all(fd, str(text));
	close(fd);
	return rc;
}

/* We are ourselves in there, and nobody else. */
static int
map_ids(uid_t uid, gid_t gid)
{
	char map[40];

	if (write_text("/proc/self/setgroups", "deny") != 0 && errno != ENOENT)
		return -1;
	snprintf(map, sizeof(map), "%u %u 1", uid, uid);
	if (write_text("/proc/self/uid_map", map) != 0)
		return -1;
	snprintf(map, sizeof(map), "%u %u 1", gid, gid);
	return write_text("/proc/self/gid_map", map);
}

static int
limit(int what, uint64_t most)
{
	struct rlimit l = { most, most };

	return setrlimit((__rlimit_resource_t)what, &l);
}

/* How many processes this user has; the kernel's limit counts them all. */
static uint64_t
processes_now(void)
{
	DIR *proc = opendir("/proc");
	uint64_t n = 0;
	struct dirent *d;
	struct stat st;

	while (proc && (d = readdir(proc)))
		if (d->d_name[0] >= '1' && d->d_name[0] <= '9' &&
		    fstatat(dirfd(proc), d->d_name, &st, 0) == 0 &&
		    st.st_uid == geteuid())
			n++;
	if (proc)
		closedir(proc);
	return n;
}

static int
limits(const struct run *r)
{
	const struct validator *v = &r->how.v;
	uint64_t seconds = (uint64_t)r->job->timeout_ms / 1000 + 1;
	uint64_t others = r->spaces ? 2 : processes_now();

	/* DATA and not AS: language runtimes reserve far more than they use */
	return limit(RLIMIT_CORE, 0) != 0 ||
	    limit(RLIMIT_CPU, seconds) != 0 ||
	    limit(RLIMIT_DATA, (uint64_t)v->memory_mb << 20) != 0 ||
	    limit(RLIMIT_FSIZE, VALIDATOR_SCRATCH_BYTES) != 0 ||
	    limit(RLIMIT_NOFILE, OPEN_FILES) != 0 ||
	    limit(RLIMIT_MEMLOCK, 0) != 0 ||
	    limit(RLIMIT_NPROC, (uint64_t)v->processes + others) != 0 ?
	    -1 : 0;
}

/* Also not by being user 0 in a namespace of our own: that could mount things
 * away that were put in its way. */
static int
drop_capabilities(void)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3,
	    0 };
	struct __user_cap_data_struct none[2] = { { 0 }, { 0 } };

	for (int c = 0; prctl(PR_CAPBSET_READ, c, 0, 0, 0) >= 0; c++)
		if (prctl(PR_CAPBSET_DROP, c, 0, 0, 0) != 0 && errno != EPERM)
			return -1;
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return (int)syscall(SYS_capset, &head, none);
}

static void
clean_environment(const struct run *r)
{
	const char *home = r->spaces ? "/tmp" : r->scratch;

	clearenv();
	setenv("PATH", "/usr/local/bin:/usr/bin:/bin", 1);
	setenv("HOME", home, 1);
	setenv("TMPDIR", home, 1);
	setenv("LANG", "C.UTF-8", 1);
	setenv("NO_COLOR", "1", 1);
}

static void __attribute__((noreturn))
become_validator(const struct run *r, int out, int status)
{
	int null = open("/dev/null", O_RDONLY);
	struct str local = r->how.local;

	if (null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 ||
	    dup2(out, 2) < 0)
		fail(status, JAIL_LIMITS);
	close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	setsid();
	umask(077);
	clean_environment(r);
	if (!r->spaces)
		hide_folders(r);
	if (limits(r) != 0 || drop_capabilities() != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		fail(status, JAIL_LIMITS);
	/* without namespaces it is all that keeps the network away, and the
	 * processes together */
	if (filter_enter(!r->spaces) != 0 && !r->spaces)
		fail(status, JAIL_LIMITS);
	if (local.p && faccessat(AT_FDCWD, local.p, X_OK, 0) == 0)
		execv(local.p, r->argv);
	execvp(r->argv[0], r->argv);
	fail(status, JAIL_EXEC);
}

/* The first process of a namespace: when it ends, all in there do. */
static void __attribute__((noreturn))
keep_namespace(pid_t validator, int status_fd)
{
	int status;
	pid_t dead;

	do {
		dead = waitpid(-1, &status, 0);
	} while (dead != validator && (dead > 0 || errno == EINTR));
	if (dead != validator)		/* it says nothing of the batch */
		fail(status_fd, JAIL_LIMITS);
	_exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
	    WEXITSTATUS(status));
}

static void __attribute__((noreturn))
enter(const struct run *r, int out, int status)
{
	enum jail_step step;
	pid_t pid;

	if (!r->spaces) {
		if (chdir(r->view) != 0)
			fail(status, JAIL_VIEW);
		become_validator(r, out, status);
	}
	if (view_mount(r, &step) != 0)
		fail(status, step);
	pid = fork();
	if (pid < 0)
		fail(status, JAIL_LIMITS);
	if (pid == 0)
		become_validator(r, out, status);
	close(out);
	keep_namespace(pid, status);
}

pid_t
jail_start(const struct run *r, int out, int status)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	pid_t pid;

	if (!r->spaces) {
		pid = fork();
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			enter(r, out, status);
		}
		return pid;
	}
	/* like fork(), in namespaces of its own; nothing here has threads */
	pid = (pid_t)syscall(SYS_clone, SPACES | SIGCHLD, NULL, NULL, NULL,
	    NULL);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (map_ids(uid, gid) != 0)
			fail(status, JAIL_NAMESPACES);
		enter(r, out, status);
	}
	return pid;
}

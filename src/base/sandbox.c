#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Debian 12's headers know less than newer kernels; only what both have. */
#define READ_RIGHTS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FILE_RIGHTS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE)
#define BASE_RIGHTS (READ_RIGHTS | LANDLOCK_ACCESS_FS_WRITE_FILE | \
	LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_REMOVE_DIR | \
	LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | \
	LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | \
	LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | \
	LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)
#define REFER (1ULL << 13)	/* since ABI 2: renames between folders */

static int
allow(int rules, const struct sandbox_path *p, unsigned long long handled)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = READ_RIGHTS };
	struct stat st;
	int rc;

	rule.parent_fd = open(p->path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return errno == ENOENT ? 0 : -1;
	if (p->writable)
		rule.allowed_access = handled & ~(unsigned long long)
		    LANDLOCK_ACCESS_FS_EXECUTE;
	rule.allowed_access &= handled;
	if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed_access &= FILE_RIGHTS & handled;
	rc = (int)syscall(SYS_landlock_add_rule, rules,
	    LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	close(rule.parent_fd);
	return rc;
}

static const char *
enter(unsigned long long handled, const struct sandbox_path *paths, size_t n,
    const char **why)
{
	struct landlock_ruleset_attr attr = { .handled_access_fs = handled };
	int rules = -1;
	long abi;

	*why = "";
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		goto out;
	abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	if (abi < 0)
		goto out;
	/* ABI 1 forbids every rename between folders, which staging needs */
	if (abi < 2) {
		errno = ENOSYS;
		goto out;
	}
	attr.handled_access_fs |= REFER;
	rules = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr),
	    0);
	if (rules < 0)
		goto out;
	for (size_t i = 0; i < n; i++)
		if (allow(rules, &paths[i], attr.handled_access_fs) != 0)
			goto out;
	if (syscall(SYS_landlock_restrict_self, rules, 0) != 0)
		goto out;
	close(rules);
	return "landlock";
out:
	*why = strerror(errno);
	if (rules >= 0)
		close(rules);
	return "none";
}

const char *
sandbox_enter(const struct sandbox_path *paths, size_t n, const char **why)
{
	return enter(BASE_RIGHTS, paths, n, why);
}

const char *
sandbox_writes(const struct sandbox_path *paths, size_t n, const char **why)
{
	return enter(BASE_RIGHTS & ~(unsigned long long)(READ_RIGHTS |
	    LANDLOCK_ACCESS_FS_EXECUTE), paths, n, why);
}

const char *
sandbox_opens(const struct sandbox_path *paths, size_t n, const char **why)
{
	return enter(BASE_RIGHTS & ~(unsigned long long)
	    LANDLOCK_ACCESS_FS_EXECUTE, paths, n, why);
}

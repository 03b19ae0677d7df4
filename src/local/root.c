#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "local/intent.h"
#include "local/state.h"

#define LOCK_WAIT_MS 10000

/* The folder of that path which has a .git, or NULL.  path is changed. */
static char *
git_top(char *path)
{
	char probe[PATH_MAX + 8];

	for (;;) {
		size_t n = strlen(path);

		memcpy(probe, path, n);
		memcpy(probe + n, "/.git", 6);
		if (faccessat(AT_FDCWD, probe, F_OK, 0) == 0)
			return path;
		while (n && path[n - 1] != '/')
			n--;
		if (n <= 1)
			return NULL;	/* "/" is nobody's work tree */
		path[n - 1] = '\0';
	}
}

static int
root_find(struct local *l, const char *given, struct err *e)
{
	char path[PATH_MAX], walk[PATH_MAX];
	const char *found = path;

	if (!realpath(given ? given : ".", path))
		return err_set(e, ERR_NOT_READY, "cannot open the tree %s: %s",
		    given ? given : ".", strerror(errno));
	if (!given) {
		memcpy(walk, path, sizeof(path));
		found = git_top(walk);
	}
	l->root = arena_cstr(l->a, str(found ? found : path));
	return 0;
}

/* git has no business with what is kept, but for the tasks, which people
 * share. */
static int
hide(const struct local *l, struct err *e)
{
	static const char name[] = ".gitignore";

	return state_has(l, name) ? 0 :
	    state_replace(l, name, STR("*\n!tasks.json\n"), e);
}

static int
take_lock(struct local *l, struct err *e)
{
	const char *path = arena_fmt(l->a, "%s/" LOCAL_FOLDER "/lock",
	    l->root).p;

	l->lock = fd_lock_file(path, FD_LOCK_EXCLUSIVE, LOCK_WAIT_MS, e);
	return l->lock < 0 ? -1 : 0;
}

int
local_open(struct arena *a, const char *given, enum local_how how, bool posts,
    struct local *out, struct err *e)
{
	int rc;

	*out = (struct local){ .a = a, .state = -1, .lock = -1,
	    .posts = posts };
	if (root_find(out, given, e) != 0 ||
	    workspace_open(out->root, &out->ws, e) != 0)
		return -1;
	rc = state_open(out, how == LOCAL_EDIT, e);
	if (rc <= 0)
		return rc;
	/* who only looks takes the lock when there is a batch to finish, which
	 * somebody else may do right now */
	if (how == LOCAL_LOOK && !intent_is_open(out))
		return 0;
	if (take_lock(out, e) != 0 || hide(out, e) != 0)
		return -1;
	return intent_recover(out, e);
}

void
local_close(struct local *l)
{
	workspace_close(l->ws);
	if (l->state >= 0)
		close(l->state);
	if (l->lock >= 0)
		close(l->lock);
	*l = (struct local){ .state = -1, .lock = -1 };
}

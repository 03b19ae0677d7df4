#include "patchctl/root.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"

int
root_open(struct arena *a, const char *given, struct workspace **out,
    struct err *e)
{
	char here[4096];
	struct str at;

	if (given)
		return workspace_open(given, out, e);
	if (!getcwd(here, sizeof(here)))
		return err_sys(e, "the current folder cannot be told");
	/* .git is a folder, or a file in linked work trees. */
	for (at = str(here); at.len;) {
		if (faccessat(AT_FDCWD, arena_fmt(a, "%.*s/.git",
		    STR_ARG(at)).p, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			return workspace_open(arena_cstr(a, at), out, e);
		while (at.len && at.p[--at.len] != '/')
			continue;
	}
	return workspace_open(here, out, e);
}

int
input_read(struct arena *a, const char *name, size_t max_bytes,
    struct str *out, struct err *e)
{
	struct buf text = BUF_INIT(max_bytes);
	bool standard = str_is(STR("-"), name);
	int fd = standard ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
	int rc = -1;

	if (fd < 0)
		return err_sys(e, "%s cannot be opened", name);
	if (fd_read_all(fd, &text) != 0) {
		if (buf_check(&text, name, e) == 0)
			err_sys(e, "%s cannot be read", name);
		goto out;
	}
	*out = arena_str(a, buf_str(&text));
	rc = 0;
out:
	if (!standard)
		close(fd);
	buf_free(&text);
	return rc;
}

#include "govern/backup_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const beside[] = { "-wal", "-shm", "-journal", "-lock" };

static void
beside_remove(struct arena *a, const char *part)
{
	for (size_t i = 0; i < countof(beside); i++)
		unlink(arena_fmt(a, "%s%s", part, beside[i]).p);
}

static bool
same_file(int fd, const char *path)
{
	struct stat held, named;

	return fstat(fd, &held) == 0 && lstat(path, &named) == 0 &&
	    held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

int
part_begin(struct arena *a, const char *part, struct err *e)
{
	int fd = open(part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660);

	if (fd < 0)
		return err_sys(e, "cannot create %s", part);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0 || !same_file(fd, part)) {
		close(fd);
		return err_set(e, ERR_BUSY, "another process is making %s",
		    part);
	}
	beside_remove(a, part);
	if (fchmod(fd, 0660) == 0 && ftruncate(fd, 0) == 0)
		return fd;
	err_sys(e, "cannot empty %s", part);
	close(fd);
	return -1;
}

void
part_end(struct arena *a, const char *part, int fd)
{
	if (fd < 0)
		return;
	if (same_file(fd, part)) {
		unlink(part);
		beside_remove(a, part);
	}
	close(fd);
}

int
part_name(struct arena *a, const char *part, const char *file, bool force,
    struct err *e)
{
	const char *slash = strrchr(file, '/');
	struct str dir = !slash ? STR(".") : slash == file ? STR("/") :
	    arena_str(a, str_n(file, (size_t)(slash - file)));
	int fd, rc;

	if (renameat2(AT_FDCWD, part, AT_FDCWD, file,
	    force ? 0 : RENAME_NOREPLACE) != 0) {
		if (errno == EEXIST)
			return err_set(e, ERR_EXISTS, "%s exists; --force"
			    " replaces it", file);
		return err_sys(e, "cannot rename %s to %s", part, file);
	}
	fd = open(dir.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	rc = fd >= 0 && fsync(fd) == 0 ? 0 : err_sys(e, "cannot sync the"
	    " folder %s", dir.p);
	if (fd >= 0)
		close(fd);
	return rc;
}

int
part_not_database(struct arena *a, const char *db_path, const char *file,
    struct err *e)
{
	static const char *const own[] = { "", "-wal", "-shm", "-journal",
	    "-lock" };
	struct stat st, mine;

	if (stat(file, &st) != 0)
		return 0;
	for (size_t i = 0; i < countof(own); i++)
		if (stat(arena_fmt(a, "%s%s", db_path, own[i]).p, &mine) == 0 &&
		    mine.st_dev == st.st_dev && mine.st_ino == st.st_ino)
			return err_set(e, ERR_INVALID, "%s belongs to the"
			    " database itself", file);
	return 0;
}

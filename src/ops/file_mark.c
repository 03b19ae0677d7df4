#include "ops/file_mark.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"

#define HEAD_BYTES 256		/* a date and some words: no two logs share them */

#define M struct file_mark
static const struct field mark_fields[] = {
	F_STR(M, path, "path", FIELD_REQUIRED, 1, 4096, FMT_TEXT, "Its name."),
	F_STR(M, service, "service", FIELD_REQUIRED, 1, 4096, FMT_TEXT, "Whose log it is."),
	F_INT(M, dev, "dev", FIELD_REQUIRED, INT64_MIN, INT64_MAX, 0, "Its device."),
	F_INT(M, ino, "ino", FIELD_REQUIRED, INT64_MIN, INT64_MAX, 0, "Its inode."),
	F_INT(M, offset, "offset", FIELD_REQUIRED, 0, INT64_MAX, 0, "How far it was read."),
	F_STR(M, head, "head", FIELD_REQUIRED, 0, SHA256_HEX, FMT_NAME, "Hash of its first bytes."),
	F_BOOL(M, within, "within", "false", "That is within a line."),
	F_END
};
static const struct contract mark_contract = {
	.name = "FileMark", .size = sizeof(M), .fields = mark_fields,
	.doc = "How far a log file was read.",
};
#define S struct file_marks
static const struct field marks_fields[] = {
	F_LIST(S, rows, n, "files", FIELD_REQUIRED, 0, FILE_MARKS_MAX, &mark_contract, "One for each file."),
	F_END
};
const struct contract file_marks_contract = {
	.name = "FilesCursor", .size = sizeof(S), .fields = marks_fields,
	.doc = "How far log files were read.",
};

int
log_file_open(const char *path, struct log_file *out, struct err *e)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return errno == ENOENT ? 0 : err_sys(e, "cannot read %s",
		    path);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return 0;
	}
	*out = (struct log_file){ .fd = fd, .path = str(path),
	    .dev = (int64_t)st.st_dev, .ino = (int64_t)st.st_ino,
	    .size = st.st_size };
	return 1;
}

void
log_file_close(struct log_file *f)
{
	close(f->fd);
}

int
log_file_find(struct arena *a, const struct file_mark *m,
    struct log_file *out, struct err *e)
{
	size_t end = m->path.len;
	const char *folder;
	struct dirent *d;
	int found = 0;
	DIR *dir;

	while (end && m->path.p[end - 1] != '/')
		end--;
	folder = arena_cstr(a, str_n(m->path.p, end));
	dir = opendir(folder);
	if (!dir)
		return 0;
	while (!found && (d = readdir(dir))) {
		if ((int64_t)d->d_ino != m->ino)
			continue;
		found = log_file_open(arena_fmt(a, "%s%s", folder,
		    d->d_name).p, out, e);
		if (found > 0 && file_mark_fits(a, m, out) != FILE_SAME) {
			log_file_close(out);
			found = 0;
		}
	}
	closedir(dir);
	return found;
}

/* Hash of the first n bytes; false when it has not so many. */
static bool
head_of(struct arena *a, const struct log_file *f, size_t n, struct str *out)
{
	char bytes[HEAD_BYTES];
	size_t got = 0;

	while (got < n) {
		ssize_t r = pread(f->fd, bytes + got, n - got, (off_t)got);

		if (r <= 0)
			return false;
		got += (size_t)r;
	}
	*out = sha256_hex(a, sha256_of(str_n(bytes, n)));
	return true;
}

static size_t
head_bytes(int64_t offset)
{
	return offset < HEAD_BYTES ? (size_t)offset : HEAD_BYTES;
}

enum file_state
file_mark_fits(struct arena *a, const struct file_mark *m,
    const struct log_file *f)
{
	struct str head;

	if (m->dev != f->dev || m->ino != f->ino)
		return FILE_OTHER;
	if (f->size < m->offset)
		return FILE_SHORTER;
	return head_of(a, f, head_bytes(m->offset), &head) &&
	    str_eq(head, m->head) ? FILE_SAME : FILE_SHORTER;
}

int
file_mark_set(struct arena *a, struct file_mark *m, const struct log_file *f,
    int64_t offset, struct err *e)
{
	m->path = f->path;
	m->dev = f->dev;
	m->ino = f->ino;
	m->offset = offset;
	if (head_of(a, f, head_bytes(offset), &m->head))
		return 0;
	return err_set(e, ERR_IO, "%.*s became shorter while it was read",
	    STR_ARG(f->path));
}

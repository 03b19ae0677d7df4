/* file_mark.h - how far log files were read.
 *
 * A file is known by its inode and by its first bytes: under another name it
 * is the same (it was rotated), and with other bytes it is another one (it was
 * written anew, or its inode serves again). */
#ifndef OPS_FILE_MARK_H
#define OPS_FILE_MARK_H

#include "contract/contract.h"

#define FILE_MARKS_MAX 400	/* all are open at the same time */

struct file_mark {
	struct str path;	/* under which it was found */
	struct str service;	/* whose log it is */
	int64_t dev, ino;
	int64_t offset;		/* all before was read */
	struct str head;	/* hash of its first bytes, as many as that hash
				   was made of: at most offset */
	bool within;		/* offset is within a line that is too long */
};
struct file_marks {
	struct file_mark *rows;
	size_t n;
};
extern const struct contract file_marks_contract;

/* A file that is open. */
struct log_file {
	int fd;
	struct str path;
	int64_t dev, ino, size;
};
/* 1; 0 when it is no regular file or gone; -1 when it may not be read. */
int log_file_open(const char *path, struct log_file *out, struct err *e);
/* The same under whatever name it has now, in the folder of its old one: 1,
 * 0, -1. */
int log_file_find(struct arena *a, const struct file_mark *m,
    struct log_file *out, struct err *e);
void log_file_close(struct log_file *f);

enum file_state { FILE_SAME, FILE_SHORTER, FILE_OTHER };
/* Is it the one that m tells of? */
enum file_state file_mark_fits(struct arena *a, const struct file_mark *m,
    const struct log_file *f);
/* m tells of f from now on: read up to offset. */
int file_mark_set(struct arena *a, struct file_mark *m,
    const struct log_file *f, int64_t offset, struct err *e);

#endif

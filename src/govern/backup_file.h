/* backup_file.h - the file that a copy of a database is made in, before it gets
 * its name. */
#ifndef GOVERN_BACKUP_FILE_H
#define GOVERN_BACKUP_FILE_H

#include "base/arena.h"
#include "base/err.h"

/* Make or empty it (0660), and hold it, so that two cannot make one at the same
 * time; the descriptor.  What an earlier one left beside it is removed. */
int part_begin(struct arena *a, const char *part, struct err *e);
/* Close it, and remove it unless it has another name now. */
void part_end(struct arena *a, const char *part, int fd);
/* Give it its name; ERR_EXISTS when there is one and not force. */
int part_name(struct arena *a, const char *part, const char *file, bool force,
    struct err *e);
/* No file of the database at db_path may be `file`; ERR_INVALID. */
int part_not_database(struct arena *a, const char *db_path, const char *file,
    struct err *e);

#endif

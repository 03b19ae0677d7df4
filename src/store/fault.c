#include <errno.h>
#include <stdlib.h>

#include "store/db_private.h"

static const struct {
	int rc;			/* primary result code */
	enum err_kind kind;
	const char *advice;
} faults[] = {
	{ SQLITE_BUSY, ERR_BUSY, "" },
	{ SQLITE_LOCKED, ERR_BUSY, "" },
	{ SQLITE_INTERRUPT, ERR_BUSY, "; it took longer than is allowed" },
	{ SQLITE_PROTOCOL, ERR_BUSY, "" },
	{ SQLITE_FULL, ERR_DISK_FULL, "" },
	{ SQLITE_TOOBIG, ERR_LIMIT_EXCEEDED, "" },
	{ SQLITE_CONSTRAINT, ERR_INTERNAL, "" },
	{ SQLITE_MISUSE, ERR_INTERNAL, "" },
	{ SQLITE_RANGE, ERR_INTERNAL, "" },
	{ SQLITE_CORRUPT, ERR_STORE_FAILED, "; restore a backup and keep this"
	    " file for a look at it" },
	{ SQLITE_NOTADB, ERR_STORE_FAILED, "; the path names another kind of"
	    " file" },
	{ SQLITE_CANTOPEN, ERR_STORE_FAILED, "; check that the file exists and"
	    " that this user may write it and its folder" },
	{ SQLITE_READONLY, ERR_STORE_FAILED, "; check that this user may write"
	    " the file, its folder, and the -wal and -shm files beside it" },
	{ SQLITE_PERM, ERR_STORE_FAILED, "; check who may write the file" },
	{ SQLITE_IOERR, ERR_STORE_FAILED, "; check the disk it is on" },
};

static bool
no_space(int system_errno)
{
	return system_errno == ENOSPC || system_errno == EDQUOT ||
	    system_errno == EFBIG;
}

int
store_fault_of(sqlite3 *handle, const char *path, int rc, const char *doing,
    struct err *e)
{
	enum err_kind kind = ERR_STORE_FAILED;
	const char *advice = "", *said = handle ? sqlite3_errmsg(handle) : "";
	int primary = rc & 0xff, no = errno;

	if (primary == SQLITE_NOMEM)
		abort();
	for (size_t i = 0; i < countof(faults); i++) {
		if (faults[i].rc == primary) {
			kind = faults[i].kind;
			advice = faults[i].advice;
		}
	}
	/* SQLite does not keep the errno of a COMMIT that failed. */
	if ((primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN) &&
	    (no_space(no) || (handle &&
	    no_space(sqlite3_system_errno(handle))))) {
		kind = ERR_DISK_FULL;
		advice = "";
	}
	if (!said[0])
		said = sqlite3_errstr(rc);
	return err_set(e, kind, "%s in %s: %s (%d)%s", doing, path, said, rc,
	    advice);
}

int
store_fault(struct db *db, int rc, const char *doing, struct err *e)
{
	if (db->handle && (rc & 0xff) == rc &&
	    (sqlite3_extended_errcode(db->handle) & 0xff) == rc)
		rc = sqlite3_extended_errcode(db->handle);
	return store_fault_of(db->handle, db->path, rc, doing, e);
}

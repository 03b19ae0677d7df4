/* err.h - one error: what kind, what happened, where.
 *
 * Functions return 0 or -1 and take a struct err * last.  It is set once,
 * where the fault is found, passed up untouched, and logged or translated
 * once at the edge (http/response.c, patchctl's main). */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

#include "base/limits.h"
#include "base/str.h"

enum err_kind {
	ERR_NONE,
#define E(name, status, exit, retry, title, hint) ERR_##name,
#include "base/err.def"
#undef E
	ERR__MAX
};

struct err_row {
	const char *code;	/* "stale_base" */
	int status;		/* HTTP */
	int exit;		/* patchctl */
	bool retryable;
	const char *title, *hint;
};

struct err {
	enum err_kind kind;
	char detail[DETAIL_MAX_BYTES];	/* one sentence, UTF-8, NUL-terminated */
	char at[AT_MAX_BYTES];		/* JSON pointer, parameter or path; "" */
	int retry_s;			/* Retry-After; 0: the usual */
	int status;			/* HTTP, when not the kind's own; 0 */
	struct err *next;		/* further faults of the same body; arena */
};

const struct err_row *err_row(enum err_kind kind);
/* The kind of that code, or ERR_NONE. */
enum err_kind err_kind_of(struct str code);

/* Fill *e (also NULL, when nobody wants to know); always returns -1. */
int err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The same, ": " and strerror(errno) appended; ENOSPC, EDQUOT, EFBIG make it
 * ERR_DISK_FULL, other errnos ERR_IO. */
int err_sys(struct err *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Where it happened; keeps an earlier, more exact place. Returns -1. */
int err_at(struct err *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* What else is to be said, behind the detail.  Returns -1. */
int err_add(struct err *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Waiting helps, so many seconds.  Returns -1. */
int err_retry(struct err *e, int seconds);
/* Here it is answered with that HTTP status.  Returns -1. */
int err_status(struct err *e, int status);
/* With which one it is answered. */
int err_http(const struct err *e);

#endif

#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

static const struct err_row rows[ERR__MAX] = {
	[ERR_NONE] = { "none", 200, 0, false, "", "" },
#define E(name, status, exit, retry, title, hint) \
	[ERR_##name] = { #name, status, exit, retry, title, hint },
#include "base/err.def"
#undef E
};

/* Codes are the names in lower case, made once. */
static char codes[ERR__MAX][32];

static const struct err_row *
lowered(enum err_kind kind)
{
	static struct err_row out[ERR__MAX];
	char *c = codes[kind];

	if (!out[kind].code) {
		size_t i;

		for (i = 0; rows[kind].code[i] && i + 1 < sizeof(codes[0]); i++)
			c[i] = (char)(rows[kind].code[i] | 0x20);
		for (i = 0; c[i]; i++)
			if (c[i] == 0x7f)	/* '_' | 0x20 */
				c[i] = '_';
		out[kind] = rows[kind];
		out[kind].code = c;
	}
	return &out[kind];
}

const struct err_row *
err_row(enum err_kind kind)
{
	return lowered(kind > ERR_NONE && kind < ERR__MAX ? kind : ERR_INTERNAL);
}

enum err_kind
err_kind_of(struct str code)
{
	for (int k = ERR_NONE + 1; k < ERR__MAX; k++)
		if (str_is(code, err_row((enum err_kind)k)->code))
			return (enum err_kind)k;
	return ERR_NONE;
}

int
err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return -1;
	e->kind = kind;
	e->at[0] = '\0';
	e->next = NULL;
	e->retry_s = 0;
	e->status = 0;
	va_start(ap, fmt);
	vsnprintf(e->detail, sizeof(e->detail), fmt, ap);
	va_end(ap);
	return -1;
}

int
err_sys(struct err *e, const char *fmt, ...)
{
	int no = errno;
	va_list ap;
	size_t n;

	if (!e)
		return -1;
	e->kind = no == ENOSPC || no == EDQUOT || no == EFBIG ?
	    ERR_DISK_FULL : ERR_IO;
	e->at[0] = '\0';
	e->next = NULL;
	e->retry_s = 0;
	e->status = 0;
	va_start(ap, fmt);
	vsnprintf(e->detail, sizeof(e->detail), fmt, ap);
	va_end(ap);
	n = strlen(e->detail);
	snprintf(e->detail + n, sizeof(e->detail) - n, ": %s", strerror(no));
	errno = no;
	return -1;
}

int
err_at(struct err *e, const char *fmt, ...)
{
	va_list ap;

	if (!e || e->at[0])
		return -1;
	va_start(ap, fmt);
	vsnprintf(e->at, sizeof(e->at), fmt, ap);
	va_end(ap);
	return -1;
}

int
err_add(struct err *e, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	if (!e)
		return -1;
	n = strlen(e->detail);
	va_start(ap, fmt);
	vsnprintf(e->detail + n, sizeof(e->detail) - n, fmt, ap);
	va_end(ap);
	return -1;
}

int
err_retry(struct err *e, int seconds)
{
	if (e)
		e->retry_s = seconds;
	return -1;
}

int
err_status(struct err *e, int status)
{
	if (e)
		e->status = status;
	return -1;
}

int
err_http(const struct err *e)
{
	return e->status ? e->status : err_row(e->kind)->status;
}

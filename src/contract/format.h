/* format.h - kinds of strings: a name, a pattern for schemas, a check. */
#ifndef CONTRACT_FORMAT_H
#define CONTRACT_FORMAT_H

#include "base/str.h"

enum format {
	FMT_TEXT,	/* anything */
	FMT_NAME,	/* one line: no control characters */
	FMT_PATH,	/* as FMT_NAME; where it may lead is for edit/ to say */
	FMT_SHA256,	/* 64 hex digits */
	FMT__MAX
};

struct format_row {
	const char *name;
	const char *pattern;	/* ECMA 262, for JSON Schema; NULL: any */
	bool (*check)(struct str s);
	const char *wanted;	/* completes "must be …" */
};

const struct format_row *format_row(enum format f);

#endif

/* json_check.h - the recogniser: is this text strict JSON?  No tree, no
 * library; the oracle that json_reader trusts. */
#ifndef JSON_JSON_CHECK_H
#define JSON_JSON_CHECK_H

#include "base/arena.h"
#include "base/err.h"

/* 0, or -1 with ERR_BAD_JSON and at = "line L column C". */
int json_check(struct str text, struct arena *a, struct err *e);

#endif

/* ops_intake.h - the whole way of a pushed body: taken in, redacted, grouped. */
#ifndef BENCH_OPS_INTAKE_H
#define BENCH_OPS_INTAKE_H

#include "base/buf.h"

/* Each line of text as an object on a line. */
void ops_as_ndjson(struct buf *out, struct str text);

/* body is read in pieces, as it would be sent.  Give the lines taken. */
size_t ops_intake_only(struct str body);
size_t ops_intake_group(struct str body);

#endif

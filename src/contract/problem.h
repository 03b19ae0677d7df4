/* problem.h - an error as the client sees it: application/problem+json
 * (RFC 9457) with our members (API.md 1). */
#ifndef CONTRACT_PROBLEM_H
#define CONTRACT_PROBLEM_H

#include "base/err.h"
#include "json/json_writer.h"

#define PROBLEM_TYPE "application/problem+json"

/* The members into an object that is open; more may be added behind. */
void problem_members(struct json_writer *w, const struct err *e,
    struct str request_id);

#endif

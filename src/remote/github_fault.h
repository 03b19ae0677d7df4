/* github_fault.h - what GitHub said to a request that it did not take. */
#ifndef REMOTE_GITHUB_FAULT_H
#define REMOTE_GITHUB_FAULT_H

#include "remote/github_ask.h"

/* Its words, in one line: message, errors, where it is written about.  secret
 * is not among them, whatever it repeats. */
struct str github_fault_text(struct arena *a, const struct https_answer *got,
    struct str secret);
/* It was asked too much, not forbidden. */
bool github_fault_limited(const struct https_answer *got);

#endif

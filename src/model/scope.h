/* scope.h - what a token allows (API.md 1). */
#ifndef MODEL_SCOPE_H
#define MODEL_SCOPE_H

#include "base/err.h"

enum scope {
	SCOPE_NONE,		/* open to everyone */
	SCOPE_PATCH_PREVIEW, SCOPE_PATCH_APPLY, SCOPE_PATCH_REVERT,
	SCOPE_EVENT_WRITE, SCOPE_LOG_READ, SCOPE_STREAM_READ,
	SCOPE_REPORT_READ, SCOPE_REPORT_WRITE, SCOPE_OPS_READ, SCOPE_OPS_WRITE,
	SCOPE_GITHUB_WRITE, SCOPE_ADMIN,
	SCOPE__MAX
};

const char *scope_name(enum scope s);		/* "patch:apply" */
/* Is s among the scopes of that list (separated by blanks or commas)?  admin
 * holds all the others, patch:apply and patch:revert hold patch:preview. */
bool scope_granted(struct str list, enum scope s);
/* Every name of the list must be a scope. */
int scope_check(struct str list, struct err *e);

#endif

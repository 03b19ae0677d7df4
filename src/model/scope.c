#include "model/scope.h"

static const char *const names[SCOPE__MAX] = {
	[SCOPE_NONE] = "",
	[SCOPE_PATCH_PREVIEW] = "patch:preview",
	[SCOPE_PATCH_APPLY] = "patch:apply",
	[SCOPE_PATCH_REVERT] = "patch:revert",
	[SCOPE_EVENT_WRITE] = "event:write",
	[SCOPE_LOG_READ] = "log:read",
	[SCOPE_STREAM_READ] = "stream:read",
	[SCOPE_REPORT_READ] = "report:read",
	[SCOPE_REPORT_WRITE] = "report:write",
	[SCOPE_OPS_READ] = "ops:read",
	[SCOPE_OPS_WRITE] = "ops:write",
	[SCOPE_GITHUB_WRITE] = "github:write",
	[SCOPE_ADMIN] = "admin",
};

const char *
scope_name(enum scope s)
{
	return s < SCOPE__MAX ? names[s] : "";
}

/* The next name of a list; STR_NONE at its end. */
static struct str
next_name(struct str *list)
{
	size_t n = 0;

	while (list->len && (list->p[0] == ' ' || list->p[0] == ',')) {
		list->p++;
		list->len--;
	}
	if (list->len == 0)
		return STR_NONE;
	while (n < list->len && list->p[n] != ' ' && list->p[n] != ',')
		n++;
	*list = str_n(list->p + n, list->len - n);
	return str_n(list->p - n, n);
}

bool
scope_granted(struct str list, enum scope s)
{
	struct str name;

	if (s == SCOPE_NONE)
		return true;
	while ((name = next_name(&list)).p)
		if (str_is(name, names[s]) ||
		    str_is(name, names[SCOPE_ADMIN]) ||
		    (s == SCOPE_PATCH_PREVIEW &&
		    (str_is(name, names[SCOPE_PATCH_APPLY]) ||
		    str_is(name, names[SCOPE_PATCH_REVERT]))))
			return true;
	return false;
}

int
scope_check(struct str list, struct err *e)
{
	struct str name;
	int found = 0;

	while ((name = next_name(&list)).p) {
		int s = SCOPE_NONE + 1;

		while (s < SCOPE__MAX && !str_is(name, names[s]))
			s++;
		if (s == SCOPE__MAX)
			return err_set(e, ERR_INVALID, "\"%.*s\" is no scope",
			    STR_ARG(name));
		found++;
	}
	return found ? 0 : err_set(e, ERR_INVALID, "no scope is named");
}

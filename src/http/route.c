#include "http/route.h"

#include "base/utf8.h"
#include "contract/query.h"

/* Does path fit the pattern?  The raw parts go to params. */
static bool
fits(struct str pattern, struct str path, struct str params[ROUTE_PARAMS])
{
	size_t n = 0;

	while (pattern.p && path.p) {
		struct str want = str_cut(&pattern, '/');
		struct str part;

		if (str_ends(want, STR("...}"))) {
			params[n] = path;
			return path.len > 0;
		}
		part = str_cut(&path, '/');
		if (str_starts(want, STR("{"))) {
			if (part.len == 0 || n == ROUTE_PARAMS)
				return false;
			params[n++] = part;
		} else if (!str_eq(want, part)) {
			return false;
		}
	}
	return !pattern.p && !path.p;
}

static bool
decode_params(const struct request *r, struct str params[ROUTE_PARAMS])
{
	for (size_t i = 0; i < ROUTE_PARAMS && params[i].p; i++)
		if (!percent_decode(params[i], false, r->arena, &params[i]) ||
		    utf8_check(params[i]) != params[i].len ||
		    str_has(params[i], '\0'))
			return false;
	return true;
}

static void
allow_add(struct arena *a, struct str *allow, const char *method)
{
	*allow = arena_fmt(a, "%.*s%s%s", STR_ARG(*allow),
	    allow->p ? ", " : "", method ? method : "");
	if (str_is(STR("GET"), method))
		*allow = arena_fmt(a, "%.*s, HEAD", STR_ARG(*allow));
}

const struct route *
route_find(const struct route *rows, const struct request *r,
    struct str params[ROUTE_PARAMS], struct str *allow, struct err *e)
{
	struct str method = str_is(r->method, "HEAD") ? STR("GET") : r->method;

	*allow = STR_NONE;
	for (const struct route *row = rows; row->method; row++) {
		struct str p[ROUTE_PARAMS] = { { 0 } };

		if (!fits(str(row->path), r->path, p))
			continue;
		if (!str_is(method, row->method)) {
			allow_add(r->arena, allow, row->method);
			continue;
		}
		memcpy(params, p, sizeof(p));
		if (decode_params(r, params))
			return row;
		err_set(e, ERR_BAD_REQUEST, "the path is not encoded properly");
		return NULL;
	}
	if (allow->p)
		err_set(e, ERR_METHOD_NOT_ALLOWED, "%.*s is not for this path",
		    (int)(r->method.len > 20 ? 20 : r->method.len),
		    r->method.p);
	else
		err_set(e, ERR_NOT_FOUND, "nothing is served at this path");
	return NULL;
}

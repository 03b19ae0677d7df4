#include "http/request.h"

#include <stdio.h>
#include <strings.h>

#include "base/id.h"
#include "base/utf8.h"

static struct str
var(char *const *env, const char *name)
{
	size_t n = strlen(name);

	for (; *env; env++)
		if (strncmp(*env, name, n) == 0 && (*env)[n] == '=')
			return str(*env + n + 1);
	return STR_NONE;
}

/* Web servers hand X-A and X_A over as two HTTP_X_A: whoever comes first would
 * win, so nobody does. */
static void
refuse_twins(struct request *r, char *const *env)
{
	for (; *env; env++) {
		size_t n = strcspn(*env, "=");

		if (strncmp(*env, "HTTP_", 5) != 0 &&
		    strncmp(*env, "CONTENT_", 8) != 0)
			continue;
		for (char *const *o = env + 1; *o; o++)
			if (strncmp(*env, *o, n + 1) == 0) {
				err_set(&r->fault, ERR_DUPLICATE_HEADER,
				    "the header variable %.*s occurs twice",
				    (int)n, *env);
				return;
			}
	}
}

static bool
visible(struct str s, size_t max)
{
	if (s.len == 0 || s.len > max)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] <= 0x20 || s.p[i] >= 0x7f)
			return false;
	return true;
}

static struct str
keep(const struct request *r, char *const *env, const char *name)
{
	return arena_str(r->arena, var(env, name));
}

void
request_from_env(struct request *r, char *const *env)
{
	struct str uri = var(env, "REQUEST_URI"), id;

	r->env = env;
	r->method = keep(r, env, "REQUEST_METHOD");
	if (!r->method.p)
		r->method = STR("GET");
	if (uri.p) {
		r->query = arena_str(r->arena, uri);
		r->path = str_cut(&r->query, '?');
	} else {
		/* a server that does not tell REQUEST_URI */
		r->path = arena_fmt(r->arena, "%.*s%.*s",
		    STR_ARG(var(env, "SCRIPT_NAME")),
		    STR_ARG(var(env, "PATH_INFO")));
		r->query = keep(r, env, "QUERY_STRING");
	}
	r->authorization = keep(r, env, "HTTP_AUTHORIZATION");
	r->content_type = keep(r, env, "CONTENT_TYPE");
	r->accept = keep(r, env, "HTTP_ACCEPT");
	r->if_none_match = keep(r, env, "HTTP_IF_NONE_MATCH");
	r->idempotency_key = keep(r, env, "HTTP_IDEMPOTENCY_KEY");
	id = var(env, "HTTP_X_REQUEST_ID");
	r->request_id = visible(id, NAME_MAX_BYTES) ?
	    arena_str(r->arena, id) : uuid7(r->arena);
	refuse_twins(r, env);
	if (r->idempotency_key.p &&
	    !visible(r->idempotency_key, NAME_MAX_BYTES))
		err_set(&r->fault, ERR_BAD_REQUEST, "Idempotency-Key must have "
		    "from 1 to %d visible ASCII characters", NAME_MAX_BYTES);
	if (r->path.len > QUERY_MAX_BYTES)
		err_set(&r->fault, ERR_BAD_REQUEST, "the path is too long");
}

int64_t
request_body_length(char *const *env)
{
	struct str v = var(env, "CONTENT_LENGTH");
	int64_t n;

	if (v.len == 0)
		return -1;
	return str_int(v, &n) && n >= 0 ? n : -2;
}

bool
request_is_type(struct str header, const char *type)
{
	struct str rest = header, media = str_trim(str_cut(&rest, ';'));

	return media.len == strlen(type) &&
	    strncasecmp(media.p, type, media.len) == 0;
}

bool
request_accepts(const struct request *r, const char *type)
{
	struct str rest = r->accept;

	while (rest.p)
		if (request_is_type(str_trim(str_cut(&rest, ',')), type))
			return true;
	return false;
}

bool
request_prefers(const struct request *r, const char *what)
{
	struct str rest = request_header(r, "Prefer");

	while (rest.p) {
		struct str one = str_cut(&rest, ',');

		if (request_is_type(one, what))
			return true;
	}
	return false;
}

struct str
request_header(const struct request *r, const char *name)
{
	char key[NAME_MAX_BYTES];
	size_t n = (size_t)snprintf(key, sizeof(key), "HTTP_%s", name);

	for (size_t i = 0; i < n && i < sizeof(key); i++)
		if (key[i] == '-')
			key[i] = '_';
		else if (key[i] >= 'a' && key[i] <= 'z')
			key[i] -= 'a' - 'A';
	return n < sizeof(key) && r->env ? keep(r, r->env, key) : STR_NONE;
}

bool
request_body_begin(struct request *r, int64_t length, struct buf *to)
{
	if (length == -2) {
		err_set(&r->fault, ERR_BAD_REQUEST,
		    "Content-Length is not a number");
		return false;
	}
	to->full = length > (int64_t)to->max;
	return !to->full;
}

void
request_body_end(struct request *r, int64_t length, const struct buf *to)
{
	if (to->full)
		err_set(&r->fault, ERR_TOO_LARGE,
		    "the body may have %zu bytes", to->max);
	else if ((int64_t)to->len < length)
		err_set(&r->fault, ERR_BODY_INCOMPLETE,
		    "%zu bytes came of %lld that were announced", to->len,
		    (long long)length);
	r->body = buf_str(to);
}

#include "http/app.h"

#include "base/clock.h"
#include "base/log.h"
#include "http/auth.h"

static int
check_type(const struct route *row, const struct request *req, struct err *e)
{
	if (row->body == BODY_NONE || !str_is(req->method, row->method) ||
	    request_is_type(req->content_type, "application/json") ||
	    (row->body == BODY_LINES && request_is_type(req->content_type,
	    NDJSON_TYPE)))
		return 0;
	return err_set(e, ERR_MEDIA_TYPE, "the body must be application/json%s",
	    row->body == BODY_LINES ? " or " NDJSON_TYPE : "");
}

/* Everything before the handler: 404/405, 401/403, 415, 400, 413. */
static const struct route *
admit(struct app *app, struct call *c, struct str *allow, struct err *e)
{
	const struct request *req = c->req;
	const struct route *row = route_find(app->routes, req, c->param, allow,
	    e);
	struct str token;

	if (!row)
		return NULL;
	if (row->scope && (auth_bearer(req->authorization, &token, e) != 0 ||
	    app->authorize(app->ctx, c->arena, token, row->scope, &c->caller,
	    e) != 0))
		return NULL;
	if (req->fault.kind != ERR_NONE) {
		*e = req->fault;
		return NULL;
	}
	return check_type(row, req, e) == 0 ? row : NULL;
}

static void
answer_fault(struct app *app, struct call *c, const struct err *e)
{
	int status = err_http(e);

	response_problem(c->resp, e, c->req->request_id);
	if (status == 503)		/* expected to pass */
		log_warn("request turned away", "program", app->name,
		    "request_id", c->req->request_id.p,
		    "code", err_row(e->kind)->code, "detail", e->detail, NULL);
	else if (status >= 500)
		log_error("request failed", "program", app->name,
		    "request_id", c->req->request_id.p,
		    "code", err_row(e->kind)->code, "detail", e->detail, NULL);
}

/* Its handler was told to stop, and thinks that nobody listens. */
static int
lost_row(const struct response *r, struct err *e)
{
	return r->drained ? buf_check(&r->body, "a row of the answer", e) : 0;
}

void
app_serve(struct app *app, struct request *req, struct response *resp)
{
	struct call c = { .ctx = app->ctx, .arena = req->arena, .req = req,
	    .resp = resp };
	struct str allow = STR_NONE;
	struct err e = { 0 };
	const struct route *row;
	int64_t began = clock_mono_us();

	resp->status = 200;
	resp->type = "application/json";
	resp->head = str_is(req->method, "HEAD");
	response_header(resp, "X-Request-Id", req->request_id);
	row = admit(app, &c, &allow, &e);
	if (!row && e.kind == ERR_METHOD_NOT_ALLOWED &&
	    str_is(req->method, "OPTIONS")) {
		resp->status = 204;
		resp->type = NULL;
	} else if (!row || row->run(&c, &e) != 0 || lost_row(resp, &e) != 0) {
		answer_fault(app, &c, &e);
	}
	if (allow.p && !row)
		response_header(resp, "Allow", arena_fmt(req->arena,
		    "%.*s, OPTIONS", STR_ARG(allow)));
	response_end(resp);
	log_debug("request", "program", app->name, "method", req->method.p,
	    "path", arena_cstr(req->arena, req->path), "status", arena_fmt(req->arena, "%d",
	    resp->status).p, "us", arena_fmt(req->arena, "%lld",
	    (long long)(clock_mono_us() - began)).p, "request_id",
	    req->request_id.p, NULL);
}

#include "broadcastd/admit.h"

#include <strings.h>

#include "broadcastd/ws.h"
#include "broadcastd/ws_deflate.h"
#include "contract/query.h"

static const struct {
	const char *path;
	enum route route;
	enum transport transport;	/* of streams */
	const char *allow;
} routes[] = {
	{ "/ws", ROUTE_STREAM, TRANSPORT_WS, "GET, OPTIONS" },
	{ "/sse", ROUTE_STREAM, TRANSPORT_SSE, "GET, HEAD, OPTIONS" },
	{ "/api/stream/status", ROUTE_STATUS, TRANSPORT_SSE,
	    "GET, HEAD, OPTIONS" },
	{ "/metrics", ROUTE_METRICS, TRANSPORT_SSE, "GET, HEAD, OPTIONS" },
};

static int
check_route(const struct handshake *h, struct admission *out,
    const char **allow, struct err *e)
{
	const char *method = handshake_method(h);
	size_t i = 0;

	while (i < countof(routes) &&
	    !str_is(handshake_path(h), routes[i].path))
		i++;
	if (i == countof(routes))
		return err_set(e, ERR_NOT_FOUND,
		    "this server has /ws, /sse, /api/stream/status and"
		    " /metrics only");
	*allow = routes[i].allow;
	out->route = routes[i].route;
	out->transport = routes[i].transport;
	out->head = strcmp(method, "HEAD") == 0;
	out->preflight = strcmp(method, "OPTIONS") == 0;
	if (strcmp(method, "GET") != 0 && !out->preflight &&
	    (!out->head || out->transport == TRANSPORT_WS))
		return err_set(e, ERR_METHOD_NOT_ALLOWED,
		    "%s takes %s, not %s", routes[i].path, routes[i].allow,
		    method);
	return 0;
}

static bool
same_nocase(struct str a, struct str b)
{
	return a.len == b.len && strncasecmp(a.p, b.p, a.len) == 0;
}

static struct str
after(struct str s, const char *prefix)
{
	size_t n = strlen(prefix);

	if (s.len < n || strncasecmp(s.p, prefix, n) != 0)
		return STR_NONE;
	return str_n(s.p + n, s.len - n);
}

/* Pages of other sites must not listen with the user's network position or
 * credentials (cross-site WebSocket hijacking, DNS rebinding). */
static int
check_origin(const struct handshake *h, struct str origins,
    struct admission *out, struct err *e)
{
	struct str origin = handshake_header(h, "origin");
	struct str host = handshake_header(h, "host"), place;

	if (!origin.p)
		return 0;
	place = after(origin, "https://");
	if (!place.p)
		place = after(origin, "http://");
	if (place.len && host.len && same_nocase(place, host))
		goto allowed;
	while (origins.p) {
		struct str one = str_trim(str_cut(&origins, ','));

		if (str_is(one, "*") ||
		    (one.len && same_nocase(one, origin)))
			goto allowed;
	}
	return err_set(e, ERR_ORIGIN_DENIED,
	    "pages of the origin %.*s may not listen here",
	    (int)(origin.len > 100 ? 100 : origin.len), origin.p);
allowed:
	out->origin = origin;
	return 0;
}

/* STR_NONE when there is none; the header wins. */
static int
find_token(const struct handshake *h, struct admission *out,
    struct str *token, struct err *e)
{
	struct str header = handshake_header(h, "authorization"), word;
	size_t at = 0;

	*token = STR_NONE;
	while (out->transport == TRANSPORT_WS && (word = handshake_word(h,
	    "sec-websocket-protocol", &at)).p) {
		if (str_is(word, ADMIT_PROTOCOL))
			out->protocol = true;
		else if (str_starts(word, STR("bearer.")))
			*token = str_n(word.p + 7, word.len - 7);
	}
	if (token->p && !out->protocol)
		return err_set(e, ERR_BAD_REQUEST, "with bearer.<token> the "
		    "subprotocol " ADMIT_PROTOCOL " must be offered too");
	if (!header.p)
		return 0;
	*token = str_trim(after(header, "Bearer "));
	if (!token->len)
		return err_set(e, ERR_UNAUTHORIZED,
		    "the Authorization header is not of the scheme Bearer");
	return 0;
}

/* STR_NONE when there is none; only streams take one. */
static int
find_ticket(const struct handshake *h, const struct admission *out,
    struct arena *a, struct str *ticket, struct err *e)
{
	struct query_param *p;
	size_t n;

	*ticket = STR_NONE;
	if (out->route != ROUTE_STREAM)
		return 0;
	if (query_parse(handshake_query(h), a, &p, &n, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (str_is(p[i].name, "ticket"))
			*ticket = p[i].value;
	return 0;
}

static int
check_token(const struct handshake *h, struct db *db, struct arena *a,
    struct admission *out, struct err *e)
{
	struct str token, ticket;

	if (find_token(h, out, &token, e) != 0 ||
	    find_ticket(h, out, a, &ticket, e) != 0)
		return -1;
	if (token.p && ticket.p) {
		err_set(e, ERR_BAD_QUERY, "a token was sent as well as a"
		    " ticket; send one of them");
		return err_at(e, "?ticket");
	}
	/* A WebSocket client may send it as its first message */
	if (!token.p && !ticket.p && out->transport == TRANSPORT_WS)
		return 0;
	if ((token.p || ticket.p) && !db)
		return err_set(e, ERR_NOT_READY,
		    "the database cannot be read now");
	if ((ticket.p ? auth_ticket(db, a, ticket, &out->ticket, &out->grant,
	    e) : auth_check(db, a, token, &out->grant, e)) != 0)
		return -1;
	out->granted = true;
	return 0;
}

static int
check_websocket(const struct handshake *h, struct admission *out,
    struct err *e)
{
	struct str offer;
	size_t at = 0;

	while ((offer = handshake_word(h, "sec-websocket-extensions",
	    &at)).p)
		out->deflate |= ws_deflate_offer(offer);
	out->key = handshake_header(h, "sec-websocket-key");
	if (!handshake_is_http_1_1(h) ||
	    !handshake_has_word(h, "connection", "upgrade") ||
	    !handshake_has_word(h, "upgrade", "websocket"))
		return err_set(e, ERR_UPGRADE_REQUIRED,
		    "this is not the handshake of a WebSocket");
	if (!str_is(handshake_header(h, "sec-websocket-version"), "13"))
		return err_set(e, ERR_UPGRADE_REQUIRED,
		    "Sec-WebSocket-Version must be 13");
	if (!ws_key_valid(out->key))
		return err_set(e, ERR_BAD_REQUEST,
		    "Sec-WebSocket-Key must be 16 bytes in base64");
	return 0;
}

int
admit(const struct handshake *h, struct db *db, struct str origins,
    struct arena *a, struct admission *out, const char **allow,
    struct err *e)
{
	const char *methods;

	*out = (struct admission){ 0 };
	*allow = NULL;
	subscription_begin(&out->subscription);
	if (check_route(h, out, allow, e) != 0)
		return -1;
	methods = *allow;
	*allow = NULL;
	if (check_origin(h, origins, out, e) != 0)
		return -1;
	if (out->preflight) {
		*allow = methods;
		return 0;
	}
	if (out->transport == TRANSPORT_WS && check_websocket(h, out, e) != 0)
		return -1;
	if (check_token(h, db, a, out, e) != 0)
		return -1;
	if (out->route != ROUTE_STREAM)
		return handshake_query(h).len == 0 ? 0 : err_set(e,
		    ERR_BAD_QUERY, "there are no parameters here");
	if (subscription_query(&out->subscription, handshake_query(h),
	    handshake_header(h, "last-event-id"), a, e) != 0)
		return -1;
	/* last: who is refused for something else may send it again */
	return out->ticket.id ? auth_ticket_use(&out->ticket, e) : 0;
}

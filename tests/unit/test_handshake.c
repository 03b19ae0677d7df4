/* The head of a request, byte by byte; what is let in and what is refused. */
#include "broadcastd/admit.h"
#include "broadcastd/answer.h"
#include "base/clock.h"
#include "model/position.h"
#include "store_fixture.h"
#include "store/token.h"

#define WS_HEAD "Host: h:1\r\nConnection: keep-alive, Upgrade\r\n" \
	"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" \
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define GOOD "pw_00000001_good"
#define BLIND "pw_00000002_blind"
#define OLD "pw_00000003_old"
#define GONE "pw_00000004_gone"
#define LENT "pw_00000005_lent"
#define TOMORROW_MS INT64_C(32503680000000)	/* the year 3000 */
#define BEARER "Authorization: Bearer " GOOD "\r\n"

static struct db *db;

static void
token_add(const char *text, const char *id, const char *scopes,
    int64_t expires_ms, int64_t revoked_ms)
{
	struct token t = { .id = str(id), .name = STR("t"),
	    .scopes = str(scopes), .created_ms = 1, .expires_ms = expires_ms,
	    .revoked_ms = revoked_ms };
	struct sha256 h = sha256_of(str(text));

	if (db_begin(db, &store_err) != 0 ||
	    token_insert(db, &t, &h, &store_err) != 0 ||
	    db_commit(db, &store_err) != 0)
		bail_out(store_err.detail);
}

static void
ticket_add(const char *text, const char *token_id, int64_t expires_ms)
{
	struct stream_ticket t = { .token_id = str(token_id),
	    .created_ms = 1, .expires_ms = expires_ms };
	struct sha256 h = sha256_of(str(text));

	if (db_begin(db, &store_err) != 0 ||
	    stream_ticket_insert(db, &t, &h, &store_err) != 0 ||
	    db_commit(db, &store_err) != 0)
		bail_out(store_err.detail);
}

/* All of text, `step` bytes at once: the kind of the refusal. */
static enum err_kind
feed(struct handshake *h, struct str text, size_t step, size_t *used)
{
	struct err e = { 0 };

	*used = 0;
	while (*used < text.len) {
		size_t left = text.len - *used, took = 0;
		int rc = handshake_feed(h, str_n(text.p + *used,
		    left < step ? left : step), &took, &e);

		*used += took;
		if (rc != 0)
			return rc > 0 ? ERR_NONE : e.kind;
	}
	return ERR__MAX;		/* wants more */
}

static void
heads(void)
{
	static char many[HANDSHAKE_BYTES * 2];
	static const struct { const char *name, *text; enum err_kind want; } rows[] = {
		{ "a request", "GET /sse HTTP/1.1\r\nHost: h\r\n\r\n", ERR_NONE },
		{ "an empty header", "GET / HTTP/1.1\r\nA:\r\nHost: h\r\n\r\n", ERR_NONE },
		{ "half a request", "GET /sse HTTP/1.1\r\nHost: h\r\n", ERR__MAX },
		{ "HTTP/1.0 without Host", "GET /sse HTTP/1.0\r\n\r\n", ERR_NONE },
		{ "HTTP/1.1 without Host", "GET /sse HTTP/1.1\r\n\r\n", ERR_BAD_REQUEST },
		{ "two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n", ERR_DUPLICATE_HEADER },
		{ "a body", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", ERR_BAD_REQUEST },
		{ "no body, said so", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", ERR_NONE },
		{ "chunks", "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", ERR_BAD_REQUEST },
		{ "not HTTP", "hello\r\n\r\n", ERR_BAD_REQUEST },
		{ "TLS", "\x16\x03\x01\x02", ERR_BAD_REQUEST },
		{ "not UTF-8", "GET / HTTP/1.1\r\nHost: a\r\nX: \xff\r\n\r\n", ERR_BAD_REQUEST },
		{ "CONNECT", "CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n", ERR_BAD_REQUEST },
		{ "too long", many, ERR_BAD_REQUEST },
	};

	memset(many, 'x', sizeof(many) - 1);
	memcpy(many, "GET /", 5);
	for (size_t i = 0; i < countof(rows); i++) {
		for (size_t step = 1; step < 20000; step += 9999) {
			struct handshake *h = handshake_new();
			size_t used;

			is_int(feed(h, str(rows[i].text), step, &used),
			    rows[i].want, "%s, by %zu", rows[i].name, step);
			handshake_free(h);
		}
	}
}

static void
parts(void)
{
	struct str text = STR("GET /ws?a=1&b HTTP/1.1\r\nHost: h\r\n"
	    "X-List: a, B\r\nEmpty:\r\nX-List:  c ,,d\r\n\r\nrest");
	struct handshake *h = handshake_new();
	size_t used, at = 0, words = 0;

	is_int(feed(h, text, 1, &used), ERR_NONE, "a request");
	is_str(str_n(text.p + used, text.len - used), "rest", "what follows");
	is_str(str(handshake_method(h)), "GET", "method");
	is_str(handshake_path(h), "/ws", "path");
	is_str(handshake_query(h), "a=1&b", "query");
	is_str(handshake_header(h, "HOST"), "h", "header in any case");
	is_str(handshake_header(h, "empty"), "", "empty header");
	is_str(handshake_header(h, "no"), NULL, "missing header");
	while (handshake_word(h, "x-list", &at).p)
		words++;
	is_int(words, 4, "words over all headers of a name");
	ok(handshake_has_word(h, "x-list", "b") &&
	    handshake_has_word(h, "x-list", "D") &&
	    !handshake_has_word(h, "x-list", "e"), "has word");
	handshake_free(h);
}

static const struct {
	const char *name, *text, *origins;
	enum err_kind want;
	bool granted;
} admissions[] = {
#define WS(line) "GET /ws HTTP/1.1\r\n" WS_HEAD line "\r\n"
#define SSE(path, line) "GET " path " HTTP/1.1\r\nHost: h:1\r\n" line "\r\n"
	{ "WebSocket", WS(BEARER), "", ERR_NONE, true },
	{ "SSE", SSE("/sse", BEARER), "", ERR_NONE, true },
	{ "WebSocket, token in the subprotocol", WS("Sec-WebSocket-Protocol: patchwarden.v1, bearer." GOOD "\r\n"), "", ERR_NONE, true },
	{ "that without ours", WS("Sec-WebSocket-Protocol: bearer." GOOD "\r\n"), "", ERR_BAD_REQUEST, false },
	{ "WebSocket without token", WS(""), "", ERR_NONE, false },
	{ "SSE without token", SSE("/sse", ""), "", ERR_UNAUTHORIZED, false },
	{ "SSE, token in a subprotocol", SSE("/sse", "Sec-WebSocket-Protocol: patchwarden.v1, bearer." GOOD "\r\n"), "", ERR_UNAUTHORIZED, false },
	{ "token in the query", SSE("/sse?token=" GOOD, BEARER), "", ERR_BAD_QUERY, false },
	{ "Basic", SSE("/sse", "Authorization: Basic eDp5\r\n"), "", ERR_UNAUTHORIZED, false },
	{ "empty Bearer", SSE("/sse", "Authorization: Bearer \r\n"), "", ERR_UNAUTHORIZED, false },
	{ "wrong token", SSE("/sse", "Authorization: Bearer " GOOD "x\r\n"), "", ERR_UNAUTHORIZED, false },
	{ "rubbish", SSE("/sse", "Authorization: Bearer x\r\n"), "", ERR_UNAUTHORIZED, false },
	{ "wrong scope", SSE("/sse", "Authorization: Bearer " BLIND "\r\n"), "", ERR_SCOPE_MISSING, false },
	{ "expired", SSE("/sse", "Authorization: Bearer " OLD "\r\n"), "", ERR_UNAUTHORIZED, false },
	{ "revoked", SSE("/sse", "Authorization: Bearer " GONE "\r\n"), "", ERR_UNAUTHORIZED, false },
	{ "same origin", WS(BEARER "Origin: http://h:1\r\n"), "", ERR_NONE, true },
	{ "same origin by TLS", WS(BEARER "Origin: https://H:1\r\n"), "", ERR_NONE, true },
	{ "other origin", WS(BEARER "Origin: https://evil\r\n"), "", ERR_ORIGIN_DENIED, false },
	{ "other port", WS(BEARER "Origin: http://h:2\r\n"), "", ERR_ORIGIN_DENIED, false },
	{ "origin null", WS(BEARER "Origin: null\r\n"), "https://a", ERR_ORIGIN_DENIED, false },
	{ "origin with a prefix", WS(BEARER "Origin: https://a.evil\r\n"), "https://a", ERR_ORIGIN_DENIED, false },
	{ "listed origin", WS(BEARER "Origin: https://a\r\n"), "https://b, https://a", ERR_NONE, true },
	{ "any origin", WS(BEARER "Origin: null\r\n"), "*", ERR_NONE, true },
	{ "not a WebSocket", SSE("/ws", BEARER), "", ERR_UPGRADE_REQUIRED, false },
	{ "old version", "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", "", ERR_UPGRADE_REQUIRED, false },
	{ "bad key", "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n\r\n", "", ERR_BAD_REQUEST, false },
	{ "other path", SSE("/sse/", BEARER), "", ERR_NOT_FOUND, false },
	{ "POST", "POST /sse HTTP/1.1\r\nHost: h\r\n\r\n", "", ERR_METHOD_NOT_ALLOWED, false },
	{ "POST with a body", "POST /ws HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}", "", ERR_METHOD_NOT_ALLOWED, false },
	{ "HEAD of /ws", "HEAD /ws HTTP/1.1\r\nHost: h\r\n\r\n", "", ERR_METHOD_NOT_ALLOWED, false },
	{ "HEAD of /sse", "HEAD /sse HTTP/1.1\r\nHost: h\r\n" BEARER "\r\n", "", ERR_NONE, true },
	{ "OPTIONS", "OPTIONS /sse HTTP/1.1\r\nHost: h\r\n\r\n", "", ERR_NONE, false },
	{ "OPTIONS from elsewhere", "OPTIONS /sse HTTP/1.1\r\nHost: h\r\nOrigin: https://evil.example\r\n\r\n", "", ERR_ORIGIN_DENIED, false },
	{ "unknown parameter", SSE("/sse?x=1", BEARER), "", ERR_BAD_QUERY, false },
	{ "unknown type", SSE("/sse?type=nonsense", BEARER), "", ERR_BAD_QUERY, false },
	{ "since nonsense", SSE("/sse?since=-1", BEARER), "", ERR_BAD_QUERY, false },
	{ "twice", SSE("/sse?op=a&op=b", BEARER), "", ERR_BAD_QUERY, false },
	{ "bad Last-Event-ID", SSE("/sse", BEARER "Last-Event-ID: x\r\n"), "", ERR_BAD_QUERY, false },
	{ "a ticket", SSE("/sse?ticket=pwt_a", ""), "", ERR_NONE, true },
	{ "the ticket again", SSE("/sse?ticket=pwt_a", ""), "", ERR_UNAUTHORIZED, false },
	{ "the ticket again, WebSocket", "GET /ws?ticket=pwt_a HTTP/1.1\r\n" WS_HEAD "\r\n", "", ERR_UNAUTHORIZED, false },
	{ "a ticket with a wrong filter", SSE("/sse?ticket=pwt_b&type=nonsense", ""), "", ERR_BAD_QUERY, false },
	{ "a ticket of a page elsewhere", SSE("/sse?ticket=pwt_b", "Origin: https://evil\r\n"), "", ERR_ORIGIN_DENIED, false },
	{ "a ticket twice", SSE("/sse?ticket=pwt_b&ticket=pwt_b", ""), "", ERR_BAD_QUERY, false },
	{ "a ticket and a header", SSE("/sse?ticket=pwt_b", BEARER), "", ERR_BAD_QUERY, false },
	{ "a ticket and a subprotocol", "GET /ws?ticket=pwt_b HTTP/1.1\r\n" WS_HEAD "Sec-WebSocket-Protocol: patchwarden.v1, bearer." GOOD "\r\n\r\n", "", ERR_BAD_QUERY, false },
	{ "a ticket and no token in the header", SSE("/sse?ticket=pwt_b", "Authorization: Basic eDp5\r\n"), "", ERR_UNAUTHORIZED, false },
	{ "OPTIONS with a ticket", "OPTIONS /sse?ticket=pwt_b HTTP/1.1\r\nHost: h\r\n\r\n", "", ERR_NONE, false },
	{ "refused for something else, it was not used", "GET /ws?ticket=pwt_b&since=0&type=patch_applied HTTP/1.1\r\n" WS_HEAD "Origin: http://h:1\r\n\r\n", "", ERR_NONE, true },
	{ "then it is", SSE("/sse?ticket=pwt_b", ""), "", ERR_UNAUTHORIZED, false },
	{ "a ticket for the numbers", SSE("/metrics?ticket=pwt_c", ""), "", ERR_UNAUTHORIZED, false },
	{ "a ticket beside a token for them", SSE("/metrics?ticket=pwt_c", BEARER), "", ERR_BAD_QUERY, false },
	{ "unknown ticket", SSE("/sse?ticket=pwt_x", ""), "", ERR_UNAUTHORIZED, false },
	{ "unknown ticket, WebSocket", "GET /ws?ticket=pwt_x HTTP/1.1\r\n" WS_HEAD "\r\n", "", ERR_UNAUTHORIZED, false },
	{ "empty ticket", SSE("/sse?ticket=", ""), "", ERR_UNAUTHORIZED, false },
	{ "a token for a ticket", SSE("/sse?ticket=" GOOD, ""), "", ERR_UNAUTHORIZED, false },
	{ "a ticket for a token", SSE("/sse", "Authorization: Bearer pwt_c\r\n"), "", ERR_UNAUTHORIZED, false },
	{ "expired ticket", SSE("/sse?ticket=pwt_expired", ""), "", ERR_UNAUTHORIZED, false },
	{ "ticket of an expired token", SSE("/sse?ticket=pwt_old", ""), "", ERR_UNAUTHORIZED, false },
	{ "ticket of a revoked token", SSE("/sse?ticket=pwt_gone", ""), "", ERR_UNAUTHORIZED, false },
	{ "ticket of a token without the scope", SSE("/sse?ticket=pwt_blind", ""), "", ERR_UNAUTHORIZED, false },
	{ "ticket from before the start", SSE("/sse?ticket=pwt_before", ""), "", ERR_UNAUTHORIZED, false },
	{ "filters", SSE("/sse?type=patch_applied,patch_failed&file=src/**&since=earliest", BEARER), "", ERR_NONE, true },
};

static void
admitted(void)
{
	for (size_t i = 0; i < countof(admissions); i++) {
		struct handshake *h = handshake_new();
		struct buf out = BUF_INIT(KIB(64));
		struct admission ad;
		struct err e = { 0 };
		const char *allow;
		size_t used;

		is_int(feed(h, str(admissions[i].text), 1000, &used), ERR_NONE,
		    "%s: parsed", admissions[i].name);
		admit(h, db, str(admissions[i].origins), store_arena, &ad,
		    &allow, &e);
		is_int(e.kind, admissions[i].want, "%s: %s",
		    admissions[i].name, e.detail);
		ok(ad.granted == admissions[i].granted ||
		    e.kind == ERR_BAD_QUERY, "%s: granted",
		    admissions[i].name);
		if (e.kind != ERR_NONE) {
			ok(!allow || e.kind == ERR_METHOD_NOT_ALLOWED,
			    "%s: methods are told for 405 only",
			    admissions[i].name);
			answer_problem(&out, &e, allow, ad.origin, ad.head);
			ok(str_find(buf_str(&out), STR(GOOD)) == out.len &&
			    str_find(buf_str(&out), STR("pwt_")) == out.len,
			    "%s: no secret is repeated", admissions[i].name);
		}
		subscription_end(&ad.subscription);
		handshake_free(h);
		buf_free(&out);
	}
}

/* What a stream gets is what its token has: also its end. */
static void
ticket_grants(void)
{
	struct stream_ticket t;
	struct grant g;
	struct err e = { 0 };

	is_int(auth_ticket(db, store_arena, STR("pwt_c"), &t, &g, &e), 0,
	    "a ticket: %s", e.detail);
	is_int(g.expires_ms, TOMORROW_MS, "expires with its token");
	is_int(auth_again(db, store_arena, &g, &e), 1, "still there");
	db_begin(db, &store_err);
	token_revoke(db, STR("00000005"), &store_err);
	db_commit(db, &store_err);
	is_int(auth_again(db, store_arena, &g, &e), 0, "revoked");
	ok(auth_ticket(db, store_arena, STR("pwt_c"), &t, &g, &e) != 0 &&
	    e.kind == ERR_UNAUTHORIZED, "gone with it: %s", e.detail);
	is_str(str(e.at), "?ticket", "where");
	ok(strstr(e.detail, "POST /api/stream/tickets") != NULL,
	    "and how to get another");
}

/* Everything up to 7 was removed. */
static void
nothing_left(void)
{
	is_int(position_earliest(0, 7), 7, "nothing is there: after the head");
	is_int(position_after(5, true, 0, 7).after, 7, "the same for a seq");
	ok(position_after(5, true, 0, 7).gap, "of which something is gone");
	ok(!position_after(7, true, 0, 7).gap, "but not for the head");
	ok(!position_after(0, true, 0, 0).gap, "nor in a new table");
}

static void
starts(void)
{
	static const struct {
		const char *name, *query, *last;
		int64_t pos;
		bool gap;
	} rows[] = {
		{ "now", NULL, NULL, 20, false },
		{ "earliest", "since=earliest", NULL, 9, false },
		{ "a position", "since=15", NULL, 15, false },
		{ "just before the oldest", "since=9", NULL, 9, false },
		{ "the head", "since=20", NULL, 20, false },
		{ "gone", "since=8", NULL, 9, true },
		{ "zero", "since=0", NULL, 9, true },
		{ "ahead", "since=21", NULL, 20, true },
		{ "same epoch", "since=15&epoch=e", NULL, 15, false },
		{ "other epoch", "since=15&epoch=f", NULL, 20, true },
		{ "header wins", "since=earliest", "17", 17, false },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct subscription s;
		struct err e = { 0 };
		struct start st;

		subscription_begin(&s);
		is_int(subscription_query(&s, str(rows[i].query),
		    str(rows[i].last), store_arena, &e), 0, "%s: %s",
		    rows[i].name, e.detail);
		st = subscription_start(&s, 10, 20, STR("e"));
		is_int(st.pos, rows[i].pos, "%s: position", rows[i].name);
		ok(st.gap == rows[i].gap, "%s: gap", rows[i].name);
		subscription_end(&s);
	}
}

int
main(void)
{
	store_begin();
	db = store_open();
	if (!db)
		bail_out("no database");
	token_add(GOOD, "00000001", "stream:read", -1, -1);
	token_add(BLIND, "00000002", "log:read", -1, -1);
	token_add(OLD, "00000003", "admin", 1000, -1);
	token_add(GONE, "00000004", "admin", -1, 1000);
	token_add(LENT, "00000005", "stream:read", TOMORROW_MS, -1);
	ticket_add("pwt_before", "00000001", TOMORROW_MS);
	if (auth_begin(db, &store_err) != 0)
		bail_out(store_err.detail);
	ticket_add("pwt_a", "00000001", TOMORROW_MS);
	ticket_add("pwt_b", "00000001", TOMORROW_MS);
	ticket_add("pwt_c", "00000005", TOMORROW_MS);
	ticket_add("pwt_expired", "00000001", 1000);
	ticket_add("pwt_old", "00000003", TOMORROW_MS);
	ticket_add("pwt_gone", "00000004", TOMORROW_MS);
	ticket_add("pwt_blind", "00000002", TOMORROW_MS);
	heads();
	parts();
	admitted();
	ticket_grants();
	starts();
	nothing_left();
	db_close(db);
	store_end();
	return done_testing();
}

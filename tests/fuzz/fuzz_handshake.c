/* Whatever comes as a request: it is refused or has a method, a path and headers
 * that are UTF-8, the same in any pieces; and it is let in or refused without a
 * database. */
#include "fuzz.h"

#include "base/utf8.h"
#include "broadcastd/admit.h"
#include "broadcastd/answer.h"

/* 1 whole, 0 more is needed, -1. */
static int
feed(struct handshake *h, struct str bytes, size_t piece, size_t *all)
{
	struct err e = { 0 };
	int rc = 0;

	*all = 0;
	while (rc == 0 && bytes.len) {
		size_t n = piece < bytes.len ? piece : bytes.len, used;

		rc = handshake_feed(h, str_n(bytes.p, n), &used, &e);
		need(rc < 0 || used == n || rc == 1);
		need(rc >= 0 || e.kind != ERR_NONE);
		*all += used;
		bytes = str_n(bytes.p + n, bytes.len - n);
	}
	return rc;
}

static void
let_in(const struct handshake *h)
{
	struct arena *a = arena_new();
	struct buf out = BUF_INIT(KIB(64));
	struct admission ad;
	struct err e = { 0 };
	const char *allow;

	if (admit(h, NULL, STR("https://a.example"), a, &ad, &allow, &e) != 0)
		answer_problem(&out, &e, allow, ad.origin, ad.head);
	else if (ad.preflight)
		answer_options(&out, &ad, allow);
	else
		answer_upgrade(&out, a, &ad);
	need(!ad.granted);
	need(!out.full && out.len > 12);
	subscription_end(&ad.subscription);
	buf_free(&out);
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = str_n((const char *)data, size);
	struct handshake *whole = handshake_new(), *parts = handshake_new();
	size_t used, again;
	int rc = feed(whole, bytes, SIZE_MAX, &used);

	if (rc > 0) {
		need(feed(parts, bytes, 3, &again) == 1 && again == used);
		need(str_eq(handshake_path(whole), handshake_path(parts)));
		need(utf8_check(handshake_header(whole, "host")) ==
		    handshake_header(whole, "host").len);
		let_in(whole);
	} else if (rc < 0) {
		need(feed(parts, bytes, 3, &again) == -1);
	}
	handshake_free(whole);
	handshake_free(parts);
	return 0;
}

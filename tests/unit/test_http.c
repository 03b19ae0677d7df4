/* What If-None-Match names. */
#include "http/etag.h"
#include "tap.h"

static void
test_listed(void)
{
	static const struct { const char *list, *tag, *sent; } rows[] = {
		{ "\"a\"", "a", "\"a\"" },
		{ "W/\"a\"", "a", "W/\"a\"" },
		{ "\"b\", \"a\"", "a", "\"a\"" },
		{ "\"b\",W/\"a\",\"c\"", "a", "W/\"a\"" },
		{ " , \"b\" ,, \t\"a\" ", "a", "\"a\"" },
		{ "*", "a", "a" },
		{ " * ", "a", "a" },
		{ "\"a-gzip\"", "a", "\"a-gzip\"" },
		{ "W/\"a-br\"", "a", "W/\"a-br\"" },
		{ "\"a,b\"", "a,b", "\"a,b\"" },
		{ "\"b,\", \"a\"", "a", "\"a\"" },
		{ "\"\"", "", "\"\"" },
		{ "\"\xc3\xa9\", \"a\"", "a", "\"a\"" },
		{ NULL, "a", NULL },
		{ "", "a", NULL },
		{ ",", "a", NULL },
		{ "\"b\"", "a", NULL },
		{ "\"A\"", "a", NULL },
		{ "\"a\"", "ab", NULL },
		{ "\"ab\"", "a", NULL },
		{ "\"a-gzipped\"", "a", NULL },
		{ "\"a-\"", "a", NULL },
		{ "a", "a", NULL },
		{ "w/\"a\"", "a", NULL },
		{ "W/a", "a", NULL },
		{ "W/ \"a\"", "a", NULL },
		{ "\"a", "a", NULL },
		{ "\"", "a", NULL },
		{ "\"b\" \"a\"", "a", NULL },
		{ "\"b\", *", "a", NULL },
		{ "**", "a", NULL },
		{ "\"b c\", \"a\"", "a", NULL },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct str sent = STR_NONE;
		bool hit = etag_listed(str(rows[i].list), str(rows[i].tag),
		    &sent);

		is_str(hit ? sent : STR_NONE, rows[i].sent, "%s of %s",
		    rows[i].tag, rows[i].list ? rows[i].list : "(absent)");
	}
}

int
main(void)
{
	test_listed();
	return done_testing();
}

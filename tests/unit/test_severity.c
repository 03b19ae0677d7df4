/* Rules: which one decides, and which are refused. */
#include "logs/severity.h"
#include "tap.h"

static const struct severity_facts fact = {
	.kind = LINE_WORKER, .level = LINE_ERROR, .source = STR("push"),
	.service = STR("api"), .error_type = STR("TypeError"),
	.text = STR("TypeError: Cannot read /a/b of undefined"),
	.count = 10, .runs = 2, .services = 1
};

static const struct { const char *name, *rules; int want; const char *rule; } rows[] = {
	{ "nothing said: the built-in", "", 3, "3 level>=error" },
	{ "only a severity", "4", 4, "4" },
	{ "the first that holds", "5 level=warn\n2 level=error\n1", 2, "2 level=error" },
	{ "all must hold", "1 level=error count>=11\n2 count>=10", 2, "2 count>=10" },
	{ "at most", "1 count<=9\n4 count<=10", 4, "4 count<=10" },
	{ "exactly", "1 runs=1\n4 runs=2", 4, "4 runs=2" },
	{ "a pattern, whatever the case", "1 text=\"*cannot READ*\"", 1, "1 text=\"*cannot READ*\"" },
	{ "a star goes over slashes", "1 text=*/b*undefined", 1, "1 text=*/b*undefined" },
	{ "a pattern takes all of the text", "1 text=TypeError\n4 type=type?rror", 4, "4 type=type?rror" },
	{ "not", "1 service!=api\n4 service!=web", 4, "4 service!=web" },
	{ "kind", "1 kind=build-log\n4 kind=worker-*", 4, "4 kind=worker-*" },
	{ "level at least", "1 level>=fatal\n4 level>=warn", 4, "4 level>=warn" },
	{ "level as others name it", "4 level>=WARNING", 4, "4 level>=WARNING" },
	{ "comments, blanks, returns", "# all\n\n  2 level=error  # why\r\n", 2, "2 level=error" },
	{ "a number sign in quotes", "2 text=\"*#*\"\n4", 4, "4" },
	{ "what none decides", "1 service=web", 3, "3 level>=error" },
	{ "services", "1 services>=2\n4 services>=1", 4, "4 services>=1" },
};

static const struct { const char *name, *rules, *at, *says; } bad[] = {
	{ "no severity", "level=error", "f:1", "no severity" },
	{ "severity 0", "\n0 level=error", "f:2", "no severity" },
	{ "severity 6", "6", "f:1", "no severity" },
	{ "an unknown name", "1 colour=red", "f:1", "no name" },
	{ "no operator", "1 level", "f:1", "none of" },
	{ "no value", "1 level=", "f:1", "no value" },
	{ "no level", "1 level=loud", "f:1", "no level" },
	{ "no number", "1 count>=many", "f:1", "no number" },
	{ "texts have no order", "1 text>=a", "f:1", "= and != only" },
	{ "numbers take no not", "1 count!=1", "f:1", ">= <=" },
	{ "an open quote", "1 text=\"*a", "f:1", "not closed" },
	{ "bytes that are no text", "1 \xff\xfe=1", "f:1", "no name" },
};

static const struct { const char *name; struct severity_facts f; int want; } builtin[] = {
	{ "a fatal line of a service", { .level = LINE_FATAL, .services = 1 }, 1 },
	{ "out of memory", { .level = LINE_ERROR, .text = STR("Out of memory: killed") }, 1 },
	{ "one failed build", { .kind = LINE_BUILD, .level = LINE_ERROR, .runs = 1, .count = 500 }, 3 },
	{ "five of them", { .kind = LINE_BUILD, .level = LINE_ERROR, .runs = 5 }, 2 },
	{ "a frequent error", { .level = LINE_ERROR, .count = 100 }, 2 },
	{ "a warning", { .level = LINE_WARN }, 4 },
	{ "the rest", { .level = LINE_INFO }, 5 },
};

static void
check_refused(struct arena *a)
{
	for (size_t i = 0; i < countof(bad); i++) {
		struct severity_rules *r;
		struct err e = { 0 };
		int rc = severity_parse(a, str(bad[i].rules), "f", &r, &e);

		if (!ok(rc == -1 && e.kind == ERR_CONFIG &&
		    strcmp(e.at, bad[i].at) == 0 &&
		    strstr(e.detail, bad[i].says), "refused: %s", bad[i].name))
			printf("#  at %s: %s\n", e.at, e.detail);
	}
}

int
main(void)
{
	struct arena *a = arena_new();
	struct severity_rules *r;
	struct str rule;
	struct err e = { 0 };

	for (size_t i = 0; i < countof(rows); i++) {
		int rc = severity_parse(a, str(rows[i].rules), "f", &r, &e);

		ok(rc == 0 && severity_of(r, &fact, &rule) == rows[i].want &&
		    str_is(rule, rows[i].rule), "%s", rows[i].name);
	}
	check_refused(a);
	ok(severity_parse(a, STR_NONE, "f", &r, &e) == 0, "the built-in rules");
	for (size_t i = 0; i < countof(builtin); i++)
		is_int(severity_of(r, &builtin[i].f, &rule), builtin[i].want,
		    "%s", builtin[i].name);
	arena_free(a);
	return done_testing();
}

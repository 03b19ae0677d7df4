#include "seed_words.h"

static const char *const tops[] = {
	"src", "app", "packages/web", "packages/core", "services/gateway",
	"services/billing", "worker", "tests", "docs", "tools",
};
static const char *const nouns[] = {
	"account", "address", "agent", "alert", "answer", "asset", "audit",
	"avatar", "badge", "banner", "basket", "batch", "billing", "board",
	"booking", "branch", "budget", "bundle", "button", "cache", "calendar",
	"card", "cart", "catalog", "channel", "chart", "checkout", "client",
	"clock", "color", "column", "comment", "contact", "content", "coupon",
	"cursor", "customer", "dashboard", "delivery", "device", "dialog",
	"digest", "document", "domain", "draft", "editor", "email", "entry",
	"event", "export", "factory", "feature", "feed", "field", "filter",
	"folder", "footer", "form", "gallery", "gateway", "grid", "group",
	"header", "history", "hook", "icon", "image", "import", "inbox",
	"index", "input", "invoice", "issue", "item", "job", "journal", "key",
	"label", "layout", "ledger", "limit", "list", "locale", "lock", "login",
	"manifest", "map", "market", "member", "menu", "message", "metric",
	"modal", "module", "note", "notice", "offer", "option", "order",
	"owner", "page", "panel", "parser", "patch", "payment", "person",
	"picker", "plan", "player", "policy", "post", "price", "printer",
	"profile", "project", "prompt", "proxy", "query", "queue", "quota",
	"rating", "receipt", "record", "region", "report", "request", "resource",
	"review", "role", "route", "rule", "sample", "schedule", "schema",
	"search", "section", "segment", "sensor", "session", "setting",
	"shipment", "sidebar", "signal", "slider", "socket", "spinner", "stock",
	"store", "stream", "style", "summary", "switch", "table", "task",
	"team", "template", "theme", "ticket", "timer", "token", "toolbar",
	"topic", "track", "upload", "user", "vendor", "version", "video",
	"view", "wallet", "widget", "window", "wizard", "workflow",
};
static const char *const endings[] = {
	".ts", ".ts", ".ts", ".tsx", ".tsx", ".py", ".go", ".c", ".css",
	".json", ".md", ".sql", ".test.ts",
};
static const char *const verbs[] = {
	"Add", "Remove", "Rename", "Extend", "Simplify", "Document", "Test",
	"Mend", SEED_COMMON, "Move", "Split", "Style", "Validate", "Cache",
	SEED_COMMON, "Translate",
};
static const char *const purposes[] = {
	"as the blueprint says", "after review", "for the first milestone",
	"so that the types hold", "to pass the checks", "for slow networks",
	"as the customer asked", "before the release", "for readers of screens",
	"to keep the bundle small",
};

/* Twenty sentences, each about ten parts of a product.  Those with "%d" are
 * given a number. */
static const struct {
	const char *code, *text, *more;
} faults[] = {
	{ "stale_base", "the file of the %s is not at the version that the edit was made for", NULL },
	{ "span_conflict", "the lines of the %s were changed by a later edit", NULL },
	{ "match_not_found", "the text to replace is not in the %s", NULL },
	{ "match_ambiguous", "the text to replace is in the %s", "%d times" },
	{ "out_of_range", "the %s ends before", "line %d" },
	{ "overlap", "two operations edit the same lines of the %s", NULL },
	{ "anchor_missing", "no line of the %s has the anchor", NULL },
	{ "anchor_ambiguous", "the anchor stands in the %s", "%d times" },
	{ "bad_patch", "the hunk header of the %s cannot be understood", NULL },
	{ "validator_failed", "types: new faults in the %s", NULL },
	{ "validator_failed", "lint: new faults in the %s,", "%d of them" },
	{ "validator_failed", "tests: a test of the %s does not pass any more", NULL },
	{ "validator_timeout", "tests: the %s took too long", NULL },
	{ "file_missing", "there is no file of the %s", NULL },
	{ "exists", "the file of the %s is there already", NULL },
	{ "limit_exceeded", "the %s would have too many lines:", "%d" },
	{ "guard_region", "the guarded lines of the %s would change", NULL },
	{ "span_denied", "the task does not allow those lines of the %s", NULL },
	{ "path_denied", "the %s may not be edited here", NULL },
	{ "policy_denied", "the batch deletes too much of the %s:", "%d lines" },
};
#define PARTS_OF_FAULT 10

static struct str
noun(uint64_t i)
{
	return str(nouns[i % countof(nouns)]);
}

static struct str
any_noun(struct dice *d)
{
	return noun(dice_below(d, countof(nouns)));
}

struct str
words_path(uint32_t i, struct arena *a)
{
	uint64_t h = dice_hash(0x70617468, i);
	const char *top = tops[h % countof(tops)];
	const char *end = endings[(h >> 8) % countof(endings)];
	struct str dir = noun(h >> 16), stem = noun(h >> 24), more = noun(h >> 32);

	switch ((h >> 40) % 4) {
	case 0:
		return arena_fmt(a, "%s/%.*s-%.*s%s", top, STR_ARG(stem),
		    STR_ARG(more), end);
	case 1:
		return arena_fmt(a, "%s/%.*s/%.*s/%.*s-%.*s%s", top,
		    STR_ARG(more), STR_ARG(dir), STR_ARG(stem),
		    STR_ARG(noun(h >> 48)), end);
	default:
		return arena_fmt(a, "%s/%.*s/%.*s-%.*s%s", top, STR_ARG(dir),
		    STR_ARG(stem), STR_ARG(more), end);
	}
}

struct str
words_reason(struct dice *d, struct arena *a)
{
	const char *verb = verbs[dice_below(d, countof(verbs))];
	const char *purpose = purposes[dice_below(d, countof(purposes))];
	struct str of = any_noun(d), more = any_noun(d);
	double kind = dice_unit(d);

	if (kind < 0.6)			/* a few thousand that come again */
		return arena_fmt(a, "%s the %.*s %s", verb, STR_ARG(of),
		    purpose);
	if (kind < 0.85)		/* some ten thousands */
		return arena_fmt(a, "%s the %.*s's %.*s, step %llu", verb,
		    STR_ARG(of), STR_ARG(more),
		    (unsigned long long)dice_below(d, 9) + 1);
	return arena_fmt(a, "%s the %.*s and the %.*s %s, ticket %llu", verb,
	    STR_ARG(of), STR_ARG(more), purpose,
	    (unsigned long long)dice_below(d, 10000000));
}

struct str
words_rare_reason(struct dice *d, struct arena *a)
{
	struct str of = any_noun(d);

	return arena_fmt(a, "Name the %.*s after the " SEED_RARE " beetle",
	    STR_ARG(of));
}

struct str
words_error(struct dice *d, struct arena *a, struct str *code)
{
	size_t i = dice_below(d, countof(faults));
	/* some parts break more often than others */
	uint64_t part = dice_below(d, dice_below(d, PARTS_OF_FAULT) + 1);
	struct str of = noun(dice_hash(i, part));
	struct str text = STR_NONE, rest = str(faults[i].text);
	struct str before = str_cut(&rest, '%');

	*code = str(faults[i].code);
	rest = str_n(rest.p + 1, rest.len - 1);		/* the s */
	text = arena_fmt(a, "%.*s%.*s%.*s", STR_ARG(before), STR_ARG(of),
	    STR_ARG(rest));
	if (faults[i].more) {
		rest = str(faults[i].more);
		before = str_cut(&rest, '%');
		text = arena_fmt(a, "%.*s %.*s%llu%.*s", STR_ARG(text),
		    STR_ARG(before), (unsigned long long)(2 +
		    dice_log_normal(d, 4, 1.5)), (int)rest.len - 1,
		    rest.p + 1);
	}
	return text;
}

struct str
words_check_output(struct dice *d, struct arena *a, bool good)
{
	if (good)
		return STR("{\"ts_check_out\":\"\"}");
	return arena_fmt(a, "{\"ts_check_out\":\"error TS2%03llu at line"
	    " %llu\"}", (unsigned long long)dice_below(d, 800),
	    (unsigned long long)dice_below(d, 2000));
}

struct str
words_meta(struct dice *d, struct arena *a)
{
	double kind = dice_unit(d);

	if (kind < 0.9)
		return STR_NONE;
	if (kind < 0.96)
		return arena_fmt(a, "{\"attempt\":%llu,\"mill\":\"mill-%llu\"}",
		    (unsigned long long)dice_below(d, 4) + 1,
		    (unsigned long long)dice_below(d, 12));
	return arena_fmt(a, "{\"tokens\":%llu,\"ticket\":\"PW-%llu\","
	    "\"labels\":[\"%s\",\"gold\"]}",
	    (unsigned long long)dice_below(d, 16000),
	    (unsigned long long)dice_below(d, 5000),
	    dice_chance(d, 0.5) ? "slow" : "hot");
}

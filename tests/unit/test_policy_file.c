/* Policy files: what is in them, where they may be, and what a workspace whose
 * policy is wrong does. */
#include "base/log.h"
#include "policy_fixture.h"

static void
put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || fd_write_all(fd, str(text)) != 0 || close(fd) != 0)
		bail_out("cannot write a file");
}

static void
test_load(void)
{
	static const struct { const char *name, *text, *want, *at; } rows[] = {
		{ "empty", "{}", NULL, "" },
		{ "everything", "{\"allow\":[\"src/**\"],\"deny\":[\"**/*.lock\"],\"operations\":[\"create\",\"replace-block\"],\"maxFiles\":3,\"maxLines\":100,\"maxBytes\":1000,\"maxDeletedPercent\":50,\"guards\":true,\"tasks\":\".mission_control/tasks.json\",\"validators\":[{\"name\":\"tsc\"},{\"name\":\"x\",\"globs\":[\"*.x\"],\"command\":[\"x\",\"{}\"],\"rule\":\"advisory\",\"timeoutMs\":1000,\"memoryMb\":64,\"processes\":4,\"outputBytes\":4096}]}", NULL, "" },
		{ "a member nobody knows", "{\"denny\":[\"x\"]}", "Policy has no member \"denny\"", "/denny" },
		{ "a validator's member nobody knows", "{\"validators\":[{\"name\":\"x\",\"glob\":\"*\"}]}", "Validator has no member \"glob\"", "/validators/0/glob" },
		{ "a validator without a name", "{\"validators\":[{}]}", "name is required", "/validators/0/name" },
		{ "a rule nobody knows", "{\"validators\":[{\"name\":\"x\",\"rule\":\"maybe\"}]}", "rule must be one of", "/validators/0/rule" },
		{ "a text for a list", "{\"deny\":\"x\"}", "deny must be an array", "/deny" },
		{ "an empty glob", "{\"deny\":[\"a\",\"\"]}", "deny[1] \"\" is empty", "/deny/1" },
		{ "an absolute glob", "{\"deny\":[\"/etc/**\"]}", "deny[0] \"/etc/**\" matches nothing", "/deny/0" },
		{ "a glob from here", "{\"allow\":[\"./src/**\"]}", "allow[0] \"./src/**\" matches nothing", "/allow/0" },
		{ "a glob of a folder", "{\"deny\":[\"secrets/\"]}", "deny[0] \"secrets/\" matches nothing: write **", "/deny/0" },
		{ "an operation nobody knows", "{\"operations\":[\"create\",\"write\"]}", "there is no operation \"write\"", "/operations/1" },
		{ "more than all", "{\"maxDeletedPercent\":101}", "maxDeletedPercent", "/maxDeletedPercent" },
		{ "less than nothing", "{\"maxFiles\":-1}", "maxFiles", "/maxFiles" },
		{ "tasks outside", "{\"tasks\":\"../tasks.json\"}", "", "/tasks" },
		{ "no object", "[]", "Policy must be an object", "" },
		{ "no JSON", "{\"allow\":}", "", "line 1 column 10" },
		{ "nothing", "", "", NULL },
	};
	struct arena *a = arena_new();
	char *folder = fixture_folder(a);
	const char *file = arena_fmt(a, "%s/p.json", folder).p;

	for (size_t i = 0; i < countof(rows); i++) {
		struct policy p;
		struct err e = { 0 };
		int rc;

		put(file, rows[i].text);
		rc = policy_load(file, a, &p, &e);
		ok(rows[i].want ? rc == -1 && e.kind == ERR_CONFIG &&
		    str_starts(str(e.detail), str(rows[i].want)) : rc == 0,
		    "a policy that has %s", rows[i].name);
		if (rc != 0)
			printf("# %s: %s\n", e.at, e.detail);
		if (rows[i].want && rows[i].at)
			is_str(str(e.at), arena_fmt(a, "%s%s%s", file,
			    rows[i].at[0] ? ": " : "", rows[i].at).p, "its place");
	}
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	arena_free(a);
}

static void
test_values(void)
{
	struct arena *a = arena_new();
	struct policy p;

	ok(contract_decode_text(&policy_contract, STR("{\"validators\":[{"
	    "\"name\":\"tsc\"}]}"), a, &p, NULL) == 0, "a policy");
	ok(p.guards, "guards are kept unless it says otherwise");
	ok(p.max_files == -1 && p.max_lines == -1 && p.max_bytes == -1 &&
	    p.max_deleted_percent == -1, "there are no maxima");
	ok(!p.tasks.p && !p.n_allow && !p.n_deny && !p.n_operations,
	    "nor other rules");
	ok(p.validators[0].rule == VALIDATOR_REQUIRED &&
	    p.validators[0].timeout_ms == -1 && p.validators[0].n_command == 0,
	    "a validator of a name alone is required, the rest is absent");
	arena_free(a);
}

/* A folder with the workspaces a and b, and places for policies. */
static void
test_of(void)
{
	static const struct {
		const char *name, *policies, *workspace;
		int rc;
		const char *why;	/* what policies_ready() says */
	} rows[] = {
		{ "none is named", "", "a", 0, NULL },
		{ "of another workspace", "b=%/good", "a", 0, NULL },
		{ "a good one", "a=%/good", "a", 1, NULL },
		{ "a missing one", "a=%/missing", "a", -1, "cannot read the policy" },
		{ "a wrong one", "a=%/wrong", "a", -1, "Policy has no member \"x\"" },
		{ "a folder", "a=%/sub", "a", -1, "the policy is not a regular file" },
		{ "a FIFO", "a=%/fifo", "a", -1, "the policy is not a regular file" },
		{ "one within the workspace", "a=%/a/p", "a", -1, "the policy lies in the workspace \"a\"" },
		{ "one within another workspace", "a=%/b/p", "a", -1, "the policy lies in the workspace \"b\"" },
		{ "one within it by a link", "a=%/link", "a", -1, "the policy lies in the workspace \"a\"" },
		{ "one within it by dots", "a=%/sub/../a/p", "a", -1, "the policy lies in the workspace \"a\"" },
		{ "one by a link within it", "a=%/a/out", "a", -1, "the policy lies in the workspace \"a\"" },
		{ "one beside it with a longer name", "a=%/ab", "a", 1, NULL },
	};
	struct arena *a = arena_new();
	const char *d = fixture_folder(a);

	mkdir(arena_fmt(a, "%s/a", d).p, 0700);
	mkdir(arena_fmt(a, "%s/b", d).p, 0700);
	mkdir(arena_fmt(a, "%s/sub", d).p, 0700);
	mkfifo(arena_fmt(a, "%s/fifo", d).p, 0600);
	for (const char *const *f = (const char *const[]){ "good", "ab", "a/p",
	    "b/p", NULL }; *f; f++)
		put(arena_fmt(a, "%s/%s", d, *f).p, "{}");
	put(arena_fmt(a, "%s/wrong", d).p, "{\"x\":1}");
	symlink(arena_fmt(a, "%s/a/p", d).p, arena_fmt(a, "%s/link", d).p);
	symlink(arena_fmt(a, "%s/good", d).p, arena_fmt(a, "%s/a/out", d).p);
	for (size_t i = 0; i < countof(rows); i++) {
		struct str left = str(rows[i].policies);
		struct str head = str_cut(&left, '%');
		struct config cfg = { 0 };
		struct policy p;
		struct err e = { 0 };

		cfg.workspaces = arena_fmt(a, "a=%s/a/, b = %s/b", d, d);
		cfg.policies = left.p ? arena_fmt(a, "%.*s%s%.*s",
		    STR_ARG(head), d, STR_ARG(left)) : STR("");
		is_int(policy_of(&cfg, a, str(rows[i].workspace), &p, &e),
		    rows[i].rc, "a policy: %s", rows[i].name);
		if (rows[i].rc < 0)
			ok(e.kind == ERR_NOT_READY && !strstr(e.detail, d),
			    "the client is told to wait, but not the place");
		e = (struct err){ 0 };
		ok(rows[i].why ? policies_ready(&cfg, a, &e) == -1 &&
		    e.kind == ERR_NOT_READY && strstr(e.detail, rows[i].why) &&
		    strstr(e.at, d) : policies_ready(&cfg, a, &e) == 0,
		    "and ready: %s %s", e.detail, e.at);
	}
	nftw(d, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	arena_free(a);
}

static void
test_config(void)
{
	static const struct { const char *name, *policies, *want; } rows[] = {
		{ "none", "", NULL },
		{ "one", "a=/p", NULL },
		{ "two", " a = /p , b=/q,", NULL },
		{ "of an unknown workspace", "c=/p", "names the workspace \"c\"" },
		{ "twice for one", "a=/p,b=/q,a=/r", "names the workspace \"a\" twice" },
		{ "without a file", "a=", "has \"a\"; NAME=/FILE" },
		{ "without a name", "/p", "has \"/p\"; NAME=/FILE" },
		{ "with a relative file", "a=p", "has \"a\"; NAME=/FILE" },
	};
	struct arena *a = arena_new();

	setenv("PATCHWARDEN_WORKSPACES", "a=/a,b=/b", 1);
	for (size_t i = 0; i < countof(rows); i++) {
		struct config cfg;
		struct err e = { 0 };
		int rc;

		setenv("PATCHWARDEN_POLICIES", rows[i].policies, 1);
		rc = config_load("/dev/null", a, &cfg, &e);
		ok(rows[i].want ? rc == -1 && e.kind == ERR_CONFIG &&
		    strstr(e.detail, rows[i].want) : rc == 0,
		    "the setting: %s", rows[i].name);
	}
	arena_free(a);
}

int
main(void)
{
	log_set(LOG_LEVEL_ERROR);
	test_load();
	test_values();
	test_of();
	test_config();
	return done_testing();
}

/* Runs tests/cases/<operation>.case: batches as JSON with the files before and
 * after, or the refusal.  CONTRIBUTING.md tells the form. */
#include <glob.h>

#include "edit/ops.h"
#include "edit_fixture.h"

#define CASE_MAX_BYTES MIB(1)

/* The text of a section: \r, \\, \t, \xHH, and \c at the end for "no newline". */
static struct str
unescape(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (c != '\\' || i + 1 == s.len) {
			p[n++] = c;
			continue;
		}
		switch (s.p[++i]) {
		case 'r': p[n++] = '\r'; break;
		case 't': p[n++] = '\t'; break;
		case 'c': i++; break;		/* and the newline behind it */
		case 'x':
			p[n++] = (char)strtol((char[]){ s.p[i + 1],
			    s.p[i + 2], 0 }, NULL, 16);
			i += 2;
			break;
		default: p[n++] = s.p[i]; break;
		}
	}
	return str_n(p, n);
}

struct section {
	struct str head;	/* "before f" */
	struct str body;
};

/* The next "-- head" and what follows it; false at the end of the case. */
static bool
next_section(struct str *rest, struct section *out)
{
	size_t end;

	if (!str_starts(*rest, STR("-- ")))
		return false;
	out->head = str_cut(rest, '\n');
	out->head = str_n(out->head.p + 3, out->head.len - 3);
	if (!rest->p)
		*rest = STR("");
	if (str_starts(*rest, STR("-- ")) || rest->len == 0) {
		out->body = STR("");
		return true;
	}
	end = str_find(*rest, STR("\n-- "));
	if (end < rest->len)
		end++;
	out->body = str_n(rest->p, end);
	*rest = str_n(rest->p + end, rest->len - end);
	return true;
}

/* Decode, plan, and unless it is refused carry out. */
static void
carry_out(struct fixture *f, struct str json, struct err *why)
{
	struct plan_limits limits = { FILE_DEFAULT_BYTES, 3 };
	struct journal_file *rows;
	struct patch_batch batch;
	struct plan plan;

	*why = (struct err){ 0 };
	if (contract_decode_text(&patch_batch_contract, json, f->a, &batch,
	    why) != 0 || plan_make(f->a, f->ws, &batch, &limits, NULL,
	    &plan, why) != 0 || plan_finish(&plan, why) != 0)
		return;
	for (size_t i = 0; i < plan.n_results; i++)
		if (plan.results[i].status == PLAN_REFUSED) {
			*why = plan.results[i].err;
			break;
		}
	if (workspace_stage(f->ws, f->a, STR("case"), plan.files, plan.n_files,
	    &rows, why) == 0 && workspace_publish(f->ws, f->a, rows,
	    plan.n_files, why) == 0)
		workspace_clean(f->ws, rows, plan.n_files);
}

static void
run_case(const char *file, struct str name, struct str text)
{
	struct fixture f = fixture_new();
	struct err why = { 0 };
	struct section s;
	struct str want = STR("");
	bool held = true;

	while (next_section(&text, &s)) {
		struct str arg = s.head, verb = str_cut(&arg, ' ');
		char *path = arena_cstr(f.a, arg.p ? arg : STR(""));
		struct str bytes = unescape(f.a, s.body), got;

		if (str_is(verb, "before")) {
			fixture_put(&f, path, bytes);
		} else if (str_is(verb, "batch")) {
			carry_out(&f, s.body, &why);
		} else if (str_is(verb, "after")) {
			got = fixture_get(&f, path);
			held = held && got.p && str_eq(got, bytes);
			if (!got.p || !str_eq(got, bytes))
				printf("# %s is:\n# %.*s\n", path,
				    STR_ARG(got));
		} else if (str_is(verb, "gone")) {
			held = held && !fixture_has(&f, path);
		} else if (str_is(verb, "refused")) {
			want = arg;
		} else {
			bail_out("an unknown section in a case");
		}
	}
	if (why.kind != ERR_NONE || want.len) {
		struct str got = arena_fmt(f.a, "%s %s",
		    err_row(why.kind)->code, why.at);

		held = held && why.kind != ERR_NONE && str_eq(got, want);
		if (why.kind == ERR_NONE || !str_eq(got, want))
			printf("# refused: %s (%s)\n", got.p, why.detail);
	}
	ok(held, "%s: %.*s", file, STR_ARG(name));
	fixture_free(&f);
}

static void
run_file(const char *path)
{
	struct buf text = BUF_INIT(CASE_MAX_BYTES);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct str rest;

	if (fd < 0 || fd_read_all(fd, &text) != 0 || close(fd) != 0)
		bail_out("cannot read a case");
	rest = buf_str(&text);
	while (rest.len) {
		struct str name = str_cut(&rest, '\n');
		size_t end = rest.p ? str_find(rest, STR("\n== ")) : 0;

		if (!str_starts(name, STR("== ")))
			continue;	/* comments before the first case */
		if (end < rest.len)
			end++;
		run_case(strrchr(path, '/') + 1,
		    str_n(name.p + 3, name.len - 3), str_n(rest.p, end));
		rest = str_n(rest.p + end, rest.len - end);
	}
	buf_free(&text);
}

int
main(void)
{
	const char *top = getenv("abs_top_srcdir");
	char pattern[4096];
	glob_t files;

	snprintf(pattern, sizeof(pattern), "%s/tests/cases/*.case",
	    top ? top : ".");
	if (glob(pattern, 0, NULL, &files) != 0)
		bail_out("no cases");
	for (size_t i = 0; i < files.gl_pathc; i++)
		run_file(files.gl_pathv[i]);
	globfree(&files);
	return done_testing();
}

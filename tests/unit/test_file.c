/* What is said of an issue on GitHub: foreign text stays in its blocks, the
 * mark is found again, nothing is longer than GitHub takes. */
#include "tap.h"

#include "base/arena.h"
#include "base/utf8.h"
#include "model/log_line.h"
#include "ops/file.h"

#define HEX "0123456789abcdef0123456789abcdef"

static struct arena *arena;

static struct ops_issue
issue(const char *title, struct str sample)
{
	return (struct ops_issue){ .id = 1, .severity = 2,
	    .title = str(title), .sample = sample, .fingerprint = STR(HEX),
	    .template = STR("a <num>"), .worker = STR("api"),
	    .first_seen_ms = 0, .last_seen_ms = 1000, .count = 12 };
}

/* Is `what` only within fences and code spans? */
static bool
only_in_code(struct str text, struct str what)
{
	size_t fence = 0;

	while (text.p) {
		struct str line = str_cut(&text, '\n');
		size_t ticks = 0, span = 0;

		while (ticks < line.len && line.p[ticks] == '`')
			ticks++;
		if (ticks >= 3 && (ticks == line.len || !fence)) {
			if (!fence)
				fence = ticks;
			else if (ticks >= fence && ticks == line.len)
				fence = 0;
			continue;
		}
		for (size_t i = 0; i < line.len && !fence; i++) {
			size_t run = 0;

			while (i + run < line.len && line.p[i + run] == '`')
				run++;
			if (run && !span)
				span = run;
			else if (run == span)
				span = 0;
			if (run)
				i += run - 1;
			else if (!span && str_starts(str_n(line.p + i,
			    line.len - i), what))
				return false;
		}
	}
	return true;
}

static void
test_inert(void)
{
	static const struct str hostile[] = {
		STR("@octocat fixes #1"),
		STR("```\n@octocat\n```\nfixes #1 @octocat"),
		STR("````\n@octocat\n~~~\n"),
		STR("` @octocat `` ``` ```` @octocat"),
		STR("<!-- -->\n@octocat</details><script>alert(1)</script>"),
		STR("\n\n# @octocat\n> @octocat\n    @octocat\n"),
		STR("a\r```\r@octocat\v```\f@octocat"),
		STR("\xe2\x80\xa8```\xe2\x80\xa8@octocat"),
		STR("| @octocat | `|` @octocat"),
	};

	for (size_t i = 0; i < countof(hostile); i++) {
		struct ops_issue o = issue("t", hostile[i]);
		struct buf body = BUF_INIT(65000);

		o.worker = o.rule = o.repo = o.error_type = hostile[i];
		o.analysis = o.prompt = o.template = hostile[i];
		file_body(&body, &o, NULL, 0);
		ok(!body.full, "hostile %zu fits", i);
		ok(only_in_code(buf_str(&body), STR("@octocat")),
		    "hostile %zu mentions nobody", i);
		ok(only_in_code(buf_str(&body), STR("fixes")),
		    "and closes nothing");
		ok(only_in_code(buf_str(&body), STR("<script")),
		    "and is no HTML");
		is_str(file_mark_of(buf_str(&body)), HEX, "its mark is first");
		buf_free(&body);
	}
	{
		struct str open = STR("x @octocat");

		ok(!only_in_code(open, STR("@octocat")),
		    "the check itself can fail");
	}
}

static void
test_size(void)
{
	struct buf long_one = BUF_INIT(MIB(1)), body = BUF_INIT(65000);
	struct ops_issue o;

	for (int i = 0; i < 100000; i++)
		buf_adds(&long_one, "\xe2\x80\xae\n");
	o = issue("t", buf_str(&long_one));
	o.analysis = o.prompt = o.template = o.worker = o.rule =
	    buf_str(&long_one);
	file_body(&body, &o, NULL, 0);
	ok(!body.full, "the longest texts fit");
	ok(str_find(buf_str(&body), STR("(cut: it has 400000 bytes)")) <
	    body.len, "and say that they were cut");
	buf_free(&body);
	buf_free(&long_one);
}

static void
test_title(void)
{
	struct ops_issue o = issue("a\n@octocat \x1b[1m #12", STR("s"));
	struct buf title = BUF_INIT(1000);

	file_title(&title, &o);
	ok(!str_has(buf_str(&title), '\n') && !str_has(buf_str(&title),
	    '\x1b'), "a title is one plain line");
	ok(str_find(buf_str(&title), STR("@octocat")) == title.len,
	    "that mentions nobody");
	ok(str_find(buf_str(&title), STR("#12")) == title.len,
	    "and refers to nothing");
	buf_free(&title);
}

static void
test_mark(void)
{
	struct str mark = file_mark(arena, STR(HEX));
	struct str body = arena_fmt(arena, "hello\n%s\nmore", mark.p);

	is_str(file_mark_of(body), HEX, "a mark is found");
	ok(!file_mark_of(STR("none")).p, "none is none");
	ok(!file_mark_of(STR("<!-- patchwarden:fingerprint=0123 -->")).p,
	    "nor a short one");
	ok(!file_mark_of(str_n(mark.p, 40)).p, "nor one that was cut");
}

int
main(void)
{
	arena = arena_new();
	test_inert();
	test_size();
	test_title();
	test_mark();
	arena_free(arena);
	return done_testing();
}

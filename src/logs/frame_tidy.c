/* frame_tidy.c - a frame without what one machine, build or run put in. */
#include "base/buf.h"
#include "logs/frame_line.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
has_any(struct str s, const char *const *what, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_find(s, str(what[i])) < s.len)
			return true;
	return false;
}

static bool
starts_any(struct str s, const char *const *what, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_starts(s, str(what[i])))
			return true;
	return false;
}

/* Of the language, or of a library, by where it is installed. */
static bool
is_foreign_file(struct str file)
{
	static const char *const parts[] = {
		"node_modules/", "site-packages/", "dist-packages/",
		"/lib/python", "/pkg/mod/", "/go/src/", "/usr/lib/",
		"/gems/", "/lib/ruby/", "/rustc/", "/registry/src/",
		"vendor/", "[internal", "/.cargo/", "/sysdeps/", "libsanitizer"
	};
	static const char *const starts[] = {
		"node:", "internal/", "native", "<frozen", "<anonymous>",
		"../sysdeps", "../csu", "library/", "<built-in"
	};

	return has_any(file, parts, countof(parts)) ||
	    starts_any(file, starts, countof(starts));
}

static bool
is_foreign_function(struct str f)
{
	static const char *const starts[] = {
		"java.", "javax.", "jdk.", "sun.", "com.sun.", "kotlin.",
		"scala.", "org.springframework.", "org.apache.", "io.netty.",
		"reactor.", "org.junit.", "junit.", "org.hibernate.",
		"System.", "Microsoft.", "runtime.", "runtime/", "net/http.",
		"std::", "core::", "alloc::", "<alloc::", "<core::", "<std::",
		"rust_begin_unwind", "__rust", "__libc_", "__GI_", "_start",
		"__asan", "__interceptor", "abort", "raise", "panic(",
		"clone", "start_thread"
	};

	return starts_any(f, starts, countof(starts));
}

/* Arguments, numbers of lambdas, hashes of Rust and of proxies. */
static struct str
tidy_function(struct arena *a, struct str f)
{
	struct buf out = BUF_INIT(KIB(1));
	struct str made;
	size_t hash = str_find(f, STR("::h"));

	if (str_starts(f, STR("async ")))
		f = str_n(f.p + 6, f.len - 6);
	if (str_starts(f, STR("new ")))
		f = str_n(f.p + 4, f.len - 4);
	if (hash + 19 == f.len)
		f.len = hash;
	f.len = str_find(f, STR("$$"));
	f.len = str_find(f, STR(" [as "));
	for (size_t i = 0; i < f.len && i < 256; i++) {
		bool after = i && (f.p[i - 1] == '$' || f.p[i - 1] == '#' ||
		    f.p[i - 1] == '.' || is_digit(f.p[i - 1]) ||
		    (i >= 4 && memcmp(f.p + i - 4, "func", 4) == 0));

		if (is_digit(f.p[i]) && after)
			continue;
		buf_addc(&out, f.p[i]);
	}
	made = arena_str(a, buf_str(&out));
	buf_free(&out);
	return made;
}

/* Where what is installed begins: what stands before is one machine's. */
static struct str
cut_root(struct str f)
{
	static const char *const roots[] = {
		"node_modules/", "site-packages/", "dist-packages/",
		"/pkg/mod/", "/gems/", "/registry/src/", "/rustc/", "vendor/",
		"/lib/python"
	};
	static const char *const ours[] = {
		"/src/", "/lib/", "/app/", "/apps/", "/packages/",
		"/services/", "/cmd/", "/internal/", "/pkg/", "/dist/",
		"/build/", "/server/", "/functions/", "/test/", "/tests/",
		"/spec/"
	};

	for (size_t i = 0; i < countof(roots); i++) {
		size_t at = str_find(f, str(roots[i])), last = at;

		while (at < f.len) {		/* the innermost */
			last += strlen(roots[i]);
			f = str_n(f.p + last, f.len - last);
			last = at = str_find(f, str(roots[i]));
			if (at == f.len)
				return f;
		}
	}
	if (!f.len || (f.p[0] != '/' && !(f.len > 2 && f.p[1] == ':')))
		return f;
	for (size_t i = 0; i < countof(ours); i++) {
		size_t at = str_find(f, str(ours[i]));

		if (at < f.len && (at || i == 0))
			return str_n(f.p + at + 1, f.len - at - 1);
	}
	for (size_t i = f.len; i > 0; i--)
		if (f.p[i - 1] == '/')
			return str_n(f.p + i, f.len - i);
	return f;
}

/* "file:///x", "webpack:///./x", "https://host/x", "./x", "x?v=1" */
static struct str
cut_scheme(struct str f)
{
	size_t at = str_find(f, STR("://"));

	if (at < f.len) {
		bool host = str_starts(f, STR("http"));

		f = str_n(f.p + at + 3, f.len - at - 3);
		at = str_find(f, STR("/"));
		if (host && at < f.len)
			f = str_n(f.p + at + 1, f.len - at - 1);
		else if (!host && str_starts(f, STR("/.")))
			f = str_n(f.p + 1, f.len - 1);
	}
	while (str_starts(f, STR("./")) || str_starts(f, STR("../")))
		f = str_n(f.p + str_find(f, STR("/")) + 1,
		    f.len - str_find(f, STR("/")) - 1);
	f.len = str_find(f, STR("?"));
	return f;
}

/* A piece of a name, behind a dot, dash or slash, that a bundler or a version
 * made: "8f3a9c1b", "B7kq9XzT", "4", ".v1". */
static bool
is_made(char before, struct str s)
{
	size_t digits = 0, small = 0, capitals = 0;

	if (before != '/' && s.len > 1 && s.p[0] == 'v' && is_digit(s.p[1]))
		return true;
	for (size_t i = 0; i < s.len; i++) {
		if (is_digit(s.p[i]))
			digits++;
		else if (isupper((unsigned char)s.p[i]))
			capitals++;
		else if (islower((unsigned char)s.p[i]) || s.p[i] == '_')
			small++;
		else
			return false;
	}
	if (digits == s.len)
		return digits > 0;
	return s.len >= 6 && (digits >= 2 || (digits && small && capitals));
}

/* Each segment without versions and hashes; "@4.18.2" and all behind it. */
static struct str
tidy_file(struct arena *a, struct str f)
{
	struct buf out = BUF_INIT(KIB(4)), plain = BUF_INIT(KIB(4));
	struct str made;
	size_t i = 0, end;

	for (size_t k = 0; k < f.len && k < KIB(1); k++)
		buf_addc(&plain, f.p[k] == '\\' ? '/' : f.p[k]);
	f = cut_root(cut_scheme(buf_str(&plain)));
	for (; i < f.len; i = end) {
		char c = f.p[i];

		end = i + 1;
		if (c == '@' && i && f.p[i - 1] != '/') {
			while (end < f.len && f.p[end] != '/')
				end++;
			continue;
		}
		while (end < f.len && !strchr(".-/@", f.p[end]))
			end++;
		if (!strchr(".-/", c) ||
		    !is_made(c, str_n(f.p + i + 1, end - i - 1)))
			buf_add(&out, str_n(f.p + i, end - i));
	}
	made = arena_str(a, buf_str(&out));
	buf_free(&out);
	buf_free(&plain);
	return made;
}

struct frame
frame_tidy(struct arena *a, const struct frame_text *t)
{
	struct frame f = { .ours = true };

	f.function = tidy_function(a, t->function);
	if (t->file.len)
		f.file = tidy_file(a, t->file);
	if (is_foreign_file(t->file) || is_foreign_function(t->function) ||
	    (!t->file.len && !t->function.len))
		f.ours = false;
	return f;
}

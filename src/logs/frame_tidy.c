/* frame_tidy.c - a frame without what one machine, build or run put in. */
#include "base/buf.h"
#include "logs/frame_line.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Names with their lengths: they are looked for in every frame. */
struct name {
	const char *p;
	size_t len;
};
#define N(text) { text, sizeof(text) - 1 }

static bool
starts_any(struct str s, const struct name *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s.len >= names[i].len && s.p[0] == names[i].p[0] &&
		    memcmp(s.p, names[i].p, names[i].len) == 0)
			return true;
	return false;
}

static struct str
from(struct str s, size_t at)
{
	return str_n(s.p + at, s.len - at);
}

/* Where the next folder or name begins, or s.len. */
static size_t
next_segment(struct str s, size_t at)
{
	const char *slash = at < s.len ? memchr(s.p + at, '/', s.len - at) :
	    NULL;

	return slash ? (size_t)(slash - s.p) + 1 : s.len;
}

/* Folders where libraries are installed; what stands before is a machine's. */
static const struct name roots[] = {
	N("node_modules/"), N("site-packages/"), N("dist-packages/"),
	N("pkg/mod/"), N("gems/"), N("registry/src/"), N("rustc/"),
	N("vendor/"), N("lib/python")
};

/* Of the language, or of a library, by where it is installed. */
static bool
is_foreign_file(struct str file)
{
	static const struct name parts[] = {
		N("go/src/"), N("usr/lib/"), N("lib/ruby/"), N(".cargo/"),
		N("sysdeps/"), N("libsanitizer")
	};
	static const struct name starts[] = {
		N("node:"), N("internal/"), N("native"), N("<frozen"),
		N("<anonymous>"), N("../sysdeps"), N("../csu"), N("library/"),
		N("<built-in"), N("[internal")
	};

	if (starts_any(file, starts, countof(starts)))
		return true;
	for (size_t at = 0; at < file.len; at = next_segment(file, at))
		if (starts_any(from(file, at), roots, countof(roots)) ||
		    starts_any(from(file, at), parts, countof(parts)))
			return true;
	return false;
}

static bool
is_foreign_function(struct str f)
{
	static const struct name starts[] = {
		N("java."), N("javax."), N("jdk."), N("sun."), N("com.sun."), N("kotlin."),
		N("scala."), N("org.springframework."), N("org.apache."), N("io.netty."),
		N("reactor."), N("org.junit."), N("junit."), N("org.hibernate."),
		N("System."), N("Microsoft."), N("runtime."), N("runtime/"), N("net/http."),
		N("std::"), N("core::"), N("alloc::"), N("<alloc::"), N("<core::"), N("<std::"),
		N("rust_begin_unwind"), N("__rust"), N("__libc_"), N("__GI_"), N("_start"),
		N("__asan"), N("__interceptor"), N("abort"), N("raise"), N("panic("),
		N("clone"), N("start_thread")
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

/* Where our sources begin on any machine, or what is installed. */
static struct str
cut_root(struct str f)
{
	static const struct name ours[] = {
		N("src/"), N("lib/"), N("apps/"), N("packages/"),
		N("services/"), N("cmd/"), N("internal/"), N("pkg/"),
		N("dist/"), N("functions/"), N("test/"), N("tests/"),
		N("spec/")
	};
	/* They may hold others, and are often a machine's. */
	static const struct name outer[] = {
		N("app/"), N("build/"), N("server/")
	};
	size_t root = f.len, first = f.len, wide = f.len, last = 0;

	for (size_t at = 0; at < f.len; last = at, at = next_segment(f, at)) {
		struct str s = from(f, at);

		if (starts_any(s, roots, countof(roots)))
			root = next_segment(f, at);	/* the innermost */
		else if (first == f.len && starts_any(s, ours, countof(ours)))
			first = at;
		else if (wide == f.len && at > 1 &&
		    starts_any(s, outer, countof(outer)))
			wide = at;
	}
	if (root < f.len)
		return from(f, root);
	if (!f.len || (f.p[0] != '/' && !(f.len > 2 && f.p[1] == ':')))
		return f;
	return from(f, first < f.len ? first : wide < f.len ? wide : last);
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

bool
frame_is_ours(const struct frame_text *t)
{
	return (t->file.len || t->function.len) && !is_foreign_file(t->file) &&
	    !is_foreign_function(t->function);
}

struct frame
frame_tidy(struct arena *a, const struct frame_text *t)
{
	struct frame f = { .ours = frame_is_ours(t) };

	f.function = tidy_function(a, t->function);
	if (t->file.len)
		f.file = tidy_file(a, t->file);
	return f;
}

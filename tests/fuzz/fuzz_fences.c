/* What is read from SEARCH/REPLACE blocks, written as such, reads the same. */
#include "fuzz.h"

static bool
whole_lines(struct str s)
{
	return s.p && (!s.len || s.p[s.len - 1] == '\n');
}

static void
check_again(struct arena *a, const struct fence *f, size_t n)
{
	struct buf out = BUF_INIT(MIB(16));
	struct fence *again;
	struct err e = { 0 };
	size_t m;

	for (size_t i = 0; i < n; i++) {
		buf_adds(&out, f[i].path.p ? "**`" : "\n");
		buf_add(&out, f[i].path);
		buf_adds(&out, f[i].path.p ? "`**\r\n" : "");
		buf_adds(&out, "<<<<<<< SEARCH\n");
		buf_add(&out, f[i].search);
		buf_adds(&out, "=======\n");
		buf_add(&out, f[i].replace);
		buf_adds(&out, ">>>>>>> REPLACE\n");
	}
	need(!out.full);
	need(fences_read(a, buf_str(&out), &again, &m, &e) == 0 && m == n);
	for (size_t i = 0; i < n; i++)
		need(!f[i].path.p == !again[i].path.p &&
		    str_eq(f[i].path, again[i].path) &&
		    str_eq(f[i].search, again[i].search) &&
		    str_eq(f[i].replace, again[i].replace));
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct str text = str_n((const char *)data, len);
	struct arena *a = arena_new();
	struct err e = { 0 };
	struct fence *f;
	size_t n;

	if (fences_read(a, text, &f, &n, &e) == 0) {
		need(n);
		for (size_t i = 0; i < n; i++)
			need(whole_lines(f[i].search) &&
			    whole_lines(f[i].replace) &&
			    (!f[i].path.p || f[i].path.len));
		check_again(a, f, n);
	} else {
		need_refusal(&e);
	}
	arena_free(a);
	return 0;
}

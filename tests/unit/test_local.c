/* local/: diffs read backwards; addresses. */
#include "base/limits.h"
#include "local/reverse.h"
#include "remote/https.h"
#include "tap.h"

/* NULL: must be refused. */
static const struct { const char *name, *diff, *back; } rows[] = {
	{ "lines change", "diff --git a/f b/f\n--- a/f\n+++ b/f\n"
	    "@@ -1,3 +1,4 @@\n a\n-b\n+B\n+C\n c\n",
	    "diff --git a/f b/f\n--- a/f\n+++ b/f\n"
	    "@@ -1,4 +1,3 @@\n a\n-B\n-C\n+b\n c\n" },
	{ "counts of one are left out", "diff --git a/f b/f\n--- a/f\n"
	    "+++ b/f\n@@ -1 +1,0 @@ main\n-b\n",
	    "diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1,0 +1 @@ main\n+b\n" },
	{ "no newline at the end stays with its line",
	    "diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-b\n"
	    "\\ No newline at end of file\n+b\n",
	    "diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-b\n+b\n"
	    "\\ No newline at end of file\n" },
	{ "a removed line that looks like a header",
	    "diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1,2 +1,1 @@\n--- a/x\n b\n",
	    "diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1,1 +1,2 @@\n+-- a/x\n b\n" },
	{ "a line without its blank is empty context",
	    "diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1,2 +1,1 @@\n\n-b\n",
	    "diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1,1 +1,2 @@\n \n+b\n" },
	{ "a new file goes", "diff --git a/f b/f\nnew file mode 100755\n"
	    "--- /dev/null\n+++ b/f\n@@ -0,0 +1,1 @@\n+b\n",
	    "diff --git a/f b/f\ndeleted file mode 100755\n"
	    "--- a/f\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-b\n" },
	{ "an empty file comes back",
	    "diff --git a/f b/f\ndeleted file mode 100644\n",
	    "diff --git a/f b/f\nnew file mode 100644\n" },
	{ "a mode", "diff --git a/f b/f\nold mode 100644\nnew mode 100755\n",
	    "diff --git a/f b/f\nold mode 100755\nnew mode 100644\n" },
	{ "a move, quoted where it must be", "diff --git a/f b/g\n"
	    "similarity index 100%\nrename from f\nrename to \"g\\t\"\n",
	    "diff --git \"a/g\\t\" b/f\nrename from \"g\\t\"\nrename to f\n" },
	{ "the last file first", "diff --git a/f b/f\nold mode 100644\n"
	    "new mode 100755\ndiff --git a/g b/g\nnew file mode 100644\n",
	    "diff --git a/g b/g\ndeleted file mode 100644\n"
	    "diff --git a/f b/f\nold mode 100755\nnew mode 100644\n" },
	{ "quoted names change sides", "diff --git \"a/\\303\" \"b/\\303\"\n"
	    "--- \"a/\\303\"\n+++ \"b/\\303\"\n@@ -1 +1 @@\n-a\n+b\n",
	    "diff --git \"a/\\303\" \"b/\\303\"\n--- \"a/\\303\"\n"
	    "+++ \"b/\\303\"\n@@ -1 +1 @@\n-b\n+a\n" },
	{ "a hunk that ends early", "diff --git a/f b/f\n--- a/f\n+++ b/f\n"
	    "@@ -1,3 +1,3 @@\n a\n", NULL },
	{ "a hunk with other lines", "diff --git a/f b/f\n--- a/f\n+++ b/f\n"
	    "@@ -1,2 +1,2 @@\n a\n*b\n", NULL },
	{ "a range that is none", "diff --git a/f b/f\n@@ -x +1 @@\n", NULL },
	{ "no diff of ours", "--- a/f\n+++ b/f\n", NULL },
};

static const struct { const char *url; bool fine, bare; } urls[] = {
	{ "http://h", true, true }, { "https://h:1/", true, true },
	{ "http://h/x", true, false }, { "http://[::1]:80", true, true },
	{ "http://h/x/", true, false },
	{ "", false, true }, { "http://", false, true },
	{ "ftp://h", false, true }, { "file:///etc/passwd", false, false },
	{ "http:///x", false, false }, { "http://h\r\nX: y", false, true },
	{ "http://h x", false, true }, { "h:80", false, true },
};

int
main(void)
{
	struct arena *a = arena_new();

	for (size_t i = 0; i < countof(rows); i++) {
		struct buf out = BUF_INIT(KIB(64)), twice = BUF_INIT(KIB(64));
		struct err e = { 0 };
		int rc = diff_reverse(a, str(rows[i].diff), &out, &e);

		if (!rows[i].back) {
			ok(rc == -1 && e.kind == ERR_BAD_PATCH, "%s",
			    rows[i].name);
			continue;
		}
		ok(rc == 0 && buf_is(&out, rows[i].back), "%s", rows[i].name);
		ok(diff_reverse(a, buf_str(&out), &twice, &e) == 0,
		    "%s, and forth again", rows[i].name);
		buf_free(&out);
		buf_free(&twice);
	}
	for (size_t i = 0; i < countof(urls); i++) {
		ok((https_url_check(str(urls[i].url), NULL) == 0) ==
		    urls[i].fine, "%zu: is an address or not", i);
		if (urls[i].fine)
			ok(https_url_bare(str(urls[i].url)) == urls[i].bare,
			    "%zu: has a path or not", i);
	}
	arena_free(a);
	return done_testing();
}

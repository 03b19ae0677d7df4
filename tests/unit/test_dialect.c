/* The readers of patch texts: a row per edge of each grammar.  What is wanted
 * is written as tests/lib/dialect_show.h does; "!N words" is a refusal that
 * names line N and has these words. */
#include "dialect_show.h"
#include "tap.h"

enum dialect { UNIFIED, ENVELOPE, FENCES };

struct row {
	const char *name, *text, *want, *file;
};

#define AB "--- a/x\n+++ b/x\n"
#define GIT "diff --git a/x b/x\n"
#define HUNK "@@ -1 +1 @@\n-a\n+b\n"
#define XAB "change x|@1,1|-a$|+b$"

static const struct row unified_rows[] = {
	{ "git", GIT "index 1..2 100644\n" AB "@@ -1,2 +1,2 @@ f()\n c\n-a\n+b\n", "change x|@1,1| c$|-a$|+b$", NULL },
	{ "--- and +++ only", AB HUNK, XAB, NULL },
	{ "no prefixes", "--- d/x\n+++ d/x\n" HUNK, "change d/x|@1,1|-a$|+b$", NULL },
	{ "a/ twice is a folder", "--- a/x\n+++ a/x\n" HUNK, "change a/x|@1,1|-a$|+b$", NULL },
	{ "i/ and w/", "--- i/x\n+++ w/x\n" HUNK, XAB, NULL },
	{ "b/ and a/, as diff -R", "--- b/x\n+++ a/x\n" HUNK, XAB, NULL },
	{ "GNU, with times", "--- x\t2024-01-01 00:00:00.0 +0000\n+++ x\t2024-01-02 00:00:00.0 +0000\n" HUNK, XAB, NULL },
	{ "Mercurial", "diff -r 0123 -r 4567 x\n--- a/x\tThu Jan 01 00:00:00 2024 +0000\n+++ b/x\tThu Jan 02 00:00:00 2024 +0000\n" HUNK, XAB, NULL },
	{ "Mercurial, a new file", "diff -r 0123 x\n--- /dev/null\tThu Jan 01 00:00:00 1970 +0000\n+++ b/x\tThu Jan 02 00:00:00 2024 +0000\n@@ -0,0 +1 @@\n+b\n", "create x|@0,1|+b$", NULL },
	{ "Subversion's Index line", "Index: x\n=====\n--- x\t(revision 1)\n+++ x\t(working copy)\n" HUNK, XAB, NULL },
	{ "a kept copy", "--- x.orig\t2024-01-01\n+++ x\t2024-01-01\n" HUNK, XAB, NULL },
	{ "name with blanks and a tab", "--- a/x y\t\n+++ b/x y\t\n" HUNK, "change x y|@1,1|-a$|+b$", NULL },
	{ "blanks behind the name", "--- a/x  \n+++ b/x \n" HUNK, XAB, NULL },
	{ "quoted name", "--- \"a/\\303\\244\\t\\\"\\\\\"\n+++ \"b/\\303\\244\\t\\\"\\\\\"\n" HUNK, "change \xc3\xa4\t\"\\|@1,1|-a$|+b$", NULL },
	{ "quotes that need none", "--- \"a/x\"\n+++ \"b/x\"\n" HUNK, XAB, NULL },
	{ "new file", GIT "new file mode 100755\nindex 0..1\n--- /dev/null\n+++ b/x\n@@ -0,0 +1,2 @@\n+a\n+b\n", "create x 755|@0,1|+a$|+b$", NULL },
	{ "new file without git", "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n", "create x|@0,1|+a$", NULL },
	{ "new file without prefix", "--- /dev/null\n+++ d/x\n@@ -0,0 +1 @@\n+a\n", "create d/x|@0,1|+a$", NULL },
	{ "new file in b/, said by git", "diff --git b/x b/x\nnew file mode 100644\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n", "create b/x 644|@0,1|+a$", NULL },
	{ "new empty file", GIT "new file mode 100644\nindex 0..e69\n", "create x 644", NULL },
	{ "new file of diff -N", "--- x\t1970-01-01 01:00:00.0 +0100\n+++ x\t2024-01-01\n@@ -0,0 +1 @@\n+a\n", "create x|@0,1|+a$", NULL },
	{ "the same time west of Greenwich", "--- x\t1969-12-31 16:00:00.0 -0800\n+++ x\t2024-01-01\n@@ -0,0 +1 @@\n+a\n", "create x|@0,1|+a$", NULL },
	{ "an empty file is filled", "--- x\t2024-01-01\n+++ x\t2024-01-01\n@@ -0,0 +1 @@\n+a\n", "change x|@0,1|+a$", NULL },
	{ "deleted file", GIT "deleted file mode 100644\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n", "delete x|@1,0|-a$", NULL },
	{ "deleted file without git", "--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n", "delete x|@1,0|-a$", NULL },
	{ "deleted file of diff -N", "--- x\t2024-01-01\n+++ x\t1970-01-01 00:00:00.0 +0000\n@@ -1 +0,0 @@\n-a\n", "delete x|@1,0|-a$", NULL },
	{ "deleted empty file", GIT "deleted file mode 100755\n", "delete x", NULL },
	{ "rename", "diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n", "change x>y", NULL },
	{ "rename and edit", "diff --git a/x b/y\nsimilarity index 90%\nrename from x\nrename to y\nindex 1..2 100644\n--- a/x\n+++ b/y\n" HUNK, "change x>y|@1,1|-a$|+b$", NULL },
	{ "rename of quoted names", "diff --git \"a/\\303\\244\" b/y z\nrename from \"\\303\\244\"\nrename to y z\n", "change \xc3\xa4>y z", NULL },
	{ "mode", GIT "old mode 100644\nnew mode 100755\n", "change x 755", NULL },
	{ "mode of a name with blanks", "diff --git a/x y b/x y\nold mode 100755\nnew mode 100644\n", "change x y 644", NULL },
	{ "mode of a quoted name", "diff --git \"a/\\001\" \"b/\\001\"\nold mode 100755\nnew mode 100644\n", "change \x01 644", NULL },
	{ "rename, mode and edit", "diff --git a/x b/y\nold mode 100644\nnew mode 100755\nrename from x\nrename to y\n--- a/x\n+++ b/y\n" HUNK, "change x>y 755|@1,1|-a$|+b$", NULL },
	{ "two files", AB HUNK "--- a/y\n+++ b/y\n" HUNK, XAB "||change y|@1,1|-a$|+b$", NULL },
	{ "two hunks", AB HUNK "@@ -9,0 +10,2 @@\n+c\n+d\n", "change x|@1,1|-a$|+b$|@9,10|+c$|+d$", NULL },
	{ "hunks that touch", AB "@@ -1,2 +1 @@\n a\n-b\n@@ -3 +2 @@\n-c\n+d\n", "change x|@1,1| a$|-b$|@3,2|-c$|+d$", NULL },
	{ "-U0", AB "@@ -3,0 +4,2 @@\n+a\n+b\n@@ -7,2 +9,0 @@\n-c\n-d\n", "change x|@3,4|+a$|+b$|@7,9|-c$|-d$", NULL },
	{ "no line end, new side", AB "@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\n", "change x|@1,1|-a$|+b~", NULL },
	{ "no line end, old side", AB "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n", "change x|@1,1|-a~|+b$", NULL },
	{ "no line end, both", AB "@@ -1 +1 @@\n-a\n\\ Kein Zeilenumbruch\n+b\n\\ Kein Zeilenumbruch\n", "change x|@1,1|-a~|+b~", NULL },
	{ "no line end, context", AB "@@ -1,2 +1,2 @@\n-a\n+b\n c\n\\ No newline at end of file\n", "change x|@1,1|-a$|+b$| c~", NULL },
	{ "the text lacks its last LF", AB "@@ -1 +1 @@\n-a\n+b", XAB, NULL },
	{ "the note lacks its LF", AB "@@ -1 +1 @@\n-a\n+b\n\\ No newline", "change x|@1,1|-a$|+b~", NULL },
	{ "stripped context line", AB "@@ -1,3 +1,3 @@\n-a\n+b\n\n c\n", "change x|@1,1|-a$|+b$| $| c$", NULL },
	{ "stripped line at the end", AB "@@ -1,2 +1,2 @@\n-a\n+b\n\n", "change x|@1,1|-a$|+b$| $", NULL },
	{ "CRLF patch", "--- a/x\r\n+++ b/x\r\n@@ -1,2 +1,2 @@\r\n-a\r\n+b\r\n\r\n", "change x|@1,1|-a^$|+b^$| ^$", NULL },
	{ "CRLF patch, no line end", "--- a/x\r\n+++ b/x\r\n@@ -1 +1 @@\r\n-a\r\n+b\r\n\\ No newline at end of file\r\n", "change x|@1,1|-a^$|+b~", NULL },
	{ "CRLF patch, cut", "--- a/x\r\n+++ b/x\r\n@@ -1 +1 @@\r\n-a\r\n+b", "change x|@1,1|-a^$|+b^$", NULL },
	{ "patch of a CRLF file", AB "@@ -1 +1 @@\n-a\r\n+b\r\n", "change x|@1,1|-a^$|+b^$", NULL },
	{ "a CR alone at the end", AB "@@ -1 +1 @@\n-a\n+\r\n\\ No newline\n", "change x|@1,1|-a$|+^~", NULL },
	{ "an e-mail", "From 1 Mon\nSubject: x\n\n---\n x | 2 +-\n\n" GIT AB HUNK "-- \n2.39\n\n", XAB, NULL },
	{ "text between sections", AB HUNK "\ncommit 2\n\n    y\n\n--- a/y\n+++ b/y\n" HUNK "```\n", XAB "||change y|@1,1|-a$|+b$", NULL },
	{ "blank line between hunks", AB HUNK "\n@@ -5 +5 @@\n-c\n+d\n", "change x|@1,1|-a$|+b$|@5,5|-c$|+d$", NULL },
	{ "lines that look like headers", AB "@@ -1,2 +1,2 @@\n--- a\n-@@ -1 +1 @@\n+++ b\n+diff\n", "change x|@1,1|--- a$|-@@ -1 +1 @@$|+++ b$|+diff$", NULL },
	{ "bare hunks of a named file", HUNK "@@ -5 +5 @@\n-c\n+d\n", "change x|@1,1|-a$|+b$|@5,5|-c$|+d$", "x" },
	{ "the named file", AB HUNK, XAB, "x" },
	{ "bytes that are not UTF-8", AB "@@ -1 +1 @@\n-\xff\n+\xfe\n", "change x|@1,1|-\xff$|+\xfe$", NULL },

	{ "empty", "", "!1 no file", NULL },
	{ "prose alone", "x\ny\n", "!1 no file", NULL },
	{ "bare hunk without a file", HUNK, "!1 no file", NULL },
	{ "bare hunk behind a section", AB HUNK "x\n" HUNK, "!7 --- and +++", NULL },
	{ "another file is named", AB HUNK, "!1 for x", "y" },
	{ "another file is in it, too", AB HUNK "--- a/y\n+++ b/y\n" HUNK, "!6 for y", "x" },
	{ "a file twice", AB HUNK AB HUNK, "!6 a second time", NULL },
	{ "a file twice, once by rename", "diff --git a/y b/x\nrename from y\nrename to x\n\n" AB HUNK, "!5 a second time", NULL },
	{ "hunk cut off", AB "@@ -1,2 +1,2 @@\n-a\n+b\n", "!3 cut off", NULL },
	{ "hunk breaks off", AB "@@ -1,2 +1,2 @@\n-a\n+b\ndiff\n", "!6 breaks off", NULL },
	{ "too many new lines", AB "@@ -1,2 +1 @@\n a\n+b\n-c\n", "!5 more '+' lines", NULL },
	{ "too many old lines", AB "@@ -1 +1,2 @@\n-a\n-b\n+c\n", "!5 more '-' lines", NULL },
	{ "more lines than counted", AB HUNK " c\n", "!6 more lines", NULL },
	{ "more lines behind a blank one", AB HUNK "\n+c\n", "!7 more lines", NULL },
	{ "hunk without change", AB "@@ -1 +1 @@\n a\n", "!3 changes nothing", NULL },
	{ "hunk without lines", AB "@@ -1,0 +1,0 @@\n", "!3 changes nothing", NULL },
	{ "hunk header without numbers", AB "@@ ... @@\n-a\n", "!3 no hunk header", NULL },
	{ "line 0", AB "@@ -0,1 +1 @@\n-a\n+b\n", "!3 no hunk header", NULL },
	{ "a count beyond all files", AB "@@ -1,99999999999999999999 +1 @@\n-a\n", "!3 no hunk header", NULL },
	{ "combined hunk", AB "@@@ -1 -1 +1 @@@\n- a\n", "!3 combined", NULL },
	{ "combined diff", "diff --cc x\nindex 1,2..3\n", "!1 combined", NULL },
	{ "hunks go back", AB "@@ -5 +5 @@\n-a\n+b\n@@ -1 +1 @@\n-c\n+d\n", "!6 first line to its last", NULL },
	{ "hunks overlap", AB "@@ -1,2 +1,2 @@\n a\n-b\n+c\n@@ -2 +2 @@\n-b\n+d\n", "!7 first line to its last", NULL },
	{ "hunk behind the open last line", AB "@@ -1 +1 @@\n-a\n\\ No newline\n+b\n@@ -2 +2 @@\n-c\n+d\n", "!7 first line to its last", NULL },
	{ "line behind the open last line", AB "@@ -1,2 +1 @@\n-a\n\\ No newline\n-b\n+c\n", "!6 no line can follow", NULL },
	{ "note without a line", AB "@@ -1 +1 @@\n\\ No newline\n-a\n+b\n", "!4 no line before", NULL },
	{ "note twice", AB HUNK "\\ No newline\n\\ No newline\n", "!7 no line before", NULL },
	{ "note on an empty line", AB "@@ -1 +1 @@\n-a\n+\n\\ No newline\n", "!6 no line before", NULL },
	{ "no hunk", AB "x\n", "!1 no hunk", NULL },
	{ "git header alone", GIT "index 1..2 100644\n", "!1 no hunk", NULL },
	{ "two names without a rename", "--- a/x\n+++ b/y\n" HUNK, "!1 two files", NULL },
	{ "git's names are others", GIT "--- a/y\n+++ b/y\n" HUNK, "!1 contradict", NULL },
	{ "rename to the same name", GIT "rename from x\nrename to x\n", "!1 rename", NULL },
	{ "half a rename", GIT "rename from x\n", "!1 rename", NULL },
	{ "rename of other names", "diff --git a/x b/y\nrename from x\nrename to y\n--- a/x\n+++ b/z\n" HUNK, "!1 contradict", NULL },
	{ "half a change of mode", GIT "new mode 100755\n", "!1 old mode", NULL },
	{ "new file with old lines", "--- /dev/null\n+++ b/x\n" HUNK, "!1 new file", NULL },
	{ "new file in two hunks", "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n@@ -0,0 +2 @@\n+b\n", "!1 new file", NULL },
	{ "deleted file with new lines", "--- a/x\n+++ /dev/null\n" HUNK, "!1 deleted file", NULL },
	{ "new and deleted", "--- /dev/null\n+++ /dev/null\n" HUNK, "!1 new and deleted", NULL },
	{ "copy", "diff --git a/x b/y\ncopy from x\ncopy to y\n", "!2 copies", NULL },
	{ "git's binary patch", GIT "index 1..2 100644\nGIT binary patch\nliteral 1\n", "!3 binary", NULL },
	{ "binary files of git", GIT "index 1..2\nBinary files a/x and b/x differ\n", "!3 binary", NULL },
	{ "binary files of GNU diff", "Binary files x and y differ\n", "!1 binary", NULL },
	{ "symbolic link", GIT "new file mode 120000\n", "!2 symbolic links", NULL },
	{ "symbolic link in the index line", GIT "index 1..2 120000\n" AB HUNK, "!2 symbolic links", NULL },
	{ "submodule", GIT "deleted file mode 160000\n", "!2 submodules", NULL },
	{ "another mode", GIT "old mode 100644\nnew mode 100600\n", "!3 100644", NULL },
	{ "quotes without end", "--- \"a/x\n+++ b/x\n" HUNK, "!1 no name", NULL },
	{ "unknown escape", "--- \"a/\\x\"\n+++ b/x\n" HUNK, "!1 no name", NULL },
	{ "NUL in a name", "--- a/x\n+++ \"b/\\000\"\n" HUNK, "!2 no name", NULL },
	{ "escape above a byte", "--- a/x\n+++ \"b/\\477\"\n" HUNK, "!2 no name", NULL },
	{ "no name at all", "--- \n+++ \n" HUNK, "!1 no name", NULL },
	{ "an envelope is none", "*** Begin Patch\n*** End Patch\n", "!1 no file", NULL },
};

#define B "*** Begin Patch\n"
#define E "*** End Patch\n"
#define U "*** Update File: x\n"

static const struct row envelope_rows[] = {
	{ "all kinds", B "*** Add File: n\n+a\n+\n*** Delete File: d\n" U "@@ f()\n c\n-a\n+b\n" E, "create n|@|+a$|+$||delete d||change x|@ f()| c$|-a$|+b$", NULL },
	{ "move", B U "*** Move to: y\n-a\n+b\n" E, "change x>y|@|-a$|+b$", NULL },
	{ "move alone", B U "*** Move to: y\n" E, "change x>y", NULL },
	{ "headings nest", B U "@@ class A\n@@     f()\n-a\n" E, "change x|@ class A     f()|-a$", NULL },
	{ "bare @@", B U "@@\n-a\n@@ \n+b\n" E, "change x|@|-a$|@|+b$", NULL },
	{ "end of file", B U "@@\n a\n+b\n*** End of File\n" E, "change x|@ end| a$|+b$", NULL },
	{ "hunk behind end of file", B U "+b\n*** End of File\n@@ f\n-a\n" E, "change x|@ end|+b$|@ f|-a$", NULL },
	{ "blank line inside", B U "@@\n-a\n\n c\n" E, "change x|@|-a$| $| c$", NULL },
	{ "blank line behind the heading", B U "@@ f\n\n-a\n" E, "change x|@ f| $|-a$", NULL },
	{ "blank line before end of file", B U " a\n\n*** End of File\n" E, "change x|@ end| a$| $", NULL },
	{ "blank lines that set apart", "\n" B "\n" U "\n@@\n-a\n\n\n@@\n-b\n\n*** Add File: n\n+c\n\n" E "\n \n", "change x|@|-a$|@|-b$||create n|@|+c$", NULL },
	{ "new empty file", B "*** Add File: n\n" E, "create n", NULL },
	{ "padded markers", "  *** Begin Patch  \n" " *** Update File:  x y \n@@\n-a\n  *** End Patch\t\n", "change x y|@|-a$", NULL },
	{ "a padded marker in a hunk is a line", B U " *** End Patch\n-a\n" E, "change x|@| *** End Patch$|-a$", NULL },
	{ "so is a padded move", B U " *** Move to: y\n-a\n" E, "change x|@| *** Move to: y$|-a$", NULL },
	{ "heredoc", "<<'EOF'\n" B U "-a\n" E "EOF\n", "change x|@|-a$", NULL },
	{ "heredoc of a command", "apply_patch <<\"EOF\"\n" B U "-a\n" E "EOF\n\n", "change x|@|-a$", NULL },
	{ "heredoc without quotes", "<<END\n\n" B U "-a\n" E "\nEND", "change x|@|-a$", NULL },
	{ "no line end at the end", B U "-a\n*** End Patch", "change x|@|-a$", NULL },
	{ "CRLF", "*** Begin Patch\r\n*** Update File: x\r\n@@ f\r\n-a\r\n\r\n+b\r\n*** End Patch\r\n", "change x|@ f|-a^$| ^$|+b^$", NULL },
	{ "names without a blank before", "*** Begin Patch\n*** Delete File:x\n*** End Patch\n", "delete x", NULL },
	{ "lines that look like markers", B "*** Add File: n\n+*** End Patch\n+@@\n" E, "create n|@|+*** End Patch$|+@@$", NULL },
	{ "context alone", B U "@@ f\n a\n" E, "change x|@ f| a$", NULL },

	{ "empty", "", "!1 Begin Patch", NULL },
	{ "blank lines alone", "\n\n", "!3 Begin Patch", NULL },
	{ "text before", "x\n" B U "-a\n" E, "!1 Begin Patch", NULL },
	{ "text behind", B U "-a\n" E "x\n", "!5 may follow", NULL },
	{ "text between", B "*** Delete File: d\nx\n" E, "!3 nothing else", NULL },
	{ "no End Patch", B U "-a\n", "!4 End Patch is missing", NULL },
	{ "no End Patch behind a new file", B "*** Add File: n\n+a", "!4 End Patch is missing", NULL },
	{ "nothing in it", B E, "!1 no file", NULL },
	{ "unknown marker", B "*** Copy File: x\n" E, "!2 nothing else", NULL },
	{ "End of File without a hunk", B U "*** End of File\n" E, "!2 no hunk", NULL },
	{ "no name", B "*** Delete File: \n" E, "!2 name of the file", NULL },
	{ "move to no name", B U "*** Move to:\n" E, "!3 name of the file", NULL },
	{ "a file twice", B U "-a\n" U "-b\n" E, "!4 a second time", NULL },
	{ "move to a file of the patch", B "*** Delete File: y\n" U "*** Move to: y\n" E, "!3 a second time", NULL },
	{ "move to itself", B U "*** Move to: x\n" E, "!2 a second time", NULL },
	{ "update without hunks", B U E, "!2 no hunk", NULL },
	{ "heading without lines", B U "@@ f\n" E, "!3 no lines", NULL },
	{ "heading and a blank line", B U "@@ f\n\n@@ g\n-a\n" E, "!3 no lines", NULL },
	{ "line without a sign", B U "@@\n-a\nb\n" E, "!5 begins with", NULL },
	{ "second hunk without @@", B U "-a\n*** End of File\n-b\n" E, "!5 further hunk", NULL },
	{ "numbers behind @@", B U "@@ -1,2 +1,2 @@\n-a\n" E, "!3 not its number", NULL },
	{ "no blank behind @@", B U "@@f\n-a\n" E, "!3 blank has to follow", NULL },
	{ "new file with a line of its own", B "*** Add File: n\n+a\nb\n" E, "!4 nothing else", NULL },
	{ "lines behind a deletion", B "*** Delete File: d\n-a\n" E, "!3 nothing else", NULL },
	{ "heredoc without end", "<<'EOF'\n" B U "-a\n" E, "!1 no EOF", NULL },
	{ "heredoc with wrong quotes", "<<'EOF\n" B U "-a\n" E "EOF\n", "!1 Begin Patch", NULL },
	{ "heredoc of nothing", "<<EOF\nEOF\n", "!2 Begin Patch", NULL },
	{ "heredoc alone", "<<EOF", "!1 no EOF", NULL },
};

#define S "<<<<<<< SEARCH\n"
#define M "=======\n"
#define R ">>>>>>> REPLACE\n"

static const struct row fences_rows[] = {
	{ "one block", "x.c\n" S "a\n" M "b\n" R, "x.c|a$|b$", NULL },
	{ "no name", S "a\n" M "b\n" R, "(none)|a$|b$", NULL },
	{ "name of the block before", "x\n" S "a\n" M "b\n" R S "c\n" M "d\n" R, "x|a$|b$||x|c$|d$", NULL },
	{ "each its name", "x\n" S "a\n" M R "\ny z\n" S M "d\n" R, "x|a$|||y z||d$", NULL },
	{ "5 and 9 signs, blanks behind", "x\n<<<<< SEARCH \na\n===== \t\nb\n>>>>>>>>> REPLACE\r\n", "x|a$|b$", NULL },
	{ "SEARCH>", "x\n<<<<<<< SEARCH>\na\n" M "b\n" R, "x|a$|b$", NULL },
	{ "name above the code fence", "x\n```c\n" S "a\n" M "b\n" R "```\n", "x|a$|b$", NULL },
	{ "name inside the code fence", "```c\nx\n" S "a\n" M "b\n" R "```\n", "x|a$|b$", NULL },
	{ "fenced, name of the block before", "x\n```\n" S "a\n" M "b\n" R "```\n```\n" S "c\n" M "d\n" R "```\n", "x|a$|b$||x|c$|d$", NULL },
	{ "a blank line parts name and block", "x\n\n" S "a\n" M "b\n" R, "(none)|a$|b$", NULL },
	{ "Markdown around names", "### `a b`:\n" S M R "**c**\n" S M R "`d`\n" S M R "**`e`:**\n" S M R "f:\n" S M R "#g\n" S M R, "a b||||c||||d||||e||||f||||#g||", NULL },
	{ "a colon inside of the quotes", "`a:`:\n" S M R, "a:||", NULL },
	{ "text around", "Look:\n\nx\n" S "a\n" M "b\n" R "done\n", "x|a$|b$", NULL },
	{ "blank lines inside", "x\n" S "\na\n\n" M "\n" R, "x|$a$$|$", NULL },
	{ "CRLF", "x\r\n<<<<<<< SEARCH\r\na\r\n=======\r\nb\r\n>>>>>>> REPLACE\r\n", "x|a^$|b^$", NULL },
	{ "no line end at the end", "x\n" S "a\n" M "b\n>>>>>>> REPLACE", "x|a$|b$", NULL },
	{ "'=' in the replacement", "x\n" S "a\n" M "t\n" M "u\n" R, "!6 a second line", NULL },
	{ "'=' in the search", "x\n" S "t\n" M "a\n" M "b\n" R, "!6 a second line", NULL },
	{ "signs that are none", "x\n" S "<<<< SEARCH\n==== \n========== \n======= a\n >>>>>>> REPLACE\n>>>>>>> REPLACE!\n<<<<<<<SEARCH\n" M R, "x|<<<< SEARCH$==== $========== $======= a$ >>>>>>> REPLACE$>>>>>>> REPLACE!$<<<<<<<SEARCH$|", NULL },
	{ "a line of '=' outside", "T\n" M "x\n" S "a\n" M "b\n" R, "x|a$|b$", NULL },

	{ "empty", "", "!1 no SEARCH/REPLACE", NULL },
	{ "prose alone", "a\nb\n", "!1 no SEARCH/REPLACE", NULL },
	{ "no '='", "x\n" S "a\n", "!2 no line of '='", NULL },
	{ "REPLACE before '='", "x\n" S "a\n" R, "!4 missing above", NULL },
	{ "no REPLACE", "x\n" S "a\n" M "b\n", "!2 no REPLACE", NULL },
	{ "block in the search", "x\n" S "a\n" S "b\n" M R, "!4 inside of the one of line 2", NULL },
	{ "block in the replacement", "x\n" S "a\n" M "b\n" S "c\n" M R, "!6 inside of the one of line 2", NULL },
	{ "REPLACE alone", "a\n" R, "!2 without a SEARCH", NULL },
	{ "the second one has no end", "x\n" S "a\n" M R "\n" S "b\n", "!7 no line of '='", NULL },
};

static int
read_any(struct arena *a, enum dialect d, struct str text, struct str file,
    struct buf *shown, struct err *e)
{
	struct patchset set;
	struct fence *f;
	size_t n;
	int rc;

	if (d == FENCES) {
		rc = fences_read(a, text, &f, &n, e);
		if (rc == 0)
			show_fences(shown, f, n);
		return rc;
	}
	rc = d == UNIFIED ? unified_read(a, text, file, &set, e) :
	    envelope_read(a, text, &set, e);
	if (rc == 0)
		show_patchset(shown, &set);
	return rc;
}

static bool
refused_so(const struct err *e, const char *want)
{
	char line[40];
	size_t n = strcspn(want, " ");

	snprintf(line, sizeof(line), "line %.*s of the ", (int)n - 1, want + 1);
	return e->kind == ERR_BAD_PATCH &&
	    strncmp(e->detail, line, strlen(line)) == 0 &&
	    strstr(e->detail, want + n + 1);
}

static void
test_rows(struct arena *a, enum dialect d, const struct row *rows, size_t n)
{
	static const char *const names[] = { "diff", "envelope", "blocks" };

	for (size_t i = 0; i < n; i++) {
		struct buf shown = BUF_INIT(KIB(64));
		struct err e = { 0 };
		int rc = read_any(a, d, str(rows[i].text), str(rows[i].file),
		    &shown, &e);

		buf_adds(&shown, "");
		if (rows[i].want[0] != '!')
			is_str(rc ? str(e.detail) : buf_str(&shown),
			    rows[i].want, "%s: %s", names[d], rows[i].name);
		else if (!ok(rc == -1 && refused_so(&e, rows[i].want),
		    "%s: refused: %s", names[d], rows[i].name))
			tap_show("got", rc ? str(e.detail) : buf_str(&shown));
		buf_free(&shown);
	}
}

static unsigned state = 1;

static size_t
pick(size_t n)
{
	state = state * 1103515245u + 12345u;
	return (size_t)(state >> 16 & 0x7fff) % n;
}

/* Pieces of rows, cut anywhere and put together, and some bytes changed. */
static struct str
any_text(struct arena *a, const struct row *rows, size_t n)
{
	struct buf b = BUF_INIT(KIB(64));
	struct str s;

	for (size_t k = pick(4) + 1; k; k--) {
		struct str piece = str(rows[pick(n)].text);
		size_t from = pick(2) ? 0 : pick(piece.len + 1);
		size_t len = pick(2) ? piece.len - from :
		    pick(piece.len - from + 1);

		buf_add(&b, str_n(piece.p + from, len));
	}
	for (size_t k = pick(3); k && b.len; k--)
		b.p[pick(b.len)] = (char)pick(256);
	/* a block of its own, so that a byte read behind it is noticed */
	s = str_n(b.len ? arena_str(a, buf_str(&b)).p : NULL, b.len);
	buf_free(&b);
	return s;
}

static bool
inside(struct str text, struct str s)
{
	return !s.p || (s.p >= text.p && s.p + s.len <= text.p + text.len);
}

/* All lines lie in the text, but for a last one that got its line end; so do
 * names, which no text with a backslash is asked about. */
static bool
set_inside(struct str text, const struct patchset *set)
{
	bool names = !str_has(text, '\\');

	for (size_t i = 0; i < set->n; i++) {
		const struct patch_section *s = &set->sections[i];

		if (names && (!inside(text, s->path) || !inside(text, s->to)))
			return false;
		for (size_t k = 0; k < s->n; k++)
			for (size_t l = 0; l < s->hunks[k].n; l++)
				if (!inside(text, s->hunks[k].lines[l].text) &&
				    str_ends(text, STR("\n")))
					return false;
	}
	return true;
}

static bool
one_holds(struct arena *a, enum dialect d, struct str text, size_t *taken)
{
	struct err e = { 0 };
	struct patchset set;
	struct fence *f;
	size_t n;
	bool held = true;
	int rc;

	if (d == FENCES) {
		rc = fences_read(a, text, &f, &n, &e);
		for (size_t i = 0; rc == 0 && i < n; i++)
			held = held && inside(text, f[i].path) &&
			    (inside(text, f[i].search) || !f[i].search.len) &&
			    (inside(text, f[i].replace) || !f[i].replace.len);
	} else {
		rc = d == UNIFIED ?
		    unified_read(a, text, STR_NONE, &set, &e) :
		    envelope_read(a, text, &set, &e);
		held = rc != 0 || set_inside(text, &set);
	}
	*taken += rc == 0;
	return held && (rc == 0 || (e.kind == ERR_BAD_PATCH &&
	    strncmp(e.detail, "line ", 5) == 0));
}

static void
test_any(enum dialect d, const struct row *rows, size_t n)
{
	struct arena *a = arena_new();
	size_t taken = 0;
	bool held = true;

	for (int round = 0; round < 20000 && held; round++) {
		struct str text = any_text(a, rows, n);

		held = one_holds(a, d, text, &taken);
		if (!held)
			tap_show("text", text);
		arena_reset(a);
	}
	ok(held && taken > 100, "what is taken from any text lies in it "
	    "(%zu of 20000 taken)", taken);
	arena_free(a);
}

/* Many lines, hunks and sections take no more than their number of steps: with
 * a square this would not end. */
static void
test_many(struct arena *a)
{
	struct buf b = BUF_INIT(MIB(32));
	struct patchset set;
	struct fence *f;
	size_t n;

	for (int i = 0; i < 100000; i++)
		buf_addf(&b, "--- a/f%d\n+++ b/f%d\n" HUNK, i, i);
	ok(unified_read(a, buf_str(&b), STR_NONE, &set, NULL) == 0 &&
	    set.n == 100000, "a diff of 100000 files");
	buf_reset(&b);
	buf_adds(&b, AB);
	for (int i = 1; i <= 300000; i++)
		buf_addf(&b, "@@ -%d +%d @@\n-a\n+b\n", i, i);
	ok(unified_read(a, buf_str(&b), STR_NONE, &set, NULL) == 0 &&
	    set.sections[0].n == 300000, "a file of 300000 hunks");
	buf_reset(&b);
	buf_adds(&b, B U);
	for (int i = 0; i < 300000; i++)
		buf_adds(&b, "@@ f\n-a\n\n\n");
	buf_adds(&b, E);
	ok(envelope_read(a, buf_str(&b), &set, NULL) == 0 &&
	    set.sections[0].n == 300000, "an envelope of 300000 hunks");
	buf_reset(&b);
	for (int i = 0; i < 300000; i++)
		buf_adds(&b, S "a\n" M "b\n" R);
	ok(fences_read(a, buf_str(&b), &f, &n, NULL) == 0 && n == 300000,
	    "300000 blocks");
	buf_free(&b);
}

int
main(void)
{
	struct arena *a = arena_new();

	test_rows(a, UNIFIED, unified_rows, countof(unified_rows));
	test_rows(a, ENVELOPE, envelope_rows, countof(envelope_rows));
	test_rows(a, FENCES, fences_rows, countof(fences_rows));
	test_any(UNIFIED, unified_rows, countof(unified_rows));
	test_any(ENVELOPE, envelope_rows, countof(envelope_rows));
	test_any(FENCES, fences_rows, countof(fences_rows));
	test_many(a);
	arena_free(a);
	return done_testing();
}

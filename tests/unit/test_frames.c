/* Stack traces, as each language writes them. */
#include "logs/frames.h"
#include "base/buf.h"
#include "tap.h"

/* want: "type|headline|function@file …", "" when there is no trace. */
static const struct { const char *name, *text, *want; } rows[] = {
	{ "no trace", "one line", "" },
	{ "two lines are none", "one line\nand another (of words)", "" },
	{ "Node",
	    "TypeError: Cannot read properties of undefined (reading 'id')\n"
	    "    at async handler (/home/ci/work/app/src/server.js:10:5)\n"
	    "    at Object.<anonymous> (file:///srv/x/src/main.js:1:2)\n"
	    "    at /home/ci/work/app/src/run.js:7:1\n"
	    "    at Layer.handle (/srv/node_modules/express@4.18.2/lib/layer.js:95:5)\n"
	    "    at process.processTicks (node:internal/process/task_queues:95:5)",
	    "TypeError|TypeError: Cannot read properties of undefined (reading 'id')"
	    "|handler@src/server.js Object.<anonymous>@src/main.js @src/run.js" },
	{ "Node, a cause",
	    "Error: outer\n    at a (/x/src/a.js:1:1)\n"
	    "  [cause]: RangeError: inner\n      at b (/x/src/b.js:1:1)",
	    "RangeError|RangeError: inner|b@src/b.js" },
	{ "Node, a code", "Error [ERR_X]: bad\n    at f (/x/src/f.js:1:1)",
	    "Error|Error [ERR_X]: bad|f@src/f.js" },
	{ "a bundle", "Uncaught ReferenceError: x is not defined\n"
	    "    at r (https://cdn.example.org/assets/index-4f3e2d1a.js?v=3:1:220)\n"
	    "    at webpack:///./src/page.tsx:3:9",
	    "ReferenceError|ReferenceError: x is not defined|"
	    "r@assets/index.js @src/page.tsx" },
	{ "Firefox", "TypeError: y\nf@https://h.example.org/js/app.8f3a9c1b.js:1:2\n",
	    "TypeError|TypeError: y|f@js/app.js" },
	{ "only libraries", "Error: x\n"
	    "    at L.m (/a/node_modules/lib@1.2.3/i.js:1:1)",
	    "Error|Error: x|L.m@lib/i.js" },
	{ "Python", "Traceback (most recent call last):\n"
	    "  File \"/app/src/main.py\", line 3, in <module>\n    run()\n"
	    "  File \"/usr/lib/python3.11/json/decoder.py\", line 337, in decode\n    x\n"
	    "  File \"/app/src/job.py\", line 9, in run\n    raise E\n"
	    "billing.errors.PaymentError: card 4111 refused",
	    "billing.errors.PaymentError|billing.errors.PaymentError: card 4111 refused"
	    "|run@src/job.py <module>@src/main.py" },
	{ "Python, the first of two", "Traceback (most recent call last):\n"
	    "  File \"a.py\", line 1, in f\n    x\nKeyError: 'k'\n\n"
	    "During handling of the above exception, another exception occurred:\n\n"
	    "Traceback (most recent call last):\n"
	    "  File \"b.py\", line 2, in g\nValueError: v",
	    "KeyError|KeyError: 'k'|f@a.py" },
	{ "Java", "Exception in thread \"main\" java.lang.IllegalStateException: outer\n"
	    "\tat org.example.Main.main(Main.java:14)\n"
	    "Caused by: java.sql.SQLException: no connection 17\n"
	    "\tat org.springframework.jdbc.X.get(X.java:80)\n"
	    "\tat org.example.Pool.lambda$take$0(Pool.java:31)\n"
	    "\tat org.example.Pool$$EnhancerByCGLIB$$ab12.take(<generated>)\n"
	    "\t... 12 more",
	    "java.sql.SQLException|java.sql.SQLException: no connection 17"
	    "|org.example.Pool.lambda$take$@Pool.java org.example.Pool@<generated>" },
	{ ".NET", "Unhandled exception. System.InvalidOperationException: it broke\n"
	    "   at Shop.Cart.Total(Int32 id) in /src/Shop/Cart.cs:line 42\n"
	    "   at System.Linq.Enumerable.Sum()\n"
	    "   at Shop.Program.Main(String[] args) in C:\\w\\src\\Program.cs:line 9",
	    "System.InvalidOperationException|System.InvalidOperationException: it broke"
	    "|Shop.Cart.Total@src/Shop/Cart.cs Shop.Program.Main@src/Program.cs" },
	{ "Go", "panic: runtime error: index out of range [5] with length 3\n\n"
	    "goroutine 1 [running]:\n"
	    "main.(*Server).handle(0xc000012345, {0x1, 0x2})\n"
	    "\t/home/ci/src/api/server.go:12 +0x1d\n"
	    "runtime.goexit()\n\t/usr/local/go/src/runtime/asm.s:1 +0x1\n"
	    "main.main.func1.2()\n\t/home/ci/src/api/main.go:9 +0x25",
	    "panic|panic: runtime error: index out of range [5] with length 3"
	    "|main.(*Server).handle@src/api/server.go main.main.func.@src/api/main.go" },
	{ "Rust", "thread 'main' panicked at src/main.rs:4:5:\nboom\n"
	    "stack backtrace:\n"
	    "   0: std::panicking::begin_panic\n"
	    "             at /rustc/9fc6b43126/library/std/src/panicking.rs:1:1\n"
	    "   1: shop::total::h0123456789abcdef\n"
	    "             at ./src/main.rs:4:5\n",
	    "panic|thread 'main' panicked at src/main.rs:4:5:|shop::total@src/main.rs" },
	{ "PHP", "PHP Fatal error:  Uncaught LogicException: bad in /srv/app/src/a.php:3\n"
	    "Stack trace:\n#0 /srv/app/src/b.php(12): Shop->total(1)\n"
	    "#1 /srv/vendor/x/y.php(3): run()\n#2 {main}\n",
	    "LogicException|LogicException: bad in /srv/app/src/a.php:3"
	    "|Shop->total@src/b.php" },
	{ "Ruby", "/srv/app/lib/shop.rb:12:in `total': bad cart (ArgumentError)\n"
	    "\tfrom /usr/lib/ruby/3.1.0/x.rb:1:in `each'\n"
	    "\tfrom bin/run.rb:3:in `<main>'",
	    "ArgumentError|bad cart (ArgumentError)|total@lib/shop.rb <main>@bin/run.rb" },
	{ "gdb", "Program received signal SIGSEGV, Segmentation fault.\n"
	    "#0  0x00007f1 in parse (s=0x0) at ../src/parse.c:12\n"
	    "#1  main (argc=1) at src/main.c:3\n",
	    "SIGSEGV|Program received signal SIGSEGV, Segmentation fault."
	    "|parse@src/parse.c main@src/main.c" },
	{ "sanitizer", "==12==ERROR: AddressSanitizer: heap-use-after-free on address 0x60\n"
	    "    #0 0x55d in use /home/ci/src/a.c:12:3\n"
	    "    #1 0x7ff in __libc_start_main (/lib/libc.so.6+0x1)\n",
	    "heap-use-after-free|==12==ERROR: AddressSanitizer: heap-use-after-free on address 0x60"
	    "|use@src/a.c" },
	{ "recursion counts once", "Error: deep\n    at f (a.js:1:1)\n"
	    "    at f (a.js:1:1)\n    at f (a.js:1:1)\n    at g (a.js:1:1)",
	    "Error|Error: deep|f@a.js g@a.js" },
	{ "no type", "it broke\n    at f (a.js:1:1)", "|it broke|f@a.js" },
	{ "cut in the middle", "Error: x\n    at f (a.js:1:1)\n    at ",
	    "Error|Error: x|f@a.js" },
	{ "only frames", "\n    at f (a.js:1:1)\n", "||f@a.js" },
};

static void
show(struct buf *out, const struct trace *t)
{
	buf_addf(out, "%.*s|%.*s|", STR_ARG(t->error_type),
	    STR_ARG(t->headline));
	for (size_t i = 0; i < t->n; i++)
		buf_addf(out, "%s%.*s@%.*s", i ? " " : "",
		    STR_ARG(t->frames[i].function),
		    STR_ARG(t->frames[i].file));
}

/* Any bytes: it ends, and reads nothing outside (the sanitizer watches). */
static void
check_rubbish(struct arena *a)
{
	uint32_t dice = 7;
	static const char *const bits[] = {
		"at ", "File \"", "#", "(", ")", ":", "12", "\n", "in ", " ",
		"': ", "from ", "panic: ", "Caused by: ", "\", line ", "@http",
		"://", "0: ", ".rb:", ":in ", "/", "\\", "\xff", "\t", "$$",
		"::h", "node_modules/", "vendor/", "/pkg/mod/", "E", "Error"
	};
	int found = 0;

	for (int i = 0; i < 20000; i++) {
		struct buf text = BUF_INIT(KIB(4));
		struct trace t;

		for (int k = 0; k < 30; k++) {
			dice = dice * 1664525 + 1013904223;
			buf_adds(&text, bits[(dice >> 10) % countof(bits)]);
		}
		/* Exactly as large as it is. */
		char *tight = malloc(text.len);

		memcpy(tight, text.p, text.len);
		found += frames_read(a, str_n(tight, text.len), &t);
		free(tight);
		buf_free(&text);
		arena_reset(a);
	}
	ok(found > 0, "rubbish does no harm (%d traces in it)", found);
}

int
main(void)
{
	struct arena *a = arena_new();

	for (size_t i = 0; i < countof(rows); i++) {
		struct buf got = BUF_INIT(KIB(16));
		struct trace t;

		if (frames_read(a, str(rows[i].text), &t))
			show(&got, &t);
		if (!ok(str_is(buf_str(&got), rows[i].want), "%s",
		    rows[i].name))
			printf("#  got %.*s\n# want %s\n",
			    STR_ARG(buf_str(&got)), rows[i].want);
		buf_free(&got);
	}
	check_rubbish(a);
	arena_free(a);
	return done_testing();
}

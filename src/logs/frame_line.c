#include "logs/frame_line.h"

static const struct frame_text none;

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
take(struct str *s, const char *prefix)
{
	struct str p = str(prefix);

	if (!str_starts(*s, p))
		return false;
	*s = str_n(s->p + p.len, s->len - p.len);
	return true;
}

static struct str
before_of(struct str s, const char *what)
{
	return str_n(s.p, str_find(s, str(what)));
}

/* What stands after the first `what`; empty when it is not there. */
static struct str
after_of(struct str s, const char *what)
{
	size_t at = str_find(s, str(what)), len = strlen(what);

	return at < s.len ? str_n(s.p + at + len, s.len - at - len) :
	    str_n(s.p + s.len, 0);
}

/* Without ":12:3", ":line 12", "(12)" at the end; *had tells. */
static struct str
without_line(struct str s, bool *had)
{
	*had = false;
	for (;;) {
		size_t n = s.len;

		if (n && s.p[n - 1] == ')')
			n--;
		while (n && is_digit(s.p[n - 1]))
			n--;
		if (n == s.len || !n)
			return s;
		if (n > 6 && str_ends(str_n(s.p, n), STR(":line ")))
			n -= 6;
		else if (s.p[n - 1] == ':' || s.p[n - 1] == '(')
			n--;
		else
			return s;
		s.len = n;
		*had = true;
	}
}

/* "f (file:1:2)", "file:1:2", "a.b.C.m(File.java:1)", "A.B.M(T x) in F:line 1",
 * "./src/main.rs:1:2" */
static struct frame_text
read_at(struct str s, enum frame_form before)
{
	struct frame_text t = { .form = FRAME_AT, .language = "javascript" };
	size_t open = str_find(s, STR(" ("));
	bool had;

	if (before == FRAME_RUST && (str_has(s, '/') || str_has(s, '.'))) {
		t.form = FRAME_AT_FILE;
		t.file = without_line(s, &had);
		return t;
	}
	if (str_find(s, STR(") in ")) < s.len ||
	    str_find(s, STR(":line ")) < s.len) {
		t.language = "dotnet";
		t.function = before_of(s, "(");
		t.file = without_line(after_of(s, " in "), &had);
	} else if (open < s.len && str_ends(s, STR(")"))) {
		t.function = str_n(s.p, open);
		t.file = without_line(str_n(s.p + open + 2,
		    s.len - open - 3), &had);
	} else if (str_ends(s, STR(")")) && str_has(s, '.')) {
		bool args = str_has(s, ' ') || str_ends(s, STR("()"));

		t.language = args ? "dotnet" : "java";
		t.function = before_of(s, "(");
		if (!args)
			t.file = without_line(before_of(after_of(s, "("), ")"),
			    &had);
	} else {
		t.file = without_line(s, &had);
		if (!had)
			return none;
	}
	return t;
}

/* File "x.py", line 1, in f */
static struct frame_text
read_python(struct str s)
{
	struct frame_text t = { .form = FRAME_PYTHON, .language = "python" };

	if (str_find(s, STR("\", line ")) == s.len)
		return none;
	t.file = before_of(s, "\"");
	t.function = after_of(s, ", in ");
	return t;
}

/* "#0  0x1 in f (x=1) at a.c:1", "#0 0x1 in f /a.c:1:2", "#0 /a.php(1): f()" */
static struct frame_text
read_hash(struct str s)
{
	struct frame_text t = { .form = FRAME_HASH, .language = "c" };
	bool had;

	while (s.len && is_digit(s.p[0]))
		take(&s, (char[]){ s.p[0], '\0' });
	if (!take(&s, " "))
		return none;
	s = str_trim(s);
	if (str_is(s, "{main}"))
		return none;
	if (str_find(s, STR("): ")) < s.len ||
	    str_starts(s, STR("[internal function]"))) {
		t.language = "php";
		t.function = before_of(after_of(s, ": "), "(");
		t.file = without_line(before_of(s, ": "), &had);
		return t;
	}
	if (str_starts(s, STR("0x")))
		s = after_of(s, " in ");
	if (!s.len)
		return none;
	t.function = before_of(before_of(s, " "), "(");
	t.file = without_line(str_find(s, STR(" at ")) < s.len ?
	    after_of(s, " at ") : after_of(s, " "), &had);
	if (t.file.len && (t.file.p[0] == '(' || !had))
		t.file.len = 0;		/* "(libc.so.6+0x1)" */
	return t;
}

/* "x.rb:1:in `f'", the message behind it */
static struct frame_text
read_ruby(struct str s)
{
	struct frame_text t = { .form = FRAME_RUBY, .language = "ruby" };
	bool had;
	size_t in = str_find(s, STR(":in "));

	if (in == s.len || in + 6 > s.len)
		return none;
	t.file = without_line(str_n(s.p, in), &had);
	t.function = before_of(str_n(s.p + in + 5, s.len - in - 5), "'");
	return had ? t : none;
}

/* "main.f(0x1, …)", "created by main.f in goroutine 1" */
static struct frame_text
read_go(struct str s)
{
	struct frame_text t = { .form = FRAME_GO, .language = "go" };
	bool created = take(&s, "created by ");

	if (!created && !(str_ends(s, STR(")")) && str_has(s, '(')))
		return none;
	if (created)
		s = before_of(s, " in goroutine");
	else
		for (s.len--; s.len && s.p[s.len] != '('; s.len--)
			;
	if (!s.len || str_has(s, ' ') || !str_has(s, '.'))
		return none;
	t.function = s;
	return t;
}

/* "  12: std::panicking::begin" */
static struct frame_text
read_rust(struct str s)
{
	struct frame_text t = { .form = FRAME_RUST, .language = "rust" };
	size_t n = 0;

	while (n < s.len && is_digit(s.p[n]))
		n++;
	if (!n || n > 4 || n + 2 >= s.len || s.p[n] != ':' ||
	    s.p[n + 1] != ' ')
		return none;
	t.function = str_trim(str_n(s.p + n + 2, s.len - n - 2));
	if (str_starts(t.function, STR("0x")))
		t.function = after_of(t.function, " - ");
	if (!t.function.len || (str_has(t.function, ' ') &&
	    str_find(t.function, STR(" as ")) == t.function.len))
		return none;
	return t;
}

struct frame_text
frame_line_read(struct str line, enum frame_form before)
{
	struct str s = line;
	struct frame_text t = none;
	bool had, indented;

	while (s.len && strchr(" \t\r", s.p[s.len - 1]))
		s.len--;
	indented = s.len && (s.p[0] == ' ' || s.p[0] == '\t');
	s = str_trim(s);
	if (!s.len)
		return none;
	if (take(&s, "at "))
		return read_at(s, before);
	if (take(&s, "File \""))
		return read_python(s);
	if (take(&s, "#"))
		return read_hash(s);
	if (take(&s, "from "))
		return read_ruby(s);
	if (is_digit(s.p[0]))
		return read_rust(s);
	if (indented && before == FRAME_GO && str_has(s, '/')) {
		t.form = FRAME_GO_FILE;
		t.language = "go";
		t.file = without_line(before_of(s, " +0x"), &had);
		return had ? t : none;
	}
	if (str_find(s, STR("@http")) < s.len) {
		t.form = FRAME_URL;
		t.language = "javascript";
		t.function = before_of(s, "@");
		t.file = without_line(after_of(s, "@"), &had);
		return had ? t : none;
	}
	if (str_find(s, STR(".rb:")) < s.len)
		return read_ruby(s);
	return indented ? none : read_go(s);
}

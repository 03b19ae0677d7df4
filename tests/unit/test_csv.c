/* Fields and rows of CSV.  With --tell the program writes each line of the
 * standard input, a JSON array, as a row, to be compared with Python's. */
#include "base/arena.h"
#include "contract/csv.h"
#include "json/json_reader.h"
#include "tap.h"

static const struct { struct str text; const char *plain, *defused; } fields[] = {
	{ STR("a"), "a", "a" },
	{ STR("two words"), "two words", "two words" },
	{ STR(" blanks "), " blanks ", " blanks " },
	{ { NULL, 0 }, "", "" },
	{ STR(""), "\"\"", "\"\"" },
	{ STR("a,b"), "\"a,b\"", "\"a,b\"" },
	{ STR("\""), "\"\"\"\"", "\"\"\"\"" },
	{ STR("say \"x\""), "\"say \"\"x\"\"\"", "\"say \"\"x\"\"\"" },
	{ STR("\"\"x"), "\"\"\"\"\"x\"", "\"\"\"\"\"x\"" },
	{ STR("a\nb"), "\"a\nb\"", "\"a\nb\"" },
	{ STR("a\r\nb"), "\"a\r\nb\"", "\"a\r\nb\"" },
	{ STR("a\rb"), "\"a\rb\"", "\"a\rb\"" },
	{ STR("a;b\tc'd"), "a;b\tc'd", "a;b\tc'd" },
	{ STR("\xc3\xa9"), "\xc3\xa9", "\xc3\xa9" },
	{ STR("null"), "null", "null" },
	{ STR("=1+1"), "=1+1", "'=1+1" },
	{ STR("=HYPERLINK(\"x\",\"y\")"), "\"=HYPERLINK(\"\"x\"\",\"\"y\"\")\"",
	  "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"" },
	{ STR("+cmd|' /C calc'!A0"), "+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0" },
	{ STR("-2+3"), "-2+3", "'-2+3" },
	{ STR("-x"), "-x", "'-x" },
	{ STR("@SUM(A1)"), "@SUM(A1)", "'@SUM(A1)" },
	{ STR("\tx"), "\tx", "'\tx" },
	{ STR("\rx"), "\"\rx\"", "\"'\rx\"" },
	{ STR("="), "=", "'=" }, { STR("-"), "-", "'-" },
	{ STR("+"), "+", "'+" }, { STR("@"), "@", "'@" },
	{ STR("-1"), "-1", "-1" }, { STR("+1"), "+1", "+1" },
	{ STR("-1.5"), "-1.5", "-1.5" }, { STR("-.5"), "-.5", "-.5" },
	{ STR("-1."), "-1.", "-1." }, { STR("+1e9"), "+1e9", "+1e9" },
	{ STR("-1.5E-10"), "-1.5E-10", "-1.5E-10" },
	{ STR("-."), "-.", "'-." }, { STR("-e1"), "-e1", "'-e1" },
	{ STR("-1e"), "-1e", "'-1e" }, { STR("-1e+"), "-1e+", "'-1e+" },
	{ STR("--1"), "--1", "'--1" }, { STR("-1 "), "-1 ", "'-1 " },
	{ STR("-1.2.3"), "-1.2.3", "'-1.2.3" }, { STR("-0x1"), "-0x1", "'-0x1" },
	{ STR("=1"), "=1", "'=1" },
	{ STR("a=1"), "a=1", "a=1" }, { STR("'=1"), "'=1", "'=1" },
};

static void
test_fields(void)
{
	for (size_t i = 0; i < countof(fields); i++) {
		struct buf b = BUF_INIT(KIB(4));
		struct csv c = CSV_WRITER(&b);

		csv_put_str(&c, fields[i].text);
		is_str(buf_str(&b), fields[i].plain, "field %zu", i);
		buf_reset(&b);
		c = CSV_WRITER(&b);
		c.defuse = true;
		csv_put_str(&c, fields[i].text);
		is_str(buf_str(&b), fields[i].defused, "field %zu, defused", i);
		buf_free(&b);
	}
}

static void
test_rows(void)
{
	struct buf b = BUF_INIT(KIB(4));
	struct csv c = CSV_WRITER(&b);

	c.defuse = true;
	csv_put_str(&c, STR_NONE);
	csv_put_int(&c, INT64_MIN);
	csv_put_double(&c, -0.5);
	csv_put_double(&c, 0.1);
	csv_put_bool(&c, true);
	csv_put_str(&c, STR(""));
	csv_put_str(&c, STR_NONE);
	csv_row_end(&c);
	is_str(buf_str(&b), ",-9223372036854775808,-0.5,0.1,true,\"\",\r\n",
	    "a row; numbers are no formulas");
	buf_reset(&b);			/* as when it was sent */
	csv_put_bool(&c, false);
	csv_row_end(&c);
	csv_put_str(&c, STR("x"));
	csv_put_int(&c, 0);
	csv_row_end(&c);
	is_str(buf_str(&b), "false\r\nx,0\r\n", "and others");
	buf_free(&b);
	b = BUF_INIT(4);
	c = CSV_WRITER(&b);
	csv_put_str(&c, STR("abc\"def"));
	ok(b.full, "what does not fit is known by the buffer");
	buf_free(&b);
}

static void
tell_row(const struct json *row, struct csv *c)
{
	for (size_t i = 0; i < json_count(row); i++) {
		const struct json *f = json_item(row, i);

		if (json_kind(f) == JSON_INT)
			csv_put_int(c, json_as_int(f));
		else
			csv_put_str(c, f ? json_as_str(f) : STR_NONE);
	}
	csv_row_end(c);
}

static int
tell(struct arena *a)
{
	struct buf b = BUF_INIT(MIB(64));
	struct csv c = CSV_WRITER(&b);
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	while ((n = getline(&line, &room, stdin)) > 0) {
		struct json_doc *doc;

		if (json_parse(str_n(line, (size_t)n), a, &doc, NULL) != 0)
			break;
		tell_row(json_root(doc), &c);
		json_doc_free(doc);
		arena_reset(a);
	}
	fwrite(buf_str(&b).p, 1, b.len, stdout);
	free(line);
	buf_free(&b);
	return n > 0;
}

int
main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--tell") == 0) {
		struct arena *a = arena_new();
		int rc = tell(a);

		arena_free(a);
		return rc;
	}
	test_fields();
	test_rows();
	return done_testing();
}

#include "contract/csv.h"

#include "json/json_writer.h"

static void
field_begin(struct csv *c)
{
	if (c->begun)
		buf_addc(c->out, ',');
	c->begun = true;
}

/* How many digits s begins with. */
static size_t
digits(struct str s)
{
	size_t n = 0;

	while (n < s.len && s.p[n] >= '0' && s.p[n] <= '9')
		n++;
	return n;
}

static struct str
behind(struct str s, size_t n)
{
	return str_n(s.p + n, s.len - n);
}

/* "[+-]1", "-1.5", "+1e-3": nothing that a spreadsheet computes. */
static bool
is_number(struct str s)
{
	size_t whole, part = 0;

	if (s.len && (s.p[0] == '+' || s.p[0] == '-'))
		s = behind(s, 1);
	whole = digits(s);
	s = behind(s, whole);
	if (s.len && s.p[0] == '.') {
		part = digits(behind(s, 1));
		s = behind(s, part + 1);
	}
	if (!whole && !part)
		return false;
	if (s.len && (s.p[0] | 0x20) == 'e') {
		s = behind(s, 1);
		if (s.len && (s.p[0] == '+' || s.p[0] == '-'))
			s = behind(s, 1);
		return s.len && digits(s) == s.len;
	}
	return !s.len;
}

static bool
is_formula(struct str s)
{
	return s.len && memchr("=+-@\t\r", s.p[0], 6) && !is_number(s);
}

static bool
needs_quotes(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] == '"' || s.p[i] == ',' || s.p[i] == '\r' ||
		    s.p[i] == '\n')
			return true;
	return !s.len;
}

void
csv_put_str(struct csv *c, struct str s)
{
	bool quoted, formula = c->defuse && is_formula(s);

	field_begin(c);
	if (!s.p)
		return;
	quoted = needs_quotes(s);
	if (quoted)
		buf_addc(c->out, '"');
	if (formula)
		buf_addc(c->out, '\'');
	if (!quoted) {
		buf_add(c->out, s);
		return;
	}
	while (s.p) {			/* each quote inside is doubled */
		buf_add(c->out, str_cut(&s, '"'));
		if (s.p)
			buf_adds(c->out, "\"\"");
	}
	buf_addc(c->out, '"');
}

void
csv_put_int(struct csv *c, int64_t v)
{
	field_begin(c);
	json_put_int(&JSON_WRITER(c->out), v);
}

void
csv_put_double(struct csv *c, double v)
{
	field_begin(c);
	json_put_double(&JSON_WRITER(c->out), v);
}

void
csv_put_bool(struct csv *c, bool v)
{
	csv_put_str(c, v ? STR("true") : STR("false"));
}

void
csv_row_end(struct csv *c)
{
	buf_adds(c->out, "\r\n");
	c->begun = false;
}

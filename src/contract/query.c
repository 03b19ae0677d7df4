#include "contract/query.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "contract/contract.h"

bool
percent_decode(struct str s, bool plus, struct arena *a, struct str *out)
{
	char *p = arena_alloc(a, s.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		int hi, lo;

		if (s.p[i] != '%') {
			p[n++] = plus && s.p[i] == '+' ? ' ' : s.p[i];
			continue;
		}
		if (s.len - i < 3 || (hi = hex_digit(s.p[i + 1])) < 0 ||
		    (lo = hex_digit(s.p[i + 2])) < 0)
			return false;
		p[n++] = (char)(hi << 4 | lo);
		i += 2;
	}
	*out = str_n(p, n);
	return true;
}

static int
one_param(struct str part, struct arena *a, struct query_param *p,
    struct err *e)
{
	struct str value = part, name = str_cut(&value, '=');

	if (!percent_decode(name, true, a, &p->name) ||
	    !percent_decode(value, true, a, &p->value))
		return err_set(e, ERR_BAD_QUERY,
		    "a %% in the query string is not followed by two hex digits");
	if (utf8_check(p->name) != p->name.len ||
	    utf8_check(p->value) != p->value.len || str_has(p->value, '\0'))
		return err_set(e, ERR_BAD_QUERY,
		    "the query string is not UTF-8 text");
	return 0;
}

int
query_parse(struct str query, struct arena *a, struct query_param **out,
    size_t *n, struct err *e)
{
	struct query_param *all =
	    arena_array_of(a, struct query_param, QUERY_MAX_PARAMS);

	*n = 0;
	*out = all;
	if (query.len > QUERY_MAX_BYTES)
		return err_set(e, ERR_BAD_QUERY, "the query string is too long");
	while (query.p) {
		struct str part = str_cut(&query, '&');

		if (part.len == 0)
			continue;
		if (*n == QUERY_MAX_PARAMS)
			return err_set(e, ERR_BAD_QUERY,
			    "more than %d parameters", QUERY_MAX_PARAMS);
		if (one_param(part, a, &all[*n], e) != 0)
			return -1;
		for (size_t i = 0; i < *n; i++)
			if (str_eq(all[i].name, all[*n].name)) {
				err_set(e, ERR_BAD_QUERY,
				    "the parameter is given twice");
				return err_at(e, "?%.*s",
				    STR_ARG(all[i].name));
			}
		++*n;
	}
	return 0;
}

int
contract_query(const struct contract *c, struct str query, struct arena *a,
    void *out, struct err *e)
{
	struct query_param *p;
	size_t n;

	contract_defaults(c, out);
	if (query_parse(query, a, &p, &n, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const struct field *f = c->fields;

		while (f->type != FIELD_END && !str_is(p[i].name, f->name))
			f++;
		if (f->type == FIELD_END)
			err_set(e, ERR_BAD_QUERY,
			    "there is no such parameter here");
		else if (field_from_text(f, p[i].value, a, out, e) == 0)
			continue;
		return err_at(e, "?%.*s",
		    (int)(p[i].name.len > 80 ? 80 : p[i].name.len), p[i].name.p);
	}
	return 0;
}

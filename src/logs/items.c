#include "logs/items.h"

static void
blanks(struct str *s)
{
	while (s->len && (s->p[0] == ' ' || s->p[0] == '\n' ||
	    s->p[0] == '\t' || s->p[0] == '\r')) {
		s->p++;
		s->len--;
	}
}

/* Behind the string that begins at i. */
static size_t
string_end(struct str s, size_t i)
{
	for (i++; i < s.len && s.p[i] != '"'; i++)
		i += s.p[i] == '\\';
	return i < s.len ? i + 1 : s.len;
}

/* Up to the comma or bracket that ends it. */
static size_t
item_len(struct str s)
{
	size_t depth = 0, i = 0;

	while (i < s.len) {
		char c = s.p[i];

		if (c == '"') {
			i = string_end(s, i);
			continue;
		}
		if (depth == 0 && (c == ',' || c == ']'))
			break;
		if (c == '{' || c == '[')
			depth++;
		else if (c == '}' || c == ']')
			depth -= depth != 0;
		i++;
	}
	return i;
}

struct items
items_begin(struct str array)
{
	struct items t = { .rest = str_n(array.p + 1, array.len - 1) };

	blanks(&t.rest);
	t.more = !(t.rest.len && t.rest.p[0] == ']');
	if (!t.more) {
		t.rest.p++;
		t.rest.len--;
		t.closed = true;
	}
	return t;
}

bool
items_next(struct items *t, struct str *item)
{
	size_t n;

	if (!t->more)
		return false;
	blanks(&t->rest);
	n = item_len(t->rest);
	*item = str_n(t->rest.p, n);
	while (item->len && strchr(" \t\r\n", item->p[item->len - 1]))
		item->len--;
	t->closed = n < t->rest.len && t->rest.p[n] == ']';
	t->more = n < t->rest.len && !t->closed;
	n += n < t->rest.len;
	t->rest.p += n;
	t->rest.len -= n;
	return true;
}

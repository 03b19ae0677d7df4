#include "remote/https_url.h"

#include <strings.h>

static int
no_address(struct str url, struct err *e)
{
	struct str shown = https_url_shown(url);

	return err_set(e, ERR_USAGE, "%.*s is no address: "
	    "http://HOST[:PORT] or https:// is needed",
	    (int)(shown.len < 200 ? shown.len : 200), shown.p ? shown.p : "");
}

static bool
name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

/* Length of the host that s begins with; 0: it is none. */
static size_t
host_length(struct str s)
{
	size_t n = 0;

	if (s.len && s.p[0] == '[') {
		for (n = 1; n < s.len && (hex_digit(s.p[n]) >= 0 ||
		    s.p[n] == ':' || s.p[n] == '.'); n++)
			;
		return n > 2 && n < s.len && s.p[n] == ']' ? n + 1 : 0;
	}
	while (n < s.len && name_char(s.p[n]))
		n++;
	return n;
}

int
https_url_read(struct str url, struct https_url *out, struct err *e)
{
	size_t from = str_starts(url, STR("http://")) ? 7 :
	    str_starts(url, STR("https://")) ? 8 : 0, n, end;
	struct https_url u = { .secure = from == 8 };

	for (size_t i = 0; i < url.len; i++)
		if ((unsigned char)url.p[i] <= ' ' || url.p[i] == 0x7f)
			return no_address(url, e);
	if (!from)
		return no_address(url, e);
	for (end = from; end < url.len && url.p[end] != '/' &&
	    url.p[end] != '?' && url.p[end] != '#'; end++)
		;
	u.authority = str_n(url.p + from, end - from);
	u.rest = str_n(url.p + end, url.len - end);
	n = host_length(u.authority);
	u.host = str_n(u.authority.p, n);
	u.port = u.secure ? 443 : 80;
	if (!n || (n < u.authority.len && (u.authority.p[n] != ':' ||
	    !str_int(str_n(u.authority.p + n + 1, u.authority.len - n - 1),
	    &u.port) || u.port < 1 || u.port > 65535)))
		return no_address(url, e);
	*out = u;
	return 0;
}

bool
https_url_same(const struct https_url *a, const struct https_url *b)
{
	return a->secure == b->secure && a->port == b->port &&
	    a->host.len == b->host.len &&
	    strncasecmp(a->host.p, b->host.p, a->host.len) == 0;
}

/* Four numbers: "127.evil.example" is a name. */
static bool
is_127(struct str host)
{
	struct str rest = host;
	int64_t v;
	int n = 0;

	for (; rest.p && n < 5; n++) {
		struct str part = str_cut(&rest, '.');

		if (part.len > 3 || !str_int(part, &v) || v < 0 || v > 255 ||
		    (n == 0 && v != 127))
			return false;
	}
	return n == 4;
}

bool
https_url_here(const struct https_url *u)
{
	return (u->host.len == 9 &&
	    strncasecmp(u->host.p, "localhost", 9) == 0) ||
	    str_is(u->host, "[::1]") || is_127(u->host);
}

struct str
https_url_shown(struct str url)
{
	for (size_t i = 0; i < url.len; i++)
		if (url.p[i] == '?' || url.p[i] == '#')
			return str_n(url.p, i);
	return url;
}

int
https_url_check(struct str url, struct err *e)
{
	struct https_url u;

	return https_url_read(url, &u, e);
}

bool
https_url_bare(struct str url)
{
	struct str rest = url;

	for (int i = 0; i < 3; i++)	/* scheme, nothing, host */
		str_cut(&rest, '/');
	return !rest.p || rest.len == 0;
}

struct str
https_escape(struct arena *a, struct str s)
{
	static const char hex[] = "0123456789ABCDEF";
	char *to = arena_bytes(a, 3 * s.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (name_char((char)c) || c == '~') {
			to[n++] = (char)c;
			continue;
		}
		to[n++] = '%';
		to[n++] = hex[c >> 4];
		to[n++] = hex[c & 15];
	}
	to[n] = '\0';
	return str_n(to, n);
}

/* One of the words of a rel is "next". */
static bool
is_next(struct str param)
{
	struct str value = param, name = str_trim(str_cut(&value, '='));

	value = str_trim(value);
	if (name.len != 3 || strncasecmp(name.p, "rel", 3) != 0)
		return false;
	if (value.len >= 2 && value.p[0] == '"' &&
	    value.p[value.len - 1] == '"')
		value = str_n(value.p + 1, value.len - 2);
	while (value.p)
		if (str_is(str_cut(&value, ' '), "next"))
			return true;
	return false;
}

/* Where the first of these outside of quotes stands in s, or s.len. */
static size_t
outside_quotes(struct str s, const char *these)
{
	bool quoted = false;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"')
			quoted = !quoted;
		else if (!quoted && s.p[i] && strchr(these, s.p[i]))
			return i;
	}
	return s.len;
}

struct str
https_link_next(struct str link)
{
	struct str rest = link;

	while (rest.len) {
		struct str target;
		bool next = false;

		str_cut(&rest, '<');
		target = str_cut(&rest, '>');
		while (rest.len && rest.p[0] != ',') {
			size_t n;

			rest = str_n(rest.p + 1, rest.len - 1);
			n = outside_quotes(rest, ";,");
			next |= is_next(str_trim(str_n(rest.p, n)));
			rest = str_n(rest.p + n, rest.len - n);
		}
		if (next && target.len)
			return target;
	}
	return STR_NONE;
}

#include "http/etag.h"

/* Between quotes (RFC 9110, 8.8.3). */
static bool
tag_byte(char c)
{
	unsigned char u = (unsigned char)c;

	return u == 0x21 || (u >= 0x23 && u != 0x7f);
}

static void
skip(struct str *s, size_t n)
{
	s->p += n;
	s->len -= n;
}

/* The next tag with its quotes, without W/; false: there is none, or no tag
 * stands where one must. */
static bool
take(struct str *list, struct str *tag, struct str *whole)
{
	size_t n = 1;

	while (list->len && strchr(" \t,", list->p[0]) && list->p[0])
		skip(list, 1);
	*whole = *list;
	if (str_starts(*list, STR("W/")))
		skip(list, 2);
	if (!list->len || list->p[0] != '"')
		return false;
	while (n < list->len && tag_byte(list->p[n]))
		n++;
	if (n == list->len || list->p[n] != '"')
		return false;
	*tag = str_n(list->p + 1, n - 1);
	skip(list, n + 1);
	whole->len = (size_t)(list->p - whole->p);
	*list = str_trim(*list);
	return !list->len || list->p[0] == ',';
}

/* lighttpd and Apache call what they compressed "tag-gzip". */
static bool
same(struct str sent, struct str tag)
{
	static const char *const coded[] = { "", "-gzip", "-br", "-zstd",
	    "-deflate" };

	if (!str_starts(sent, tag))
		return false;
	skip(&sent, tag.len);
	for (size_t i = 0; i < countof(coded); i++)
		if (str_is(sent, coded[i]))
			return true;
	return false;
}

bool
etag_listed(struct str list, struct str tag, struct str *sent)
{
	struct str one, whole;

	if (str_is(str_trim(list), "*")) {
		*sent = tag;
		return true;
	}
	while (take(&list, &one, &whole))
		if (same(one, tag)) {
			*sent = whole;
			return true;
		}
	return false;
}

bool
etag_unchanged(struct call *c, struct str tag)
{
	struct response *r = c->resp;
	struct str sent;

	if (!str_is(c->req->method, "GET") && !str_is(c->req->method, "HEAD"))
		return false;
	r->etag = arena_fmt(c->arena, "\"%.*s\"", STR_ARG(tag));
	if (!etag_listed(c->req->if_none_match, tag, &sent))
		return false;
	/* the client looks up what it kept by the tag that it sent */
	if (sent.p != tag.p)
		r->etag = sent;
	r->status = 304;
	r->type = NULL;
	buf_reset(&r->body);
	return true;
}

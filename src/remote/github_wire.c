#include "remote/github_wire.h"

static const struct field login_fields[] = {
	F_STR(struct github_login, login, "login", 0, 0, 1000, FMT_NAME, "A name."),
	F_END
};
const struct contract github_login_contract = {
	.name = "GithubLogin", .size = sizeof(struct github_login),
	.fields = login_fields, .open = true, .doc = "Somebody.",
};
static const struct field name_fields[] = {
	F_STR(struct github_name, name, "name", 0, 0, 1000, FMT_TEXT, "A name."),
	F_END
};
const struct contract github_name_contract = {
	.name = "GithubName", .size = sizeof(struct github_name),
	.fields = name_fields, .open = true, .doc = "Something with a name.",
};

void *
github_rows_next(struct github_rows *r, struct arena *a, size_t each)
{
	if (r->n >= r->max)
		return NULL;
	if (r->n == r->cap) {
		size_t cap = r->cap ? 2 * r->cap : 32;
		void *more = arena_array(a, cap, each);

		if (r->n)
			memcpy(more, r->p, r->n * each);
		r->p = more;
		r->cap = cap;
	}
	return (char *)r->p + each * r->n++;
}

struct str
github_encoded(struct arena *a, const struct contract *form, const void *in)
{
	struct buf out = BUF_INIT(MIB(4));
	struct json_writer w = JSON_WRITER(&out);
	struct str text;

	contract_encode(form, in, &w);
	text = arena_str(a, buf_str(&out));
	buf_free(&out);
	return text;
}

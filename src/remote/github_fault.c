#include "remote/github_fault.h"

#include "base/utf8.h"

#define SHOWN_BYTES 400

struct said_error {
	struct str resource, field, code, message;
};
struct said {
	struct str message, documentation_url;
	struct said_error *errors;
	size_t n_errors;
};

#define E struct said_error
static const struct field error_fields[] = {
	F_STR(E, resource, "resource", 0, 0, MIB(1), FMT_TEXT, "What it is about."),
	F_STR(E, field, "field", 0, 0, MIB(1), FMT_TEXT, "Which member."),
	F_STR(E, code, "code", 0, 0, MIB(1), FMT_TEXT, "What is wrong."),
	F_STR(E, message, "message", 0, 0, MIB(1), FMT_TEXT, "The same in words."),
	F_END
};
static const struct contract error_contract = {
	.name = "GithubError", .size = sizeof(E), .fields = error_fields,
	.open = true, .doc = "One fault of a request to GitHub.",
};
#define S struct said
/* Now and then errors is a text, or an array of texts: then the first two have
 * to do. */
static const struct field said_fields[] = {
	F_STR(S, message, "message", 0, 0, MIB(1), FMT_TEXT, "What happened."),
	F_STR(S, documentation_url, "documentation_url", 0, 0, MIB(1), FMT_TEXT, "Where it is written about."),
	F_LIST(S, errors, n_errors, "errors", 0, 0, 100000, &error_contract, "Details."),
	F_END
};
static const struct field short_fields[] = {
	F_STR(S, message, "message", 0, 0, MIB(1), FMT_TEXT, "What happened."),
	F_STR(S, documentation_url, "documentation_url", 0, 0, MIB(1), FMT_TEXT, "Where it is written about."),
	F_END
};
static const struct contract said_contract = {
	.name = "GithubFault", .size = sizeof(S), .fields = said_fields,
	.open = true, .doc = "Why GitHub refused a request.",
};
static const struct contract short_contract = {
	.name = "GithubFault", .size = sizeof(S), .fields = short_fields,
	.open = true, .doc = "The same without details.",
};

static bool
read_said(struct arena *a, struct str body, struct said *out)
{
	struct err ignored = { 0 };

	return contract_decode_text(&said_contract, body, a, out,
	    &ignored) == 0 || contract_decode_text(&short_contract, body, a,
	    out, &ignored) == 0;
}

static void
add_errors(struct buf *out, const struct said *s)
{
	for (size_t i = 0; i < s->n_errors && i < 5; i++) {
		const struct said_error *x = &s->errors[i];

		buf_adds(out, i ? ", " : ": ");
		if (x->field.len)
			buf_addf(out, "%.*s ", STR_ARG(x->field));
		buf_add(out, x->message.len ? x->message : x->code);
	}
}

/* One line of readable text without the secret, not too long. */
static struct str
tidy(struct arena *a, struct str text, struct str secret)
{
	struct buf out = BUF_INIT(MIB(8)), clean = BUF_INIT(MIB(24));
	struct str done;
	size_t n;

	while (secret.len && (n = str_find(text, secret)) < text.len) {
		buf_add(&out, str_n(text.p, n));
		buf_adds(&out, "[redacted]");
		text = str_n(text.p + n + secret.len,
		    text.len - n - secret.len);
	}
	buf_add(&out, text);
	for (size_t i = 0; i < out.len; i++)
		if ((unsigned char)out.p[i] < ' ' || out.p[i] == 0x7f)
			out.p[i] = ' ';
	utf8_clean(&clean, buf_str(&out));
	done = buf_str(&clean);
	if (done.len > SHOWN_BYTES) {
		done.len = SHOWN_BYTES;
		while (done.len && ((unsigned char)done.p[done.len] & 0xc0) ==
		    0x80)
			done.len--;
	}
	done = done.len ? arena_str(a, done) : STR("nothing");
	buf_free(&out);
	buf_free(&clean);
	return done;
}

struct str
github_fault_text(struct arena *a, const struct https_answer *got,
    struct str secret)
{
	struct buf out = BUF_INIT(MIB(8));
	struct said s = { 0 };
	struct str text;

	if (got->body.len < MIB(1) && read_said(a, got->body, &s) &&
	    s.message.len) {
		buf_add(&out, s.message);
		add_errors(&out, &s);
		if (s.documentation_url.len)
			buf_addf(&out, " (%.*s)", STR_ARG(s.documentation_url));
	} else {
		buf_add(&out, str_n(got->body.p, got->body.len < KIB(64) ?
		    got->body.len : KIB(64)));
	}
	text = tidy(a, buf_str(&out), secret);
	buf_free(&out);
	return text;
}

bool
github_fault_limited(const struct https_answer *got)
{
	struct str body = got->body;

	if (got->status == 429)
		return true;
	return got->status == 403 && (got->retry_after_s >= 0 ||
	    got->limit_remaining == 0 ||
	    str_find(body, STR("rate limit")) < body.len ||
	    str_find(body, STR("abuse detection")) < body.len);
}

#include "contract/format.h"

#include "base/hash.h"

static bool
one_line(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	return true;
}

static bool
sha256_text(struct str s)
{
	struct sha256 h;

	return sha256_parse(s, &h);
}

static const struct format_row rows[FMT__MAX] = {
	[FMT_TEXT] = { "text", NULL, NULL, "" },
	[FMT_NAME] = { "name", "^[^\\u0000-\\u001f\\u007f]*$", one_line,
	    "one line without control characters" },
	[FMT_PATH] = { "path", "^[^\\u0000-\\u001f\\u007f]*$", one_line,
	    "a path without control characters" },
	[FMT_SHA256] = { "sha256", "^[0-9A-Fa-f]{64}$", sha256_text,
	    "a SHA-256 of 64 hex digits" },
};

const struct format_row *
format_row(enum format f)
{
	return &rows[f < FMT__MAX ? f : FMT_TEXT];
}

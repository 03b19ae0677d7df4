#include <strings.h>

#include "base/utf8.h"
#include "tree/tree.h"

#define PART_MAX_BYTES 255		/* NAME_MAX of Linux file systems */

struct str
path_folder(struct str path)
{
	size_t i = path.len;

	while (i && path.p[i - 1] != '/')
		i--;
	return str_n(path.p, i ? i - 1 : 0);
}

struct str
path_name(struct str path)
{
	size_t i = path.len;

	while (i && path.p[i - 1] != '/')
		i--;
	return str_n(path.p + i, path.len - i);
}

/* Bytes of a character that HFS+ leaves out of a name when it looks for it: 3,
 * or 0 when it is another. */
static size_t
ignored_len(struct str s)
{
	static const struct { const char *lead; unsigned char lo, hi; } rows[] = {
		{ "\xe2\x80", 0x8c, 0x8f },	/* U+200C joiners and marks */
		{ "\xe2\x80", 0xaa, 0xae },	/* U+202A directions */
		{ "\xe2\x81", 0xaa, 0xaf },	/* U+206A shapes */
		{ "\xef\xbb", 0xbf, 0xbf },	/* U+FEFF */
	};

	for (size_t i = 0; i < countof(rows) && s.len >= 3; i++) {
		unsigned char c = (unsigned char)s.p[2];

		if (memcmp(s.p, rows[i].lead, 2) == 0 && c >= rows[i].lo &&
		    c <= rows[i].hi)
			return 3;
	}
	return 0;
}

/* Would some file system take it for the name?  Without case; NTFS also
 * without blanks and dots behind it, and a colon begins a stream of it. */
static bool
is_name(struct str part, const char *name)
{
	while (part.len) {
		size_t skip = ignored_len(part);

		if (!skip && !*name && part.p[0] == ':')
			return true;
		if (!skip) {
			if (*name ? strncasecmp(part.p, name, 1) != 0 :
			    part.p[0] != ' ' && part.p[0] != '.')
				return false;
			name += *name != '\0';
			skip = 1;
		}
		part = str_n(part.p + skip, part.len - skip);
	}
	return !*name;
}

static int
part_check(struct str part, struct err *e)
{
	/* With their short names on file systems that have such. */
	static const char *const denied[] = { ".git", "git~1", STAGE_NAME,
	    "patchw~1" };

	if (!part.len || str_is(part, "."))
		return err_set(e, ERR_INVALID, "The path has an empty part or "
		    "\".\" in it");
	if (str_is(part, ".."))
		return err_set(e, ERR_PATH_ESCAPE, "The path has \"..\" in it");
	if (part.len > PART_MAX_BYTES)
		return err_set(e, ERR_INVALID, "A name in the path is longer "
		    "than %d bytes", PART_MAX_BYTES);
	for (size_t i = 0; i < countof(denied); i++)
		if (is_name(part, denied[i]))
			return err_set(e, ERR_PATH_DENIED, "Nothing in %s may "
			    "be read or edited", denied[i]);
	return 0;
}

/* Controls of ASCII and of ISO 8859-1; a backslash, which other systems take
 * for a slash. */
static bool
has_odd_byte(struct str path)
{
	for (size_t i = 0; i < path.len; i++) {
		unsigned char c = (unsigned char)path.p[i];

		if (c < 0x20 || c == 0x7f || c == '\\')
			return true;
		if (c == 0xc2 && i + 1 < path.len &&
		    (unsigned char)path.p[i + 1] < 0xa0)
			return true;
	}
	return false;
}

int
path_check(struct str path, struct err *e)
{
	struct str rest = path;

	if (!path.len)
		return err_set(e, ERR_INVALID, "The path is empty");
	if (path.len > PATH_MAX_BYTES)
		return err_set(e, ERR_INVALID, "The path is longer than %d "
		    "bytes", PATH_MAX_BYTES);
	if (utf8_check(path) != path.len)
		return err_set(e, ERR_INVALID, "The path is not UTF-8");
	if (has_odd_byte(path))
		return err_set(e, ERR_INVALID, "The path has a control "
		    "character or a backslash in it");
	if (path.p[0] == '/')
		return err_set(e, ERR_PATH_ESCAPE, "The path is absolute");
	while (rest.p)
		if (part_check(str_cut(&rest, '/'), e) != 0)
			return -1;
	return 0;
}

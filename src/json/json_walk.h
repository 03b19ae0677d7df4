/* json_walk.h - look through one JSON object without making a tree of it.
 *
 * For texts that json_writer made and the database kept: they are trusted to
 * be JSON.  Of other texts the walk ends somewhere, never outside of them. */
#ifndef JSON_JSON_WALK_H
#define JSON_JSON_WALK_H

#include "base/arena.h"

struct json_walk {
	struct str rest;
};

struct json_walk json_walk_begin(struct str object);
/* The next member: its key as it stands between the quotes, escapes and all,
 * and its value as it stands ("\"x\"", "-1.5", "{…}").  Both are parts of the
 * text.  False at the end, and when the text is no object. */
bool json_walk_next(struct json_walk *w, struct str *key, struct str *value);

/* The text of a value that is a string (with its quotes), from the arena;
 * STR_NONE when it is none, such as null. */
struct str json_walk_text(struct str value, struct arena *a);

#endif

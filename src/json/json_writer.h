/* json_writer.h - write JSON into a buffer, one value after the other.
 *
 * The writer knows where it is, so commas are its business; a key outside of
 * an object or a value without key aborts: that is a fault of ours.  Text that
 * is not UTF-8 is written with U+FFFD in place of each bad byte. */
#ifndef JSON_JSON_WRITER_H
#define JSON_JSON_WRITER_H

#include "base/buf.h"
#include "base/limits.h"

struct json_writer {
	struct buf *out;
	unsigned char scope[JSON_MAX_DEPTH + 4];
	int depth;
	bool keyed;		/* a key was written, its value comes next */
};

#define JSON_WRITER(buffer) ((struct json_writer){ .out = (buffer) })

void json_object_open(struct json_writer *w);
void json_object_close(struct json_writer *w);
void json_array_open(struct json_writer *w);
void json_array_close(struct json_writer *w);
void json_key(struct json_writer *w, const char *key);
/* One that is escaped already: of a text that a json_writer made. */
void json_key_raw(struct json_writer *w, struct str key);
void json_put_str(struct json_writer *w, struct str s);	/* STR_NONE: null */
void json_put_int(struct json_writer *w, int64_t v);
void json_put_double(struct json_writer *w, double v);
void json_put_bool(struct json_writer *w, bool v);
void json_put_null(struct json_writer *w);
/* text is JSON already (trusted); STR_NONE: null */
void json_put_raw(struct json_writer *w, struct str text);

/* Only the quoted, escaped string. */
void json_quote(struct buf *out, struct str s);

#endif

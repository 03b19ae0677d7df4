/* csv.h - rows of RFC 4180: CRLF behind each, quotes where they are needed.
 *
 * An absent value is an empty field, an empty text is "".  (A row whose only
 * field is absent would be an empty line, which readers skip.)  Append fields,
 * then end the row; what is in the buffer may be sent away at any time. */
#ifndef CONTRACT_CSV_H
#define CONTRACT_CSV_H

#include "base/buf.h"

struct csv {
	struct buf *out;
	/* For spreadsheets: text that they would take for a formula (= + - @
	 * TAB CR at its start, unless it is a number) gets a ' before it.
	 * That changes the data, so it is for whoever asks. */
	bool defuse;
	bool begun;		/* the row has a field */
};

#define CSV_WRITER(buffer) ((struct csv){ .out = (buffer) })

void csv_put_str(struct csv *c, struct str s);	/* STR_NONE: absent */
void csv_put_int(struct csv *c, int64_t v);
void csv_put_double(struct csv *c, double v);	/* finite */
void csv_put_bool(struct csv *c, bool v);	/* true, false */
void csv_row_end(struct csv *c);

#endif

/* section.h - the tables of a report, as data: Markdown and HTML are two
 * readings of these rows, so that neither says what the other does not. */
#ifndef REPORT_SECTION_H
#define REPORT_SECTION_H

#include "model/report.h"

enum cell_kind {
	CELL_TEXT,		/* struct str: foreign text */
	CELL_COUNT,		/* int64_t */
	CELL_BAD,		/* int64_t that had better be 0 */
	CELL_WARN,		/* the same, but less so */
	CELL_RATE,		/* two int64_t: at of also */
	CELL_LINES,		/* two int64_t: added, removed */
	CELL_TIME,		/* int64_t ms, -1: none */
	CELL_MS,		/* int64_t ms, -1: none */
	CELL_EVENT,		/* int: enum event_type */
	CELL_STATE,		/* int: enum report_state */
	CELL_BAR,		/* struct report_phase: when it was; HTML only */
};

struct column {
	const char *title;	/* NULL ends the columns */
	enum cell_kind kind;
	size_t at, also;	/* in the row's struct */
};

struct section {
	const char *id;		/* of its heading in HTML */
	const char *title;	/* NULL ends the sections */
	const char *caption;	/* what one row is, one sentence */
	const char *none;	/* said instead of a table without rows */
	size_t rows, n, left_out;	/* in struct report */
	size_t size;		/* of a row */
	const struct column *columns;
};

extern const struct section report_sections[];

static inline const void *
section_row(const struct section *s, const struct report *r, size_t i)
{
	return *(const char *const *)(const void *)((const char *)r + s->rows) +
	    i * s->size;
}

static inline size_t
section_count(const struct section *s, const struct report *r)
{
	return *(const size_t *)(const void *)((const char *)r + s->n);
}

static inline int64_t
section_left_out(const struct section *s, const struct report *r)
{
	return *(const int64_t *)(const void *)
	    ((const char *)r + s->left_out);
}

static inline int64_t
cell_int(const void *row, size_t at)
{
	return *(const int64_t *)(const void *)((const char *)row + at);
}

static inline int
cell_enum(const void *row, size_t at)
{
	return *(const int *)(const void *)((const char *)row + at);
}

static inline struct str
cell_str(const void *row, size_t at)
{
	return *(const struct str *)(const void *)((const char *)row + at);
}

#endif

/* naive.h - what a batch of line operations does to one text, computed in the
 * simplest way: for each boundary between lines all operations are looked at.
 * It shares nothing with src/edit. */
#ifndef TESTS_NAIVE_H
#define TESTS_NAIVE_H

#include <string.h>

#include "base/buf.h"
#include "edit/batch.h"

/* The bytes of line `want` (from 0) with its end; empty behind the last. */
static inline struct str
naive_line(struct str text, size_t want)
{
	for (;;) {
		const char *lf = text.len ? memchr(text.p, '\n', text.len) :
		    NULL;
		size_t n = lf ? (size_t)(lf - text.p) + 1 : text.len;

		if (!want-- || !n)
			return str_n(text.p, n);
		text = str_n(text.p + n, text.len - n);
	}
}

static inline size_t
naive_count(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += text.p[i] == '\n';
	return n + (text.len && text.p[text.len - 1] != '\n');
}

static inline bool
naive_bom(struct str text)
{
	return text.len >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0;
}

/* What line ends were seen in a text. */
struct naive_ends {
	bool crlf, bare;
};

static inline void
naive_look(struct str text, struct naive_ends *e)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] != '\n')
			continue;
		if (i && text.p[i - 1] == '\r')
			e->crlf = true;
		else
			e->bare = true;
	}
}

static inline bool
naive_crlf(struct naive_ends e)
{
	return e.crlf && !e.bare;
}

/* Which boundaries it is about: 0 is in front of line 1. */
static inline void
naive_span(const struct patch_op *op, size_t n, size_t *from, size_t *to)
{
	switch (op->op) {
	case OP_REPLACE_BLOCK:
	case OP_DELETE_BLOCK:
		*from = (size_t)op->start - 1;
		*to = (size_t)op->end;
		break;
	case OP_INSERT_BEFORE:
		*from = *to = (size_t)op->line - 1;
		break;
	case OP_INSERT_AFTER:
		*from = *to = (size_t)op->line;
		break;
	case OP_APPEND:
		*from = *to = n;
		break;
	default:
		*from = *to = 0;
	}
}

/* Do two operations meet?  One of them is then refused. */
static inline bool
naive_meet(const struct patch_op *a, const struct patch_op *b, size_t n)
{
	size_t af, at, bf, bt;

	naive_span(a, n, &af, &at);
	naive_span(b, n, &bf, &bt);
	if (af == at && bf == bt)
		return false;
	if (af == at)
		return bf < af && af < bt;
	if (bf == bt)
		return af < bf && bf < at;
	return af < bt && bf < at;
}

/* What is being written, and how a line of it that is open would end. */
struct naive_out {
	struct buf *to;
	size_t bom;
	bool crlf;
};

/* Put text behind what is there already, which gets a line end first. */
static inline void
naive_put(struct naive_out *out, struct str text, bool convert)
{
	struct buf *to = out->to;

	if (text.len && to->len > out->bom && to->p[to->len - 1] != '\n')
		buf_adds(to, out->crlf ? "\r\n" : "\n");
	for (size_t i = 0; i < text.len; i++) {
		if (convert && text.p[i] == '\n' &&
		    (!i || text.p[i - 1] != '\r'))
			buf_addc(to, '\r');
		buf_addc(to, text.p[i]);
	}
}

/* A block ends as its own lines do, or as those of the file. */
static inline void
naive_block(struct naive_out *out, struct str block, bool crlf)
{
	struct naive_ends own = { 0 };

	naive_put(out, block, crlf);
	naive_look(block, &own);
	if (block.len)
		out->crlf = crlf || naive_crlf(own);
}

/* At one boundary: what is prepended, what is inserted, what stands instead of
 * lines, what is appended. */
static inline unsigned
naive_rank(const struct patch_op *op)
{
	if (op->op == OP_PREPEND)
		return 0;
	if (op->op == OP_APPEND)
		return 3;
	return op->op == OP_REPLACE_BLOCK || op->op == OP_DELETE_BLOCK ? 2 : 1;
}

/* The text after operations that do not meet, in positions of the text
 * before; appended to out.  ends: what the file's lines end in. */
static inline void
naive_apply(struct str text, const struct patch_op *ops, size_t n_ops,
    struct naive_ends ends, struct buf *out)
{
	size_t bom = naive_bom(text) ? 3 : 0;
	struct str rest = str_n(text.p + bom, text.len - bom);
	size_t n = naive_count(rest), covered = 0;
	bool crlf = naive_crlf(ends);
	struct naive_out o = { out, bom, crlf };

	buf_add(out, str_n(text.p, bom));
	for (size_t b = 0; b <= n; b++) {
		struct str line = naive_line(rest, 0);

		for (size_t k = 0; k < 4 * n_ops; k++) {
			const struct patch_op *op = &ops[k % n_ops];
			size_t from, to;

			naive_span(op, n, &from, &to);
			if (from != b || naive_rank(op) != k / n_ops)
				continue;
			if (from != to)
				covered = to;
			naive_block(&o, op->block, crlf);
		}
		if (b >= covered) {
			naive_put(&o, line, false);
			o.crlf = crlf;
		}
		rest = str_n(rest.p + line.len, rest.len - line.len);
	}
}

#endif

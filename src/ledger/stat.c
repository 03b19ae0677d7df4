#include "ledger/stat.h"

#include "ledger/packed.h"

#define RAW	GRAIN__MAX

/* What was cut and not handed on yet: it may still grow. */
struct cutting {
	struct stat_piece last;
	unsigned grains;
	stat_take *take;
	void *ctx;
	struct err *e;
	int rc;
};

static void
piece_end(struct cutting *c)
{
	if (c->rc == 0 && c->last.from < c->last.to)
		c->rc = c->take(c->ctx, &c->last, c->e);
}

static void
piece_add(struct cutting *c, int grain, int64_t from, int64_t to)
{
	if (from >= to)
		return;
	if (c->last.grain == grain && c->last.to == from) {
		c->last.to = to;
		return;
	}
	piece_end(c);
	c->last = (struct stat_piece){ grain, from, to };
}

/* Whole cells of this grain, what is left of it by the finer ones. */
static void
cut(struct cutting *c, int64_t from, int64_t to, int grain)
{
	int64_t width, first, end;

	while (grain >= 0 && !(c->grains >> grain & 1))
		grain--;
	if (grain < 0) {
		piece_add(c, RAW, from, to);
		return;
	}
	width = grain_ms[grain];
	end = grain_bucket(to, (enum grain)grain) * width;
	first = grain_bucket(from, (enum grain)grain) * width;
	first += first < from ? width : 0;
	if (first >= end) {
		cut(c, from, to, grain - 1);
		return;
	}
	cut(c, from, first, grain - 1);
	piece_add(c, grain, first, end);
	cut(c, end, to, grain - 1);
}

int
stat_cut(const int64_t *bounds, size_t n, unsigned grains, stat_take *take,
    void *ctx, struct err *e)
{
	struct cutting c = { .grains = grains, .take = take, .ctx = ctx,
	    .e = e };

	for (size_t i = 0; i < n; i++)
		if (bounds[i] < bounds[i + 1])
			cut(&c, bounds[i], bounds[i + 1], GRAIN__MAX - 1);
	piece_end(&c);
	return c.rc;
}

/* One walk over a facet. */
struct walk {
	struct db *db;
	enum facet facet;
	const struct stat_filter *filter;
	void (*row)(void *ctx, const struct stat_row *r);
	int (*bucket)(void *ctx, struct str cells, struct err *e);
	void *ctx;
};

static void
bind_filter(struct stmt *s, const struct walk *w, int64_t from, int64_t to)
{
	stmt_bind_int(s, ":from", from);
	stmt_bind_int(s, ":to", to);
	stmt_bind_int(s, ":requester", w->filter->requester);
	stmt_bind_int(s, ":workspace", w->filter->workspace);
}

/* The cells of one bucket. */
static int
walk_bucket(const struct walk *w, int64_t ms, int64_t requester,
    struct str cells, struct err *e)
{
	const struct stat_filter *f = w->filter;
	bool by = w->facet == FACET_TOTAL_BY;
	struct packed p = { .rest = cells };
	struct packed_cell c;

	if (w->bucket)
		return w->bucket(w->ctx, cells, e);
	while (packed_next(&p, &c)) {
		struct stat_row r = { ms, by ? c.k1 : requester, c.k1, c.k2,
		    c.n };

		if (by && ((f->requester && f->requester != c.k1) ||
		    (f->workspace && f->workspace != c.k2)))
			continue;
		w->row(w->ctx, &r);
	}
	return p.rest.len == 0 ? 0 : packed_damaged(e);
}

static int
walk_cells(const struct walk *w, const struct stat_piece *p, struct err *e)
{
	int64_t width = grain_ms[p->grain];
	struct stmt *s = db_stmt(w->db, "SELECT bucket, requester, cells"
	    " FROM rollup WHERE facet = :facet"
	    " AND grain = :grain AND bucket >= :from AND bucket < :to"
	    " AND (:requester = 0 OR requester = :requester)"
	    " AND (:workspace = 0 OR workspace = :workspace)");
	int rc;

	stmt_bind_int(s, ":facet", w->facet);
	stmt_bind_int(s, ":grain", p->grain);
	bind_filter(s, w, p->from / width, p->to / width);
	if (w->facet == FACET_TOTAL_BY) {	/* all are in one piece */
		stmt_bind_int(s, ":requester", 0);
		stmt_bind_int(s, ":workspace", 0);
	}
	while ((rc = stmt_step(s, e)) > 0)
		if (walk_bucket(w, stmt_int(s, 0) * width, stmt_int(s, 1),
		    stmt_str(s, 2), e) != 0) {
			stmt_reset(s);
			return -1;
		}
	return rc;
}

static int
walk_rows(const struct walk *w, const struct stat_piece *p, struct err *e)
{
	struct stmt *s = db_stmt(w->db, "SELECT created_at, requester,"
	    " outcome, op, phase, error, duration_ms FROM patch_outcome"
	    " WHERE created_at >= :from AND created_at < :to"
	    " AND (:requester = 0 OR requester = :requester)"
	    " AND (:workspace = 0 OR workspace = :workspace)");
	int rc;

	bind_filter(s, w, p->from, p->to);
	while ((rc = stmt_step(s, e)) > 0) {
		struct outcome o = { .created_ms = stmt_int(s, 0),
		    .requester = stmt_int(s, 1), .kind = stmt_int(s, 2),
		    .op = stmt_int(s, 3), .phase = stmt_int(s, 4),
		    .error = stmt_int(s, 5),
		    .duration_ms = stmt_is_null(s, 6) ? -1 : stmt_int(s, 6) };
		struct stat_row r = { .ms = o.created_ms,
		    .requester = o.requester };

		if (!facet_takes(w->facet, &o, &r.k1, &r.k2))
			continue;
		counts_add(&r.n, o.kind, 1);
		w->row(w->ctx, &r);
	}
	return rc;
}

static int
walk_piece(void *ctx, const struct stat_piece *p, struct err *e)
{
	const struct walk *w = ctx;

	if (p->grain == RAW)
		return w->row ? walk_rows(w, p, e) : 0;
	return walk_cells(w, p, e);
}

static int
walk_all(struct walk *w, bool apart, const int64_t *bounds, size_t n,
    struct err *e)
{
	unsigned grains = 0;

	if (apart || w->filter->requester || w->filter->workspace)
		w->facet++;
	for (enum grain g = 0; g < GRAIN__MAX; g++)
		grains |= (unsigned)facet_has(w->facet, g) << g;
	return stat_cut(bounds, n, grains, walk_piece, w, e);
}

int
stat_each(struct db *db, enum facet f, bool apart,
    const struct stat_filter *filter, const int64_t *bounds, size_t n,
    void (*row)(void *ctx, const struct stat_row *r), void *ctx,
    struct err *e)
{
	struct walk w = { .db = db, .facet = f, .filter = filter, .row = row,
	    .ctx = ctx };

	return walk_all(&w, apart, bounds, n, e);
}

int
stat_each_error(struct db *db, const struct stat_filter *filter,
    const int64_t range[2], const struct stat_errors *take, struct err *e)
{
	struct walk w = { .db = db, .facet = FACET_ERROR, .filter = filter,
	    .row = take->row, .bucket = take->bucket, .ctx = take->ctx };

	return walk_all(&w, false, range, 1, e);
}

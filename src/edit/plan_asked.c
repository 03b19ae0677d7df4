/* COORD_BASE: positions are meant in the file before the batch, so what was
 * done to it is remembered in those, and what comes finds its place among it. */
#include <limits.h>

#include "edit/planner.h"

static int
overlap(size_t k, size_t other, struct err *e)
{
	err_set(e, ERR_OVERLAP, "Operations %zu and %zu edit the same lines",
	    other, k);
	return err_at(e, "/patches/%zu", k);
}

/* What hunks up to one of them have added, counted on from the last call. */
static size_t
grown_before(const struct script *done, size_t at, struct asked_at *sum)
{
	if (at < sum->n)
		*sum = (struct asked_at){ 0 };
	for (; sum->n < at; sum->n++)
		sum->grown += done->h[sum->n].come.len -
		    done->h[sum->n].gone.len;
	return sum->grown;
}

int
asked_place(const struct draft *d, size_t k, const struct hunk *want,
    struct hunk *h, struct asked_at *sum, struct err *e)
{
	const struct script *done = &d->file->done;
	size_t touched, at;

	at = script_place(&d->file->asked, want, &touched);
	if (at == SCRIPT_TOUCHED)
		return overlap(k, d->file->who[touched], e);
	/* what was carried apart or together keeps its order */
	if (at && h->from < done->h[at - 1].from + done->h[at - 1].gone.len)
		h->from = done->h[at - 1].from + done->h[at - 1].gone.len;
	h->from += grown_before(done, at, sum);
	return 0;
}

/* Room for n more operations' hunks. */
static void
reserve(struct planner *p, struct file *f, size_t n)
{
	size_t all = f->asked.n + n, *more;

	script_reserve(p->a, &f->asked, n);
	script_reserve(p->a, &f->done, n);
	if (all <= f->who_cap)
		return;
	more = arena_array_of(p->a, size_t, all * 2);
	if (f->asked.n)
		memcpy(more, f->who, f->asked.n * sizeof(*more));
	f->who = more;
	f->who_cap = all * 2;
}

/* The first n hunks of a script, merged from the last one on; `now` has them in
 * positions of the text as it is without them. */
static void
merge(struct planner *p, size_t k, struct file *f, const struct script *want,
    const struct script *now, size_t n)
{
	size_t *at = arena_array_of(p->a, size_t, n + 1), touched;
	struct hunk *done = arena_array_of(p->a, struct hunk, n + 1);
	struct asked_at sum = { 0 };
	size_t i = f->asked.n, to = i + n;

	for (size_t j = 0; j < n; j++) {
		at[j] = script_place(&f->asked, &want->h[j], &touched);
		done[j] = now->h[j];
		done[j].from -= grown_before(&f->done, at[j], &sum);
	}
	reserve(p, f, n);
	for (size_t j = n; j-- > 0;) {
		for (; i > at[j]; to--) {
			i--;
			f->asked.h[to - 1] = f->asked.h[i];
			f->done.h[to - 1] = f->done.h[i];
			f->who[to - 1] = f->who[i];
		}
		to--;
		f->asked.h[to] = want->h[j];
		f->done.h[to] = done[j];
		f->who[to] = k;
	}
	f->asked.n += n;
	f->done.n += n;
}

/* One hunk, in positions of the text as it is. */
static void
remember(struct planner *p, size_t k, struct file *f, const struct hunk *want,
    struct hunk done)
{
	struct script one = { (struct hunk[]){ *want }, 1, 1 };
	struct script now = { &done, 1, 1 };

	merge(p, k, f, &one, &now, 1);
}

/* The line end that the last line of the file got stands by itself: what else
 * comes there stands behind it, and the line may go with it. */
static void
remember_end(struct planner *p, size_t k, struct draft *d,
    const struct hunk *want, struct hunk *done)
{
	struct file *f = d->file;
	struct hunk end = *want;

	if (d->end_taken) {
		for (size_t i = 0; i < f->asked.n; i++)
			if (f->asked.h[i].rank == INT_MIN)
				f->done.h[i].come.len = 0;
		done->gone.len -= d->end_taken;
		f->ended = 0;
	}
	if (!d->front || !f->existed || want->gone.len ||
	    want->from != f->seen->text.len)
		return;
	f->ended = d->front;
	end.rank = INT_MIN;
	end.come = str_n(done->come.p, d->front);
	remember(p, k, f, &end, (struct hunk){ .from = done->from,
	    .come = end.come });
	done->from += d->front;
	done->come = str_n(done->come.p + d->front,
	    done->come.len - d->front);
}

void
asked_add(struct planner *p, size_t k, struct draft *d)
{
	const struct script *now = &d->touch.script;
	struct file *f = d->file;
	size_t last = d->script.n - 1;
	struct hunk done;

	if (!d->script.n)
		return;
	merge(p, k, f, &d->script, now, last);
	done = now->h[last];
	/* those before it are in the text by now */
	for (size_t i = 0; i < last; i++)
		done.from += now->h[i].come.len - now->h[i].gone.len;
	remember_end(p, k, d, &d->script.h[last], &done);
	remember(p, k, f, &d->script.h[last], done);
}

void
asked_new(struct planner *p, size_t k, struct file *f, const struct hunk *all)
{
	f->asked = f->done = (struct script){ 0 };
	f->who_cap = 0;
	if (all)
		remember(p, k, f, all, *all);
}

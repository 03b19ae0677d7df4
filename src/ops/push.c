#include "ops/push.h"

#include "base/clock.h"

static int
take(void *to, struct log_line *line, struct err *e)
{
	return ingest_line(to, line, e);
}

static int
read_all(struct ops *o, struct arena *a, struct push *p, struct ingest *in,
    struct err *e)
{
	struct log_line base = log_push_line(p->known, clock_now_ms());
	struct intake_request r = { .body = p->body,
	    .format = p->known->format, .content_type = p->content_type,
	    .base = &base, .redactor = o->redactor, .partial = true,
	    .arena = a };

	if (intake_read(&r, take, in, &p->result, e) != 0 ||
	    ingest_flush(in, e) != 0)
		return -1;
	if (!p->result.refused || p->result.taken || !p->result.faults)
		return 0;
	if (e)
		*e = *p->result.faults;
	return -1;
}

int
ops_push(struct ops *o, struct arena *a, struct push *p, struct err *e)
{
	struct ingest in;
	int rc;

	p->result = (struct intake_result){ 0 };
	ingest_begin(&in, o);
	rc = read_all(o, a, p, &in, e);
	p->totals = in.totals;
	ingest_end(&in);
	return rc;
}

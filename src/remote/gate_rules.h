/* gate_rules.h - when GitHub lets one ask, as functions of a small state.
 *
 * Its primary limit is in the answers' headers.  Its secondary limits are not;
 * they are kept here from this side: one write at a time, with a pause after
 * it, so many things created in a minute and in an hour, so many points (a read
 * costs one, a write five) in a minute.  Each is a rate and what may be spent
 * at once, chosen so that no window of that length ever sees more than GitHub
 * allows.  Who was refused waits as long as he was told to, else a minute, and
 * twice as long each time; after gives_up refusals in a row, an hour. */
#ifndef REMOTE_GATE_RULES_H
#define REMOTE_GATE_RULES_H

#include "contract/contract.h"
#include "remote/gate.h"

struct gate_limits {
	int64_t write_gap_ms;		/* from the end of one write to the next */
	int64_t lease_ms;		/* a write of which nothing is heard ends */
	int64_t minute_creates, hour_creates, minute_points;
	int64_t first_pause_ms, long_pause_ms;
	int64_t gives_up;		/* refusals in a row */
};
/* 1000 ms; 80 a minute, 500 an hour, 900 points. */
extern const struct gate_limits gate_limits_github;

/* All of it in ms since 1970 or counts; zeroed: nothing was asked yet. */
struct gate_state {
	int64_t closed_until;		/* by the server's word or our patience */
	int64_t write_from;		/* the next write not before */
	int64_t minute_creates, hour_creates, minute_points;
	int64_t refusals;		/* in a row */
};

/* How long to wait; 0: it may go and has been counted in *s. */
int64_t gate_ask(const struct gate_limits *l, struct gate_state *s,
    const struct gate_ask *ask);
/* How it went. */
void gate_tell(const struct gate_limits *l, struct gate_state *s,
    const struct gate_told *told);

/* As text for a column, and back; what is no state is a new one. */
struct str gate_state_text(struct arena *a, const struct gate_state *s);
void gate_state_read(struct arena *a, struct str text, struct gate_state *out);

#endif

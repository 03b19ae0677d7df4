/* message.h - what clients of a WebSocket may say: subscribe, ping, auth. */
#ifndef BROADCASTD_MESSAGE_H
#define BROADCASTD_MESSAGE_H

#include "broadcastd/conn.h"

/* Answer one text message; it cannot fail, for what is wrong is answered. */
void message_take(struct conn *c, struct str text);

/* The frames that answer, as JSON appended to out. */
void message_error(struct buf *out, const struct err *e);
void message_connected(struct buf *out, int64_t head, struct str epoch,
    struct str connection_id);
void message_gap(struct buf *out, int64_t asked, int64_t oldest,
    struct str epoch);

#endif

/* fanout_sub.h - subscribers that count events and do not look at them.
 *
 * What comes is cut into WebSocket frames or server-sent events as it is read,
 * a few bytes of state for each subscriber, so that the one who measures is
 * not slower than whom it measures. */
#ifndef BENCH_FANOUT_SUB_H
#define BENCH_FANOUT_SUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

enum wire { WIRE_WS, WIRE_SSE };

struct target {
	enum wire wire;
	struct sockaddr_storage addr;
	socklen_t addr_len;
	char request[4096];
	size_t request_len;
};

struct sub {
	int fd;
	uint32_t events;	/* whole ones */
	uint64_t left;		/* bytes to come of the frame at hand */
	unsigned char head[10], head_n;
	bool open;		/* the head of the answer has ended */
	bool has_data, pinged, closed;
};

/* to: HOST:PORT of digits, or unix:PATH; path and header (NULL: none) of the
 * request.  False when there is something wrong with to. */
bool target_set(struct target *t, enum wire wire, const char *to,
    const char *path, const char *header);
/* Connect and send the request; number chooses the source address.  False with
 * errno. */
bool sub_open(struct sub *s, const struct target *t, unsigned number);
/* n bytes came: how many events ended in them, or -1: it was refused. */
int sub_take(struct sub *s, enum wire wire, const char *p, size_t n);
/* Be heard, when the server asked for it. */
void sub_answer(struct sub *s);

#endif

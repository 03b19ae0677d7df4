#include "fanout_publisher.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/doorbell.h"
#include "store/db_private.h"
#include "store/event_store.h"

#define CONNECTIONS 16
#define EVENT_MOST MIB(1)
#define PIPE_BYTES (1 << 20)
#define SEQ 1000000		/* of those that do not come from a table */

enum way { WAY_STORE, WAY_FIFO, WAY_HTTP };

struct post {
	int fd;
	bool busy;
	char answer[4096];
	size_t n;
};

struct publisher {
	enum way way;
	struct event event;
	struct db *db;
	char *bell;
	struct buf payload, text, many;	/* one message; as many as were asked */
	int fifo;
	struct post posts[CONNECTIONS];
	unsigned waiting;		/* for a connection */
};

static bool
failed(const char *what, const char *why)
{
	fprintf(stderr, "fanout_load: %s: %s\n", what, why);
	return false;
}

/* As long as it takes for the whole event to have that many bytes. */
static bool
event_set(struct publisher *p, size_t bytes, struct str epoch)
{
	size_t least = 0;

	p->payload.max = p->text.max = EVENT_MOST;
	p->event = (struct event){ .type = EVENT_PHASE_GENERATING, .seq = SEQ,
	    .ts_ms = clock_now_ms(), .order_id = STR("order-1"),
	    .task_id = STR("task-1") };
	for (int turn = 0; turn < 2; turn++) {
		buf_reset(&p->payload);
		buf_reset(&p->text);
		buf_adds(&p->payload, "{\"orderId\":\"order-1\","
		    "\"taskId\":\"task-1\",\"message\":\"");
		for (size_t i = 0; turn == 1 && i < bytes - least; i++)
			buf_addc(&p->payload, "Patchwarden "[i % 12]);
		buf_adds(&p->payload, "\"}");
		p->event.payload = buf_str(&p->payload);
		event_encode(&p->text, &p->event, epoch);
		least = p->text.len;
		if (turn == 0 && bytes < least)
			return failed("--bytes", "an event has more by itself");
	}
	return true;
}

static bool
table_open(struct publisher *p, const char *path)
{
	struct db_options o = { .path = path, .mode = DB_RW,
	    .busy_ms = 10000 };
	struct err e = { 0 };

	if (db_open(&o, false, &p->db, &e) != 0)
		return failed(path, e.detail);
	/* the disk is measured elsewhere */
	return sqlite3_exec(p->db->handle, "PRAGMA synchronous = OFF", NULL,
	    NULL, NULL) == SQLITE_OK;
}

static bool
store_open(struct publisher *p, const char *where, size_t bytes)
{
	char *path = strdup(where), *colon = strrchr(path, ':');
	bool good = colon != NULL;

	if (good) {
		*colon = '\0';
		p->bell = strdup(colon + 1);
		good = table_open(p, path) && event_set(p, bytes,
		    db_epoch(p->db));
	}
	free(path);
	return good;
}

static bool
table_add(struct publisher *p, unsigned n)
{
	struct err e = { 0 };
	bool good = db_begin(p->db, &e) == 0;

	p->event.ts_ms = clock_now_ms();
	for (unsigned i = 0; good && i < n; i++)
		good = event_store_append(p->db, &p->event, &e) == 0;
	if (!good)
		db_rollback(p->db);
	if (!good || db_commit(p->db, &e) != 0)
		return failed("the table of events", e.detail);
	return true;
}

static bool
store_send(struct publisher *p, unsigned n)
{
	if (!table_add(p, n))
		return false;
	doorbell_ring(p->bell);
	return true;
}

/* text becomes what a subscriber gets. */
static void
frame(struct publisher *p, enum wire wire)
{
	struct buf out = BUF_INIT(EVENT_MOST);
	size_t n = p->text.len;

	if (wire == WIRE_SSE) {
		buf_addf(&out, "id: %d\nevent: %s\ndata: ", SEQ,
		    event_name(p->event.type));
		buf_add(&out, buf_str(&p->text));
		buf_adds(&out, "\n\n");
	} else {
		buf_addc(&out, '\x81');
		buf_addc(&out, n < 126 ? (char)n : n < 65536 ? 126 : 127);
		for (int i = n < 126 ? 0 : n < 65536 ? 2 : 8; i-- > 0;)
			buf_addc(&out, (char)(n >> 8 * i));
		buf_add(&out, buf_str(&p->text));
	}
	buf_free(&p->text);
	p->text = out;
}

static bool
fifo_open(struct publisher *p, const char *path)
{
	p->many.max = MIB(256);
	p->fifo = open(path, O_WRONLY | O_CLOEXEC);
	if (p->fifo < 0)
		return failed(path, strerror(errno));
	(void)fcntl(p->fifo, F_SETPIPE_SZ, PIPE_BYTES);
	return true;
}

static bool
fifo_send(struct publisher *p, unsigned n)
{
	if (p->db && !table_add(p, n))
		return false;
	buf_reset(&p->many);
	for (unsigned i = 0; i < n; i++)
		buf_add(&p->many, buf_str(&p->text));
	for (size_t done = 0; done < p->many.len;) {
		ssize_t w = write(p->fifo, p->many.p + done,
		    p->many.len - done);

		if (w < 0 && errno != EINTR)
			return failed("the FIFO", strerror(errno));
		done += w > 0 ? (size_t)w : 0;
	}
	return true;
}

/* where: HOST:PORT/PATH; the text becomes a request. */
static bool
http_open(struct publisher *p, const char *where, const char *header)
{
	const char *path = strchr(where, '/'), *colon = strchr(where, ':');
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct buf out = BUF_INIT(EVENT_MOST);
	char host[INET_ADDRSTRLEN] = "";
	int on = 1;

	if (!path || !colon || (size_t)(colon - where) >= sizeof(host))
		return failed(where, "not HOST:PORT/PATH");
	memcpy(host, where, (size_t)(colon - where));
	to.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
	if (inet_pton(AF_INET, host, &to.sin_addr) != 1)
		return failed(host, "no address");
	buf_addf(&out, "POST %s HTTP/1.1\r\nHost: localhost\r\n"
	    "Content-Type: application/json\r\n%s%sContent-Length: %zu\r\n"
	    "\r\n", path, header ? header : "", header ? "\r\n" : "",
	    p->text.len);
	buf_add(&out, buf_str(&p->text));
	buf_free(&p->text);
	p->text = out;
	for (unsigned i = 0; i < CONNECTIONS; i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

		p->posts[i].fd = fd;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
			return failed(where, strerror(errno));
	}
	return true;
}

static bool
http_send(struct publisher *p)
{
	for (unsigned i = 0; i < CONNECTIONS && p->waiting > 0; i++) {
		struct post *c = &p->posts[i];

		if (c->busy)
			continue;
		if (write(c->fd, p->text.p, p->text.len) !=
		    (ssize_t)p->text.len)
			return failed("a POST", strerror(errno));
		c->busy = true;
		c->n = 0;
		p->waiting--;
	}
	return true;
}

/* Whether the answer is all there; bodies have a length. */
static bool
answered(struct post *c)
{
	const char *end, *length;

	c->answer[c->n] = '\0';
	end = strstr(c->answer, "\r\n\r\n");
	length = strcasestr(c->answer, "\r\nContent-Length:");
	return end && (size_t)(end + 4 - c->answer) + (length && length < end ?
	    strtoul(length + 17, NULL, 10) : 0) <= c->n;
}

bool
publisher_ready(struct publisher *p, unsigned i)
{
	struct post *c = &p->posts[i];
	ssize_t n = recv(c->fd, c->answer + c->n, sizeof(c->answer) - 1 - c->n,
	    MSG_DONTWAIT);

	if (n < 0 && errno == EAGAIN)
		return true;
	if (n <= 0 || !c->busy)
		return failed("a POST", n < 0 ? strerror(errno) :
		    "the connection ended");
	c->n += (size_t)n;
	if (!answered(c))
		return true;
	if (c->answer[9] != '2')
		return failed("a POST was answered with", c->answer);
	c->busy = false;
	return http_send(p);
}

struct publisher *
publisher_new(const char *way, size_t bytes, enum wire wire,
    const char *header, const char *pace)
{
	struct publisher *p = calloc(1, sizeof(*p));
	const char *where = strchr(way, ':');
	struct str kind = str_n(way, where ? (size_t)(where - way) : 0);
	bool good;

	p->fifo = -1;
	if (!where++) {
		good = failed(way, "no such way to publish");
	} else if (str_is(kind, "store")) {
		p->way = WAY_STORE;
		good = store_open(p, where, bytes);
	} else {
		p->way = str_is(kind, "http") ? WAY_HTTP : WAY_FIFO;
		good = event_set(p, bytes,
		    STR("00000000-0000-4000-8000-000000000000"));
		if (str_is(kind, "frames"))
			frame(p, wire);
		else if (str_is(kind, "lines"))
			buf_addc(&p->text, '\n');
		good = good && (!pace || table_open(p, pace)) &&
		    (p->way == WAY_HTTP ? http_open(p, where, header) :
		    fifo_open(p, where));
	}
	if (good)
		return p;
	publisher_free(p);
	return NULL;
}

bool
publisher_send(struct publisher *p, unsigned n)
{
	switch (p->way) {
	case WAY_STORE:
		return store_send(p, n);
	case WAY_FIFO:
		return fifo_send(p, n);
	case WAY_HTTP:
		break;
	}
	p->waiting += n;
	return http_send(p);
}

int
publisher_fd(const struct publisher *p, unsigned i)
{
	return p->way == WAY_HTTP && i < CONNECTIONS ? p->posts[i].fd : -1;
}

bool
publisher_idle(const struct publisher *p)
{
	int left = 0;

	if (p->way == WAY_FIFO)
		return ioctl(p->fifo, FIONREAD, &left) == 0 && left == 0;
	for (unsigned i = 0; i < CONNECTIONS; i++)
		if (p->posts[i].busy)
			return false;
	return p->waiting == 0;
}

void
publisher_free(struct publisher *p)
{
	db_close(p->db);
	if (p->fifo >= 0)
		close(p->fifo);
	for (unsigned i = 0; p->way == WAY_HTTP && i < CONNECTIONS; i++)
		close(p->posts[i].fd);
	buf_free(&p->payload);
	buf_free(&p->text);
	buf_free(&p->many);
	free(p->bell);
	free(p);
}

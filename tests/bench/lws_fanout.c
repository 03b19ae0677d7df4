/* What libwebsockets does with one event for many subscribers, written as its
 * own examples are: a ring of messages, and one of them for each turn in which
 * a subscriber is writable.
 *
 * usage: lws_fanout PORT FIFO
 * Each line that is written to the FIFO is one message. */
#include <errno.h>
#include <fcntl.h>
#include <libwebsockets.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

#define MESSAGES 65536		/* who falls further behind is closed */
#define MESSAGE_BYTES (1 << 20)
#define PIPE_BYTES (1 << 20)

struct message {
	unsigned char *p;	/* LWS_PRE bytes of room come first */
	size_t len, room;
};

struct peer {
	struct lws *wsi;
	struct peer *next;
	uint64_t pos;
};

static struct message ring[MESSAGES];
static uint64_t head;
static struct peer *peers;
static char line[MESSAGE_BYTES];
static size_t line_len;

static void
message_add(const char *p, size_t len)
{
	struct message *m = &ring[head++ % MESSAGES];

	if (m->room < len) {
		m->p = realloc(m->p, LWS_PRE + len);
		check(m->p != NULL, "memory");
		m->room = len;
	}
	memcpy(m->p + LWS_PRE, p, len);
	m->len = len;
}

static void
lines_take(int fd)
{
	ssize_t n = read(fd, line + line_len, sizeof(line) - line_len);
	char *begin = line, *end;

	if (n <= 0)
		return;
	line_len += (size_t)n;
	while ((end = memchr(begin, '\n', line_len))) {
		size_t len = (size_t)(end - begin);

		message_add(begin, len);
		begin = end + 1;
		line_len -= len + 1;
	}
	memmove(line, begin, line_len);
	for (struct peer *p = peers; p; p = p->next)
		lws_callback_on_writable(p->wsi);
}

static int
peer_write(struct peer *p)
{
	struct message *m;

	if (p->pos == head)
		return 0;
	if (head - p->pos > MESSAGES)
		return -1;
	m = &ring[p->pos++ % MESSAGES];
	if (lws_write(p->wsi, m->p + LWS_PRE, m->len, LWS_WRITE_TEXT) < 0)
		return -1;
	if (p->pos != head)
		lws_callback_on_writable(p->wsi);
	return 0;
}

static void
peer_remove(const struct peer *p)
{
	struct peer **at = &peers;

	while (*at && *at != p)
		at = &(*at)->next;
	if (*at)
		*at = p->next;
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
    void *in, size_t len)
{
	struct peer *p = user;

	(void)in;
	(void)len;
	switch ((int)reason) {
	case LWS_CALLBACK_ESTABLISHED:
		*p = (struct peer){ wsi, peers, head };
		peers = p;
		return 0;
	case LWS_CALLBACK_CLOSED:
		peer_remove(p);
		return 0;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return peer_write(p);
	case LWS_CALLBACK_RAW_RX_FILE:
		lines_take((int)lws_get_socket_fd(wsi));
		return 0;
	}
	return 0;
}

static int
fifo_open(const char *path)
{
	int fd;

	check(mkfifo(path, 0600) == 0 || errno == EEXIST, path);
	/* for writing too: it never ends */
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	check(fd >= 0, path);
	(void)fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES);
	return fd;
}

int
main(int argc, char **argv)
{
	static const struct lws_protocols protocols[] = {
		{ "stream", callback, sizeof(struct peer), 0, 0, NULL, 0 },
		{ NULL, NULL, 0, 0, 0, NULL, 0 }
	};
	struct lws_context_creation_info info = { .protocols = protocols,
	    .iface = "127.0.0.1",
	    /* by epoll; without it, libwebsockets calls poll() */
	    .options = LWS_SERVER_OPTION_LIBEV };
	struct lws_context *context;
	lws_sock_file_fd_type fd;
	struct rlimit r;

	if (argc != 3) {
		fprintf(stderr, "usage: lws_fanout PORT FIFO\n");
		return 2;
	}
	check(getrlimit(RLIMIT_NOFILE, &r) == 0, "RLIMIT_NOFILE");
	r.rlim_cur = r.rlim_max;
	check(setrlimit(RLIMIT_NOFILE, &r) == 0, "RLIMIT_NOFILE");
	lws_set_log_level(LLL_ERR, NULL);
	info.port = (int)strtol(argv[1], NULL, 10);
	context = lws_create_context(&info);
	check(context != NULL, "lws_create_context");
	fd.filefd = fifo_open(argv[2]);
	check(lws_adopt_descriptor_vhost(lws_get_vhost_by_name(context,
	    "default"), LWS_ADOPT_RAW_FILE_DESC, fd, "stream", NULL) != NULL,
	    "the FIFO");
	while (lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return 0;
}

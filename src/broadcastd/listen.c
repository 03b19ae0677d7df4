#include "broadcastd/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"

#define BACKLOG 1024
/* Unsent bytes the kernel takes for one subscriber; the rest waits in the
 * shared log, where it costs nothing. */
#define UNSENT_BYTES (128 * 1024)
#define PEER_LOST_MS (60 * 1000)

#define SOCKET_FLAGS (SOCK_NONBLOCK | SOCK_CLOEXEC)

static void
begun(struct listener *l, int fd, bool tcp)
{
	*l = (struct listener){ .watch = { WATCH_LISTENER, fd }, .tcp = tcp };
}

/* 1 somebody listens there, 0 nobody does. */
static int
is_alive(const struct sockaddr_un *sa)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCKET_FLAGS, 0);
	int alive;

	if (fd < 0)
		return 0;
	alive = connect(fd, (const struct sockaddr *)sa, sizeof(*sa)) == 0 ||
	    errno == EAGAIN;
	close(fd);
	return alive;
}

static int
make_way(const struct sockaddr_un *sa, struct err *e)
{
	struct stat st;

	if (lstat(sa->sun_path, &st) != 0)
		return 0;
	if (!S_ISSOCK(st.st_mode))
		return err_set(e, ERR_IO, "%s is not a socket; remove it",
		    sa->sun_path);
	if (is_alive(sa))
		return err_set(e, ERR_IO,
		    "another process listens on %s already", sa->sun_path);
	if (unlink(sa->sun_path) != 0 && errno != ENOENT)
		return err_sys(e, "cannot remove the old socket %s",
		    sa->sun_path);
	return 0;
}

int
listen_unix(struct listener *l, const char *path, struct err *e)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	struct stat st;
	mode_t mask;
	int fd, rc;

	if (strlen(path) >= sizeof(sa.sun_path))
		return err_set(e, ERR_CONFIG, "the path of a socket has at most"
		    " %zu bytes: %s", sizeof(sa.sun_path) - 1, path);
	memcpy(sa.sun_path, path, strlen(path));
	if (make_way(&sa, e) != 0)
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCKET_FLAGS, 0);
	if (fd < 0)
		return err_sys(e, "cannot make a socket");
	mask = umask(0117);		/* never wider, not for a moment */
	rc = bind(fd, (const struct sockaddr *)&sa, sizeof(sa));
	umask(mask);
	if (rc != 0 || listen(fd, BACKLOG) != 0 || stat(path, &st) != 0) {
		err_sys(e, "cannot listen on %s", path);
		close(fd);
		return -1;
	}
	begun(l, fd, false);
	l->path = strdup(path);
	if (!l->path)
		abort();
	l->dev = st.st_dev;
	l->ino = st.st_ino;
	log_info("listening", "socket", path, NULL);
	return 0;
}

/* "[::1]:80" -> "::1" and "80" */
static int
split(struct str where, char host[static 200], char port[static 8],
    struct err *e)
{
	size_t colon = where.len;
	struct str h, p;
	int64_t n;

	while (colon > 0 && where.p[colon - 1] != ':')
		colon--;
	h = str_n(where.p, colon ? colon - 1 : 0);
	p = str_n(where.p + colon, where.len - colon);
	if (h.len > 2 && h.p[0] == '[' && h.p[h.len - 1] == ']')
		h = str_n(h.p + 1, h.len - 2);
	if (!colon || !h.len || h.len >= 200 || p.len > 5 ||
	    !str_int(p, &n) || n < 0 || n > 65535)
		return err_set(e, ERR_CONFIG,
		    "PATCHWARDEN_BROADCAST_LISTEN must be ADDRESS:PORT");
	snprintf(host, 200, "%.*s", STR_ARG(h));
	snprintf(port, 8, "%.*s", STR_ARG(p));
	return 0;
}

/* Tokens go over this port in the clear: fine on this machine only. */
static void
tell(int fd)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);
	char host[200] = "", port[16] = "";

	if (getsockname(fd, (struct sockaddr *)&sa, &len) == 0)
		(void)getnameinfo((const struct sockaddr *)&sa, len, host,
		    sizeof(host), port, sizeof(port),
		    NI_NUMERICHOST | NI_NUMERICSERV);
	log_info("listening", "address", host, "port", port, NULL);
	if (!str_starts(str(host), STR("127.")) &&
	    strcmp(host, "::1") != 0)
		log_warn("this address can be reached from elsewhere, without"
		    " encryption; put a web server in front", "address", host,
		    NULL);
}

int
listen_tcp(struct listener *l, struct str where, struct err *e)
{
	const struct addrinfo hints = { .ai_flags = AI_PASSIVE,
	    .ai_socktype = SOCK_STREAM };
	char host[200], port[8];
	struct addrinfo *ai;
	int fd, one = 1, rc;

	if (split(where, host, port, e) != 0)
		return -1;
	rc = getaddrinfo(host, port, &hints, &ai);
	if (rc != 0)
		return err_set(e, ERR_CONFIG, "cannot find the address %s: %s",
		    host, gai_strerror(rc));
	fd = socket(ai->ai_family, SOCK_STREAM | SOCKET_FLAGS, 0);
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
	    bind(fd, ai->ai_addr, ai->ai_addrlen) != 0 ||
	    listen(fd, BACKLOG) != 0) {
		err_sys(e, "cannot listen on %s port %s", host, port);
		if (fd >= 0)
			close(fd);
		freeaddrinfo(ai);
		return -1;
	}
	freeaddrinfo(ai);
	begun(l, fd, true);
	tell(fd);
	return 0;
}

void
listen_end(struct listener *l)
{
	struct stat st;

	if (l->watch.fd < 0)
		return;
	if (l->path && stat(l->path, &st) == 0 && st.st_dev == l->dev &&
	    st.st_ino == l->ino)
		unlink(l->path);
	free(l->path);
	close(l->watch.fd);
	begun(l, -1, false);
}

int
listen_accept(const struct listener *l)
{
	int fd = accept4(l->watch.fd, NULL, NULL, SOCKET_FLAGS);
	const int one = 1, unsent = UNSENT_BYTES;
	const unsigned lost = PEER_LOST_MS;

	if (fd < 0 || !l->tcp)
		return fd;
	/* What the kernel does not know it does without */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent,
	    sizeof(unsent));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &lost,
	    sizeof(lost));
	return fd;
}

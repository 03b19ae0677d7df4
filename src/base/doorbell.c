#include "base/doorbell.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define DRAIN_READS 16		/* what a FIFO holds: 64 KiB */

void
doorbell_ring(const char *path)
{
	int fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;

	if (fd < 0)
		return;
	/* never into a plain file that somebody put there */
	if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode))
		while (write(fd, "!", 1) < 0 && errno == EINTR)
			;
	close(fd);
}

int
doorbell_open(const char *path, struct err *e)
{
	struct stat st;
	int fd;

	if (mkfifo(path, 0660) == 0)
		(void)!chmod(path, 0660);	/* whatever the umask is */
	else if (errno != EEXIST)
		return err_sys(e, "cannot make the FIFO %s", path);
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return err_sys(e, "cannot open the FIFO %s", path);
	if (fstat(fd, &st) != 0 || !S_ISFIFO(st.st_mode)) {
		close(fd);
		return err_set(e, ERR_IO, "%s is not a FIFO; remove it", path);
	}
	return fd;
}

unsigned
doorbell_drain(int fd)
{
	char bytes[4096];
	unsigned rings = 0;
	ssize_t n;

	/* Not for as long as somebody can write */
	for (int i = 0; i < DRAIN_READS; i++) {
		do
			n = read(fd, bytes, sizeof(bytes));
		while (n < 0 && errno == EINTR);
		if (n <= 0)
			break;
		rings += (unsigned)n;
	}
	return rings;
}

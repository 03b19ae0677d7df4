/* short_io.c - reads and writes that do less than they were asked.
 *
 * Preloaded into a program.  SHORT_IO_AT=N: the Nth of its reads and writes of
 * more than one byte does half; SHORT_IO_AT=0: all of them do.  SHORT_IO_COUNT
 * names a file that gets their number at the end, in decimal. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static long calls;

static size_t
cut(size_t n)
{
	static long at = -2;

	if (at == -2) {
		const char *text = getenv("SHORT_IO_AT");

		at = text ? strtol(text, NULL, 10) : -1;
	}
	if (n < 2)
		return n;
	calls++;
	return at == 0 || at == calls ? n / 2 : n;
}

static void __attribute__((destructor))
tell(void)
{
	const char *name = getenv("SHORT_IO_COUNT");
	char text[24];
	int fd, n;

	if (!name)
		return;
	fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	n = snprintf(text, sizeof(text), "%ld\n", calls);
	if (fd >= 0 && syscall(SYS_write, fd, text, (size_t)n) == n)
		close(fd);
}

ssize_t
read(int fd, void *p, size_t n)
{
	return syscall(SYS_read, fd, p, cut(n));
}

ssize_t
write(int fd, const void *p, size_t n)
{
	return syscall(SYS_write, fd, p, cut(n));
}

ssize_t
pread(int fd, void *p, size_t n, off_t at)
{
	return syscall(SYS_pread64, fd, p, cut(n), at);
}

ssize_t
pwrite(int fd, const void *p, size_t n, off_t at)
{
	return syscall(SYS_pwrite64, fd, p, cut(n), at);
}

ssize_t
pread64(int fd, void *p, size_t n, off_t at)
{
	return pread(fd, p, n, at);
}

ssize_t
pwrite64(int fd, const void *p, size_t n, off_t at)
{
	return pwrite(fd, p, n, at);
}

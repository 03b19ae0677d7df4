/* The least that putting a changed file in its place safely can cost: read
 * it, write a temporary file, sync that, rename it, sync the folder.  Prints
 * how many times a second that is done. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* Returns malloc'd bytes. */
static char *
file_read(int dir, const char *name, size_t *n)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	struct stat st;
	size_t got = 0;
	char *p;

	check(fd >= 0 && fstat(fd, &st) == 0, name);
	*n = (size_t)st.st_size;
	p = malloc(*n + 1);
	check(p != NULL, name);
	while (got < *n) {
		ssize_t r = read(fd, p + got, *n - got);

		check(r > 0, name);
		got += (size_t)r;
	}
	close(fd);
	return p;
}

static void
file_write(int dir, const char *name, const char *p, size_t n, bool sync)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    0644);
	size_t done = 0;

	check(fd >= 0, name);
	while (done < n) {
		ssize_t w = write(fd, p + done, n - done);

		check(w > 0, name);
		done += (size_t)w;
	}
	check(!sync || fsync(fd) == 0, name);
	check(close(fd) == 0, name);
}

int
main(int argc, char **argv)
{
	bool sync = !(argc > 1 && strcmp(argv[1], "--nosync") == 0);
	char **arg = argv + 1 + !sync;
	double began, took, seconds;
	char *name;
	long n = 0;
	int dir;

	if (argc - !sync != 3) {
		fprintf(stderr, "usage: limit_apply [--nosync] FILE SECONDS\n");
		return 2;
	}
	name = strrchr(arg[0], '/');
	if (name) {
		*name++ = '\0';
		dir = open(arg[0][0] ? arg[0] : "/", O_RDONLY | O_DIRECTORY);
	} else {
		name = arg[0];
		dir = open(".", O_RDONLY | O_DIRECTORY);
	}
	check(dir >= 0, "the folder");
	seconds = strtod(arg[1], NULL);
	began = now();
	do {
		size_t len;
		char *p = file_read(dir, name, &len);

		file_write(dir, ".limit", p, len, sync);
		check(renameat(dir, ".limit", dir, name) == 0, name);
		check(!sync || fsync(dir) == 0, "the folder");
		free(p);
		n++;
		took = now() - began;
	} while (took < seconds);
	printf("%.3f\n", (double)n / took);
	return 0;
}

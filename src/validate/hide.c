#include <dirent.h>
#include <limits.h>
#include <stdlib.h>

#include "base/sandbox.h"
#include "validate/serve.h"

#define SHOWN_MAX 4096		/* rules of the kernel */
#define HIDDEN_MAX 8

/* The rules only allow: what stays in sight are the neighbours of each hidden
 * folder, and those of the folders that it is in. */
struct sight {
	struct arena *a;
	struct str hidden[HIDDEN_MAX];
	size_t n_hidden;
	struct sandbox_path *list;
	size_t n;
};

enum relation { APART, ABOVE, HIDDEN };

static enum relation
relation_of(const struct sight *s, struct str path)
{
	enum relation rel = APART;

	for (size_t i = 0; i < s->n_hidden; i++) {
		struct str h = s->hidden[i];

		if (str_starts(path, h) && (path.len == h.len ||
		    path.p[h.len] == '/'))
			return HIDDEN;
		if (str_starts(h, path) && h.p[path.len] == '/')
			rel = ABOVE;
	}
	return rel;
}

static bool
add(struct sight *s, const char *path, int writable)
{
	if (s->n == SHOWN_MAX)
		return false;
	s->list[s->n++] = (struct sandbox_path){ path, writable };
	return true;
}

/* All in the folder but what is hidden; false when that cannot be said. */
static bool
add_folder(struct sight *s, const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *d;
	bool fine = dir != NULL;

	while (fine && (d = readdir(dir))) {
		const char *path = arena_fmt(s->a, "%s/%s",
		    folder[1] ? folder : "", d->d_name).p;
		char real[PATH_MAX];
		enum relation rel;

		if (strcmp(d->d_name, ".") == 0 ||
		    strcmp(d->d_name, "..") == 0 || !realpath(path, real))
			continue;
		rel = relation_of(s, str(real));
		if (rel == APART)
			fine = add(s, path, 0);
		else if (rel == ABOVE && strcmp(path, real) == 0)
			fine = add_folder(s, path);
	}
	if (dir)
		closedir(dir);
	return fine;
}

static void
find_hidden(struct sight *s, const struct run *r)
{
	char real[PATH_MAX];

	for (const char *const *h = r->options->hidden; h && *h; h++)
		if (s->n_hidden < HIDDEN_MAX && realpath(*h, real) && real[1])
			s->hidden[s->n_hidden++] = arena_str(s->a, str(real));
}

void
hide_folders(const struct run *r)
{
	const struct sandbox_path own[] = { { r->view, 1 }, { r->scratch, 1 },
	    { "/dev/null", 1 }, { "/dev/zero", 1 } };
	struct sight s = { .a = arena_new() };
	const char *why;

	s.list = arena_array_of(s.a, struct sandbox_path, SHOWN_MAX);
	find_hidden(&s, r);
	for (size_t i = 0; i < countof(own); i++)
		add(&s, own[i].path, own[i].writable);
	if (!s.n_hidden || !add_folder(&s, "/") ||
	    strcmp(sandbox_opens(s.list, s.n, &why), "none") == 0)
		(void)sandbox_writes(own, countof(own), &why);
	arena_free(s.a);
}

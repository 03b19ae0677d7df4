/* An export that is not byte for byte what was written is refused. */
#include <sys/mman.h>
#include <sys/random.h>

#include "base/limits.h"
#include "govern/export.h"
#include "store_fixture.h"

#define MANY 20000

static void
awkward_append(struct db *db)
{
	static const struct event evs[] = {
		{ .type = EVENT_PATCH_APPLIED, .ts_ms = 1, .payload =
		    STR("{\"file\":\"\\u00e4\\\"\\n\",\"n\":[1.50,-0.0]}"),
		    .patch_id = STR("p"), .file = STR("\xc3\xa4\"\\\n\x01") },
		{ .type = EVENT_PATCH_FAILED, .ts_ms = 0, .payload = STR("{}"),
		    .order_id = STR(""), .requester = STR(" ") },
		{ .type = EVENT_PATCH_APPLIED, .ts_ms = INT64_C(4102444800000),
		    .payload = STR("{\"end\":true}"), .op = STR("append"),
		    .task_id = STR("{\"end\":true"), .workspace = STR("w") },
	};

	db_begin(db, &store_err);
	for (size_t i = 0; i < countof(evs); i++) {
		struct event ev = evs[i];

		ok(event_store_append(db, &ev, &store_err) == 0, "append %s",
		    store_err.detail);
	}
	db_commit(db, &store_err);
}

static int
memory_file(struct str bytes)
{
	int fd = memfd_create("export", MFD_CLOEXEC);

	if (fd < 0 || write(fd, bytes.p, bytes.len) != (ssize_t)bytes.len ||
	    lseek(fd, 0, SEEK_SET) != 0)
		bail_out("no file in memory");
	return fd;
}

static int
check(struct str bytes, struct export_check *out)
{
	struct arena *a = arena_new();
	int fd = memory_file(bytes);
	int rc;

	store_err = (struct err){ 0 };
	rc = export_check(fd, "it", (int64_t)bytes.len, a, NULL, out,
	    &store_err);
	close(fd);
	arena_free(a);
	return rc;
}

static bool
refused(struct str bytes)
{
	struct export_check c;

	return check(bytes, &c) != 0 && store_err.kind == ERR_EXPORT_BROKEN &&
	    store_err.detail[0];
}

/* The export of all there is, in memory. */
static struct str
export_all(struct db *db, int64_t from)
{
	int fd = memfd_create("export", MFD_CLOEXEC);
	struct export_end end;
	int64_t bytes = 0;
	char *p;

	is_int(export_write(db, from, 0, fd, store_arena, NULL, &end, &bytes,
	    &store_err), 0, "written %s", store_err.detail);
	p = malloc((size_t)bytes + 1);
	if (!p || pread(fd, p, (size_t)bytes, 0) != (ssize_t)bytes)
		bail_out("the export cannot be read");
	close(fd);
	return str_n(p, (size_t)bytes);
}

static void
test_each_byte(struct db *db)
{
	struct str all = export_all(db, 0);
	char *p = (char *)(uintptr_t)all.p;
	struct export_check c;
	size_t cut = 0, changed = 0, gone = 0, twice = 0;
	char *more = malloc(all.len + 1);

	is_int(check(all, &c), 0, "as it is: %s", store_err.detail);
	is_int(c.end.rows, 3, "three rows");
	for (size_t i = 0; i < all.len; i++) {
		char was = p[i];

		if (!refused(str_n(all.p, i)))
			printf("# cut at %zu: taken\n", i);
		else
			cut++;
		for (int bit = 0; bit < 8; bit++) {
			p[i] = (char)(was ^ 1 << bit);
			if (refused(all))
				changed++;
			else
				printf("# byte %zu, bit %d: %s\n", i, bit,
				    store_err.detail);
		}
		p[i] = was;
		memcpy(more, all.p, i);
		memcpy(more + i, all.p + i + 1, all.len - i - 1);
		gone += refused(str_n(more, all.len - 1));
		memcpy(more + i, all.p + i, 1);
		memcpy(more + i + 1, all.p + i, all.len - i);
		twice += refused(str_n(more, all.len + 1));
	}
	is_int((int64_t)cut, (int64_t)all.len, "cut at every byte");
	is_int((int64_t)changed, 8 * (int64_t)all.len, "every bit turned");
	is_int((int64_t)gone, (int64_t)all.len, "every byte left out");
	is_int((int64_t)twice, (int64_t)all.len, "every byte twice");
	free(more);
	free(p);
}

/* xorshift */
static uint64_t
dice(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	return *s ^= *s << 17;
}

static void
test_random(struct db *db)
{
	const char *given = getenv("PATCHWARDEN_SEED");
	uint64_t seed = given ? strtoull(given, NULL, 10) : 0, s;
	struct str all;
	char *p;

	while (!seed)
		if (getrandom(&seed, sizeof(seed), 0) < 0)
			bail_out("no seed");
	printf("# PATCHWARDEN_SEED=%llu\n", (unsigned long long)seed);
	s = seed;
	for (int i = 0; i < MANY / 1000; i++)
		store_append(db, 1000, &store_err);
	all = export_all(db, 4);
	p = (char *)(uintptr_t)all.p;
	for (int i = 0; i < 12; i++) {
		size_t at = dice(&s) % all.len;
		char was = p[at];

		ok(refused(str_n(all.p, at)), "cut at %zu: %s", at,
		    store_err.detail);
		p[at] = (char)((uint64_t)was ^ (1 + dice(&s) % 255));
		ok(refused(all), "byte %zu is %d, was %d: %s", at, p[at], was,
		    store_err.detail);
		p[at] = was;
	}
	ok(!refused(all), "and whole again");
	free(p);
}

int
main(void)
{
	struct db *db;

	store_begin();
	db = store_open();
	awkward_append(db);
	test_each_byte(db);
	test_random(db);
	db_close(db);
	store_end();
	return done_testing();
}

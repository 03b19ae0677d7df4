/* Strings, globs, numbers, times, UTF-8, hashes: a row per edge. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/doorbell.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/utf8.h"
#include "base/window.h"
#include "tap.h"

static void
test_glob(void)
{
	static const struct { const char *pattern, *path; bool hit; } rows[] = {
		{ "a.c", "a.c", true }, { "a.c", "a.h", false },
		{ "*.c", "a.c", true }, { "*.c", "d/a.c", false },
		{ "**.c", "d/a.c", true }, { "**/*.c", "a.c", true },
		{ "**/*.c", "d/e/a.c", true }, { "src/**", "src/a/b", true },
		{ "src/**", "srcs/a", false }, { "src/**/x", "src/x", true },
		{ "src/**/x", "src/a/b/x", true }, { "?.c", "/.c", false },
		{ "[a-c]x", "bx", true }, { "[!a-c]x", "bx", false },
		{ "[!a-c]x", "dx", true }, { "\\*", "*", true },
		{ "\\*", "a", false }, { "[", "[", true }, { "", "", true },
		{ "*", "", true }, { "a*b*c", "aXbYc", true },
		{ "a*b*c", "aXbY", false }, { "**/a/*.c", "x/a/y/a/z.c", true },
		{ "**/x", "ax", false }, { "**/x", "d/ax", false },
		{ "**/x", "d/e/x", true }, { "a/**/b", "a/cb", false },
		{ "a/**/b", "a/c/b", true }, { "**/b/", "b", false },
		{ "**/a/**/b", "a/x/a/yb", false },
		{ "**/a/**/b", "a/x/a/y/b", true },
		{ "**/*", "d/e", true }, { "a**/b", "ac/d/b", true },
	};

	for (size_t i = 0; i < countof(rows); i++)
		ok(str_glob(str(rows[i].pattern), str(rows[i].path)) ==
		    rows[i].hit, "glob %s %s %s", rows[i].pattern,
		    rows[i].hit ? "takes" : "does not take", rows[i].path);
}

/* Against the plain way, where a long text is looked through in another one:
 * at every distance from its end, among bytes that nearly match. */
static void
test_find(void)
{
	static const char *const needles[] = { "ab", "aab", "aaaaaaaaaaaaaaab",
	    "baaaaaaaaaaaaaaa", "xyz", "a\nx", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaay" };
	static char text[KIB(96)];

	for (size_t n = 0; n < countof(needles); n++) {
		struct str needle = str(needles[n]);
		size_t wrong = 0, missing;

		for (int fill = 0; fill < 3; fill++) {
			for (size_t i = 0; i < sizeof(text); i++)
				text[i] = fill == 0 ? 'a' : fill == 1 ? '.' :
				    "the xaza b\n"[i * 7 % 11];
			missing = str_find(str_n(text, sizeof(text)), needle);
			wrong += missing != sizeof(text) && memcmp(text +
			    missing, needle.p, needle.len) != 0;
			for (size_t d = 0; d < 70; d++) {
				size_t at = sizeof(text) - needle.len - d;
				char kept[64];
				const char *want;

				memcpy(kept, text + at, needle.len);
				memcpy(text + at, needle.p, needle.len);
				want = memmem(text, sizeof(text), needle.p,
				    needle.len);
				wrong += str_find(str_n(text, sizeof(text)),
				    needle) != (size_t)(want - text);
				memcpy(text + at, kept, needle.len);
			}
		}
		ok(wrong == 0, "find %zu in a long text", n);
	}
}

static void
test_int(void)
{
	static const struct { const char *text; bool fine; int64_t v; } rows[] = {
		{ "0", true, 0 }, { "-0", true, 0 }, { "12", true, 12 },
		{ "9223372036854775807", true, INT64_MAX },
		{ "-9223372036854775808", true, INT64_MIN },
		{ "9223372036854775808", false, 0 }, { "", false, 0 },
		{ "-", false, 0 }, { "+1", false, 0 }, { "1 ", false, 0 },
		{ "0x1", false, 0 },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		int64_t v = 0;

		ok(str_int(str(rows[i].text), &v) == rows[i].fine &&
		    (!rows[i].fine || v == rows[i].v), "integer \"%s\"",
		    rows[i].text);
	}
}

static void
test_clock(struct arena *a)
{
	static const struct { const char *text; int64_t ms; } rows[] = {
		{ "1970-01-01", 0 }, { "2026-11-22", 1795305600000 },
		{ "2026-11-22T18:30:05.123Z", 1795372205123 },
		{ "2026-11-22T18:30:05+02:00", 1795365005000 },
		{ "2026-11-22T18:30:05 02:00", 1795365005000 },
		{ "2026-11-22 18:30", 1795372200000 },
		{ "2024-02-29", 1709164800000 }, { "1795372205123", 1795372205123 },
		{ "2025-02-29", -1 }, { "2026-13-01", -1 }, { "2026-11-22T", -1 },
		{ "2026-11-22T25:00", -1 }, { "2026-11-22T10:00X", -1 },
		{ "yesterday", -1 }, { "", -1 }, { "-5", -1 },
	};
	struct str text;

	for (size_t i = 0; i < countof(rows); i++) {
		int64_t ms = -1;
		bool fine = clock_parse(str(rows[i].text), &ms);

		ok(fine == (rows[i].ms >= 0) && (!fine || ms == rows[i].ms),
		    "time \"%s\" (%lld)", rows[i].text, (long long)ms);
	}
	text = clock_text(a, 1795372205123);
	is_str(text, "2026-11-22T18:30:05.123Z", "a time as text");
}

static void
test_utf8(void)
{
	static const struct { struct str text; size_t good; } rows[] = {
		{ STR("caf\xc3\xa9"), 5 }, { STR("\xf0\x9f\x98\x80"), 4 },
		{ STR("a\xc0\xaf"), 1 }, { STR("\xed\xa0\x80"), 0 },
		{ STR("\xf4\x90\x80\x80"), 0 }, { STR("\xe2\x82"), 0 },
		{ STR("\x80"), 0 }, { STR("\xf8\x88\x80\x80\x80"), 0 },
	};
	struct buf out = BUF_INIT(100);

	for (size_t i = 0; i < countof(rows); i++)
		is_int((int64_t)utf8_check(rows[i].text), (int64_t)rows[i].good,
		    "UTF-8 row %zu", i);
	utf8_clean(&out, STR("a\xff" "b"));
	ok(buf_is(&out, "a\xef\xbf\xbd" "b"), "bad bytes are shown as U+FFFD");
	buf_free(&out);
}

static void
test_buf(void)
{
	struct buf b = BUF_INIT(4);
	struct err e = { 0 };

	buf_adds(&b, "abcd");
	ok(!b.full && buf_check(&b, "it", &e) == 0, "exactly the ceiling");
	buf_addc(&b, 'e');
	buf_adds(&b, "");
	ok(b.full && b.len == 4 && buf_check(&b, "it", &e) == -1 &&
	    e.kind == ERR_LIMIT_EXCEEDED, "past it: sticky");
	buf_reset(&b);
	buf_adds(&b, "ok");
	ok(buf_is(&b, "ok"), "usable after a reset");
	buf_free(&b);
}

static void
test_ids(struct arena *a)
{
	struct str last = uuid7(a);
	struct sha256 h = sha256_of(STR("abc")), back;
	bool sorted = true;

	for (int i = 0; i < 20000; i++) {
		struct str id = uuid7(a);

		sorted = sorted && uuid_valid(id) && str_cmp(last, id) < 0;
		last = id;
	}
	ok(sorted, "ids of one process sort in the order they were made");
	is_str(sha256_hex(a, h), "ba7816bf8f01cfea414140de5dae2223b00361a396177a"
	    "9cb410ff61f20015ad", "SHA-256 of abc");
	ok(sha256_parse(sha256_hex(a, h), &back) && sha256_eq(h, back),
	    "and back");
	ok(!sha256_parse(STR("ab"), &back), "a short one is none");
}

/* The ids of a time stand on one side of its floor. */
static void
test_floor(struct arena *a)
{
	static const struct { int64_t ms; const char *floor; } rows[] = {
		{ 0, "00000000-0000-7000-8000-000000000000" },
		{ -1, "00000000-0000-7000-8000-000000000000" },
		{ INT64_MIN, "00000000-0000-7000-8000-000000000000" },
		{ 1, "00000000-0001-7000-8000-000000000000" },
		{ 0xffff, "00000000-ffff-7000-8000-000000000000" },
		{ 0x10000, "00000001-0000-7000-8000-000000000000" },
		{ INT64_C(1700000000000), "018bcfe5-6800-7000-8000-000000000000" },
		{ INT64_C(0xffffffffffff),
		    "ffffffff-ffff-7000-8000-000000000000" },
	};
	char floor[UUID_TEXT + 1];
	int64_t before = clock_now_ms();
	struct str id = uuid7(a);

	for (size_t i = 0; i < countof(rows); i++) {
		uuid7_floor(rows[i].ms, floor);
		is_str(str(floor), rows[i].floor, "floor of %lld",
		    (long long)rows[i].ms);
		ok(uuid_valid(str(floor)), "is an id");
	}
	uuid7_floor(before, floor);
	ok(str_cmp(str(floor), id) < 0, "not above one of that time");
	/* the ids before have run ahead of the clock, by a little */
	uuid7_floor(before + 60000, floor);
	ok(str_cmp(str(floor), id) > 0, "above one of an earlier time");
	uuid7_floor(INT64_C(0xffff), floor);
	ok(str_cmp(str(floor), STR("00000000-fffe-7fff-bfff-ffffffffffff")) >
	    0, "above the last of the millisecond before");
	ok(str_cmp(str(floor), STR("00000000-ffff-7000-8000-000000000000")) <=
	    0, "not above the first of its own");
}

static void
test_err(void)
{
	ok(err_kind_of(STR("stale_base")) == ERR_STALE_BASE &&
	    strcmp(err_row(ERR_IDEMPOTENCY_MISMATCH)->code,
	    "idempotency_mismatch") == 0, "codes are names in lower case");
	for (int k = ERR_NONE + 1; k < ERR__MAX; k++) {
		const struct err_row *r = err_row((enum err_kind)k);

		ok(r->status >= 400 && r->status < 600 && r->exit >= 1 &&
		    r->exit <= 3 && r->title[0], "%s is complete", r->code);
	}
}

static size_t
not_zero(const char *p, size_t n)
{
	size_t bad = 0;

	for (size_t i = 0; i < n; i++)
		bad += p[i] != 0;
	return bad;
}

/* Small blocks, those that are mapped, and memory that was dirty before. */
static void
test_arena(void)
{
	static const size_t sizes[] = { 1, 4096, KIB(64), KIB(100), MIB(1),
	    MIB(2) - 1, MIB(2) + 1, MIB(5) };
	struct arena *a = arena_new();

	for (size_t i = 0; i < countof(sizes); i++) {
		size_t n = sizes[i], bad = 0;

		for (int round = 0; round < 3; round++) {
			char *dirty = arena_bytes(a, n), *clean;

			memset(dirty, 'x', n);
			arena_reset(a);
			clean = arena_alloc(a, n + 1);
			bad += not_zero(clean, n + 1);
			memset(clean, 'y', n + 1);
			clean = arena_alloc(a, n);
			bad += not_zero(clean, n);
			memset(clean, 'z', n);
			arena_reset(a);
		}
		is_int((int64_t)bad, 0, "%zu bytes are zeroed", n);
	}
	arena_free(a);
}

/* Texts are made once when they are short, twice when they are not. */
static void
test_format(struct arena *a)
{
	static const int widths[] = { 0, 1, 254, 255, 256, 257, 3000 };

	for (size_t i = 0; i < countof(widths); i++) {
		struct buf b = BUF_INIT(KIB(4)), tight;
		struct str s = arena_fmt(a, "%*s|", widths[i], "x");
		size_t n = (size_t)(widths[i] ? widths[i] : 1) + 1;

		ok(s.len == n && s.p[n] == '\0' && s.p[n - 1] == '|' &&
		    s.p[n - 2] == 'x', "a text of %zu bytes", n);
		buf_adds(&b, "a");
		buf_addf(&b, "%*s|", widths[i], "x");
		ok(b.len == n + 1 && b.p[b.len] == '\0' &&
		    str_eq(str_n(b.p + 1, n), s), "%zu bytes behind one", n);
		buf_free(&b);
		tight = BUF_INIT(n - 1);
		buf_addf(&tight, "%*s|", widths[i], "x");
		ok(tight.full && tight.len == 0, "%zu bytes do not fit", n);
		buf_free(&tight);
	}
}

static int
file_of(struct str s)
{
	FILE *f = tmpfile();
	int fd = f ? dup(fileno(f)) : -1;

	if (f)
		fclose(f);
	if (fd < 0 || fd_write_all(fd, s) != 0)
		bail_out("no temporary file");
	lseek(fd, 0, SEEK_SET);
	return fd;
}

/* Around the sizes of the pieces in which files are read. */
static void
test_fd(void)
{
	static const size_t sizes[] = { 0, 1, KIB(64) - 1, KIB(64),
	    KIB(64) + 1, KIB(200) };
	static char text[KIB(200) + 1];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 31 % 251);
	for (size_t i = 0; i < countof(sizes); i++) {
		size_t n = sizes[i];
		struct str s = str_n(text, n);
		int fd = file_of(s);
		struct sha256 h;
		uint64_t len;

		ok(fd_equals(fd, s) == 1, "%zu bytes are themselves", n);
		ok(fd_equals(fd, str_n(text, n + 1)) == 0,
		    "%zu bytes are not one more", n);
		ok(n == 0 || fd_equals(fd, str_n(text, n - 1)) == 0,
		    "%zu bytes are not one less", n);
		ok(sha256_of_fd(fd, &h, &len) == 0 && len == n &&
		    sha256_eq(h, sha256_of(s)), "%zu bytes are hashed", n);
		if (n) {
			text[n - 1] ^= 1;
			ok(fd_equals(fd, s) == 0, "the last of %zu bytes", n);
			text[n - 1] ^= 1;
		}
		close(fd);
	}
	ok(fd_equals(-1, STR("")) == -1, "no file is an error");
}

static void
test_doorbell(void)
{
	static const char rings[KIB(4)];
	char dir[] = "/tmp/pw-bell.XXXXXX", path[64];
	struct err e = { 0 };
	struct stat st;
	unsigned first, all;
	ssize_t n, put = 0;
	int fd;

	ok(mkdtemp(dir) != NULL, "a folder");
	snprintf(path, sizeof(path), "%s/bell", dir);
	doorbell_ring(path);
	ok(lstat(path, &st) != 0, "a ring makes no FIFO");
	fd = doorbell_open(path, &e);
	ok(fd >= 0 && doorbell_drain(fd) == 0, "nobody has rung");
	doorbell_ring(path);
	doorbell_ring(path);
	ok(doorbell_drain(fd) == 2 && doorbell_drain(fd) == 0, "two rings");

	ok(fcntl(fd, F_SETPIPE_SZ, KIB(512)) > 0, "a FIFO that holds more");
	while ((n = write(fd, rings, sizeof(rings))) > 0)
		put += n;
	doorbell_ring(path);
	first = doorbell_drain(fd);
	ok(first > 0 && first <= KIB(64), "a drain takes %u, no more", first);
	for (all = first; (first = doorbell_drain(fd)) > 0; )
		all += first;
	ok(all == (unsigned)put, "then come the others: %u", all);
	close(fd);

	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	doorbell_ring(path);
	ok(lseek(fd, 0, SEEK_END) == 0, "a plain file is not written to");
	close(fd);
	ok(doorbell_open(path, &e) == -1 && e.kind == ERR_IO,
	    "nor is it a doorbell: %s", e.detail);
	unlink(path);
	rmdir(dir);
}

/* It grows by three and forgets two, so that its front moves far. */
static void
test_window(void)
{
	struct window w = WINDOW_INIT(int64_t);
	int64_t next = 0, oldest = 0;
	bool good = true;

	for (int turn = 0; turn < 2000; turn++) {
		for (int i = 0; i < 3; i++)
			*(int64_t *)window_add(&w) = next++;
		for (int i = 0; i < 2; i++, oldest++)
			window_drop_first(&w);
		good &= w.n == (size_t)(next - oldest);
		for (size_t i = 0; i < w.n; i += 7)
			good &= *(int64_t *)window_at(&w, i) ==
			    oldest + (int64_t)i;
	}
	ok(good, "a window has what was added and not dropped, in order");
	while (w.n > 1)
		window_drop_first(&w);
	for (int i = 0; i < 100000; i++) {
		*(int64_t *)window_add(&w) = i;
		window_drop_first(&w);
	}
	ok(w.cap <= 4096 * 4 && *(int64_t *)window_at(&w, 0) == 99999,
	    "and does not grow while it stays as long");
	window_reset(&w);
	*(int64_t *)window_add(&w) = 5;
	ok(w.n == 1 && *(int64_t *)window_at(&w, 0) == 5, "it can be emptied");
	window_free(&w);
	ok(w.n == 0 && !w.p, "and freed");
}

int
main(void)
{
	struct arena *a = arena_new();

	test_glob();
	test_arena();
	test_format(a);
	test_window();
	test_fd();
	test_find();
	test_int();
	test_clock(a);
	test_utf8();
	test_buf();
	test_ids(a);
	test_floor(a);
	test_err();
	test_doorbell();
	arena_free(a);
	return done_testing();
}

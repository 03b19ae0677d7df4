/* Used once, whatever is forgotten and whichever way the clock goes. */
#include "base/limits.h"
#include "broadcastd/ticket.h"
#include "tap.h"

static struct ticket_book b;

static void
test_once(void)
{
	static const struct {
		const char *name;
		int64_t id;
		enum ticket_use want;
	} rows[] = {
		{ "the first", 12, TICKET_TAKEN },
		{ "again", 12, TICKET_SPENT },
		{ "a later one", 15, TICKET_TAKEN },
		{ "one between", 13, TICKET_TAKEN },
		{ "one before", 11, TICKET_TAKEN },
		{ "the one between again", 13, TICKET_SPENT },
		{ "the one before again", 11, TICKET_SPENT },
		{ "the last again", 15, TICKET_SPENT },
		{ "the newest of before", 10, TICKET_SPENT },
		{ "an old one", 1, TICKET_SPENT },
		{ "not used yet", 14, TICKET_TAKEN },
	};

	ticket_book_begin(&b, 10);
	for (size_t i = 0; i < countof(rows); i++) {
		ok(ticket_book_has(&b, rows[i].id) ==
		    (rows[i].want == TICKET_SPENT), "has: %s", rows[i].name);
		is_int(ticket_book_use(&b, rows[i].id, 1000, 1), rows[i].want,
		    "use: %s", rows[i].name);
	}
	ok(!ticket_book_has(&b, 16), "looking uses nothing");
	ticket_book_begin(&b, 3);
	is_int(ticket_book_use(&b, 12, 1000, 1), TICKET_TAKEN,
	    "another database has its own");
	ticket_book_end(&b);
}

/* Ticket i is used at the time i and expires 100 later. */
static void
test_forgets(void)
{
	size_t spent = 0, taken = 0;

	ticket_book_begin(&b, 0);
	for (int64_t i = 1; i <= 100000; i++) {
		taken += ticket_book_use(&b, i, i + 100, i) == TICKET_TAKEN;
		spent += ticket_book_use(&b, i, i + 100, i) == TICKET_SPENT;
	}
	is_int((int64_t)taken, 100000, "each is taken");
	is_int((int64_t)spent, 100000, "each once");
	ok(b.cap <= 512, "what has expired is forgotten: room for %zu", b.cap);
	spent = 0;
	for (int64_t i = 1; i <= 100000; i++)
		spent += ticket_book_use(&b, i, i + 100, 1) == TICKET_SPENT;
	is_int((int64_t)spent, 100000, "the clock set back brings none again");
	ticket_book_end(&b);
}

static void
test_bounded(void)
{
	int64_t i = 1;

	ticket_book_begin(&b, 0);
	while (i < 2 * TICKETS_USED_MAX &&
	    ticket_book_use(&b, i, 1000, 1) == TICKET_TAKEN)
		i++;
	is_int(i - 1, TICKETS_USED_MAX, "so many, and no more");
	is_int(ticket_book_use(&b, i, 1000, 999), TICKET_FULL, "it stays full");
	ok(!ticket_book_has(&b, i), "the one it had no room for is not used");
	is_int(ticket_book_use(&b, 1, 1000, 999), TICKET_SPENT,
	    "it still knows the first");
	is_int(ticket_book_use(&b, i, 2000, 1000), TICKET_TAKEN,
	    "there is room when they have expired");
	is_int(ticket_book_use(&b, 1, 1000, 1000), TICKET_SPENT,
	    "and the first stays used");
	ticket_book_end(&b);
}

/* One that lives longer than others made after it is lost with them: it is
 * refused once too often rather than taken twice. */
static void
test_mixed(void)
{
	int64_t i;

	ticket_book_begin(&b, 0);
	is_int(ticket_book_use(&b, 2, 5000, 1), TICKET_TAKEN, "a long one");
	for (i = 3; i <= 65; i++)
		ticket_book_use(&b, i, 1000, 1);
	is_int(ticket_book_use(&b, i, 5000, 2000), TICKET_TAKEN, "makes room");
	is_int(ticket_book_use(&b, 2, 5000, 2000), TICKET_SPENT,
	    "the long one stays used");
	is_int(ticket_book_use(&b, 1, 5000, 2000), TICKET_SPENT,
	    "and one from before is not known any more");
	/* the same, found out while its own room is made */
	ticket_book_begin(&b, 0);
	for (i = 2; i <= 65; i++)
		ticket_book_use(&b, i, 1000, 1);
	is_int(ticket_book_use(&b, 1, 5000, 2000), TICKET_SPENT, "also then");
	ticket_book_end(&b);
}

int
main(void)
{
	test_once();
	test_forgets();
	test_bounded();
	test_mixed();
	return done_testing();
}

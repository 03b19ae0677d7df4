/* What stays of a message, and what does not. */
#include "logs/head.h"
#include "logs/mask.h"
#include "tap.h"

static const struct { const char *name, *text, *want; } rows[] = {
	{ "words stay", "cannot open the door", "cannot open the door" },
	{ "numbers go", "took 17 of 1,234 in 0.5", "took <num> of <num> in <num>" },
	{ "negative", "code -1 blk_-77 blk_78", "code <num> blk_<num> blk_<num>" },
	{ "an address and its port", "from 10.0.0.1 port 22, /10.1.2.3:50010:",
	    "from <ip> port <num>, /<ip>:" },
	{ "IPv6, MAC", "at 2001:db8::1 and aa:bb:cc:dd:ee:0f",
	    "at <ip> and <ip>" },
	{ "a version is no address", "v1.2.3 1.2.3", "v<num> <num>" },
	{ "UUID", "id=123e4567-e89b-12d3-a456-426614174000,",
	    "id=<uuid>," },
	{ "hex", "0xdeadbeef at 9f86d081884c7d659a2feaa0c55ad015",
	    "<hex> at <hex>" },
	{ "a word of hex letters stays", "deadbeef facade", "deadbeef facade" },
	{ "a URL", "GET https://u.example.org/a/7?x=1 failed",
	    "GET <url> failed" },
	{ "mail", "to <ann@example.org>:", "to <<email>>:" },
	{ "paths keep what is constant", "/users/17/orders /users/18/mail",
	    "/users/<num>/orders /users/<num>/mail" },
	{ "line and column", "src/app.js:10:5", "src/app.js:<num>" },
	{ "ids with letters between", "attempt_14_0020_m_000000_0",
	    "attempt_<num>" },
	{ "keys stay", "user=bob,n=5 took=12ms", "user=bob,n=<num> took=<num>" },
	{ "sizes in any unit", "free 3.2 KB, 12 B of 5.1MB",
	    "free <num>, <num> of <num>" },
	{ "codes of errors stay", "error TS2322: E11000 dup",
	    "error TS2322: E11000 dup" },
	{ "status codes stay", "HTTP 502, status: 404 exit code 137",
	    "HTTP 502, status: 404 exit code 137" },
	{ "other three digits go", "row 502", "row <num>" },
	{ "dates", "at Sat Jun 11 03:28:22 2005 or 2024-05-01T10:00:00.5Z",
	    "at <time> or <time>" },
	{ "date and time apart", "since 2015-10-18 18:01:47,978 there",
	    "since <time> there" },
	{ "May of English", "May not be null", "May not be null" },
	{ "opaque", "key AbCd1234EfGh5678IjKl9012MnOp3456Qr",
	    "key <value>" },
	{ "blanks", "  a \t b  ", "a b" },
	{ "the first line of two words", "Error\n\n  it broke\nhere",
	    "it broke" },
	{ "nothing", "", "" },
	{ "only punctuation", "((((((((((((((((((((((((", "((((((((((((((((((((((((" },
	{ "UTF-8", "für 3 Gäste", "für <num> Gäste" },
};

static const struct { const char *name, *line, *want; } heads[] = {
	{ "Apache", "[Sun Dec 04 04:47:44 2005] [error] mod_jk child", "mod_jk child" },
	{ "Apache 2.4", "[Sun Dec 04 04:47:44.123 2005] [core:error] [pid 12:tid 9] AH1 x", "AH1 x" },
	{ "syslog", "Jun  4 15:16:01 combo sshd(pam_unix)[19939]: check pass", "check pass" },
	{ "HDFS", "081109 203615 148 INFO dfs.DataNode$PacketResponder: Deleting block", "Deleting block" },
	{ "Hadoop", "2015-10-18 18:01:47,978 INFO [main] org.apache.x.Y: Executing", "Executing" },
	{ "Zookeeper", "2015-07-29 17:41:44,747 - INFO  [QuorumPeer[myid=1]/0:0:2181:F@774] - LOOKING", "LOOKING" },
	{ "ISO", "2024-05-01T10:00:00.000Z ERROR it broke", "it broke" },
	{ "only a level", "ERROR: it broke", "it broke" },
	{ "none", "it broke at 10:00:00", "it broke at 10:00:00" },
	{ "a small level is a word", "error: it broke", "error: it broke" },
	{ "no head without time", "[client 1.2.3.4] denied", "[client 1.2.3.4] denied" },
	{ "a number is none", "42 failures on node", "42 failures on node" },
	{ "nothing but a head", "2024-05-01 10:00:00", "2024-05-01 10:00:00" },
	{ "empty", "", "" },
};

static void
check_long(void)
{
	struct buf text = BUF_INIT(MIB(1)), out = BUF_INIT(MIB(1));

	for (int i = 0; i < 20000; i++)
		buf_adds(&text, "1-x-2-");
	for (int i = 0; i < 5000; i++)
		buf_addf(&text, " a%d,b%d:c%d", i, i, i);
	mask_text(&out, buf_str(&text));
	ok(out.len <= TEMPLATE_MAX_BYTES, "a long message is cut");
	ok(str_ends(buf_str(&out), STR(" <...>")), "which shows");
	ok(str_starts(buf_str(&out), STR("<value> ")),
	    "a long token is a value");
	buf_free(&text);
	buf_free(&out);
}

int
main(void)
{
	for (size_t i = 0; i < countof(rows); i++) {
		struct buf out = BUF_INIT(KIB(64));

		mask_text(&out, str(rows[i].text));
		if (!ok(str_is(buf_str(&out), rows[i].want), "%s",
		    rows[i].name))
			printf("#  got %.*s\n", STR_ARG(buf_str(&out)));
		buf_free(&out);
	}
	for (size_t i = 0; i < countof(heads); i++) {
		struct str got = head_skip(str(heads[i].line));

		if (!ok(str_is(got, heads[i].want), "head: %s", heads[i].name))
			printf("#  got %.*s\n", STR_ARG(got));
	}
	check_long();
	return done_testing();
}

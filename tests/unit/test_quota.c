/* How many streams one key has, over many keys and in any order. */
#include "broadcastd/quota.h"
#include "tap.h"

#include <stdio.h>

#define KEYS 3000

static struct str
key(char out[static 16], int i)
{
	snprintf(out, 16, "k%d", i);
	return str(out);
}

int
main(void)
{
	static struct quota_key *seats[KEYS][2];
	struct quota *q = quota_new();
	struct quota_key *k;
	bool good = true;
	char text[16];

	for (int round = 0; round < 2; round++)
		for (int i = 0; i < KEYS; i++) {
			seats[i][round] = quota_take(q, key(text, i), 2);
			good &= seats[i][round] != NULL;
		}
	ok(good, "two each");
	for (int i = 0; i < KEYS; i++)
		good &= quota_take(q, key(text, i), 2) == NULL;
	ok(good, "no third one");
	for (int i = 0; i < KEYS; i++)
		quota_leave(q, seats[i][i % 2]);
	for (int i = KEYS; i-- > 0;)
		good &= (seats[i][i % 2] = quota_take(q, key(text, i), 2)) &&
		    !quota_take(q, key(text, i), 2);
	ok(good, "what is given back is free again");
	k = quota_take(q, key(text, 1), 0);
	ok(k != NULL, "0 is no limit");
	quota_leave(q, k);
	for (int i = 0; i < KEYS; i++)
		for (int round = 0; round < 2; round++)
			quota_leave(q, seats[i][round]);
	quota_leave(q, NULL);
	k = quota_take(q, STR(""), 1);
	ok(k && !quota_take(q, STR(""), 1), "an empty key is a key");
	quota_free(q);
	return done_testing();
}

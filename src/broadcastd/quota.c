#include "broadcastd/quota.h"

#include <stdint.h>
#include <stdlib.h>

#define CHAINS 1024

struct quota_key {
	struct quota_key *next;
	size_t n, len;
	uint32_t chain;
	char text[];
};

struct quota {
	struct quota_key *chains[CHAINS];
};

struct quota *
quota_new(void)
{
	struct quota *q = calloc(1, sizeof(*q));

	if (!q)
		abort();
	return q;
}

void
quota_free(struct quota *q)
{
	for (size_t i = 0; q && i < CHAINS; i++)
		while (q->chains[i]) {
			struct quota_key *k = q->chains[i];

			q->chains[i] = k->next;
			free(k);
		}
	free(q);
}

struct quota_key *
quota_take(struct quota *q, struct str key, size_t most)
{
	uint32_t chain = str_hash(STR_HASH, key) % CHAINS;
	struct quota_key *k = q->chains[chain];

	while (k && !str_eq(str_n(k->text, k->len), key))
		k = k->next;
	if (k && most && k->n >= most)
		return NULL;
	if (!k) {
		k = calloc(1, sizeof(*k) + key.len);
		if (!k)
			abort();
		if (key.len)
			memcpy(k->text, key.p, key.len);
		k->len = key.len;
		k->chain = chain;
		k->next = q->chains[chain];
		q->chains[chain] = k;
	}
	k->n++;
	return k;
}

void
quota_leave(struct quota *q, struct quota_key *k)
{
	struct quota_key **at;

	if (!k || --k->n > 0)
		return;
	at = &q->chains[k->chain];
	while (*at != k)
		at = &(*at)->next;
	*at = k->next;
	free(k);
}

#include "logs/needles.h"

#include <ctype.h>
#include <stdlib.h>

#define HIT		0x8000u		/* of a state: a word ends there */
#define STATE		0x7fffu

struct word {
	int shorter;		/* with the same end; -1: none */
	size_t len;
};

struct needles {
	unsigned char class[256];	/* of a byte; 0: in no word */
	unsigned shift;			/* classes are at most 1 << shift */
	uint16_t *next;			/* state << shift | class: state, HIT */
	int *first;			/* of a state: the longest word, or -1 */
	struct word *words;
	unsigned n_states;
};

static void *
zeroed(size_t n, size_t each)
{
	void *p = calloc(n ? n : 1, each);

	if (!p)
		abort();
	return p;
}

static unsigned char
fold(char c)
{
	if (c == '-' || c == ' ')
		return '_';
	return (unsigned char)tolower((unsigned char)c);
}

static void
make_classes(struct needles *s, const struct str *words, size_t n)
{
	unsigned count = 1;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < words[i].len; k++) {
			unsigned char c = fold(words[i].p[k]);

			if (!s->class[c])
				s->class[c] = (unsigned char)count++;
		}
	for (unsigned c = 0; c < 256; c++)
		s->class[c] = s->class[fold((char)c)];
	while (1u << s->shift < count)
		s->shift++;
}

static uint16_t *
cell(const struct needles *s, unsigned state, unsigned class)
{
	return &s->next[((size_t)(state & STATE) << s->shift) + class];
}

static void
add_word(struct needles *s, struct str word, int number)
{
	unsigned state = 0;

	for (size_t k = 0; k < word.len; k++) {
		uint16_t *to = cell(s, state,
		    s->class[(unsigned char)word.p[k]]);

		if (!*to)
			*to = (uint16_t)s->n_states++;
		state = *to;
	}
	s->words[number] = (struct word){ s->first[state], word.len };
	s->first[state] = number;	/* the same word twice: both are told */
}

/* Words that end in a state also end in those that stand for more of the text;
 * chains go from the longest word to the shortest. */
static void
add_shorter(struct needles *s, unsigned state, unsigned fallback)
{
	int *end = &s->first[state];

	while (*end >= 0 && s->words[*end].shorter != s->first[fallback])
		end = &s->words[*end].shorter;
	if (*end < 0)
		*end = s->first[fallback];
}

/* From the tree to the automaton, nearer states first. */
static void
link_states(struct needles *s)
{
	unsigned *queue = zeroed(s->n_states, sizeof(*queue));
	unsigned *fallback = zeroed(s->n_states, sizeof(*fallback));
	unsigned head = 0, tail = 0;

	queue[tail++] = 0;
	while (head < tail) {
		unsigned state = queue[head++];

		for (unsigned c = 1; c < 1u << s->shift; c++) {
			uint16_t *to = cell(s, state, c);
			unsigned back = state ?
			    *cell(s, fallback[state], c) : 0;

			if (!*to) {
				*to = (uint16_t)back;
				continue;
			}
			fallback[*to] = back & STATE;
			add_shorter(s, *to, back & STATE);
			queue[tail++] = *to;
			if (s->first[*to] >= 0)
				*to |= HIT;
		}
	}
	free(queue);
	free(fallback);
}

struct needles *
needles_new(const struct str *words, size_t n)
{
	struct needles *s = zeroed(1, sizeof(*s));
	size_t states = 1;

	for (size_t i = 0; i < n; i++)
		states += words[i].len;
	if (states > NEEDLES_MAX_BYTES)
		abort();		/* against what the header says */
	make_classes(s, words, n);
	s->next = zeroed(states << s->shift, sizeof(*s->next));
	s->first = zeroed(states, sizeof(*s->first));
	for (size_t i = 0; i < states; i++)
		s->first[i] = -1;
	s->words = zeroed(n, sizeof(*s->words));
	s->n_states = 1;
	for (size_t i = 0; i < n; i++)
		add_word(s, words[i], (int)i);
	link_states(s);
	return s;
}

void
needles_free(struct needles *s)
{
	if (!s)
		return;
	free(s->next);
	free(s->first);
	free(s->words);
	free(s);
}

int
needles_next(const struct needles *s, struct needles_at *p, struct str text,
    size_t until)
{
	const uint16_t *next = s->next;
	const unsigned shift = s->shift;
	unsigned state = p->state;
	size_t i = p->at;

	if (p->more) {
		int word = -1 - p->more;

		p->more = -1 - s->words[word].shorter;
		return word;
	}
	while (i < until) {
		state = next[(state << shift) +
		    s->class[(unsigned char)text.p[i++]]];
		if (state & HIT)
			break;
	}
	p->at = i;
	p->state = state & STATE;
	if (!(state & HIT))
		return -1;
	p->more = -1 - s->words[s->first[p->state]].shorter;
	return s->first[p->state];
}

#include "logs/words.h"

#include <strings.h>

uint64_t
map_mix(uint64_t h, uint64_t more)
{
	h = (h ^ more) * UINT64_C(0x9e3779b97f4a7c15);
	h ^= h >> 29;
	return h ? h : 1;
}

static size_t
slot_of(const struct map *m, uint64_t key)
{
	size_t i = map_mix(key, 0) >> 7 & (m->cap - 1);

	while (m->keys[i] && m->keys[i] != key)
		i = (i + 1) & (m->cap - 1);
	return i;
}

uint32_t
map_get(const struct map *m, uint64_t key)
{
	return m->cap ? m->values[slot_of(m, key)] : 0;
}

/* What was there stays in the arena: less than what the new one takes. */
static void
grow(struct map *m)
{
	struct map was = *m;

	m->cap = was.cap ? was.cap * 2 : 64;
	m->keys = arena_array_of(m->a, uint64_t, m->cap);
	m->values = arena_array_of(m->a, uint32_t, m->cap);
	m->bytes += m->cap * (sizeof(*m->keys) + sizeof(*m->values));
	for (size_t i = 0; i < was.cap; i++)
		if (was.keys[i]) {
			size_t to = slot_of(m, was.keys[i]);

			m->keys[to] = was.keys[i];
			m->values[to] = was.values[i];
		}
}

void
map_put(struct map *m, uint64_t key, uint32_t value)
{
	size_t i;

	if ((m->n + 1) * 4 > m->cap * 3)
		grow(m);
	i = slot_of(m, key);
	if (m->keys[i])
		return;
	m->keys[i] = key;
	m->values[i] = value;
	m->n++;
}

static struct str
bare(struct str s)
{
	while (s.len && !isalpha((unsigned char)s.p[0])) {
		s.p++;
		s.len--;
	}
	while (s.len && !isalpha((unsigned char)s.p[s.len - 1]))
		s.len--;
	return s;
}

static bool
is_in_capitals(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!(s.p[i] >= 'A' && s.p[i] <= 'Z') && s.p[i] != '_' &&
		    !isdigit((unsigned char)s.p[i]))
			return false;
	return s.len >= 2;
}

static bool
is_one_of(struct str s, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s.len == strlen(names[i]) &&
		    strncasecmp(s.p, names[i], s.len) == 0)
			return true;
	return false;
}

static bool
is_negation(struct str s)
{
	static const char *const names[] = {
		"not", "no", "never", "cannot", "can't", "couldn't", "didn't",
		"isn't", "without", "un"
	};

	return is_one_of(bare(s), names, countof(names));
}

bool
word_is_telling(struct str s)
{
	static const char *const names[] = {
		"open", "opened", "opening", "close", "closed", "closing",
		"start", "started", "starting", "stop", "stopped", "stopping",
		"running", "finish", "finished", "finishing", "begin", "end",
		"fail", "failed", "failure", "succeeded", "success",
		"connect", "connected", "disconnect", "disconnected",
		"accepted", "rejected", "allowed", "denied", "refused",
		"reset", "enable", "enabled", "disable", "disabled",
		"add", "added", "adding", "remove", "removed", "removing",
		"create", "created", "creating", "delete", "deleted",
		"deleting", "insert", "update", "select", "found", "missing",
		"read", "reading", "write", "writing", "send", "sending",
		"sent", "receive", "receiving", "received", "input", "output",
		"before", "after", "first", "last", "up", "down", "min", "max",
		"valid", "invalid", "present", "absent", "expired", "timeout"
	};

	s = bare(s);
	if (!s.len || str_has(s, '<'))
		return false;
	return is_in_capitals(s) || is_negation(s) ||
	    is_one_of(s, names, countof(names));
}

void
words_init(struct words *w, struct arena *a)
{
	*w = (struct words){ .a = a, .by_hash = { .a = a }, .n = 1 };
	words_add(w, STR("<*>"));	/* WORD_ANY */
}

static uint64_t
hash_of(struct str s)
{
	uint64_t h = s.len + 1;

	for (; s.len >= 8; s.p += 8, s.len -= 8) {
		uint64_t eight;

		memcpy(&eight, s.p, 8);
		h = map_mix(h, eight);
	}
	for (size_t i = 0; i < s.len; i++)
		h = map_mix(h, (unsigned char)s.p[i]);
	return h;
}

uint32_t
words_find(const struct words *w, struct str s)
{
	uint32_t id = map_get(&w->by_hash, hash_of(s));

	return id && str_eq(w->of[id].text, s) ? id : WORD_NONE;
}

/* Outside of angle brackets. */
static bool
has_letters(struct str s)
{
	bool inside = false;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '<' || s.p[i] == '>')
			inside = s.p[i] == '<';
		else if (!inside && (isalpha((unsigned char)s.p[i]) ||
		    (s.p[i] & 0x80)))
			return true;
	}
	return false;
}

uint32_t
words_add(struct words *w, struct str s)
{
	uint32_t id = words_find(w, s);
	struct word *of;

	if (id)
		return id;
	if (w->n >= w->cap) {
		uint32_t cap = w->cap ? w->cap * 2 : 256;

		of = arena_array_of(w->a, struct word, cap);
		if (w->of)
			memcpy(of, w->of, w->n * sizeof(*of));
		w->of = of;
		w->cap = cap;
		w->bytes += cap * sizeof(*of);
	}
	id = w->n++;
	of = &w->of[id];
	*of = (struct word){
		.text = arena_str(w->a, s), .telling = word_is_telling(s),
		.masked = str_has(s, '<'), .negation = is_negation(s)
	};
	of->worded = has_letters(s);
	of->constant = !of->masked && of->worded;
	of->plain = of->constant && bare(s).len == s.len && !str_has(s, '=');
	w->bytes += s.len + 1;
	map_put(&w->by_hash, hash_of(s), id);
	return id;
}

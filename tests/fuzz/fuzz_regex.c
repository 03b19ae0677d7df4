/* The first line is a pattern, the rest a text in which it is looked for. */
#include "fuzz.h"

#include "dialect/regex.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct str text = str_n((const char *)data, len), pattern;
	struct arena *a = arena_new();
	size_t *lines, n, n_lines = 1;
	struct err e = { 0 };

	pattern = str_cut(&text, '\n');
	for (size_t i = 0; i < text.len; i++)
		n_lines += text.p[i] == '\n';
	if (regex_find(a, pattern, text, 1000, &lines, &n, &e) != 0) {
		need(e.kind == ERR_INVALID || e.kind == ERR_LIMIT_EXCEEDED);
		need(e.detail[0] && !n);
	}
	for (size_t i = 0; i < n; i++) {
		need(lines[i] < n_lines);
		need(!i || lines[i - 1] < lines[i]);
	}
	arena_free(a);
	return 0;
}

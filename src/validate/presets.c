#include "validate/presets.h"

#include "base/limits.h"

#define WORDS(...) (const char *const[]){ __VA_ARGS__, NULL }

const struct preset presets[] = {
	{ "tsc", "TypeScript's own check of the project.",
	  WORDS("**.ts", "**.tsx", "**.mts", "**.cts", "**tsconfig*.json"),
	  "node_modules/.bin/tsc", WORDS("tsc", "--noEmit", "--pretty", "false", "-p", ".") },
	{ "eslint", "ESLint with the configuration of the workspace.",
	  WORDS("**.js", "**.jsx", "**.mjs", "**.cjs", "**.ts", "**.tsx"),
	  "node_modules/.bin/eslint", WORDS("eslint", "--no-color", "--", "{}...") },
	{ "py_compile", "Does Python take the file?",
	  WORDS("**.py"), NULL, WORDS("python3", "-I", "-X", "pycache_prefix=.pycache", "-m", "py_compile", "{}...") },
	{ "json", "Strict JSON (RFC 8259), read without a process.",
	  WORDS("**.json"), NULL, NULL },
	{ "sh", "Does the shell take the script?",
	  WORDS("**.sh"), NULL, WORDS("sh", "-n", "{}") },
	{ "cc", "Syntax and types of C.",
	  WORDS("**.c"), NULL, WORDS("cc", "-fsyntax-only", "-fdiagnostics-color=never", "-fno-diagnostics-show-caret", "-I.", "-x", "c", "{}...") },
	{ 0 }
};

const struct preset *
preset_find(struct str name)
{
	for (const struct preset *p = presets; p->name; p++)
		if (str_is(name, p->name))
			return p;
	return NULL;
}

static struct str *
words(struct arena *a, const char *const *list, size_t *n)
{
	struct str *out = arena_array_of(a, struct str, COMMAND_MAX);

	for (*n = 0; list[*n] && *n < COMMAND_MAX; (*n)++)
		out[*n] = str(list[*n]);
	return out;
}

static int64_t
or_default(int64_t v, int64_t other)
{
	return v > 0 ? v : other;
}

static bool
has_word(const struct validator *v, const char *word)
{
	for (size_t i = 0; i < v->n_command; i++)
		if (str_is(v->command[i], word))
			return true;
	return false;
}

enum validator_files
validator_files(const struct validator *v)
{
	return has_word(v, "{}...") ? FILES_ALL :
	    has_word(v, "{}") ? FILES_EACH : FILES_NONE;
}

int
validator_fill(struct arena *a, const struct validator *v,
    struct validator_plan *out, struct err *e)
{
	const struct preset *p = preset_find(v->name);

	*out = (struct validator_plan){ .v = *v };
	if (!v->n_command && !p)
		return err_set(e, ERR_CONFIG, "the validator %.*s has no "
		    "command, and is no preset", STR_ARG(v->name));
	if (!v->n_globs && p)
		out->v.globs = words(a, p->globs, &out->v.n_globs);
	if (!out->v.n_globs)
		return err_set(e, ERR_CONFIG, "the validator %.*s has no globs, "
		    "so no file calls for it", STR_ARG(v->name));
	if (!v->n_command) {
		out->built_in = !p->command;
		out->local = str(p->local);
		if (p->command)
			out->v.command = words(a, p->command,
			    &out->v.n_command);
	}
	if (has_word(&out->v, "{}") && has_word(&out->v, "{}..."))
		return err_set(e, ERR_CONFIG, "the command of the validator "
		    "%.*s has both {} and {}... in it", STR_ARG(v->name));
	out->v.timeout_ms = or_default(v->timeout_ms, VALIDATOR_TIMEOUT_MS);
	out->v.memory_mb = or_default(v->memory_mb, VALIDATOR_MEMORY_MB);
	out->v.processes = or_default(v->processes, VALIDATOR_PROCESSES);
	out->v.output_bytes = or_default(v->output_bytes,
	    VALIDATOR_OUTPUT_BYTES);
	return 0;
}

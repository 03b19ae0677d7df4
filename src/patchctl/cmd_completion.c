#include "patchctl/command.h"

#include <stdio.h>

#include "model/event.h"

/* The options in a command's argument text: what begins with "--".  valued:
 * only those that a value stands behind. */
static void
put_options(const char *args, bool valued)
{
	struct str rest = str(args);

	while (rest.p) {
		struct str word = str_cut(&rest, ' ');
		bool closed = false;

		while (word.len && (word.p[0] == '[' || word.p[0] == '|' ||
		    word.p[0] == '(')) {
			word.p++;
			word.len--;
		}
		while (word.len && (word.p[word.len - 1] == ']' ||
		    word.p[word.len - 1] == ')')) {
			word.len--;
			closed = true;
		}
		if (str_starts(word, STR("--")) && (!valued || (!closed &&
		    rest.len && rest.p[0] != '|' && rest.p[0] != '[')))
			printf(" %.*s", STR_ARG(word));
	}
}

/* The row for --type. */
static void
put_types(void)
{
	fputs("\t--type) words=\"", stdout);
	for (int t = EVENT_NONE + 1; t < EVENT__MAX; t++)
		printf("%s ", event_name((enum event_type)t));
	puts("\" file= ;;");
}

/* Completion for bash, made from the tables of commands: words so far → what
 * may come next. */
static int
completion(struct command_line *l, struct err *e)
{
	if (command_options(l, NULL, 0, e) != 0)
		return -1;
	if (l->argc != 1 || !str_is(STR("bash"), l->argv[0]))
		return err_set(e, ERR_USAGE,
		    "the name of a shell is needed: bash");
	puts("# bash completion for patchctl; made by patchctl completion bash\n"
	    "_patchctl() {\n"
	    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} words= valued= file= row\n"
	    "\tlocal -a typed=()\n"
	    "\tlocal w; for w in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
	    "\t\t[[ $w == -* ]] || typed+=(\"$w\")\n"
	    "\tdone\n"
	    "\tcase \"${typed[*]}\" in");
	for (size_t g = 0; command_groups[g]; g++)
		for (const struct command *c = command_groups[g]; c->words;
		    c++) {
			printf("\t\"%s\"|\"%s \"*) words=\"", c->words,
			    c->words);
			put_options(c->args, false);
			printf(" --help\" valued=\"");
			put_options(c->args, true);
			puts(str_starts(str(c->args), STR("FILE")) ?
			    "\" file=1 ;;" : "\" ;;");
		}
	puts("\t*)\n\t\twhile read -r row; do");
	puts("\t\t\t[[ \"$row \" == \"${typed[*]:+${typed[*]} }\"* ]] || continue\n"
	    "\t\t\trow=${row#\"${typed[*]}\"}; row=${row# }\n"
	    "\t\t\twords+=\" ${row%% *}\"\n"
	    "\t\tdone <<-'END'");
	for (size_t g = 0; command_groups[g]; g++)
		for (const struct command *c = command_groups[g]; c->words; c++)
			printf("\t\t%s\n", c->words);
	puts("\t\tEND\n\t\twords+=\" --config --json --help --version\" ;;\n"
	    "\tesac\n"
	    "\tcase ${COMP_WORDS[COMP_CWORD-1]} in\n"
	    "\t--file|--block-file|--root|--token-file|--config|--to) file=2 ;;\n"
	    "\t--eol) words=\"auto keep\" file= ;;\n"
	    "\t--order) [[ ${typed[*]} != tail* ]] || return; words=\"asc desc\" file= ;;\n"
	    "\t--since) [[ ${typed[*]} = tail* ]] || return; words=\"now earliest\" file= ;;\n"
	    "\t--color) words=\"auto always never\" file= ;;");
	put_types();
	puts("\t*) [[ \"$valued \" != *\" ${COMP_WORDS[COMP_CWORD-1]} \"* ]] || return ;;\n"
	    "\tesac\n"
	    "\tif [[ $file = 2 || ( $file = 1 && $cur != -* ) ]]; then\n"
	    "\t\tcompopt -o filenames 2>/dev/null\n"
	    "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
	    "\t\treturn\n"
	    "\tfi\n"
	    "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	    "}\n"
	    "complete -F _patchctl patchctl");
	return 0;
}

const struct command completion_commands[] = {
	{ "completion", "bash", completion, "Print the completion for a shell.", "source <(patchctl completion bash)", true, NULL },
	{ 0 }
};

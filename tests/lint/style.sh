#!/usr/bin/env bash
# What the compiler does not see: sizes, names nobody may write, open ends.
# shellcheck source=tests/lib/tap.bash
. "$(dirname "$0")/../lib/tap.bash"
cd "$top" || exit 1

sources() { find src cgi-bin tests -name '*.[ch]' -not -path '*/node_modules/*'; }

# Comments and strings may mention what code may not say.
code() {	# FILE...: FILE:LINE:TEXT without comments and strings
	awk '
		FNR == 1 { inside = 0 }
		{
			line = $0
			gsub(/\\./, "", line)
			gsub(/"[^"]*"/, "\"\"", line)
			out = ""
			while (line != "") {
				if (inside) {
					end = index(line, "*/")
					if (!end) { line = ""; break }
					line = substr(line, end + 2); inside = 0
				} else {
					start = index(line, "/*")
					if (!start) { out = out line; line = ""; break }
					out = out substr(line, 1, start - 1)
					line = substr(line, start + 2); inside = 1
				}
			}
			print FILENAME ":" FNR ":" out
		}' "$@"
}

# shellcheck disable=SC2046
code $(sources | grep -v /banned.h) | grep -E \
    '[^A-Za-z0-9_.>](strcpy|stpcpy|strcat|strncpy|strncat|sprintf|vsprintf|gets|sscanf|fscanf|scanf|atoi|atol|atoll|atof|strtok|asctime|ctime|gmtime|localtime|rand|srand|system|popen|mktemp|tmpnam|tempnam|alloca|access|basename|dirname)[[:space:]]*\(' |
    tap_none "no banned function is called"

# shellcheck disable=SC2046
awk '
	FNR == 1 { body = 0 }
	/^\{/ { body = FNR }
	/^\}/ && body {
		if (FNR - body - 1 > 60)
			print FILENAME ":" body ": " FNR - body - 1 " lines"
		body = 0
	}' $(sources) | tap_none "no function is longer than 60 lines"

wc -l $(sources) | awk '$2 != "total" && $1 > 500 { print $2 ": " $1 " lines" }' |
    tap_none "no source is longer than 500 lines"

# shellcheck disable=SC2046
code $(sources) | grep -E 'typedef[[:space:]]+struct' |
    tap_none "no struct is typedef'd"

# shellcheck disable=SC2046
code $(find src -name '*.[ch]' -not -path 'src/patchctl/*') |
    grep -E '[^A-Za-z0-9_](printf|puts|exit)[[:space:]]*\(' |
    grep -vE '/main\.c:' |
    tap_none "nothing below main prints or exits"

# The words are put together, or this file would find itself.
words="TO""DO|FIX""ME|HA""CK"
grep -rnE "\\b($words)\\b" src cgi-bin migrations www contrib tests man \
    README.md CONTRIBUTING.md --include='*' --exclude-dir=node_modules |
    tap_none "no loose ends are left in the tree"

# bats sees neither that the first of two tests fails nor that a "!" does.
grep -rnE '^[[:space:]]+(\[\[? .*\]\]? && |! )' tests --include='*.bats' |
    grep -vE '\|\||&&$|\\$|; (then|do)' |
    tap_none "each test of a bats file counts"

grep -rnE '[[:space:]]+$' src cgi-bin migrations contrib --include='*.[ch]' \
    --include='*.sql' --include='*.sh' --include='*.def' |
    tap_none "no line ends in blanks"

tap_done

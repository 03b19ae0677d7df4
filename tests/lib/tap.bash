# tap.bash - TAP for shell tests that are not bats: lints and benches.
# shellcheck shell=bash
# A pipeline may end in tap_none and still count here.
shopt -s lastpipe
tap_ran=0
tap_failed=0

# tap_ok STATUS NAME: one line of TAP; STATUS as in $?.
tap_ok() {
	tap_ran=$((tap_ran + 1))
	if [ "$1" -eq 0 ]; then
		printf 'ok %d - %s\n' "$tap_ran" "$2"
	else
		tap_failed=$((tap_failed + 1))
		printf 'not ok %d - %s\n' "$tap_ran" "$2"
	fi
}

# tap_none NAME: holds when standard input is empty; shows it otherwise.
tap_none() {
	local found
	found=$(cat)
	[ -z "$found" ]
	tap_ok $? "$1"
	[ -z "$found" ] || printf '%s\n' "$found" | sed 's/^/# /'
}

tap_skip() {
	tap_ran=$((tap_ran + 1))
	printf 'ok %d - %s # SKIP %s\n' "$tap_ran" "$1" "$2"
}

tap_done() {
	printf '1..%d\n' "$tap_ran"
	[ "$tap_failed" -eq 0 ] && [ "$tap_ran" -gt 0 ]
}

# The root of the sources, also when run by hand.
# shellcheck disable=SC2034
top=${abs_top_srcdir:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}

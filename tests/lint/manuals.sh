#!/usr/bin/env bash
# Manuals by mandoc, scripts by shellcheck.
# shellcheck source=tests/lib/tap.bash
. "$(dirname "$0")/../lib/tap.bash"
cd "$top" || exit 1

if command -v mandoc >/dev/null; then
	for page in $(find src cgi-bin man -name '*.[1-8]'); do
		mandoc -Tlint -Wwarning "$page" 2>&1 |
		    tap_none "$page passes mandoc"
		grep -q '^\.Sh SECURITY CONSIDERATIONS' "$page" ||
		    case $page in *.5 | *.1) ;; *) false ;; esac
		tap_ok $? "$page ends with security considerations"
	done
else
	tap_skip "manuals" "mandoc is not installed"
fi

scripts() {
	find contrib tests .ci -type f -not -path "*/node_modules/*" 2>/dev/null |
	    while read -r file; do
		case $file in
		*.sh | *.bash) echo "$file" ;;
		*)	read -r first <"$file" 2>/dev/null
			case $first in '#!'*sh) echo "$file" ;; esac ;;
		esac
	done | sort
}

if command -v shellcheck >/dev/null; then
	for script in $(scripts); do
		shellcheck -S warning -x "$script" 2>&1 |
		    tap_none "$script passes shellcheck"
	done
else
	tap_skip "scripts" "shellcheck is not installed"
fi

tap_done

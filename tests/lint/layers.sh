#!/usr/bin/env bash
# Every #include "x/…" against src/layers.txt, every outside header against
# its owner, every source against the local.mk of its folder.
# shellcheck source=tests/lib/tap.bash
. "$(dirname "$0")/../lib/tap.bash"
cd "$top" || exit 1

includes() {	# FILE:LINE:#include of all sources
	grep -n '^#[[:space:]]*include' /dev/null \
	    $(find src cgi-bin -name '*.[ch]')
}

includes | awk '
	FNR == NR && /^#/ { next }
	FNR == NR && NF {
		split($0, half, ";"); split(half[1], side, ":")
		split(side[1], who, " ")
		number[who[2]] = who[1]
		may[who[2]] = " " who[2] " " side[2] " "
		next
	}
	FNR == NR { next }
	/include "/ {
		split($0, at, ":")
		n = split(at[1], dir, "/")
		folder = dir[1] == "src" ? dir[2] : dir[1]
		match($0, /"[^"]*"/)
		name = substr($0, RSTART + 1, RLENGTH - 2)
		if (index(name, "/") == 0) {
			if (name != "config.h")
				print at[1] ":" at[2] ": " name " has no folder"
			next
		}
		split(name, part, "/")
		if (!(folder in may))
			print at[1] ": folder " folder " is not in layers.txt"
		else if (index(may[folder], " " part[1] " ") == 0)
			print at[1] ":" at[2] ": " folder \
			    " may not include " part[1]
	}' src/layers.txt - | tap_none "folders include lower layers only"

awk '!/^#/ && NF {
	split($0, half, ";"); split(half[1], side, ":")
	split(side[1], who, " ")
	n = split(side[2], low, " ")
	number[who[2]] = who[1]; list[who[2]] = side[2]
} END {
	for (f in list) {
		n = split(list[f], low, " ")
		for (i = 1; i <= n; i++)
			if (!(low[i] in number) || number[low[i]] >= number[f])
				print f " may include " low[i] \
				    ", which is not below it"
	}
}' src/layers.txt | tap_none "layers.txt goes downwards only"

includes | awk '
	FNR == NR && /^#/ { next }
	FNR == NR && NF {
		split($0, half, ";"); split(half[1], side, ":")
		split(side[1], who, " ")
		n = split(half[2], header, " ")
		for (i = 1; i <= n; i++)
			owner[header[i]] = who[2]
		next
	}
	FNR == NR { next }
	/include </ {
		split($0, at, ":")
		split(at[1], dir, "/")
		folder = dir[1] == "src" ? dir[2] : dir[1]
		match($0, /<[^>]*>/)
		name = substr($0, RSTART + 1, RLENGTH - 2)
		star = name; sub(/\/.*/, "/*", star)
		whose = name in owner ? owner[name] : \
		    star in owner ? owner[star] : ""
		if (whose != "" && whose != folder)
			print at[1] ":" at[2] ": " name " belongs to " whose
	}' src/layers.txt - | tap_none "each outside header has one owner"

for file in $(find src cgi-bin -name '*.[ch]' -o -path './src/*' -name '*.def'); do
	case $file in
	src/*) list=${file%/*}/local.mk ;;
	*) list=cgi-bin/local.mk ;;
	esac
	grep -q "$file\\b" "$list" 2>/dev/null || echo "$file is not in $list"
done | tap_none "each source is in the local.mk of its folder"

for file in tests/unit/test_*.c; do
	[ -f "$file" ] || continue
	name=${file%.c}
	grep -q "$name\\b" tests/local.mk || echo "$file is not in tests/local.mk"
done | tap_none "each unit test is built and run"

for file in tests/cgi/*.bats tests/lint/*.sh; do
	[ -f "$file" ] || continue
	grep -q "$file\\b" tests/local.mk || echo "$file is not in tests/local.mk"
done | tap_none "each bats test and lint is run"

for file in migrations/*.sql; do
	[ -f "$file" ] || continue
	grep -q "$file\\b" migrations/local.mk || echo "$file is not installed"
done | tap_none "each migration is installed"

tap_done

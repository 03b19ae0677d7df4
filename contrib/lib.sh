# lib.sh - what contrib/up and contrib/check share: packages, building,
# starting and stopping an instance.  Sourced by bash; top is the checkout.
# shellcheck shell=bash
: "${top:?}"

# shellcheck disable=SC2034
run_packages="build-essential autoconf automake pkgconf git ca-certificates
curl libfcgi-dev libsqlite3-dev sqlite3 libjson-c-dev libssl-dev libwslay-dev zlib1g-dev
libhttp-parser-dev libinih-dev libpcre2-dev libcurl4-openssl-dev lighttpd lighttpd-mod-deflate
tzdata"
# shellcheck disable=SC2034
test_packages="bats jq python3-prometheus-client python3-websockets apache2 patch mandoc shellcheck wrk
strace procps util-linux faketime lighttpd-mod-openssl openssl
chromium cmark-gfm python3-markdown clang libclang-rt-14-dev"

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() {	# die STATUS MESSAGE
	local status=$1
	shift
	say "$*"
	exit "$status"
}

# Those of the packages that are not installed.
packages_missing() {
	local p
	for p; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = \
		    installed ] || printf '%s ' "$p"
	done
}

# Install what is missing; needs root or sudo only when something is.
packages_install() {
	local missing as_root=() guard=/usr/sbin/policy-rc.d guarded=
	command -v dpkg-query >/dev/null || return 0	# not Debian: configure tells
	missing=$(packages_missing "$@")
	[ -n "$missing" ] || return 0
	local line="apt-get install -y --no-install-recommends $missing"
	if [ "$(id -u)" != 0 ]; then
		command -v sudo >/dev/null && sudo -n true 2>/dev/null ||
		    die 69 "these packages are missing; as root: $line"
		as_root=(sudo)
	fi
	say "installing $missing"
	# Debian starts a server when its package is installed; not here.
	if [ ! -e $guard ]; then
		printf '#!/bin/sh\nexit 101\n' |
		    "${as_root[@]}" tee $guard >/dev/null &&
		    "${as_root[@]}" chmod +x $guard && guarded=1
		# shellcheck disable=SC2064
		trap "${as_root[*]} rm -f $guard" EXIT
	fi
	local failed=
	{ "${as_root[@]}" apt-get -q update && "${as_root[@]}" env \
	    DEBIAN_FRONTEND=noninteractive $line; } >&2 || failed=1
	[ -z "$guarded" ] || { "${as_root[@]}" rm -f $guard; trap - EXIT; }
	[ -z "$failed" ] || die 69 "apt-get failed; try: $line"
}

# build DIR CONFIGURE-OPTION...: out of tree, quiet unless it fails.
build() {
	local dir=$1 log
	shift
	mkdir -p "$dir"
	exec 8>"$dir/.lock"
	flock 8				# two of us may build at the same time
	log=$dir/build.log
	{
		[ -x "$top/configure" ] &&
		    [ -z "$(find "$top/configure.ac" "$top/m4" "$top/Makefile.am" \
			-newer "$top/configure")" ] || (cd "$top" && autoreconf -fi)
	} >"$log" 2>&1 && {
		[ -f "$dir/Makefile" ] && [ "$dir/Makefile" -nt "$top/configure" ] ||
		    (cd "$dir" && "$top/configure" "$@")
	} >>"$log" 2>&1 && make -C "$dir" -j"$(nproc)" >>"$log" 2>&1 || {
		tail -n 40 "$log" >&2
		die 1 "the build failed; all of it is in $log"
	}
	exec 8>&-
}

# wait_for SECONDS COMMAND...: poll until it succeeds.
wait_for() {
	local deadline=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		sleep 0.02
	done
}

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A port below the kernel's ephemeral range that nobody listens on now.
port_free() {
	local port
	while port=$((20000 + RANDOM % 12000)); do
		port_taken "$port" || { echo "$port"; return; }
	done
}

# instance_config DIR PORT BUILD WORKSPACES RUN [POLICIES]: the files of one
# instance in DIR.  RUN is where its sockets are (their paths may not be longer
# than 107 bytes).
instance_config() {
	local dir=$1 port=$2 build=$3 workspaces=$4 run=$5 policies=${6:-}
	mkdir -p "$dir/log" "$dir/locks" "$dir/upload" "$run"
	cat >"$dir/patchwarden.conf" <<-END
	# Made by contrib/up; patchctl config tells what each key means.
	PATCHWARDEN_DATABASE=$dir/patchwarden.db
	PATCHWARDEN_STATE_DIR=$dir
	PATCHWARDEN_FIFO=$run/bell
	PATCHWARDEN_MIGRATIONS=$top/migrations
	PATCHWARDEN_WORKSPACES=$workspaces
	PATCHWARDEN_BROADCAST_SOCKET=$run/broadcast.sock
	END
	[ -z "$policies" ] ||
	    echo "PATCHWARDEN_POLICIES=$policies" >>"$dir/patchwarden.conf"
	instance_lighttpd "$dir" "$port" "$build" "$run"
}
instance_lighttpd() {	# DIR PORT BUILD RUN
	local dir=$1 port=$2 build=$3 run=$4 modules fds
	modules=$(lighttpd_modules)
	fds=$(ulimit -Hn)
	[ "$fds" != unlimited ] && [ "$fds" -lt 32768 ] || fds=32768
	sed -e "s|@PORT@|$port|g; s|@STATE@|$dir|g; s|@RUN@|$run|g" \
	    -e "s|@CGIBIN@|$build/cgi-bin|g; s|@WWW@|$top/www|g" \
	    -e "s|@FDS@|$fds|g; s|@CONNECTIONS@|$((fds / 2))|g" \
	    -e "s|@CONFIG@|$dir/patchwarden.conf|g; s|@MODULES@|$modules|g" \
	    "$top/contrib/lighttpd/patchwarden.conf.in" >"$dir/lighttpd.conf"
}

# Compression is a module of its own in Debian; the server runs without it.
lighttpd_modules() {
	local d
	for d in /usr/lib/lighttpd /usr/lib64/lighttpd /usr/local/lib/lighttpd; do
		[ ! -e "$d/mod_deflate.so" ] || { echo ', "mod_deflate"'; return; }
	done
	echo
}

lighttpd_program() {
	command -v lighttpd || { [ -x /usr/sbin/lighttpd ] &&
	    echo /usr/sbin/lighttpd; } || die 69 "lighttpd is not installed"
}

# stop_pid PID: TERM, then KILL after ten seconds; gone when it returns.
stop_pid() {
	[ -n "${1:-}" ] && kill "$1" 2>/dev/null || return 0
	if ! wait_for 10 not_running "$1"; then
		kill -9 "$1" 2>/dev/null
		wait_for 5 not_running "$1"
	fi
}
not_running() {	# a zombie does not run any more
	local state
	state=$(ps -o stat= -p "$1" 2>/dev/null) || return 0
	[[ $state == Z* ]]
}

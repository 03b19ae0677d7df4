# cgi.bash - run the programs as plain CGI, one process a request.
# shellcheck shell=bash disable=SC2034,SC2154
top=${abs_top_srcdir:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
build=${abs_top_builddir:-$top/build}

# The leak checker reads /proc, which the sandbox forbids.
export ASAN_OPTIONS=detect_leaks=0

# A folder of its own, a workspace, a database and a token; call in setup().
cgi_setup() {
	state=$(mktemp -d /tmp/pw.XXXXXX)
	workspace=$state/tree
	mkdir "$workspace" "$state/locks"
	export PATCHWARDEN_CONFIG=$state/patchwarden.conf
	export PATCHWARDEN_PLANS=$state/plans
	cat >"$PATCHWARDEN_CONFIG" <<-END
	PATCHWARDEN_DATABASE=$state/patchwarden.db
	PATCHWARDEN_STATE_DIR=$state
	PATCHWARDEN_FIFO=$state/bell
	PATCHWARDEN_MIGRATIONS=$top/migrations
	PATCHWARDEN_WORKSPACES=default=$workspace
	PATCHWARDEN_BROADCAST_SOCKET=$state/broadcast.sock
	END
	patchctl db migrate >/dev/null
	token=$(patchctl token new --name test --scopes admin)
}
# Whatever a test did, no statement walked a big table from end to end.
cgi_teardown() {
	local bad=0
	python3 "$top/tests/lib/plans.py" "$state/plans" || bad=1
	rm -rf "${state:?}"
	return $bad
}

patchctl() { "$build/src/patchctl/patchctl" "$@"; }

# unmigrate VERSION: as if the migrations after that had not been made yet.
unmigrate() {
	python3 "$top/tests/lib/unmigrate.py" "$state/patchwarden.db" \
	    "$top/migrations" "$1"
}

# cgi METHOD URI [NAME=VALUE...]: the request, its body on standard input unless
# the method has none; NAME=VALUE are more variables of the environment.  Sets
# http_status, http_headers and body.  Those who ask at the same time set cgi_name,
# each its own.
cgi_name=
cgi() {
	local method=$1 uri=$2 program=patches answer input=/dev/null length=
	shift 2
	case $uri in
	/api/patches/logs*) program=logs ;;
	/api/patches/stats* | /api/patches/trends*) program=stats ;;
	/api/delivery/*) program=reports ;;
	/api/rpc* | /api/tools*) program=agent ;;
	/api/ops/* | /api/github/*) program=ops ;;
	esac
	if [[ $method = @(POST|PUT|PATCH) ]]; then
		input=$state/.body$cgi_name
		cat >"$input"
		length=$(stat -c %s "$input")
	fi
	answer=$state/.answer$cgi_name
	env REQUEST_METHOD="$method" REQUEST_URI="$uri" \
	    QUERY_STRING="$([[ $uri != *\?* ]] || echo "${uri#*\?}")" \
	    GATEWAY_INTERFACE=CGI/1.1 SERVER_PROTOCOL=HTTP/1.1 \
	    SCRIPT_NAME="${uri%%\?*}" CONTENT_TYPE=application/json \
	    ${length:+CONTENT_LENGTH="$length"} \
	    HTTP_AUTHORIZATION="Bearer $token" "$@" \
	    "$build/cgi-bin/$program.fcgi" <"$input" >"$answer" 2>"$state/.errors"
	http_headers=$(sed '/^\r\{0,1\}$/q' "$answer" | tr -d '\r')
	http_status=$(sed -n 's/^Status: \([0-9]*\).*/\1/p' <<<"$http_headers")
	: "${http_status:=200}"
	body=$(sed '1,/^\r\{0,1\}$/d' "$answer")
}

# apply JSON-OF-PATCHES [MORE-MEMBERS]: post a batch.
apply() {
	cgi POST /api/patches/apply <<<"{\"requester\":\"test\",${2:+$2,}\"patches\":$1}"
}
# field FILTER: of the last body, by jq.
field() { jq -r "$1" <<<"$body"; }

# file_is NAME BYTES (as printf has them).
file_is() {
	printf "$2" | cmp - "$workspace/$1"
}
# Every path and content of the workspace, as one hash.
tree_hash() {
	(cd "$workspace" && find . -path ./.patchwarden -prune -o -print0 |
	    sort -z | while IFS= read -r -d '' f; do
		stat -c '%N %a %F' "$f"
		[ -d "$f" ] || [ ! -f "$f" ] || sha256sum "$f"
	done) | sha256sum
}
# Shown by bats when a test fails.
show() { printf 'status %s\n%s\n' "$http_status" "$body" >&2; cat "$state/.errors" >&2; }

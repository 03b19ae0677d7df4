# Reports through programs of others: a parser of HTML, renderers of Markdown.
# What strangers wrote stays text, and each row keeps its cells.
top=${abs_top_srcdir:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}
build=${abs_top_builddir:-$top/build}
orders="plain empty hostile many"

setup() { state=$(mktemp -d /tmp/pw.XXXXXX); }
teardown() { rm -rf "${state:?}"; }

show() { "$build/tests/lib/report_show" "$@"; }
# looks_fine ORDER FORM <HTML
looks_fine() {
  show "$1" json >"$state/report.json" || return
  /usr/bin/python3 "$top/tests/lib/report_check.py" "$state/report.json" "$2"
}

@test "the page is well formed and has no element but its own" {
  for order in $orders; do
    show "$order" html | looks_fine "$order" html
  done
}

@test "the check of pages sees what is planted" {
  for planted in '<script>x</script>' '<b onclick=x>' '<img src=x>' '<!-- x -->' \
      '<a href="http://x">' '<b>' '<p style="color:red">' '&#x202e;' '<table><tr><td></table>'; do
    show plain html >"$state/page"
    run looks_fine plain html < <(sed "s|</footer>|$planted</footer>|" "$state/page")
    [ "$status" = 1 ]
    [ -n "$output" ]
  done
}

@test "cmark-gfm makes of the Markdown what was meant" {
  command -v cmark-gfm >/dev/null || skip "cmark-gfm is not installed"
  for order in $orders; do
    show "$order" md |
      cmark-gfm --unsafe -e table -e autolink -e strikethrough -e tasklist |
      looks_fine "$order" markdown
  done
}

@test "so does Python-Markdown" {
  /usr/bin/python3 -c 'import markdown' 2>/dev/null || skip "python3-markdown is not installed"
  for order in plain empty hostile; do
    show "$order" md |
      /usr/bin/python3 -c 'import sys, markdown
print(markdown.markdown(sys.stdin.read(), extensions=["tables"]))' |
      looks_fine "$order" old
  done
}

@test "the check of Markdown sees what is planted" {
  command -v cmark-gfm >/dev/null || skip "cmark-gfm is not installed"
  for planted in '<script>x</script>' '[x](y)' '![x](y)' 'https://x.test' '- x' '## x'; do
    show plain md >"$state/report.md"
    printf '\n%s\n' "$planted" >>"$state/report.md"
    run looks_fine plain markdown < <(cmark-gfm --unsafe -e table -e autolink "$state/report.md")
    [ "$status" = 1 ]
  done
}

@test "the JSON is valid and keeps what strangers wrote as it is" {
  show hostile json | jq -e '.as_of.seq == 99 and (.files | map(.path) |
    index("<script>alert(1)</script>") != null and index("a\\|b") != null)'
  show many json | jq -e '(.files | length) + .files_left_out == .totals.total
    and .failures_left_out > 0 and .totals.success_rate == .totals.ok / .totals.total'
}

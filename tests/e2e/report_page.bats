# Reports in a real browser: no script runs, no request leaves.
load ../lib/server

setup() { state=$(mktemp -d /tmp/pw.XXXXXX); }
teardown() { rm -rf "${state:?}"; }

@test "a report is a page that does nothing, whatever strangers wrote" {
  command -v chromium >/dev/null || skip "chromium is not installed"
  make -s -C "$build" tests/lib/report_show
  for order in plain empty hostile; do
    "$build/tests/lib/report_show" "$order" html >"$state/$order.html"
    mkdir "$state/$order"
    /usr/bin/python3 "$top/tests/browser/report.py" "$state/$order.html" "$state/$order" 3>&-
    [ -s "$state/$order/print.pdf" ]
    [ -z "${REPORT_PICTURES:-}" ] || cp -r "$state/$order" "$REPORT_PICTURES/"
  done
}

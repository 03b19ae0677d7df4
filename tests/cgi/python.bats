# What Python does, too: its answers and ours, for chance's questions.
top=${abs_top_srcdir:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}
build=${abs_top_builddir:-$top/build}

setup() {
  seed=${PATCHWARDEN_SEED:-${CI:+1}}
  : "${seed:=$(date +%s)}"
}

@test "hours, days and weeks of time zones are those of Python's zoneinfo" {
  python3 -c 'import zoneinfo; zoneinfo.ZoneInfo("Europe/Berlin")' ||
    skip "no python3 with zoneinfo and tzdata"
  [ -d /usr/share/zoneinfo ] || skip "tzdata is not installed"
  count=120
  [ -z "${PATCHWARDEN_QUICK:-}" ] || count=20
  python3 "$top/tests/lib/zones.py" "$build/tests/unit/test_zone" "$seed" $count
}

@test "rows of CSV are those of Python's csv, and Python reads what was meant" {
  python3 -c 'import csv' || skip "no python3"
  count=20000
  [ -z "${PATCHWARDEN_QUICK:-}" ] || count=2000
  python3 "$top/tests/lib/csv_rows.py" "$build/tests/unit/test_csv" "$seed" $count
}

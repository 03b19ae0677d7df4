"""plans.py FILE: does a statement walk a big table from end to end?

FILE is what PATCHWARDEN_PLANS made: statements, and below each, indented, how
SQLite goes about it.  A statement that may do so says why, in a comment that
begins with "whole table:".  Prints the others; the exit status is 1 when there
are any."""
import re
import sys

BIG = set("""event patch_log posting patch_outcome rollup work_item work_cell
    term file_edit patch_diff patch_custody patch_batch producer_event
    patch_revert idempotency delivery_reports stream_ticket""".split())


def statements(lines):
    sql, plan = "", []
    for line in lines:
        if line.startswith("\t"):
            plan.append(line.strip())
            continue
        if plan:
            yield sql, plan
            sql, plan = "", []
        sql += line
    yield sql, plan


def table_of(name, sql):
    alias = re.search(r'\b(\w+) AS "?%s\b' % re.escape(name), sql)
    return alias.group(1) if alias else name


def faults(sql, plan):
    for step in plan:
        scan = re.match(r"SCAN (\w+)", step)
        if scan and table_of(scan.group(1), sql) in BIG:
            yield step


bad = set()
try:
    with open(sys.argv[1], errors="replace") as f:
        for sql, plan in statements(f):
            if "whole table:" not in sql:
                bad |= {(sql.strip(), step) for step in faults(sql, plan)}
except FileNotFoundError:
    pass
for sql, step in sorted(bad):
    print("# a big table is walked: %s\n#   %s" % (step, sql))
sys.exit(1 if bad else 0)

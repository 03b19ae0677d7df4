"""peer_sql.py - what the specification's own program would ask of its one
table, by name: lists of statements whose results make one answer."""

# One patch counts once, by its outcome; a revert that failed is none.
OUTCOME = ("(type = 'patch_applied' OR (type = 'patch_failed'"
           " AND op IS NOT 'revert'))")
OK = "(type = 'patch_applied' AND ts_check_ok IS NOT 0)"
RANGE = "created_at >= :from AND created_at < :to"
COUNTS = (f"count(*) AS total, sum({OK}) AS ok,"
          f" count(*) - sum({OK}) AS failed")

COLUMNS = ("id, patch_id, task_id, file_path, op, ts_check_ok, diff_path,"
           " meta, created_at, status, type, order_id, requester, reason,"
           " error, phase, workspace")

SEARCHED = ("file_path", "op", "requester", "reason", "error")

# The filters of the log: what stands behind WHERE.
WHERE = {
    "all": "1",
    "task": "task_id = :value",
    "order": "order_id = :value",
    "requester": "requester = :value",
    "phase": "phase = :value",
    "op": "op = :value",
    "workspace": "workspace = :value",
    "status": "status = :value",
    "type": "type = :value",
    "patch": "patch_id = :value",
    "file": "file_path LIKE '%' || :value || '%'",
    "range": RANGE,
    "search": "(" + " OR ".join(
        f"{c} LIKE '%' || :value || '%'" for c in SEARCHED) + ")",
}


def grouped(by, name, more="", order="1"):
    return (f"SELECT {by} AS {name}, {COUNTS},"
            f" 1.0 * sum({OK}) / count(*) AS success_rate{more}"
            f" FROM patch_events WHERE {OUTCOME} AND {RANGE}"
            f" GROUP BY 1 ORDER BY {order}")


STATEMENTS = {
    "stats": [
        f"SELECT {COUNTS} FROM patch_events WHERE {OUTCOME} AND {RANGE}",
        grouped("date(created_at)", "day"),
        grouped("requester", "factory", order="2 DESC"),
        grouped("op", "op", order="2 DESC"),
        "SELECT error, count(*) AS occurrences FROM patch_events"
        f" WHERE {OUTCOME} AND {RANGE} AND NOT {OK} AND error IS NOT NULL"
        " AND status <> 'not_applied' GROUP BY 1 ORDER BY 2 DESC LIMIT 20",
    ],
    "trends_weekly": [grouped("strftime('%Y-W%W', created_at)", "week")],
    "trends_phase": [grouped("phase", "phase")],
    "trends_order": [grouped("order_id", "order_id",
                             ", min(created_at) AS first_patch,"
                             " max(created_at) AS last_patch")],
    "report": [
        f"SELECT {COUNTS}, min(created_at) AS first_patch,"
        " max(created_at) AS last_patch FROM patch_events"
        f" WHERE {OUTCOME} AND order_id = :value",
        f"SELECT op, count(*) AS count FROM patch_events WHERE {OUTCOME}"
        " AND order_id = :value GROUP BY 1",
        "SELECT error, count(*) AS occurrences FROM patch_events"
        " WHERE order_id = :value AND error IS NOT NULL GROUP BY 1",
    ],
    "report_all": [
        f"SELECT order_id, {COUNTS} FROM patch_events"
        f" WHERE {OUTCOME} AND order_id IS NOT NULL GROUP BY 1"],
}
for name, where in WHERE.items():
    STATEMENTS[f"logs_{name}"] = [
        f"SELECT {COLUMNS} FROM patch_events WHERE {where}"
        " ORDER BY created_at DESC LIMIT 50 OFFSET :offset"]
    STATEMENTS[f"count_{name}"] = [
        f"SELECT count(*) AS n FROM patch_events WHERE {where}"]


def literal(sql, values):
    """The statement with its parameters as literals, for the shell."""
    for key in sorted(values, key=len, reverse=True):
        v = values[key]
        sql = sql.replace(":" + key, str(v) if isinstance(v, int) else
                          "'" + v.replace("'", "''") + "'")
    return sql

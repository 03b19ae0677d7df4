"""log_cases.py - what is asked of a log, of us and of the peers, and what of
the answers has to agree."""
import urllib.parse

YEAR = {"from": "2025-11-01", "to": "2026-11-01"}
WEEK = {"from": "2026-10-25", "to": "2026-11-01"}
LOGS, STATS, TRENDS, REPORTS = (
    "/api/patches/logs", "/api/patches/stats", "/api/patches/trends",
    "/api/delivery/reports")
PROGRAMS = {LOGS: "logs", STATS: "stats", TRENDS: "stats", REPORTS: "reports"}


class Case:
    """peer: the name of the statements, None when the specification has no
    such question.  counted: what the whole log is counted by."""

    def __init__(self, group, name, path, params, peer=None, values=None,
                 agrees=None, counted=None):
        self.group, self.name = group, name
        self.route, self.params = path, params
        self.peer, self.values = peer, values or {}
        self.agrees, self.counted = agrees, counted

    def path(self, **more):
        return self.route + "?" + urllib.parse.urlencode(self.params | more)

    @property
    def program(self):
        return PROGRAMS[self.route]


def triple(row):
    """None, from a sum over nothing, is 0."""
    return tuple(int(row[k] or 0) for k in ("total", "ok", "failed"))


def stats_agree(ours, theirs):
    totals, daily, factories, ops, errors = theirs
    yield "totals", triple(ours["totals"]), triple(totals[0])
    yield "daily", {d["day"]: triple(d) for d in ours["daily"]
                    if d["total"]}, {d["day"]: triple(d) for d in daily}
    yield ("by factory", {f["factory"]: (f["total"], f["success"])
                          for f in ours["byFactory"]},
           {f["factory"]: (f["total"], f["ok"]) for f in factories})
    yield ("by operation", {o["op"]: o["count"] for o in ours["byOp"]},
           {o["op"]: o["total"] for o in ops})
    # which of those that are equal come last is nobody's promise
    yield ("errors", sorted(e["occurrences"] for e in ours["errors"]),
           sorted(e["occurrences"] for e in errors))


def weekly_agree(ours, theirs):
    """%W counts weeks otherwise than ISO does: the sums have to be equal."""
    yield ("sums", tuple(map(sum, zip(*map(triple, ours["results"])))),
           tuple(map(sum, zip(*map(triple, theirs[0])))))


def phase_agree(ours, theirs):
    yield ("phases", {r["phase"]: triple(r) for r in ours["results"]},
           {r["phase"]: triple(r) for r in theirs[0]})


def order_agree(ours, theirs):
    """Ours is a page of them, without what belongs to no order."""
    known = {r["order_id"]: triple(r) for r in theirs[0]
             if r["order_id"] is not None}
    yield ("orders", {r["order_id"]: triple(r) for r in ours["results"]},
           {r["order_id"]: known.get(r["order_id"]) for r in ours["results"]})
    if not (ours.get("pagination") or {}).get("has_more"):
        yield "how many", len(ours["results"]), len(known)


def report_agree(ours, theirs):
    yield ("total_patches", ours["report"]["total_patches"],
           theirs[0][0]["total"])


def logs(name, params, where, value=None, **more):
    values = {"offset": 0} | more
    if value is not None:
        values["value"] = value
    return Case("logs", name, LOGS, params, "logs_" + where, values,
                counted="count_" + where)


def log_cases(of):
    """of: names that are in this log, see values_of()."""
    yield logs("first page", {}, "all")
    yield Case("logs", "deep cursor", LOGS, of["deep"], "logs_all",
               {"offset": of["half"]})
    for param, where in (("task_id", "task"), ("order_id", "order"),
                         ("requester", "requester"), ("phase", "phase"),
                         ("op", "op"), ("workspace", "workspace"),
                         ("status", "status"), ("type", "type"),
                         ("patch_id", "patch"), ("file", "file")):
        yield logs(param, {param: of[where]}, where, of[where])
    yield logs("rare requester", {"requester": of["rare requester"]},
               "requester", of["rare requester"])
    yield logs("from, to", WEEK, "range", **WEEK)
    for name, word in (("search, rare", "zyzzyva"),
                       ("search, common", "refactor"),
                       ("search, two letters", "ui"),
                       ("search, nowhere", "qqxqq")):
        yield logs(name, {"search": word}, "search", word)
    for name, params, where, value in (
            ("count, requester", {"requester": of["requester"]}, "requester",
             of["requester"]),
            ("count, common", {"search": "refactor"}, "search", "refactor")):
        yield Case("logs", name, LOGS, params | {"count": "exact"},
                   "count_" + where, {"value": value})


def sum_cases(of):
    for name, span in (("7 days", WEEK), ("1 year", YEAR)):
        yield Case("stats", name, STATS, span, "stats", span, stats_agree)
    for group, agrees in (("weekly", weekly_agree), ("phase", phase_agree),
                          ("order", order_agree)):
        yield Case("trends", group, TRENDS, YEAR | {"group": group},
                   "trends_" + group, YEAR, agrees)
    for group in ("daily", "factory", "task"):
        yield Case("trends", group, TRENDS, YEAR | {"group": group})
    yield Case("reports", "one order", REPORTS, {"order_id": of["order"], "generate": "true"},
               "report", {"value": of["order"]}, report_agree)


def cases(of):
    return [*log_cases(of), *sum_cases(of)]


def values_of(db):
    """Names out of the middle of the flat table (a connection)."""
    def one(sql, *values):
        return db.execute(sql, values).fetchone()[0]

    half = one("SELECT max(id) FROM patch_events") // 2
    of = {"half": half}
    for key, column in (("task", "task_id"), ("order", "order_id"),
                        ("patch", "patch_id")):
        of[key] = one(f"SELECT {column} FROM patch_events WHERE id >= ?"
                      " AND order_id IS NOT NULL ORDER BY id LIMIT 1", half)
    of |= {"requester": "mason", "rare requester": "ui-console",
           "phase": "features", "op": "replace-block", "workspace":
           "storefront", "status": "failed", "type": "patch_reverted",
           "file": "wallet/upload"}
    return of

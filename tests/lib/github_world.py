"""github_world.py: what github_stub.py serves: repositories with issues,
comments, labels, pulls, runs, jobs and logs, as GitHub keeps and shows them."""
import base64
import calendar
import collections
import hashlib
import json
import re
import subprocess
import tempfile
import time
import urllib.parse

Request = collections.namedtuple(
    "Request", "method path query raw headers base entry")

TOKEN = "ghp_0123456789abcdefghijABCDEFGHIJ012345"
VERSIONS = ("2022-11-28", "2026-03-10")
BODY_MAX = 65536		# characters

ISSUE_MEMBERS = {"title": str, "body": str, "labels": list, "assignees": list,
                 "state": str, "state_reason": str, "milestone": int}
STATE_REASONS = ("completed", "not_planned", "reopened", "duplicate")


class Refused(Exception):
    def __init__(self, status, message, **more):
        super().__init__(message)
        self.status = status
        self.answer = {"message": message, **more, "documentation_url":
                       "https://docs.github.com/rest", "status": str(status)}


def invalid(field, code="invalid", resource="Issue"):
    return Refused(422, "Validation Failed", errors=[
        {"resource": resource, "code": code, "field": field}])


def stamp(s):
    return None if s is None else time.strftime("%Y-%m-%dT%H:%M:%SZ",
                                                time.gmtime(s))


def moment(text):
    return calendar.timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S"))


def user(login):
    return None if login is None else {
        "login": login, "id": 1 + sum(login.encode()), "type": "User",
        "node_id": "U_1", "html_url": "https://github.com/" + login,
        "site_admin": False}


class Repo:
    def __init__(self, name):
        self.name = name
        self.issues, self.comments, self.labels = {}, {}, {}
        self.runs, self.jobs, self.annotations = [], [], {}
        self.assignable = ["octocat", "agent"]
        self.last_number = 0
        self.last_comment = 1000


class World:
    def __init__(self, folder):
        self.folder = folder
        self.repos = {}
        self.tokens = {TOKEN: None}	# until when; None: for ever
        self.blobs = {}
        self.blob_base = ""
        self.lag = {}
        self.lists = 0		# how many lists were served
        self.remaining, self.reset = 5000, time.time() + 3600
        self.creates_a_minute = None
        self.creates = []

    def repo(self, name):
        return self.repos.setdefault(name, Repo(name))

    # -- control --

    def control(self, what, body):
        if what == "lag":
            self.lag = body
        elif what == "limits":
            self.remaining = body.get("remaining", self.remaining)
            if "reset_in" in body:
                self.reset = time.time() + body["reset_in"]
            self.creates_a_minute = body.get("creates_a_minute",
                                             self.creates_a_minute)
        elif what == "seed":
            return self.seed(self.repo(body["repo"]), body)
        elif what == "set":
            issue = self.repo(body["repo"]).issues[body["number"]]
            issue.update({k: v for k, v in body.items()
                          if k not in ("repo", "number")})
            issue["updated_at"] = time.time()
        else:
            raise KeyError(what)
        return {}

    def seed(self, r, body):
        made = []
        for i in body.get("issues", []):
            who = i.get("user", "octocat")
            made.append(self.add_issue(r, i, who)["number"])
        for i in body.get("pulls", []):
            made.append(self.add_issue(r, {**i, "pull": True},
                                       "octocat")["number"])
        r.runs += body.get("runs", [])
        r.jobs += body.get("jobs", [])
        r.annotations.update(body.get("annotations", {}))
        for name in body.get("labels", []):
            r.labels.setdefault(name.lower(), {"name": name, "color": "ededed"})
        r.assignable += body.get("assignable", [])
        for job, text in body.get("logs", {}).items():
            self.blobs["log-" + job] = text
        return {"numbers": made}

    def state(self):
        return {name: {"issues": list(r.issues.values()),
                       "comments": [c for n in r.comments.values() for c in n],
                       "labels": list(r.labels.values())}
                for name, r in self.repos.items()}

    # -- one request --

    def serve(self, q):
        headers = {"Content-Type": "application/json; charset=utf-8"}
        try:
            status, made = self.route(q)
            if isinstance(made, str):		# it leads elsewhere
                headers["Location"] = made
                made = None
            elif isinstance(made, tuple):	# one page of a list
                made, link = made
                if link:
                    headers["Link"] = link
        except Refused as e:
            status, made = e.status, e.answer
            if getattr(e, "headers", None):
                headers.update(e.headers)
        body = b"" if made is None else json.dumps(made).encode()
        if q.method == "GET" and status == 200:
            headers["ETag"] = 'W/"%s"' % hashlib.sha256(body).hexdigest()
            if q.headers.get("If-None-Match") == headers["ETag"]:
                status, body = 304, b""
        if status != 304:
            self.remaining = max(0, self.remaining - 1)
        headers.update({"x-ratelimit-limit": 5000,
                        "x-ratelimit-remaining": self.remaining,
                        "x-ratelimit-used": 5000 - self.remaining,
                        "x-ratelimit-reset": int(self.reset),
                        "x-ratelimit-resource": "core"})
        return status, headers, body

    def check(self, q):
        if not q.headers.get("User-Agent"):
            raise Refused(403, "Request forbidden by administrative rules.")
        if q.headers.get("Accept") != "application/vnd.github+json":
            q.entry["complaint"] = "Accept"
            raise Refused(415, "Accept must be application/vnd.github+json")
        if q.headers.get("X-GitHub-Api-Version") not in VERSIONS:
            raise Refused(400, "Unsupported X-GitHub-Api-Version")
        if q.raw and q.headers.get("Content-Type") != "application/json":
            q.entry["complaint"] = "Content-Type"
        if self.remaining <= 0 and time.time() < self.reset:
            raise Refused(403, "API rate limit exceeded for user ID 1.")
        if self.remaining <= 0:
            self.remaining, self.reset = 5000, time.time() + 3600

    def check_token(self, q):
        word, _, token = (q.headers.get("Authorization") or "").partition(" ")
        if word != "Bearer" or token not in self.tokens:
            raise Refused(401, "Bad credentials")
        until = self.tokens[token]
        if until is not None and time.time() >= until:
            raise Refused(401, "Bad credentials")
        return "robot[bot]" if until is not None else "robot"

    def route(self, q):
        self.check(q)
        if q.path.startswith("/app/") or q.path.endswith("/installation"):
            return self.app_route(q)
        who = self.check_token(q)
        for method, pattern, serve in ROUTES:
            m = re.fullmatch("/repos/([^/]+/[^/]+)" + pattern, q.path)
            if m and method == q.method:
                if m[1] not in self.repos:
                    raise Refused(404, "Not Found")
                return serve(self, q, self.repos[m[1]], who, *m.groups()[1:])
        q.entry["complaint"] = "no such route"
        raise Refused(404, "Not Found")

    def body(self, q, known):
        try:
            made = json.loads(q.raw)
        except ValueError:
            raise Refused(400, "Problems parsing JSON") from None
        for k, v in made.items():
            if k not in known:
                q.entry["complaint"] = "unknown member " + k
                raise invalid(k, "unknown")
            if not isinstance(v, known[k]):
                q.entry["complaint"] = "type of " + k
                raise invalid(k)
        return made

    def count_create(self):
        now = time.time()
        self.creates = [t for t in self.creates if t > now - 60] + [now]
        if (self.creates_a_minute is not None and
                len(self.creates) > self.creates_a_minute):
            e = Refused(403, "You have exceeded a secondary rate limit and "
                        "have been temporarily blocked from content creation.")
            e.headers = {"Retry-After": "60"}
            raise e

    # -- lists --

    def shows(self, row):
        """Lists lag behind, when that was asked for."""
        if "seconds" in self.lag:
            return time.time() >= row["made"] + self.lag["seconds"]
        if "lists" in self.lag:
            return self.lists > row["made_lists"] + self.lag["lists"]
        return True

    def page(self, q, rows, wrap=None):
        args = dict(urllib.parse.parse_qsl(q.query))
        n = int(args.get("per_page", 30))
        at = int(args.get("page", 1))
        if not 1 <= n <= 100 or at < 1:
            q.entry["complaint"] = "per_page"
        part = rows[(at - 1) * n:at * n]
        link = None
        if at * n < len(rows):
            args["page"] = at + 1
            link = '<%s%s?%s>; rel="next", <%s%s?page=9>; rel="last"' % (
                q.base, q.path, urllib.parse.urlencode(args), q.base, q.path)
        made = part if wrap is None else {"total_count": len(rows), wrap: part}
        return 200, (made, link)

    # -- issues and pulls --

    def add_issue(self, r, given, login):
        now = given.get("created_at", time.time())
        r.last_number += 1
        issue = {"number": r.last_number, "title": given["title"],
                 "body": given.get("body"), "state": given.get("state", "open"),
                 "state_reason": given.get("state_reason"),
                 "labels": self.known_labels(r, given.get("labels", [])),
                 "assignees": [a for a in given.get("assignees", [])
                               if a in r.assignable],
                 "user": login, "created_at": now, "updated_at": now,
                 "closed_at": None, "pull": given.get("pull", False),
                 "head": given.get("head", "topic"),
                 "base": given.get("base", "main"),
                 "draft": given.get("draft", False),
                 "merged_at": given.get("merged_at"),
                 "made": time.time(), "made_lists": self.lists}
        r.issues[issue["number"]] = issue
        r.comments[issue["number"]] = []
        return issue

    def known_labels(self, r, names):
        for name in names:
            r.labels.setdefault(name.lower(), {"name": name, "color": "ededed"})
        return [r.labels[n.lower()]["name"] for n in dict.fromkeys(names)]

    def show_issue(self, q, r, i):
        url = "%s/repos/%s/issues/%d" % (q.base, r.name, i["number"])
        made = {"id": 5000 + i["number"], "node_id": "I_1", "url": url,
                "html_url": "https://github.com/%s/issues/%d" % (r.name,
                                                                i["number"]),
                "number": i["number"], "title": i["title"], "body": i["body"],
                "state": i["state"], "state_reason": i["state_reason"],
                "user": user(i["user"]), "locked": False,
                "labels": [self.show_label(r, n) for n in i["labels"]],
                "assignees": [user(a) for a in i["assignees"]],
                "assignee": user((i["assignees"] or [None])[0]),
                "milestone": None, "author_association": "MEMBER",
                "comments": len(r.comments[i["number"]]),
                "created_at": stamp(i["created_at"]),
                "updated_at": stamp(i["updated_at"]),
                "closed_at": stamp(i["closed_at"])}
        if i["pull"]:
            made["pull_request"] = {"url": url.replace("issues", "pulls")}
        return made

    def show_label(self, r, name):
        known = r.labels.get(name.lower(), {"name": name, "color": "ededed"})
        return {"id": 1, "node_id": "LA_1", "url": "https://x.invalid/",
                "default": False, "description": None, **known}

    def list_issues(self, q, r, _who):
        args = dict(urllib.parse.parse_qsl(q.query))
        labels = {n.lower() for n in args.get("labels", "").split(",") if n}
        since = moment(args["since"]) if "since" in args else 0
        self.lists += 1
        rows = [i for i in r.issues.values()
                if args.get("state", "open") in ("all", i["state"]) and
                labels <= {n.lower() for n in i["labels"]} and
                i["updated_at"] >= since and self.shows(i)]
        key = args.get("sort", "created") + "_at"
        rows.sort(key=lambda i: (i[key], i["number"]),
                  reverse=args.get("direction", "desc") == "desc")
        return self.page(q, [self.show_issue(q, r, i) for i in rows])

    def create_issue(self, q, r, who):
        given = self.body(q, ISSUE_MEMBERS)
        self.check_issue(given)
        if not given.get("title", "").strip():
            raise invalid("title", "missing_field")
        self.count_create()
        return 201, self.show_issue(q, r, self.add_issue(r, given, who))

    def check_issue(self, given):
        if len(given.get("title", "")) > 256:
            raise invalid("title", "too_long")
        if len(given.get("body") or "") > BODY_MAX:
            raise invalid("body", "too_long")
        if given.get("state", "open") not in ("open", "closed"):
            raise invalid("state")
        if given.get("state_reason", "completed") not in STATE_REASONS:
            raise invalid("state_reason")
        for name in given.get("labels", []):
            if not isinstance(name, str) or not name or len(name) > 50:
                raise invalid("name", resource="Label")

    def find(self, r, number):
        if int(number) not in r.issues:
            raise Refused(404, "Not Found")
        return r.issues[int(number)]

    def get_issue(self, q, r, _who, number):
        return 200, self.show_issue(q, r, self.find(r, number))

    def update_issue(self, q, r, _who, number):
        given = self.body(q, ISSUE_MEMBERS)
        issue = self.find(r, number)
        self.check_issue(given)
        if "labels" in given:
            given["labels"] = self.known_labels(r, given["labels"])
        if "assignees" in given:
            given["assignees"] = [a for a in given["assignees"]
                                  if a in r.assignable]
        if given.get("state", issue["state"]) != issue["state"]:
            shut = given["state"] == "closed"
            issue["closed_at"] = time.time() if shut else None
            issue["state_reason"] = "completed" if shut else "reopened"
        issue.update(given)
        issue["updated_at"] = time.time()
        return 200, self.show_issue(q, r, issue)

    def show_comment(self, r, c):
        return {"id": c["id"], "node_id": "IC_1", "body": c["body"],
                "url": "https://x.invalid/", "user": user(c["user"]),
                "html_url": "https://github.com/%s/issues/%d#issuecomment-%d" %
                (r.name, c["number"], c["id"]),
                "created_at": stamp(c["made"]), "updated_at": stamp(c["made"])}

    def list_comments(self, q, r, _who, number):
        self.find(r, number)
        args = dict(urllib.parse.parse_qsl(q.query))
        since = moment(args["since"]) if "since" in args else 0
        self.lists += 1
        return self.page(q, [self.show_comment(r, c)
                             for c in r.comments[int(number)]
                             if c["made"] >= since and self.shows(c)])

    def create_comment(self, q, r, who, number):
        given = self.body(q, {"body": str})
        issue = self.find(r, number)
        if not given.get("body", "").strip():
            raise invalid("body", "missing_field", "IssueComment")
        if len(given["body"]) > BODY_MAX:
            raise invalid("body", "too_long", "IssueComment")
        self.count_create()
        r.last_comment += 1
        c = {"id": r.last_comment, "number": issue["number"], "user": who,
             "body": given["body"], "made": time.time(),
             "made_lists": self.lists}
        r.comments[issue["number"]].append(c)
        issue["updated_at"] = time.time()
        return 201, self.show_comment(r, c)

    def add_labels(self, q, r, _who, number):
        issue = self.find(r, number)
        names = self.body(q, {"labels": list}).get("labels", [])
        issue["labels"] = self.known_labels(r, issue["labels"] + names)
        return 200, [self.show_label(r, n) for n in issue["labels"]]

    def remove_label(self, _q, r, _who, number, name):
        issue = self.find(r, number)
        name = urllib.parse.unquote(name).lower()
        if name not in [n.lower() for n in issue["labels"]]:
            raise Refused(404, "Label does not exist")
        issue["labels"] = [n for n in issue["labels"] if n.lower() != name]
        return 200, [self.show_label(r, n) for n in issue["labels"]]

    def add_assignees(self, q, r, _who, number):
        issue = self.find(r, number)
        for login in self.body(q, {"assignees": list}).get("assignees", []):
            if login in r.assignable and login not in issue["assignees"]:
                issue["assignees"].append(login)
        return 201, self.show_issue(q, r, issue)

    def list_labels(self, q, r, _who):
        return self.page(q, [self.show_label(r, n) for n in sorted(r.labels)])

    def create_label(self, q, r, _who):
        given = self.body(q, {"name": str, "color": str, "description": str})
        if not re.fullmatch("[0-9a-fA-F]{6}", given.get("color", "")):
            raise invalid("color", resource="Label")
        if not given.get("name") or len(given.get("description", "")) > 100:
            raise invalid("name", resource="Label")
        if given["name"].lower() in r.labels:
            raise invalid("name", "already_exists", "Label")
        r.labels[given["name"].lower()] = given
        return 201, self.show_label(r, given["name"])

    def list_pulls(self, q, r, _who):
        args = dict(urllib.parse.parse_qsl(q.query))
        rows = [i for i in r.issues.values() if i["pull"] and
                args.get("state", "open") in ("all", i["state"])]
        rows.sort(key=lambda i: i["number"], reverse=True)
        made = []
        for i in rows:
            p = self.show_issue(q, r, i)
            p["html_url"] = p["html_url"].replace("/issues/", "/pull/")
            p.update({"draft": i["draft"], "merged_at": stamp(i["merged_at"]),
                      "head": {"ref": i["head"], "sha": "a" * 40},
                      "base": {"ref": i["base"], "sha": "b" * 40}})
            made.append(p)
        return self.page(q, made)

    # -- builds --

    def list_runs(self, q, r, _who):
        args = dict(urllib.parse.parse_qsl(q.query))
        low, _, high = args.get("created", "..").partition("..")
        if args.get("created", "..").startswith((">=", "<=")):
            text = args["created"]
            low, high = (text[2:], "") if text[0] == ">" else ("", text[2:])
        rows = [x for x in r.runs
                if args.get("status") in (None, x["status"], x["conclusion"])
                and args.get("branch") in (None, x.get("head_branch"))
                and args.get("event") in (None, x.get("event"))
                and (low in ("", "*") or x["created_at"] >= low[:19])
                and (high in ("", "*") or x["created_at"][:19] <= high[:19])]
        rows.sort(key=lambda x: x["created_at"], reverse=True)
        return self.page(q, rows, "workflow_runs")

    def list_jobs(self, q, r, _who, run):
        return self.page(q, [j for j in r.jobs if j["run_id"] == int(run)],
                         "jobs")

    def job_log(self, _q, r, _who, job):
        if not any(j["id"] == int(job) for j in r.jobs):
            raise Refused(404, "Not Found")
        if "log-" + job not in self.blobs:
            raise Refused(410, "Logs have expired")
        return 302, "%s/log-%s?sig=secret-signature" % (self.blob_base, job)

    def list_annotations(self, q, r, _who, check_run):
        return self.page(q, r.annotations.get(check_run, []))

    # -- apps --

    def app_route(self, q):
        self.check_jwt(q)
        m = re.fullmatch("/repos/([^/]+/[^/]+)/installation", q.path)
        if m and q.method == "GET":
            if m[1] not in self.repos:
                raise Refused(404, "Not Found")
            return 200, {"id": 77, "app_id": 7, "target_type": "User"}
        if q.path == "/app/installations/77/access_tokens" and \
                q.method == "POST":
            if q.raw:
                self.body(q, {"repositories": list, "permissions": dict})
            life = self.lag.get("token_s", 3600)
            token = "ghs_" + hashlib.sha256(
                b"%d" % len(self.tokens)).hexdigest()[:36]
            self.tokens[token] = time.time() + life
            return 201, {"token": token, "permissions": {"issues": "write"},
                         "expires_at": stamp(time.time() + life)}
        raise Refused(404, "Not Found")

    def check_jwt(self, q):
        word, _, token = (q.headers.get("Authorization") or "").partition(" ")
        try:
            signed, _, mark = token.rpartition(".")
            head, claims = [json.loads(unbase64(p)) for p in signed.split(".")]
            now = time.time()
            good = (word == "Bearer" and head["alg"] == "RS256" and
                    str(claims["iss"]) in ("7", "Iv1.app") and
                    claims["iat"] <= now + 5 and now < claims["exp"] and
                    claims["exp"] - claims["iat"] <= 660 and
                    self.verify(signed, unbase64(mark)))
        except (ValueError, KeyError):
            good = False
        if not good:
            raise Refused(401, "A JSON web token could not be decoded")

    def verify(self, text, mark):
        with tempfile.NamedTemporaryFile() as f:
            f.write(mark)
            f.flush()
            return subprocess.run(
                ["openssl", "dgst", "-sha256", "-verify",
                 self.folder + "/app.pub", "-signature", f.name],
                input=text.encode(), capture_output=True,
                check=False).returncode == 0


def unbase64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


W = World
N = "/([0-9]+)"
ROUTES = (
    ("GET", "/issues", W.list_issues),
    ("POST", "/issues", W.create_issue),
    ("GET", "/issues" + N, W.get_issue),
    ("PATCH", "/issues" + N, W.update_issue),
    ("GET", "/issues" + N + "/comments", W.list_comments),
    ("POST", "/issues" + N + "/comments", W.create_comment),
    ("POST", "/issues" + N + "/labels", W.add_labels),
    ("DELETE", "/issues" + N + "/labels/([^/]+)", W.remove_label),
    ("POST", "/issues" + N + "/assignees", W.add_assignees),
    ("GET", "/labels", W.list_labels),
    ("POST", "/labels", W.create_label),
    ("GET", "/pulls", W.list_pulls),
    ("GET", "/actions/runs", W.list_runs),
    ("GET", "/actions/runs" + N + "/jobs", W.list_jobs),
    ("GET", "/actions/jobs" + N + "/logs", W.job_log),
    ("GET", "/check-runs" + N + "/annotations", W.list_annotations),
)

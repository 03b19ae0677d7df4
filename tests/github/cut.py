#!/usr/bin/env python3
"""cut.py API.JSON: the part of GitHub's own description of its interface that
patchwarden uses, as output.  tests/github/refresh runs it.

The description is OpenAPI 3.0; prism, which serves it in tests, drops the check
of a body whose schema is nullable, so it becomes 3.1.  GitHub wants Accept:
application/vnd.github+json and says that its answers are application/json,
which prism takes for a contradiction: here they are both.  Prose is left
out."""
import json
import sys

ROUTES = {
    "/repos/{owner}/{repo}/issues": ("get", "post"),
    "/repos/{owner}/{repo}/issues/{issue_number}": ("get", "patch"),
    "/repos/{owner}/{repo}/issues/{issue_number}/comments": ("get", "post"),
    "/repos/{owner}/{repo}/issues/{issue_number}/labels": ("post",),
    "/repos/{owner}/{repo}/issues/{issue_number}/labels/{name}": ("delete",),
    "/repos/{owner}/{repo}/issues/{issue_number}/assignees": ("post",),
    "/repos/{owner}/{repo}/labels": ("get", "post"),
    "/repos/{owner}/{repo}/pulls": ("get",),
    "/repos/{owner}/{repo}/actions/runs": ("get",),
    "/repos/{owner}/{repo}/actions/runs/{run_id}/jobs": ("get",),
    "/repos/{owner}/{repo}/actions/jobs/{job_id}/logs": ("get",),
    "/repos/{owner}/{repo}/check-runs/{check_run_id}/annotations": ("get",),
    "/repos/{owner}/{repo}/installation": ("get",),
    "/app/installations/{installation_id}/access_tokens": ("post",),
}
PROSE = ("description", "summary", "externalDocs", "tags", "operationId",
         "title", "deprecated")
JSON, ACCEPT = "application/json", "application/vnd.github+json"


def plain(node, names=False):
    """Without prose.  names: the keys of node are names of somebody's."""
    if isinstance(node, list):
        return [plain(x) for x in node]
    if not isinstance(node, dict):
        return node
    return {k: v if k in ("example", "value", "default", "enum") and not names
            else plain(v, k in ("properties", "examples", "headers",
                                "patternProperties"))
            for k, v in node.items()
            if names or not (k in PROSE or k.startswith("x-"))}


def nullable(node):
    """3.0's nullable as 3.1 has it, in place."""
    if isinstance(node, list):
        for x in node:
            nullable(x)
    if not isinstance(node, dict):
        return
    for k, v in node.items():
        if k not in ("example", "value", "default", "enum"):
            nullable(v)
    if not isinstance(node.get("nullable"), bool) or not node.pop("nullable"):
        return
    if "enum" in node and None not in node["enum"]:
        node["enum"] = node["enum"] + [None]
    if isinstance(node.get("type"), str):
        node["type"] = [node["type"], "null"]
    elif "type" not in node:
        inner = dict(node)
        node.clear()
        node["anyOf"] = [inner, {"type": "null"}]


def repair(responses):
    """What keeps prism from answering as GitHub does."""
    for answer in responses:
        # The next page would be GitHub's own.
        answer.get("headers", {}).pop("Link", None)
        content = answer.get("content", {})
        for form in content.values():
            examples = form.get("examples", {})
            for name in list(examples)[1:]:
                del examples[name]
            for example in examples.values():
                value = example.get("value")
                if isinstance(value, dict) and "$ref" in value:
                    example.update(part_value(value["$ref"]))
        if JSON in content:
            content[ACCEPT] = content[JSON]


def part_value(ref):
    """An example by reference is a whole one in the place of its value."""
    return plain(part(whole, ref))


def refs(node, found):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            found.add(node["$ref"])
        for v in node.values():
            refs(v, found)
    elif isinstance(node, list):
        for v in node:
            refs(v, found)


def part(root, ref):
    for key in ref[2:].split("/"):
        root = root[key]
    return root


def main():
    out = {"openapi": "3.1.0", "info": {
        "title": "The part of GitHub's REST interface that patchwarden uses",
        "version": whole["info"]["version"], "license": {
            "name": "MIT, Copyright (c) 2020 Octokit contributors"},
        "x-from": "the npm package @octokit/openapi, api.github.com.json; "
        "cut down by tests/github/cut.py"}, "paths": {}, "components": {}}
    for path, methods in ROUTES.items():
        out["paths"][path] = {m: plain(whole["paths"][path][m])
                              for m in methods}
        for operation in out["paths"][path].values():
            repair(operation["responses"].values())
    todo, done = set(), set()
    refs(out["paths"], todo)
    while todo - done:
        ref = min(todo - done)
        done.add(ref)
        _, _, kind, name = ref.split("/")
        made = plain(part(whole, ref))
        out["components"].setdefault(kind, {})[name] = made
        refs(made, todo)
    repair(out["components"]["responses"].values())
    # It takes a span of times (">=2026-11-24T10:00:00Z"), not only one.
    del out["components"]["parameters"]["created"]["schema"]["format"]
    nullable(out)
    json.dump(out, sys.stdout, sort_keys=True, separators=(",", ":"))
    print()


with open(sys.argv[1], encoding="utf-8") as source:
    whole = json.load(source)
main()

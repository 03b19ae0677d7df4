"""What a parser sees in a report: only the elements that belong there.
usage: report_check.py REPORT.json FORM <HTML

FORM is html, for our page, or markdown, for what a renderer made of our
Markdown; old for one that does not take the backslash off a pipe.  Says what is wrong, and ends with 1 then."""
import html.parser
import json
import re
import sys
import unicodedata

LISTS = ["phases", "factories", "tasks", "operations", "files", "errors",
         "failures", "reverts", "validators"]
VOID = {"meta", "br", "hr", "img", "input", "link"}
# Elements, and for each the attributes that it may have.
MARKDOWN = {t: {} for t in "h1 h2 p table thead tbody tr code".split()}
MARKDOWN.update({t: {"align": "right", "style": "text-align: ?right;?"}
                 for t in ("th", "td")})
WORD = "[a-z][a-z -]*"
PERCENT = r"\d+\.\d%"
PAGE = {t: {} for t in "head title style body main header h1 h2 p bdi i b code "
        "ul li table caption thead tbody tr footer dl dt dd".split()}
PAGE.update({
    "html": {"lang": "en"},
    "meta": {"charset": "utf-8", "name": "referrer|viewport",
             "http-equiv": "Content-Security-Policy",
             "content": "default-src 'none'; style-src 'unsafe-inline'; "
                        "base-uri 'none'; form-action 'none'|no-referrer|"
                        "width=device-width, initial-scale=1"},
    "section": {"class": WORD, "id": WORD, "aria-label": "Figures",
                "aria-labelledby": WORD},
    "nav": {"aria-label": "Contents"}, "a": {"href": "#" + WORD},
    "h2": {"id": WORD}, "p": {"class": WORD},
    "div": {"class": WORD, "role": "region", "tabindex": "0",
            "aria-labelledby": WORD, "aria-hidden": "true"},
    "th": {"scope": "row|col", "class": WORD}, "td": {"class": WORD},
    "time": {"datetime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"},
    "span": {"class": WORD, "aria-hidden": "true", "style":
             f"--p:{PERCENT}(;--rest:var\\(--[a-z]+\\))?|flex:\\d+|"
             f"width:{PERCENT}|left:{PERCENT};width:{PERCENT}"},
})


class Look(html.parser.HTMLParser):
    def __init__(self, allowed):
        super().__init__()
        self.allowed = allowed
        self.wrong = []
        self.open = []
        self.ids, self.refs, self.headings = [], [], []
        self.tables = []        # of each: its rows, each the number of cells
        self.captions = 0
        self.code = None        # the text of the open one
        self.codes = set()

    def handle_starttag(self, tag, attrs):
        if tag not in self.allowed:
            self.wrong.append(f"element <{tag}>")
            return
        for name, value in attrs:
            form = self.allowed[tag].get(name)
            if form is None or not re.fullmatch(form, value or ""):
                self.wrong.append(f"<{tag} {name}={value!r}>")
            if name == "id":
                self.ids.append(value)
            elif name in ("href", "aria-labelledby"):
                self.refs.append(value.lstrip("#"))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "code":
            self.code = ""
        elif tag == "table":
            self.tables.append([])
        elif tag == "caption":
            self.captions += 1
        elif tag == "tr":
            self.tables[-1].append(0)
        elif tag in ("td", "th"):
            self.tables[-1][-1] += 1
            if tag == "th" and self.allowed is PAGE and \
                    "scope" not in dict(attrs):
                self.wrong.append("a <th> without scope")
        elif re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes what is not open")
        if tag == "code" and self.code is not None:
            self.codes.add(self.code)
            self.code = None

    def handle_comment(self, data):
        self.wrong.append(f"comment {data!r}")

    def handle_decl(self, decl):
        if decl != "DOCTYPE html":
            self.wrong.append(f"declaration {decl!r}")

    def unknown_decl(self, data):
        self.wrong.append(f"declaration {data!r}")

    def handle_pi(self, data):
        self.wrong.append(f"instruction {data!r}")

    def handle_data(self, data):
        if self.code is not None:
            self.code += data
        for c in data:
            if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp"):
                self.wrong.append(f"U+{ord(c):04X} in {data[:40]!r}")


def plain_texts(report):
    """Texts of the rows that are shown without any mark."""
    for name in LISTS:
        for row in report[name]:
            for key, text in row.items():
                if isinstance(text, str) and 0 < len(text) <= 1200 and \
                        key not in ("ts", "from", "to", "state",
                                    "event", "end_event") and \
                        re.fullmatch(r"(?! )(?:(?!  )[ -\[\]-~])+(?<! )", text):
                    yield text


def judge(look, report, form):
    wrong = look.wrong
    page = form == "html"
    pipe = "\\|" if form == "old" else "|"
    wrong += [f"{text!r} is not shown as it is"
              for text in plain_texts(report) if text.replace("|", pipe) not in look.codes]
    if look.open:
        wrong.append(f"never closed: {look.open}")
    want = [len(report[name]) for name in LISTS if report[name]]
    tables = look.tables if page else look.tables[1:]   # the first: figures
    if [len(t) - 1 for t in tables] != want:
        wrong.append(f"rows {[len(t) - 1 for t in tables]}, not {want}")
    for t in tables:
        if len(set(t)) > 1:
            wrong.append(f"cells differ from row to row: {sorted(set(t))}")
    if look.headings != ["h1"] + (["h2"] * 4 if page else []) + \
            ["h2"] * len(LISTS):
        wrong.append(f"headings {look.headings}")
    if page:
        if look.captions != len(look.tables):
            wrong.append("a table without caption")
        if len(set(look.ids)) != len(look.ids):
            wrong.append("an id twice")
        wrong += [f"#{r} is nowhere" for r in look.refs if r not in look.ids]
    return wrong


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        report = json.load(f)
    look = Look(PAGE if sys.argv[2] == "html" else MARKDOWN)
    look.feed(sys.stdin.buffer.read().decode("utf-8"))
    look.close()
    wrong = judge(look, report, sys.argv[2])
    print("\n".join(wrong[:20]))
    sys.exit(1 if wrong else 0)


main()

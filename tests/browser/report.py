"""Open a delivery report in a real Chromium: it is a page that does nothing.
usage: report.py REPORT.html PICTURES

No script of it runs and nothing is asked for, not even when somebody has put a
script and an image into the page: its own policy forbids both.  PICTURES is a
folder for what it looks like: light, dark, narrow, on paper."""
import base64
import http.server
import os
import re
import sys
import threading

from chromium import run

PLANTED = (b"<script>document.title='a script ran'</script>"
           b"<img src='/asked' onerror=\"document.title='a handler ran'\">"
           b"<iframe src='/asked'></iframe>"
           b"<a id=planted href=\"javascript:document.title='a link ran'\">x</a>"
           b"<form id=form action='/asked'></form></main>")
LOOKS = (("light", 1240, "screen", "light"), ("dark", 1240, "screen", "dark"),
         ("narrow", 420, "screen", "light"), ("print", 794, "print", "light"))


def serve(text):
    """Pages /, /planted and, without its policy, /open; what was asked for
    comes back in a list."""
    asked = []
    planted = text.replace(b"</main>", PLANTED)
    pages = {"/": text, "/planted": planted, "/open": re.sub(
        b"<meta http-equiv=[^>]*>", b"", planted)}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(pages.get(self.path, b""))

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return "http://127.0.0.1:%d" % server.server_port, asked


def must(held, what):
    if not held:
        raise SystemExit("not ok: " + what)
    print("ok", what)


async def picture(page, folder, name, width, media, scheme):
    await page.call("Emulation.setEmulatedMedia", media=media,
                    features=[{"name": "prefers-color-scheme", "value": scheme}])
    await page.call("Emulation.setDeviceMetricsOverride", width=width,
                    height=900, deviceScaleFactor=1, mobile=False)
    wide = await page.value("document.documentElement.scrollWidth")
    must(wide <= width, f"{name}: the page is not wider than its window")
    shot = await page.call("Page.captureScreenshot", captureBeyondViewport=True)
    with open(os.path.join(folder, name + ".png"), "wb") as f:
        f.write(base64.b64decode(shot["data"]))


async def shown(page, url):
    await page.call("Page.navigate", url=url)
    await page.until("document.readyState === 'complete'"
                     " && !!document.querySelector('footer dl')", url)


async def look(page, text, folder):
    url, asked = serve(text)
    await page.call("Network.enable")
    await page.call("Emulation.setScrollbarsHidden", hidden=True)
    await shown(page, url + "/")
    for looks in LOOKS:
        await picture(page, folder, *looks)
    pdf = await page.call("Page.printToPDF", preferCSSPageSize=True)
    with open(os.path.join(folder, "print.pdf"), "wb") as f:
        f.write(base64.b64decode(pdf["data"]))
    must(await page.value("document.scripts.length + document.images.length"
                          " + document.links.length") == 9,
         "no script, no image, only the links of the contents")
    must(await page.value("document.title.startsWith('Delivery report')"),
         "the title is that of the report")
    must(page.requests == [url + "/"], "it asks for nothing")
    must(not page.errors, "its console is quiet: " + "; ".join(page.errors))

    await shown(page, url + "/planted")
    await page.value("document.getElementById('planted').click()")
    await page.value("document.getElementById('form').submit()")
    for _ in range(600):
        if sum("Content Security Policy" in e for e in page.errors) > 2:
            break
        await page.value("new Promise(done => setTimeout(done, 100))")
    must(any("Content Security Policy" in e for e in page.errors),
         "the browser says that its policy forbids something")
    must(await page.value("document.title.startsWith('Delivery report')"),
         "planted scripts do not run")
    must("/asked" not in asked, "planted requests do not leave")
    await shown(page, url + "/open")
    await page.until("document.title === 'a handler ran'",
                     "without the policy they would run")
    must("/asked" in asked, "and be asked for")


def main():
    with open(sys.argv[1], "rb") as f:
        text = f.read()
    run(look, text, sys.argv[2])


main()

"""Drive a real Chromium over its DevTools protocol: open the page, wait until
it shows what it promises.  usage: page.py URL TOKEN SCREENSHOT COMMAND...

COMMAND is run once the page is connected (it makes an event); the page must
then show it live and in the log, without an error on its console."""
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request

import websockets

LIMIT = 60


class Page:
    def __init__(self, socket):
        self.socket = socket
        self.last = 0
        self.errors = []

    async def call(self, method, **params):
        self.last += 1
        await self.socket.send(json.dumps(
            {"id": self.last, "method": method, "params": params}))
        while True:
            m = json.loads(await asyncio.wait_for(self.socket.recv(), LIMIT))
            if m.get("method") == "Runtime.exceptionThrown":
                self.errors.append(m["params"]["exceptionDetails"]["text"])
            if m.get("method") == "Log.entryAdded" and \
                    m["params"]["entry"]["level"] == "error" and \
                    "favicon" not in m["params"]["entry"].get("url", ""):
                self.errors.append(m["params"]["entry"]["text"])
            if m.get("id") == self.last:
                if "error" in m:
                    raise RuntimeError(m["error"])
                return m["result"]

    async def value(self, script):
        r = await self.call("Runtime.evaluate", expression=script,
                            returnByValue=True, awaitPromise=True)
        return r["result"].get("value")

    async def until(self, script, what):
        for _ in range(LIMIT * 10):
            if await self.value(script):
                print("ok", what)
                return
            await asyncio.sleep(0.1)
        raise SystemExit(f"never: {what}; the page says: " + str(
            await self.value("document.body.innerText"))[:2000])


def devtools(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=5) as r:
        for target in json.load(r):
            if target["type"] == "page":
                return target["webSocketDebuggerUrl"]
    raise OSError("no page yet")


async def look(port, url, token, picture, command):
    for _ in range(LIMIT * 10):
        try:
            address = devtools(port)
            break
        except OSError:
            await asyncio.sleep(0.1)
    async with websockets.connect(address, max_size=None) as socket:
        page = Page(socket)
        for domain in ("Page", "Runtime", "Log"):
            await page.call(domain + ".enable")
        await page.call("Page.navigate", url=f"{url}/#token={token}")
        await page.until("document.getElementById('state')?.textContent === 'connected'",
                         "the page is connected")
        await page.until("document.querySelectorAll('#log tr').length > 0",
                         "the log has rows")
        subprocess.run(command, check=True)
        await page.until("document.querySelectorAll('#live .applied').length > 0",
                         "the event is shown live")
        await page.value("document.querySelector('#filter button').click()")
        await page.until("document.querySelectorAll('#log .applied').length > 1",
                         "and stands in the log")
        await page.value("[...document.querySelectorAll('#log button')][0].click()")
        await page.until("document.getElementById('diff').textContent.includes('+')",
                         "its diff is shown")
        await page.value("document.getElementById('diff-box').close()")
        if await page.value("!!document.getElementById('planted')"):
            raise SystemExit("markup of a file name became part of the page")
        if await page.value("location.hash"):
            raise SystemExit("the token stays in the address")
        shot = await page.call("Page.captureScreenshot")
        with open(picture, "wb") as f:
            import base64
            f.write(base64.b64decode(shot["data"]))
        if page.errors:
            raise SystemExit("errors on the console: " + "; ".join(page.errors))


def main():
    url, token, picture, *command = sys.argv[1:]
    profile = tempfile.mkdtemp()
    browser = subprocess.Popen(
        ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu",
         "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update",
         "--disable-dev-shm-usage", "--remote-debugging-port=0",
         "--remote-allow-origins=*",
         "--window-size=1200,900", "--user-data-dir=" + profile, "about:blank"],
        stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        ready = os.path.join(profile, "DevToolsActivePort")
        for _ in range(LIMIT * 10):
            if os.path.exists(ready) and open(ready).read().count("\n"):
                break
            if browser.poll() is not None:
                raise SystemExit("chromium ended")
            subprocess.run(["sleep", "0.1"], check=True)
        port = open(ready).readline().strip()
        asyncio.run(look(port, url, token, picture, command))
    finally:
        browser.kill()
        browser.wait()
        shutil.rmtree(profile, ignore_errors=True)


main()

"""A headless Chromium, driven over its DevTools protocol."""
import asyncio
import json
import os
import shutil
import subprocess
import tempfile
import urllib.request

import websockets

LIMIT = 60


class Page:
    def __init__(self, socket):
        self.socket = socket
        self.last = 0
        self.errors = []
        self.requests = []      # when Network is enabled

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
            if m.get("method") == "Network.requestWillBeSent":
                self.requests.append(m["params"]["request"]["url"])
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


async def visit(port, script, *arguments):
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
        await script(page, *arguments)


def run(script, *arguments):
    """Start a browser and await script(page, *arguments)."""
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
        asyncio.run(visit(port, script, *arguments))
    finally:
        browser.kill()
        browser.wait()
        shutil.rmtree(profile, ignore_errors=True)

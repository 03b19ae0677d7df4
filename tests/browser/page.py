"""Open the page in a real Chromium, wait until it shows what it promises.
usage: page.py URL TOKEN SCREENSHOT COMMAND...

COMMAND is run once the page is connected (it makes an event); the page must
then show it live and in the log, without an error on its console."""
import base64
import subprocess
import sys

from chromium import run


async def look(page, url, token, picture, command):
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
        f.write(base64.b64decode(shot["data"]))
    if page.errors:
        raise SystemExit("errors on the console: " + "; ".join(page.errors))


def main():
    url, token, picture, *command = sys.argv[1:]
    run(look, url, token, picture, command)


main()

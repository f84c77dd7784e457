"""Headless Chromium, driven over its debugging protocol."""

import asyncio
import base64
import json
import os
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

__all__ = ["CHROMIUM", "Browser"]

CHROMIUM = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
COUNT = """(axis, test) => {
  const c = document.querySelector(`canvas[data-axis="${axis}"]`);
  const p = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
  let n = 0;
  for (let i = 0; i < p.length; i += 4) if (test(p[i], p[i + 1], p[i + 2])) n++;
  return n;
}"""


class Browser:
    """A page in headless Chromium, driven over its debugging protocol."""

    def __init__(self, folder):
        self.folder = folder
        options = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--remote-debugging-port=0",
            "--window-size=1280,900",
        ]
        self.process = subprocess.Popen(
            [CHROMIUM, *options, f"--user-data-dir={folder}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.loop = asyncio.new_event_loop()
        self.count, self.events = 0, []
        self.socket = None

    def connect(self):
        port_file = self.folder / "DevToolsActivePort"
        end = time.monotonic() + 60
        while not (port_file.exists() and port_file.read_text().count("\n")):
            if self.process.poll() is not None or time.monotonic() > end:
                pytest.skip("Chromium does not start here")
            time.sleep(0.1)
        port = port_file.read_text().split()[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=30) as reply:
            target = next(t for t in json.load(reply) if t["type"] == "page")

        async def connected():
            from tornado import websocket

            return await websocket.websocket_connect(target["webSocketDebuggerUrl"], max_message_size=1 << 28)

        self.socket = self.loop.run_until_complete(connected())
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def ask(self, method, **params):
        self.count += 1
        request = {"id": self.count, "method": method, "params": params}

        async def sent():
            await self.socket.write_message(json.dumps(request))

        async def received():
            return json.loads(await asyncio.wait_for(self.socket.read_message(), 60))

        self.loop.run_until_complete(sent())
        while True:
            message = self.loop.run_until_complete(received())
            if message.get("id") == self.count:
                assert "error" not in message, message
                return message["result"]
            self.events.append(message)

    def run(self, code):
        result = self.ask("Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def open(self, address, ready="document.getElementById('viewer')?.dataset.ready"):
        self.ask("Page.navigate", url=address)
        end = time.monotonic() + 60
        while self.run(ready) != "yes":
            assert time.monotonic() < end, "the page's script does not start"
            time.sleep(0.1)
        self.settle()

    def keep(self, name):
        """Write a picture of the screen into the folder that XSCAN_SCREENSHOTS names, where it names one."""
        folder = os.environ.get("XSCAN_SCREENSHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            picture = self.ask("Page.captureScreenshot", format="png")["data"]
            (Path(folder) / f"{name}.png").write_bytes(base64.b64decode(picture))

    def complaints(self):
        """Return what was asked of the net, and errors and warnings of the page."""
        self.run("0")
        told = []
        for e in self.events:
            if e["method"] == "Network.requestWillBeSent":
                url = e["params"]["request"]["url"]
                told += [] if url.startswith(("file:", "data:", "about:")) else [url]
            elif e["method"] == "Runtime.exceptionThrown":
                told.append(e)
            elif e["method"] == "Log.entryAdded":
                # that the canvases are read back is the tests' doing
                told += [] if "readback" in e["params"]["entry"]["text"] else [e]
            elif e["method"] == "Runtime.consoleAPICalled" and e["params"]["type"] in ("error", "warning"):
                told.append(e)
        return told

    def settle(self):
        self.run("new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(r, 30))))")

    def key(self, key):
        self.ask("Input.dispatchKeyEvent", type="keyDown", key=key, text=key if len(key) == 1 else "")
        self.ask("Input.dispatchKeyEvent", type="keyUp", key=key)
        self.settle()

    def coloured(self, axis, test):
        return self.run(f"({COUNT})({json.dumps(axis)}, {test})")

    def close(self):
        if self.socket is not None:
            self.socket.close()
        self.process.terminate()
        self.process.wait(30)
        self.loop.close()

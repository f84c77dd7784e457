"""The viewer in a real browser: it draws, obeys mouse and keys, asks for nothing, complains of nothing."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import subprocess
import time
import urllib.request
import zlib

import numpy as np
import pytest

from xscan.report import ReportConfig, report_json, write_report
from xscan.report.scene import scene_of
from xscan.report.voxels import pack

CHROMIUM = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
websocket = pytest.importorskip("tornado.websocket", reason="tornado is not installed")
COUNT = """(axis, test) => {
  const c = document.querySelector(`canvas[data-axis="${axis}"]`);
  const p = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
  let n = 0;
  for (let i = 0; i < p.length; i += 4) if (test(p[i], p[i + 1], p[i + 2])) n++;
  return n;
}"""


def test_the_packed_scan_is_what_was_measured(analysis):
    scene = scene_of(analysis, report_json(analysis, "1"))
    packed = pack(scene, voxels=10**7)
    meta = json.loads(packed["meta"])
    raw = zlib.decompress(base64.b64decode(packed["data"]))
    n = int(np.prod(meta["shape"]))
    assert len(raw) == 128 * 256 * 3 + 4 * n
    _, dark, z_code, label = np.split(
        np.frombuffer(raw, np.uint8), [128 * 256 * 3, 128 * 256 * 3 + n, 128 * 256 * 3 + 2 * n]
    )
    label = label.view("<u2").reshape(meta["shape"])
    ids = np.array([0, *(o["id"] for o in meta["objects"])])
    first = [round(f / v) for f, v in zip(meta["first"], meta["voxel"], strict=True)]
    window = tuple(slice(f, f + s) for f, s in zip(first, meta["shape"], strict=True))
    assert np.array_equal(ids[label], scene.labels[window])
    polyvinyl = (scene.labels[window] == 4).ravel()
    z_e = z_code[polyvinyl] * meta["zStep"]
    assert np.median(z_e) == pytest.approx(14.1, abs=0.2)
    mhu = -np.log(1 - dark[polyvinyl] / 255) / 0.56 * 1000
    assert np.median(mhu) == pytest.approx(0.70 / 0.554 * 1000, rel=0.02)


def test_a_fine_scan_is_averaged_until_it_fits(analysis):
    meta = json.loads(pack(scene_of(analysis, report_json(analysis, "1")), voxels=5000)["meta"])
    assert np.prod(meta["shape"]) <= 5000
    assert meta["voxel"][0] % 2.0 == 0


class _Browser:
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

    def open(self, address):
        self.ask("Page.navigate", url=address)
        end = time.monotonic() + 60
        while self.run("document.getElementById('viewer')?.dataset.ready") != "yes":
            assert time.monotonic() < end, "the viewer does not start"
            time.sleep(0.1)
        self.settle()

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


@pytest.fixture(scope="module")
def browser(make_analysis, tmp_path_factory):
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    folder = tmp_path_factory.mktemp("viewer")
    config = ReportConfig(surface_pixels=96)
    write_report(
        make_analysis(text=lambda t: f"<script>document.title='owned'</script>{t}"), folder, config=config, version="1"
    )
    browser = _Browser(tmp_path_factory.mktemp("profile"))
    try:
        browser.connect()
        browser.open((folder / "report.html").as_uri())
        yield browser
    finally:
        browser.close()


RED = "(r, g, b) => r > 200 && g < 60 && b < 60"
BLUE = "(r, g, b) => b > 200 && r < 60 && g > 80 && g < 130"
NOT_WHITE = "(r, g, b) => r + g + b < 720"


def test_all_panes_draw_and_alarms_are_red(browser):
    browser.key("a")
    for axis in ("0", "1", "2", "turn"):
        assert browser.coloured(axis, NOT_WHITE) > 2000
        assert browser.coloured(axis, RED) > 30


def test_a_click_on_a_row_of_the_table_shows_the_object(browser):
    browser.key("a")
    before = browser.run("document.querySelector('canvas').toDataURL()")
    chosen = browser.coloured("0", BLUE)
    assert chosen < 30  # the iron has such a blue too
    browser.run("document.getElementById('object-2').cells[3].click()")
    browser.settle()
    assert browser.run("document.querySelector('canvas').toDataURL()") != before
    assert browser.coloured("0", BLUE) > chosen + 100
    assert browser.run("document.querySelector('.chosen').textContent") == "object 2"


def test_isolate_hides_the_rest_and_show_all_brings_it_back(browser):
    browser.key("a")
    everything = browser.coloured("turn", NOT_WHITE)
    browser.run("document.getElementById('object-4').cells[3].click()")
    browser.key("i")
    assert 100 < browser.coloured("turn", NOT_WHITE) < 0.5 * everything
    browser.key("a")
    assert browser.coloured("turn", NOT_WHITE) == everything


def test_keys_move_and_change_colours(browser):
    browser.key("a")
    browser.run("document.querySelector('canvas[data-axis=\"0\"]').focus()")
    place = browser.run("document.querySelector('[data-at=\"0\"]').textContent")
    browser.key("PageDown")
    assert browser.run("document.querySelector('[data-at=\"0\"]').textContent") != place
    orange = "(r, g, b) => r > 200 && g > 120 && g < 200 && b < 120"
    assert browser.coloured("0", orange) > 500
    browser.key("2")
    assert browser.coloured("0", orange) == 0
    browser.key("1")
    assert browser.coloured("0", orange) > 500
    browser.key("?")
    assert browser.run("document.querySelector('.keys').hidden") is False
    browser.key("?")


def test_dragging_turns_the_parcel(browser):
    browser.key("a")
    before = browser.run("document.querySelector('canvas[data-axis=turn]').toDataURL()")
    box = browser.run(
        "(() => {const c = document.querySelector('canvas[data-axis=turn]'); c.scrollIntoView({block: 'center'});"
        "const b = c.getBoundingClientRect(); return [b.left + 50, b.top + 50]})()"
    )
    for kind, shift in (("mousePressed", 0), ("mouseMoved", 80), ("mouseReleased", 80)):
        browser.ask(
            "Input.dispatchMouseEvent", type=kind, x=box[0] + shift, y=box[1], button="left", buttons=1, clickCount=1
        )
    browser.settle()
    assert browser.run("document.querySelector('canvas[data-axis=turn]').toDataURL()") != before


def test_readout_names_the_place_and_the_object(browser):
    browser.run("document.getElementById('object-4').cells[3].click()")
    browser.settle()
    text = browser.run("document.querySelector('.readout').textContent")
    assert text.startswith(("z 37, y 50, x 58 mm", "z 35, y 50, x 58 mm"))
    assert "MHU" in text
    assert "z_e 14" in text
    assert "object 4: <script>" not in text
    assert "object 4: polyvinyl chloride, 7.34 ± 0.22 g" in text


def test_nothing_is_asked_of_the_net_and_nothing_complains(browser):
    browser.run("0")
    requests = [e["params"]["request"]["url"] for e in browser.events if e["method"] == "Network.requestWillBeSent"]
    assert all(u.startswith(("file:", "data:", "about:")) for u in requests)
    complaints = [
        e
        for e in browser.events
        if e["method"] == "Runtime.exceptionThrown"
        # that the canvases are read back is this test's doing
        or (e["method"] == "Log.entryAdded" and "readback" not in e["params"]["entry"]["text"])
        or (e["method"] == "Runtime.consoleAPICalled" and e["params"]["type"] in ("error", "warning"))
    ]
    assert complaints == []
    assert "owned" not in browser.run("document.title").split("·")[0]
    assert browser.run("document.title").startswith("Detain")

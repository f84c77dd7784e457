"""The viewer in a real browser: it draws, obeys mouse and keys, asks for nothing, complains of nothing."""

from __future__ import annotations

import base64
import json
import re
import zlib
from dataclasses import replace
from html import unescape

import numpy as np
import pytest

from xscan.model import Material
from xscan.report import ReportConfig, report_json, write_report
from xscan.report.page import page
from xscan.report.scene import scene_of
from xscan.report.voxels import pack


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


def test_the_page_holds_the_packed_scan_whole_however_many_objects_there_are(analysis):
    scene = scene_of(analysis, report_json(analysis, "1"))
    first = scene.document["objects"][0]
    many = [{**first, "id": first["id"] + 1000 * k} for k in range(1, 60)]
    crowded = replace(scene, document={**scene.document, "objects": [*scene.document["objects"], *many]})
    html = page(crowded, config=ReportConfig())
    meta = json.loads(unescape(re.search(r'data-meta="([^"]*)"', html)[1]))
    assert len(meta["objects"]) == len(crowded.document["objects"])
    assert "{}" in json.loads(unescape(re.search(r'data-words="([^"]*)"', html)[1]))["object"]


def test_a_fine_scan_is_averaged_until_it_fits(analysis):
    meta = json.loads(pack(scene_of(analysis, report_json(analysis, "1")), voxels=5000)["meta"])
    assert np.prod(meta["shape"]) <= 5000
    assert meta["voxel"][0] % 2.0 == 0


MATERIALS = (
    Material("PVC rigid", "plastic", (("C", 1.0),), (1.3, 1.45), 0.512, 14.07),
    Material("<b>ABS</b>", "plastic", (("C", 1.0),), (1.0, 1.1), 0.54, 5.8),
    *(Material(f"a dense thing \u202e{i}", "metal", (("W", 1.0),), (19.0, 19.4), 0.4, 60 + i / 10) for i in range(200)),
)


def test_what_does_not_press_small_is_averaged_until_the_page_is_short(analysis):
    scene = scene_of(analysis, report_json(analysis, "1"))
    whole = pack(scene, voxels=10**7)
    small = pack(scene, voxels=10**7, megabytes=0.9 * len(whole["data"]) / 1e6)
    assert len(small["data"]) <= 0.9 * len(whole["data"])
    assert json.loads(small["meta"])["voxel"][0] > json.loads(whole["meta"])["voxel"][0]


@pytest.fixture(scope="module")
def browser(make_analysis, tmp_path_factory, chromium):
    folder = tmp_path_factory.mktemp("viewer")
    analysis = make_analysis(text=lambda t: f"<script>document.title='owned'</script>{t}")
    write_report(analysis, folder, config=ReportConfig(surface_pixels=96), version="1", materials=MATERIALS)
    chromium.events.clear()
    chromium.open((folder / "report.html").as_uri())
    return chromium


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


def test_readout_tells_density_and_what_may_lie_there(browser):
    browser.run("document.getElementById('object-4').cells[3].click()")
    browser.settle()
    told = browser.run("document.querySelector('.readout').textContent").split(" · ")
    density = next(float(t.removesuffix(" g/cm³")) for t in told if t.endswith(" g/cm³"))
    assert density == pytest.approx(1.36, rel=0.05), told
    assert next(t for t in told if t.startswith("here: ")).startswith("here: PVC rigid 9")
    browser.run("document.getElementById('object-2').cells[3].click()")
    browser.settle()
    assert browser.run("document.querySelector('.readout b')") is None


def test_the_keyboard_alone_finds_shows_and_hides(browser):
    browser.key("a")
    browser.run("document.activeElement?.blur()")
    browser.key("n")
    first = browser.run("document.querySelector('.chosen').textContent")
    assert first == "object 4"  # of the worst reason
    browser.key("i")
    assert browser.run("document.querySelector('[data-do=isolate]').getAttribute('aria-pressed')") == "true"
    browser.key("a")
    browser.key("p")
    assert browser.run("document.querySelector('.chosen').textContent") != "no object chosen"
    reached = browser.run(
        "[...document.querySelectorAll('a,button,canvas,input,summary')].every((e) => e.tabIndex >= 0)"
    )
    assert reached


def test_nothing_is_asked_of_the_net_and_nothing_complains(browser):
    assert browser.complaints() == []
    assert "owned" not in browser.run("document.title").split("·")[0]
    assert browser.run("document.title").startswith("Detain")

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
from html.parser import HTMLParser

import pytest

from tests.browser import CHROMIUM
from xscan.report import ReportConfig, write_report

HOSTILE = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    "<svg/onload=document.title='owned'><style>*{display:none}</style>"
    "\"'><iframe src=https://evil.example/></iframe>{{ 7*7 }}{% raw %}\u202e\u2066\x00\x1b[31m"
)
SMALL = ReportConfig(surface_pixels=96)
VOID = {"meta", "img", "br", "path", "rect", "stop"}


class _Page(HTMLParser):
    """Collects tags, addresses and event handlers."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.addresses, self.handlers, self.policy, self.text, self.ids = [], [], [], None, [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "xlink:href", "action", "data", "srcset", "poster"):
                self.addresses.append(value)
            if name.startswith("on") or name == "style":
                self.handlers.append((tag, name))
            if name == "id":
                self.ids.append(value)
        found = dict(attrs)
        if found.get("http-equiv") == "Content-Security-Policy":
            self.policy = found["content"]

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module")
def pages(make_analysis, tmp_path_factory):
    """Return the page of each kind of parcel, as path and text."""
    kinds = {
        "whole": {},
        "mono": {"kind": "mono"},
        "arbitrary": {"kind": "arbitrary"},
        "undeclared": {"declared": False},
        "untemplated": {"templates": False},
        "empty": {"empty": True},
        "nothing": {"empty": True, "templates": False, "kind": "mono"},
        "binned": {"binned": True},
        "hostile": {"text": lambda t: HOSTILE + t},
    }
    out = {}
    for name, options in kinds.items():
        folder = tmp_path_factory.mktemp(name)
        write_report(make_analysis(**options), folder, config=SMALL, version="1.2.3")
        path = folder / "report.html"
        out[name] = (path, path.read_text("utf-8"))
    return out


KINDS = ["whole", "mono", "arbitrary", "undeclared", "untemplated", "empty", "nothing", "binned", "hostile"]


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_holds_an_address_a_foreign_script_or_a_handler(pages, kind):
    page = _Page(pages[kind][1])
    assert page.tags.count("script") == 1
    assert not {"iframe", "object", "embed", "link", "form", "base"} & set(page.tags)
    assert page.handlers == []
    assert all(a.startswith(("data:image/png;base64,", "#object-")) for a in page.addresses)
    assert {a[1:] for a in page.addresses if a.startswith("#")} <= set(page.ids)
    assert page.tags.count("style") == 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_policy_forbids_all_but_this_style_this_script_and_inner_pictures(pages, kind):
    text = pages[kind][1]
    style = re.search(r"<style>(.*?)</style>", text, re.S).group(1)
    script = re.search(r"<script>(.*?)</script>", text, re.S).group(1)
    style, script = (base64.b64encode(hashlib.sha256(t.encode()).digest()).decode() for t in (style, script))
    policy = _Page(text).policy
    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{style}'; script-src 'sha256-{script}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert text.index("Content-Security-Policy") < text.index("<style>")


@pytest.mark.parametrize("kind", KINDS)
def test_no_number_is_nan(pages, kind):
    words = re.sub(r"(?s)<(script|style)>.*?</\1>", "", pages[kind][1])
    words = " ".join(_Page(words).text)
    assert not re.search(r"\b(nan|inf|None|Undefined)\b", words)
    assert not re.search(
        r"[\"\s,M=]-?(nan|inf)\b",
        re.sub(r"base64,[^\"]*|data-voxels=\"[^\"]*\"|<script>.*</script>", "", pages[kind][1], flags=re.S),
    )


def test_decision_and_reasons_come_first(pages):
    text = pages["whole"][1]
    order = ["Detain", "0.91", "Object 4 is suspected to be Festival ball.", "Line 1, LED desk lamp", "<h2>Pictures"]
    places = [text.index(t) for t in order]
    assert places == sorted(places)
    assert "counterfeit" not in re.sub(r"base64,[^\"]*|or that is known to be counterfeited", "", text)


def test_the_tables_say_what_the_report_says(pages):
    text = " ".join(" ".join(_Page(pages["whole"][1]).text).split())
    assert "Sender & Co" in text
    assert "declared 400 g · measured not weighed" in text
    assert "declared 420 g · measured 60.0 ± 2.0 g" in text
    assert "On no line: object 4" in text
    assert "sender is not authorised" in text
    assert "genuine is 5 to 9" in text
    assert "100/160 kVp" in text


def test_hostile_text_is_shown_and_not_obeyed(pages):
    text = pages["hostile"][1]
    assert text.count("<script") == 1
    assert "<img src=x" not in text
    assert "&lt;script&gt;document.title=&#39;owned&#39;&lt;/script&gt;" in text
    assert "{{ 7*7 }}" in text
    assert not set("\u202e\u2066\x00\x1b") & set(text)
    assert "⟨U+202E⟩" in text


def test_a_page_without_z_e_is_grey_and_says_so(pages):
    assert "one energy: grey" in pages["mono"][1]
    assert "one energy" not in pages["whole"][1]


def test_the_same_analysis_gives_the_same_page(make_analysis, pages, tmp_path):
    write_report(make_analysis(), tmp_path, config=SMALL, version="1.2.3")
    assert (tmp_path / "report.html").read_text("utf-8") == pages["whole"][1]


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
@pytest.mark.parametrize("kind", ["whole", "hostile"])
def test_a_real_browser_shows_it_without_complaint(pages, kind, tmp_path):
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--dump-dom"]
    run = subprocess.run(
        [CHROMIUM, *options, f"--user-data-dir={tmp_path / 'profile'}", pages[kind][0].as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
    )
    if run.returncode != 0:
        pytest.skip(f"Chromium does not start here: {run.stderr[-200:]}")
    console = [line for line in run.stderr.splitlines() if "CONSOLE" in line]
    assert console == []
    page = _Page(run.stdout)
    title = re.search(r"<title>(.*?)</title>", run.stdout, re.S).group(1)
    assert title.startswith("Detain")
    assert page.tags.count("script") == 1
    assert page.tags.count("svg") > 20


def test_without_the_viewer_there_is_no_script_at_all(analysis, tmp_path):
    config = ReportConfig(surface_pixels=96, viewer=False)
    write_report(analysis, tmp_path, config=config, version="1")
    page = _Page((tmp_path / "report.html").read_text("utf-8"))
    assert "script" not in page.tags
    assert "script-src" not in page.policy


def test_reasons_beyond_the_pictured_ones_are_folded_away_not_lost(analysis, tmp_path):
    write_report(
        analysis, tmp_path, config=ReportConfig(surface_pixels=96, viewer=False, pictured_reasons=1), version="1"
    )
    text = " ".join(_Page((tmp_path / "report.html").read_text("utf-8")).text)
    assert "and 3 more" in text
    assert "Object 3 lies inside object 2." in text

"""Pages in a real browser, in both languages: hostile text runs nowhere, and what is needed fits on the screen."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from xscan.cli.rank import command
from xscan.language import LANGUAGES
from xscan.report import ReportConfig, write_report

HOSTILE = (
    "<script>document.title='owned'</script><img src=https://evil.example/x onerror=\"document.title='owned'\">"
    "<svg/onload=document.title='owned'><style>*{display:none}</style></bdi></section></body>"
    "\"'><iframe src=https://evil.example/></iframe><meta http-equiv=refresh content='0;url=https://evil.example'>"
    "{{ 7*7 }}{ $name }\u202e\u2066\x00\x1b[31m 电池"
)
VERDICTS = {"en": "Detain", "zh": "扣留"}


@pytest.fixture(scope="module")
def reports(make_analysis, tmp_path_factory):
    """Return a folder with one hostile report a language, and a list of both."""
    root = tmp_path_factory.mktemp("browser")
    for language in LANGUAGES:
        config = ReportConfig(surface_pixels=96, language=language)
        hostile = make_analysis(text=lambda t: HOSTILE + t, say=True)
        write_report(hostile, root / language, config=config, version="1.2.3")
    for language in LANGUAGES:
        out = root / f"{language}.html"
        assert CliRunner().invoke(command, [str(root), "--page", str(out), "--lang", language]).exit_code == 0
    return root


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_text_runs_nowhere(reports, chromium, language):
    chromium.events.clear()
    chromium.open((reports / language / "report.html").as_uri())
    for key in "nihfa?":
        chromium.key(key)
    chromium.keep(f"viewer-{language}")
    assert chromium.complaints() == []
    assert chromium.run("document.title").startswith(VERDICTS[language])
    assert chromium.run("document.querySelectorAll('script').length") == 1
    assert chromium.run("document.querySelectorAll('iframe, img[src^=http], meta[http-equiv=refresh]').length") == 0
    assert chromium.run("document.body.innerText").count("<script>document.title") > 5
    assert chromium.run("document.documentElement.lang") == {"en": "en", "zh": "zh-Hans"}[language]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("width", "height"), [(1280, 720), (820, 1180)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_first_screen_holds_decision_risk_and_the_worst_reason(
    make_analysis, tmp_path, chromium, language, width, height, scheme
):
    config = ReportConfig(surface_pixels=96, language=language)
    write_report(make_analysis(say=True), tmp_path, config=config, version="1")
    chromium.ask(
        "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 1000
    )
    chromium.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    try:
        chromium.open((tmp_path / "report.html").as_uri())
        chromium.keep(f"first-{language}-{width}-{scheme}")
        for place in (".verdict strong", ".risk .value", ".reasons li", "figure.main" if width > 1000 else ".totals"):
            box = chromium.run(
                f"(() => {{const b = document.querySelector({json.dumps(place)}).getBoundingClientRect();"
                "return [b.left, b.top, b.right, b.bottom]})()"
            )
            assert box[0] >= 0
            assert box[1] >= 0
            assert box[2] <= width
            assert box[3] <= height, place
        assert chromium.run("document.documentElement.scrollWidth") <= width
        # what is read stands out from what it stands on
        colours = chromium.run(
            "['.message', '.verdict strong', 'td'].map((s) => getComputedStyle(document.querySelector(s)).color)"
        )
        light = [sum(int(v) for v in c[4:-1].split(",")) > 384 for c in colours]
        assert light == ([True, True, True] if scheme == "dark" else [False, True, False])
    finally:
        chromium.ask("Emulation.clearDeviceMetricsOverride")
        chromium.ask("Emulation.setEmulatedMedia", features=[])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_filters_sorts_and_opens(reports, chromium, language):
    chromium.events.clear()
    chromium.open((reports / f"{language}.html").as_uri(), ready="document.body?.dataset.ready")
    chromium.keep(f"list-{language}")
    visible = "[...document.querySelectorAll('tbody tr')].filter((r) => !r.hidden).length"
    assert chromium.run(visible) == 2
    chromium.key("/")
    assert chromium.run("document.activeElement.type") == "search"
    typed = "(() => {{const i = document.querySelector('input'); i.value = {}; i.dispatchEvent(new Event('input'))}})()"
    chromium.run(typed.format(json.dumps("festival no-such-word")))
    assert chromium.run(visible) == 0
    assert chromium.run("document.querySelector('.nothing').hidden") is False
    chromium.run(typed.format(json.dumps("FESTIVAL owned")))
    assert chromium.run(visible) == 2
    chromium.key("Escape")
    chromium.run("document.querySelector('[data-verdict=detain]').click()")
    assert chromium.run(visible) == 0
    chromium.run("document.querySelector('[data-verdict=detain]').click()")
    chromium.run("document.querySelector('[data-sort=parcel]').click()")
    names = "[...document.querySelectorAll('td.name a')].map((a) => a.textContent)"
    assert chromium.run(names) == ["en", "zh"]
    chromium.run("document.querySelector('[data-sort=parcel]').click()")
    assert chromium.run(names) == ["zh", "en"]
    chromium.key("ArrowDown")
    assert chromium.run("document.activeElement.textContent") == "zh"
    assert chromium.run("document.querySelector('.thumb img').naturalWidth") > 50
    assert chromium.complaints() == []
    assert "owned" not in chromium.run("document.title")
    chromium.open(chromium.run("document.activeElement.href"))
    assert chromium.run("document.title").startswith(VERDICTS["zh"])

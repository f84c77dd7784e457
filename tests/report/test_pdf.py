from __future__ import annotations

import pypdfium2
import pytest

from xscan.report import ReportConfig, report_json, write_report
from xscan.report.contents import contents_of
from xscan.report.pdf import pdf
from xscan.report.scene import scene_of
from xscan.report.typesetting import text_markup

HOSTILE = (
    '<font color="white">&lt;b&gt;<img src="file:///etc/passwd"/><a href="javascript:x">\u202e\x00 & 电芯 세포 \u0633'
)


def _pages(content):
    document = pypdfium2.PdfDocument(content)
    return [document[i] for i in range(len(document))]


def _text(content):
    return " ".join(" ".join(p.get_textpage().get_text_range() for p in _pages(content)).split())


def _made(analysis, language="en"):
    config = ReportConfig(surface_pixels=96)
    scene = scene_of(analysis, report_json(analysis, "1.2.3", language), language)
    return pdf(contents_of(scene, config=config), language=language)


def test_it_says_what_the_page_says_and_shows_pictures(analysis):
    content = _made(analysis)
    told = _text(content)
    for wanted in ("Detain", "0.91", "Object 4 is suspected to be Festival ball.", "TRADER-1", "60.0 ± 2.0 g"):
        assert wanted in told
    first = _pages(content)[0].render(scale=1).to_numpy()
    red = (first[..., 0] > 200) | (first[..., 2] > 200)
    coloured = red & (abs(first[..., 0].astype(int) - first[..., 2]) > 120)
    assert coloured.sum() > 500  # outlines and organic matter; the bands of text have no such colour


def test_it_is_made_in_chinese(make_analysis):
    told = _text(_made(make_analysis(say=True), "zh"))
    for wanted in ("扣留", "物体 3 藏于物体 2 内部", "寄件人未获授权", "未申报"):
        assert wanted in told


def test_the_same_analysis_gives_the_same_bytes(make_analysis):
    assert _made(make_analysis()) == _made(make_analysis())


@pytest.mark.parametrize("options", [{"empty": True}, {"kind": "mono", "templates": False}, {"declared": False}])
def test_what_is_not_there_is_left_out(make_analysis, options):
    assert "xscan 1.2.3" in _text(_made(make_analysis(**options)))


def test_hostile_text_is_shown_and_not_obeyed(make_analysis):
    content = _made(make_analysis(text=lambda t: HOSTILE + t))
    told = _text(content)
    assert '<font color="white">&lt;b&gt;<img src="file:///etc/passwd"/>' in told
    assert "U+202E" in told
    assert "U+0633" in told
    assert "电芯" in told
    for forbidden in (b"/JavaScript", b"/JS", b"/URI", b"/Launch", b"/EmbeddedFile"):
        assert forbidden not in content


def test_runs_get_a_font_that_has_them():
    assert text_markup("a < b & 电") == 'a &lt; b &amp; <font name="STSong-Light">电</font>'
    assert text_markup("한") == '<font name="HYSMyeongJo-Medium">한</font>'


def test_it_is_written_where_it_is_asked_for(analysis, tmp_path):
    write_report(analysis, tmp_path / "a", config=ReportConfig(surface_pixels=96, viewer=False), version="1")
    assert not (tmp_path / "a" / "report.pdf").exists()
    write_report(analysis, tmp_path / "b", config=ReportConfig(surface_pixels=96, viewer=False, pdf=True), version="1")
    assert (tmp_path / "b" / "report.pdf").read_bytes().startswith(b"%PDF-")

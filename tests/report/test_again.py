from __future__ import annotations

import json
import re

import numpy as np
import pytest

from xscan.errors import InputError
from xscan.report import ReportConfig, write_page, write_report
from xscan.report.again import read_labels
from xscan.report.scene import scene_of
from xscan.report.shape import deviation_of

SMALL = ReportConfig(surface_pixels=96)


def _words(path):
    return re.sub(r"base64,[^\"]*", "", path.read_text("utf-8"))


@pytest.mark.parametrize("options", [{}, {"binned": True}, {"kind": "mono"}], ids=["whole", "binned", "mono"])
def test_the_page_made_again_says_the_same(make_analysis, tmp_path, options):
    analysis = make_analysis(**options)
    write_report(analysis, tmp_path, config=SMALL, version="1.2.3")
    first = _words(tmp_path / "report.html")
    (tmp_path / "report.html").unlink()
    assert write_page(tmp_path, analysis.quantities, library=analysis.library, config=SMALL) == tmp_path / "report.html"
    # deviation is measured again, so only its colours may differ
    assert _words(tmp_path / "report.html") == first


def test_the_page_is_made_again_in_the_other_language(make_analysis, tmp_path):
    analysis = make_analysis(say=True)
    write_report(analysis, tmp_path, config=SMALL, version="1.2.3")
    document = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert document["language"] == "en"
    english = _words(tmp_path / "report.html")
    assert "Object 3 lies hidden inside object 2: metal body of 9 g" in english
    chinese = SMALL.model_copy(update={"language": "zh"})
    write_page(tmp_path, analysis.quantities, library=analysis.library, config=chinese)
    page = _words(tmp_path / "report.html")
    assert '<html lang="zh-Hans">' in page
    assert "物体 3 藏于物体 2 内部：金属物体，重 9 g" in page
    assert "未找到物体；3 g 低于本次扫描的可分辨限度" in page
    assert "<small>塑料</small>" in page
    assert json.loads((tmp_path / "report.json").read_text("utf-8")) == document
    # and a report that was made in Chinese can be read in English
    write_report(analysis, tmp_path / "zh", config=chinese, version="1.2.3")
    assert json.loads((tmp_path / "zh" / "report.json").read_text("utf-8"))["language"] == "zh"
    assert _words(tmp_path / "zh" / "report.html") == page
    write_page(tmp_path / "zh", analysis.quantities, library=analysis.library, config=SMALL)
    assert _words(tmp_path / "zh" / "report.html") == english


def test_binned_labels_come_back_as_they_were(make_analysis, tmp_path):
    analysis = make_analysis(binned=True)
    write_report(analysis, tmp_path, config=ReportConfig(page=False), version="1")
    labels = read_labels(tmp_path, analysis.scan.grid.shape, 2)
    assert np.array_equal(labels, analysis.segmentation.object_labels())


def test_without_templates_the_pictures_of_matches_are_left_out(analysis, tmp_path):
    write_report(analysis, tmp_path, config=SMALL, version="1")
    assert "Template outline over the scan" in _words(tmp_path / "report.html")
    write_page(tmp_path, analysis.quantities, config=SMALL)
    assert "Template outline over the scan" not in _words(tmp_path / "report.html")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("report.json", b"{"),
        ("report.json", b'{"schema": "other"}'),
        ("report.json", b'{"schema": "xscan.report/1"}'),
        ("report.json", b"[" * 100_000),
        ("report.json", b'{"schema": "xscan.report/1", "scan": {"shape": ' + b"[" * 900 + b"]" * 900 + b"}}"),
        ("labels.h5", b"no hdf5"),
        ("labels.h5", None),
        ("report.json", None),
    ],
)
def test_broken_files_are_refused_and_the_old_page_stays(analysis, tmp_path, name, content):
    write_report(analysis, tmp_path, config=ReportConfig(page=False), version="1")
    (tmp_path / "report.html").write_text("old")
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=re.escape(name)):
        write_page(tmp_path, analysis.quantities, config=SMALL.model_copy(update={"language": "zh"}))
    assert (tmp_path / "report.html").read_text() == "old"


def test_another_scan_is_refused(analysis, make_analysis, tmp_path):
    write_report(make_analysis(binned=True), tmp_path, config=ReportConfig(page=False), version="1")
    document = json.loads((tmp_path / "report.json").read_text("utf-8"))
    document["scan"]["binning"] = 1
    (tmp_path / "report.json").write_text(json.dumps(document))
    with pytest.raises(InputError, match="give the scan that was analysed"):
        write_page(tmp_path, analysis.quantities, config=SMALL)


def test_deviation_from_a_ball_is_signed(analysis):
    from xscan.report import report_json

    scene = scene_of(analysis, report_json(analysis, "1"))
    centre = np.array([58.0, 50.0, 36.0])
    directions = np.random.default_rng(0).normal(size=(200, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    for radius in (8.0, 11.0, 14.0):
        deviation = deviation_of(scene, [4], centre + radius * directions)
        assert np.median(deviation) == pytest.approx(11 - radius, abs=0.5)


def _scan(path, analysis):
    import h5py

    with h5py.File(path, "w") as f:
        f.attrs.update(format="xscan-scan", version=1, modality="CT", axes="zyx", voxel_size_mm=[2.0, 1.5, 1.5])
        data = analysis.quantities.attenuation.array() * np.float32(0.2 / 1000)
        f.create_dataset("scan/mono", data=data).attrs["units"] = "1/cm"


def test_report_command(analysis, tmp_path):
    from click.testing import CliRunner

    from xscan.cli.report import command

    write_report(analysis, tmp_path / "out", config=ReportConfig(page=False), version="1")
    _scan(tmp_path / "scan.h5", analysis)
    arguments = [str(tmp_path / "out"), "--scan", str(tmp_path / "scan.h5")]
    refused = CliRunner().invoke(command, arguments)
    assert isinstance(refused.exception, InputError)
    assert "not the scan that was analysed" in str(refused.exception)
    path = tmp_path / "out" / "report.json"
    document = json.loads(path.read_text("utf-8"))
    document["scan"]["sha256"] = ""
    path.write_text(json.dumps(document), "utf-8")
    done = CliRunner().invoke(command, arguments)
    assert done.exit_code == 0, done.output
    text = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "Object 4 is suspected to be Festival ball." in text
    assert "one energy: grey" in text
    chinese = CliRunner().invoke(command, [*arguments, "--lang", "zh", "--pdf", "--full-resolution"])
    assert chinese.exit_code == 0, chinese.output
    assert "单一能量：仅灰度" in (tmp_path / "out" / "report.html").read_text("utf-8")
    assert (tmp_path / "out" / "report.pdf").read_bytes().startswith(b"%PDF-")
    assert (tmp_path / "out" / "thumbnail.png").read_bytes().startswith(b"\x89PNG")

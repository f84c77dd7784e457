from __future__ import annotations

import json

import h5py
import numpy as np
import pytest

from xscan.errors import UsageError, XscanError
from xscan.report import ReportConfig, report_json, write_report

QUICK = ReportConfig(page=False)


def _files(folder):
    return sorted(p.name for p in folder.iterdir())


def test_labels_are_object_ids_on_the_scans_grid(analysis, tmp_path):
    write_report(analysis, tmp_path / "a" / "b", config=QUICK, version="1")
    with h5py.File(tmp_path / "a" / "b" / "labels.h5") as f:
        assert f["label"].dtype == np.uint32
        assert f["label"].compression == "gzip"
        assert np.array_equal(f["label"][:], analysis.segmentation.object_labels())


def test_binned_labels_are_repeated_and_filled_to_the_edge(make_analysis, tmp_path):
    analysis = make_analysis(binned=True)
    write_report(analysis, tmp_path, config=QUICK, version="1")
    coarse = analysis.segmentation.object_labels()
    index = [np.minimum(np.arange(n) // 2, m - 1) for n, m in zip(analysis.scan.grid.shape, coarse.shape, strict=True)]
    with h5py.File(tmp_path / "labels.h5") as f:
        assert f["label"].shape == analysis.scan.grid.shape
        assert np.array_equal(f["label"][:], coarse[np.ix_(*index)])


def test_the_same_analysis_gives_the_same_bytes(make_analysis, tmp_path):
    for name in ("one", "two"):
        write_report(make_analysis(), tmp_path / name, config=QUICK, version="1")
    for name in ("report.json", "labels.h5"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_report_json_is_the_document(analysis, tmp_path):
    assert write_report(analysis, tmp_path, config=QUICK, version="1") == tmp_path
    assert json.loads((tmp_path / "report.json").read_text("utf-8")) == report_json(analysis, "1")
    assert _files(tmp_path) == ["labels.h5", "report.json"]


def test_a_file_in_the_way_is_wrong_usage(analysis, tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(UsageError, match="expected a folder"):
        write_report(analysis, tmp_path / "out", config=QUICK, version="1")
    assert (tmp_path / "out").read_text() == "mine"


def test_nothing_half_written_is_left(analysis, tmp_path, monkeypatch):
    def full(*_args, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("xscan.report.write.write_labels", full)
    with pytest.raises(XscanError, match="No space left on device"):
        write_report(analysis, tmp_path / "new" / "out", config=QUICK, version="1")
    assert _files(tmp_path) == []
    old = tmp_path / "old"
    old.mkdir()
    (old / "report.json").write_text("earlier")
    with pytest.raises(XscanError):
        write_report(analysis, old, config=QUICK, version="1")
    assert _files(old) == ["report.json"]
    assert (old / "report.json").read_text() == "earlier"

"""DX images and a threat report of the reference toolkit (toolkit.zip: written by pydicos 1.3.0)."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from xscan.dicos import check, read_scan, read_tdr
from xscan.model import Projection


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    found = tmp_path_factory.mktemp("toolkit")
    with zipfile.ZipFile(Path(__file__).parent / "toolkit.zip") as archive:
        archive.extractall(found)
    return found


@pytest.mark.parametrize("name", ["u2_exp", "u2_jpl", "presentation_jpl", "u4_exp", "f4_exp"])
def test_projections(folder, name):
    path = folder / f"dx_{name}.dcs"
    scan = read_scan(path)
    image = scan.channels["mono"]
    assert isinstance(image, Projection)
    assert scan.modality == "DX"
    factor = 0.7 if name[0] in "fu" and name[1] == "4" else 7
    expected = np.arange(24).reshape(4, 6) * factor
    np.testing.assert_array_equal(image.stored[...], expected.astype(image.stored.dtype))
    assert image.stored.dtype == np.dtype(name[:2] if name[1].isdigit() else "u2")
    assert not [p for p in check(path) if p.severity == "error"]


def test_threat_report(folder):
    report = read_tdr(folder / "tdr.dcs")
    assert (report.alarm, report.object_id, report.algorithm) == ("ALARM", "P-7", ("man", "v1", "-a=1", "-b=2"))
    assert [t.id for t in report.threats] == [1, 2]
    for threat in report.threats:
        assert (threat.base, threat.extents) == ((30, 20, 10), (2, 3, 5))  # z, y, x
        assert np.argwhere(threat.bitmap).tolist() == [[0, 1, 2], [1, 0, 4], [1, 1, 4], [1, 2, 4]]
        assert (threat.mass_g, threat.density_g_cm3, threat.milliseconds) == (12.5, 2.5, 12)
        assert threat.polygon_mm.tolist() == [[k, k + 1, k + 2] for k in range(8)]
        assert [(a.category, a.flag, a.probability, a.description) for a in threat.assessments] == [
            ("CONTRABAND", "HIGH_THREAT", 0.5, "hello")
        ]
    assert not [p for p in check(folder / "tdr.dcs") if p.severity == "error"]

"""`xscan calibrate` as a user drives it, from files."""

import json
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from xscan import io
from xscan.cli.calibrate import command
from xscan.model import Provenance, Scan
from xscan.physics import read_calibration


def rods_file(path, rods, *, moved=(0.0, 0.0, 0.0), **changes):
    entries = [
        {
            "material": r.material,
            "formula": r.formula,
            "density_g_cm3": changes.get(r.material, r.density_g_cm3),
            "centre_mm": [c + d for c, d in zip(r.centre_mm, moved, strict=True)],
            "radius_mm": r.radius_mm,
            "length_mm": r.length_mm,
        }
        for r in rods
    ]
    path.write_text(json.dumps({"rods": entries, "kvp": {"low": 100, "high": 150}}))
    return path


@pytest.fixture(scope="module")
def files(make_phantom, tmp_path_factory):
    folder = tmp_path_factory.mktemp("scanner")
    scan, rods = make_phantom()
    io.save(scan, folder / "phantom.h5")
    other = Scan(scan.channels, Provenance("other", kvp={"low": 80.0, "high": 150.0}))
    io.save(other, folder / "other.h5")
    return folder, rods


def calibrated(folder, rods, name):
    out = folder / f"{name}.calibration.json"
    result = CliRunner().invoke(command, [str(folder / "phantom.h5"), "--rods", str(rods), "--out", str(out)])
    return result, out


def test_the_leave_one_out_table_is_printed_with_rods_some_millimetres_off(files):
    folder, rods = files
    result, out = calibrated(folder, rods_file(folder / "moved.json", rods, moved=(1.0, 4.0, -3.0)), "moved")
    assert result.exit_code == 0, result.output
    assert "left out" in result.stdout
    row = re.search(
        r"^aluminium +1\.301 +13\.00 +([+-][\d.]+) +([+-][\d.]+) +([+-][\d.]+) +([+-][\d.]+)$", result.stdout, re.M
    )
    assert row, result.stdout
    assert all(abs(float(value)) < 1.5 for value in row.groups())
    assert "Uncertainty (one sigma)" in result.stdout
    assert result.stderr == ""
    assert len(read_calibration(out).residuals) == len(rods)


def test_a_rod_that_is_off_is_warned_about_by_name(files):
    folder, rods = files
    result, _ = calibrated(folder, rods_file(folder / "wrong.json", rods, pmma=1.3), "wrong")
    assert result.exit_code == 0
    assert "warning: rod pmma: reads" in result.stderr
    assert result.stderr.count("warning") == 1
    assert re.search(r"^pmma .*!$", result.stdout, re.M)


def test_a_calibration_of_another_voltage_is_refused_by_name(files, tmp_path):
    folder, rods = files
    calibration = folder / "moved.calibration.json"
    if not calibration.exists():
        calibrated(folder, rods_file(folder / "moved.json", rods), "moved")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "xscan",
            "analyze",
            folder / "other.h5",
            "--calibration",
            calibration,
            "--out",
            tmp_path / "o",
        ],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 3
    assert "'low' was taken at 100 kVp, this scan's at 80 kVp" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "o" / "report.json").exists()

"""``xscan dicos`` and ``xscan receive`` as a user drives them."""

import json
import re
import subprocess
import sys
import threading
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pydicom
import pytest
from click.testing import CliRunner

from xscan.cli import main
from xscan.cli.dicos import command as dicos
from xscan.dicos import read_tdr, write_scan, write_tdr
from xscan.errors import InputError


def run(*args):
    """Output and exit status, of the command's own process-free run."""
    result = CliRunner().invoke(dicos, [str(a) for a in args], catch_exceptions=False, standalone_mode=False)
    return result.output, result.return_value or 0


@pytest.fixture
def tdr(tmp_path, report):
    return write_tdr(tmp_path / "a.tdr", report)


def test_check(tmp_path, tdr, scan):
    low, high = write_scan(tmp_path / "s.dcs", scan)
    output, status = run("check", tdr, low, high)
    assert status == 0
    assert output.count("conforms") == 3
    data = pydicom.dcmread(tdr)
    data.NumberOfTotalObjects = 1
    data.save_as(tmp_path / "b.tdr")
    output, status = run("check", tdr, tmp_path / "b.tdr")
    assert status == 1
    assert "error: (4010,1033) Number of Total Objects: says 1 objects, 2 are listed" in output
    (tmp_path / "c").write_text("no DICOM at all, whatever its name may be")
    output, status = run("check", tmp_path / "c", tmp_path / "b.tdr", "--json")
    assert status == 3
    found = json.loads(output[output.index("[") :])
    assert "damaged" in found[0]["unreadable"]
    assert not found[1]["conforms"]


def test_warnings_fail_where_asked_to(tmp_path, scan):
    low, _ = write_scan(tmp_path / "s.dcs", scan)
    data = pydicom.dcmread(low)
    data.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].SliceThickness = 9
    data.save_as(tmp_path / "b.dcs")
    assert run("check", tmp_path / "b.dcs")[1] == 0
    assert run("check", "--strict", tmp_path / "b.dcs")[1] == 1


def test_dump(tmp_path, tdr):
    output, _ = run("dump", tdr)
    assert "(4010,1031) CS Alarm Decision: ALARM" in output
    rows = json.loads(run("dump", tdr, "--json")[0])
    assert rows[-1]["name"] == "Image Scale Representation"
    output, _ = run("dump", tdr, "--html", tmp_path / "a.html")
    assert "Alarm Decision" in (tmp_path / "a.html").read_text(encoding="utf-8")


def test_show_and_compare(tmp_path, tdr, report):
    output, _ = run("show", tdr)
    for text in ("ALARM", "P-7", "CONTRABAND", "12.5", "Größe", "box only"):
        assert text in output
    known = json.loads(run("show", tdr, "--json")[0])
    assert [o["id"] for o in known["objects"]] == [3, 9]
    other = write_tdr(tmp_path / "b.tdr", replace(report, alarm="CLEAR", threats=()))
    output, status = run("compare", tdr, other, "--exit-code")
    assert status == 10
    assert "not the same decision" in output
    assert run("compare", tdr, tdr, "--exit-code")[1] == 0
    assert json.loads(run("compare", tdr, other, "--json")[0])["alarms"] == ["ALARM", "CLEAR"]
    with pytest.raises(InputError):
        run("show", __file__)


def test_an_analysis_with_a_report_and_alarms(tmp_path, parcel, capsys, monkeypatch):
    """The whole chain on the fixture: our report conforms, and weighed in as another's alarms it is found again."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795324000")
    out, tdr = tmp_path / "report", tmp_path / "a.tdr"
    arguments = ["analyze", str(parcel / "scan.h5"), "--declaration", str(parcel / "declaration.json"), "--quiet"]
    with pytest.raises(SystemExit) as done:
        main([*arguments, "--out", str(out), "--tdr", str(tdr)])
    assert done.value.code == 0
    assert run("check", tdr)[1] == 0
    report = read_tdr(tdr)
    told = json.loads((out / "report.json").read_text())
    by_id = {o["id"]: o for o in told["objects"]}
    assert report.alarm == "ALARM"
    wanted = {i for a in told["anomalies"] if a["severity"] >= 0.5 for i in a["object_ids"]}
    listed = {t.id: t for t in report.threats if t.bitmap is not None}
    assert set(listed) == wanted
    for i, threat in listed.items():
        if by_id[i]["mass_g"] is not None:
            assert threat.mass_g == pytest.approx(by_id[i]["mass_g"], rel=1e-3)
    assert report.decided is not None
    assert report.decided.year == 2026
    again = tmp_path / "again"
    with pytest.raises(SystemExit):
        main([*arguments, "--out", str(again), "--alarms", str(tdr)])
    told = json.loads((again / "report.json").read_text())
    others = [a for a in told["anomalies"] if a["kind"] == "other-alarm"]
    assert len(others) == len(report.threats)
    assert {i for a in others for i in a["object_ids"]} >= wanted
    if find_spec("highdicom"):
        run("seg", again, tmp_path / "a.dcm", "--quiet")
        assert pydicom.dcmread(tmp_path / "a.dcm").Modality == "SEG"


@pytest.mark.parametrize("option", ["--tdr", "--alarms"])
def test_a_wrong_path_is_told_before_the_long_work(tmp_path, parcel, option, capsys):
    with pytest.raises(SystemExit) as done:
        main(["analyze", str(parcel / "scan.h5"), "--out", str(tmp_path / "out"), option, str(tmp_path / "no" / "a")])
    assert done.value.code in (2, 3)
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_receive_until_so_many_scans(tmp_path, scan):
    pynetdicom = pytest.importorskip("pynetdicom", reason="the extra `net` is not installed")
    paths = write_scan(tmp_path / "s.dcs", scan)
    command = [sys.executable, "-m", "xscan", "receive", "--out", tmp_path / "out", "--port", "0", "--scans", "1"]
    with subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        guard = threading.Timer(60, server.kill)
        guard.start()
        try:
            port = int(re.search(r":(\d+)", server.stdout.readline())[1])
            entity = pynetdicom.AE(ae_title="SCANNER")
            entity.add_requested_context("1.2.840.10008.5.1.4.1.1.501.1", "1.2.840.10008.1.2.1")
            assoc = entity.associate("127.0.0.1", port)
            assert [assoc.send_c_store(p).Status for p in paths] == [0, 0]
            assoc.release()
            said, wrong = server.communicate()
        finally:
            guard.cancel()
    assert server.returncode == 0, wrong
    assert "2 files from SCANNER" in said
    assert len(list((tmp_path / "out").rglob("*.dcs"))) == 2
    assert not (tmp_path / "out" / ".incoming").exists()


def test_what_is_received_is_analysed_with_a_report_beside_it(tmp_path, parcel):
    from xscan.cli.receive import _analyse
    from xscan.config import Config
    from xscan.io import load, save

    folder = tmp_path / "1.2.3"
    folder.mkdir()
    save(load(parcel / "scan.h5"), folder / "s.dcs")
    said = []
    _analyse(folder, None, None, Config(), said.append)
    assert re.match(r"1\.2\.3: (clear|inspect|detain), risk", said[0])
    assert read_tdr(folder / "xscan.tdr.dcs").frame_uid == load(folder).provenance.attributes["frame_of_reference_uid"]
    assert (folder / "report" / "report.html").exists()
    (tmp_path / "empty").mkdir()
    np.save(tmp_path / "empty" / "a.npy", np.zeros(3))
    _analyse(tmp_path / "empty", None, None, Config(), said.append)
    assert len(said) == 1

"""The whole chain on the small parcel of fixtures/: what was planted is found, and again in the same bytes."""

import hashlib
import json

import h5py
import numpy as np
import pytest
from click.testing import CliRunner

import xscan
from xscan.cli import xscan as command_line
from xscan.model import Analysis


@pytest.fixture(scope="module")
def calibration(fixtures, tmp_path_factory):
    out = tmp_path_factory.mktemp("calibration") / "calibration.json"
    arguments = ["calibrate", str(fixtures / "phantom.h5"), "--rods", str(fixtures / "phantom.json"), "--out", str(out)]
    result = CliRunner().invoke(command_line, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return out


@pytest.fixture(scope="module")
def analysis(fixtures, parcel, calibration) -> Analysis:
    return xscan.analyze(
        parcel / "scan.h5",
        declaration=parcel / "declaration.json",
        templates=fixtures / "templates",
        calibration=calibration,
    )


@pytest.fixture(scope="module")
def truth(parcel):
    return json.loads((parcel / "truth.json").read_text())


def _overlaps(analysis, parcel):
    """For each true body: the best object by overlap of voxels over union, and that overlap."""
    with h5py.File(parcel / "labels.h5") as f:
        true = f["label"][:]
    found = analysis.segmentation.object_labels()
    best = {}
    for body in np.unique(true[true > 0]):
        mask = true == body
        ids = np.unique(found[mask])
        best[int(body)] = max(
            (float((mask & (found == i)).sum() / (mask | (found == i)).sum()), int(i)) for i in ids if i
        )
    return best


def test_every_body_is_found(analysis, parcel, truth):
    best = _overlaps(analysis, parcel)
    assert len(best) == len(truth["objects"])
    missed = {t["kind"]: best[t["id"]] for t in truth["objects"] if best[t["id"]][0] < 0.5}
    assert not missed


def test_masses_are_right(analysis, parcel, truth):
    best = _overlaps(analysis, parcel)
    errors = []
    for body in truth["objects"]:
        mass = analysis.signatures[best[body["id"]][1]].mass_g
        assert mass is not None
        errors.append(abs(mass.value - body["mass_g"]) / body["mass_g"])
    assert np.median(errors) < 0.05
    assert max(errors) < 0.25


def test_the_planted_disagreements_are_found(analysis, truth):
    kinds = {f.kind for f in analysis.decision.findings if f.severity >= 0.5}
    templates = {f.template_id for f in analysis.decision.findings if f.kind == "template-match"}
    wanted = {
        "quantity": {"quantity-mismatch"},
        "weight": {"weight-mismatch"},
        "material": {"material-mismatch"},
        "missing": {"missing-item"},
        "undeclared": {"undeclared-object", "dangerous-goods", "prohibited", "hidden-object"},
        "hidden": {"hidden-object", "undeclared-object"},
        "mismatch": {"material-mismatch", "quantity-mismatch", "weight-mismatch", "undeclared-object", "missing-item"},
    }
    assert truth["expect"]
    for expected in truth["expect"]:
        what, _, which = expected.partition(":")
        if what == "template":
            assert which in templates
        else:
            assert kinds & wanted[what], expected
    assert analysis.decision.verdict != "clear"


def test_no_other_template_is_named(analysis, truth):
    planted = {t["kind"] for t in truth["objects"]}
    assert {m.template_id for m in analysis.matches} <= planted


def test_the_packaging_is_told_from_goods(analysis):
    assert [o for o in analysis.segmentation.objects if o.role == "packaging"]


def test_without_records_nothing_is_held_against_them(parcel):
    analysis = xscan.analyze(parcel / "scan.h5")
    assert analysis.check is None
    assert analysis.matches == ()
    kinds = {f.kind for f in analysis.decision.findings}
    assert not kinds & {"undeclared-object", "missing-item", "quantity-mismatch", "template-match"}
    assert analysis.quantities.basis == "nominal"


def test_the_command_writes_the_same_bytes_at_any_thread_count(fixtures, parcel, calibration, tmp_path):
    outs = []
    for threads in ("1", "2"):
        out = tmp_path / threads
        arguments = ["analyze", str(parcel / "scan.h5"), "--declaration", str(parcel / "declaration.json")]
        arguments += ["--templates", str(fixtures / "templates"), "--calibration", str(calibration), "--out", str(out)]
        result = CliRunner().invoke(command_line, arguments, env={"XSCAN_THREADS": threads}, catch_exceptions=False)
        assert result.exit_code == 0
        assert "Report:" in result.output
        report = json.loads((out / "report.json").read_text())
        report.pop("timing", None)
        labels = hashlib.sha256((out / "labels.h5").read_bytes()).hexdigest()
        outs.append((json.dumps(report, sort_keys=True), labels))
        assert (out / "report.html").stat().st_size > 10_000
    assert outs[0] == outs[1]


def test_exit_code_tells_that_the_decision_is_not_clear(parcel, tmp_path):
    arguments = ["analyze", str(parcel / "scan.h5"), "--declaration", str(parcel / "declaration.json")]
    result = CliRunner().invoke(
        command_line, [*arguments, "--out", str(tmp_path / "out"), "--exit-code", "-q"], standalone_mode=False
    )
    assert result.return_value == 10
    assert result.output == ""


def test_a_scan_larger_than_memory_is_binned_and_labelled_in_its_own_shape(parcel, tmp_path):
    with h5py.File(parcel / "scan.h5") as f:
        shape = f["scan/low"].shape
    gb = np.prod(shape) * 48 / 2**30 / 4
    config = tmp_path / "small.toml"
    config.write_text(f"memory_gb = {gb}\n")
    out = tmp_path / "out"
    arguments = ["analyze", str(parcel / "scan.h5"), "--out", str(out), "--config", str(config)]
    assert CliRunner().invoke(command_line, arguments, catch_exceptions=False).exit_code == 0
    with h5py.File(out / "labels.h5") as f:
        assert f["label"].shape == shape
    assert json.loads((out / "report.json").read_text())["scan"]["shape"] == list(shape)


def test_one_broken_parcel_does_not_stop_a_batch(parcel, tmp_path):
    for name in ("good", "bad"):
        (tmp_path / "in" / name).mkdir(parents=True)
        (tmp_path / "in" / name / "scan.h5").symlink_to(parcel / "scan.h5")
    (tmp_path / "in" / "bad" / "scan.h5").unlink()
    (tmp_path / "in" / "bad" / "scan.h5").write_bytes(b"\x89HDF\r\n\x1a\nbroken")
    out = tmp_path / "out"
    result = CliRunner().invoke(command_line, ["batch", str(tmp_path / "in"), "--out", str(out)], standalone_mode=False)
    assert result.return_value == 3
    rows = {r["name"]: r for r in json.loads((out / "batch.json").read_text())["parcels"]}
    assert "error" in rows["bad"]
    assert rows["good"]["decision"] in ("clear", "inspect", "detain")
    assert (out / "good" / "report.json").exists()
    assert not (out / "bad").exists()

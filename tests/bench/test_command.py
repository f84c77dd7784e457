import json

import pytest
from click.testing import CliRunner

from xscan.cli.bench import command
from xscan.errors import UsageError

QUICK = ["--kernel", "fill_holes", "--threads", "1", "--seconds", "0", "--quiet"]


def run(*args):
    result = CliRunner().invoke(command, args)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_made_parcel_as_json():
    found = json.loads(run("--size", "32x40x70", *QUICK, "--json"))
    assert found["subject"] == "32×40×70"
    assert {"kernel", "case", "threads", "seconds", "peer", "peer_seconds", "ratio", "equal"} <= set(found["rows"][0])
    assert found["rows"][0]["equal"] is True


def test_a_scan_of_the_users_own(tmp_path):
    import numpy as np

    from xscan.io import save
    from xscan.model import Grid, Provenance, Scan, Unit, Volume

    stored = np.full((34, 35, 36), -1000, np.int16)
    stored[8:20, 8:20, 8:20] = 100
    channel = Volume(Grid(stored.shape, (1.0, 1.0, 1.0)), stored, Unit.HU)
    save(Scan({"low": channel}, Provenance("made")), tmp_path / "scan.h5")
    out = run("--scan", str(tmp_path / "scan.h5"), *QUICK)
    assert out.startswith("fill_holes")
    assert "NOT EQUAL" not in out


def test_kernels_are_listed():
    assert "label_slabs" in run("--list").splitlines()
    assert run("--size", "32", *QUICK, "--case", "nothing is called this").startswith("no case")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--kernel", "nothing"], "--kernel: got nothing"),
        (["--size", "3"], "--size: got 3"),
        (["--size", "40x40"], "--size: got 40x40"),
        (["--size", "99999"], "expected at most"),
    ],
)
def test_wrong_options_are_named(args, words):
    with pytest.raises(UsageError, match=words):
        run(*args)

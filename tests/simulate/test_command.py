import json

import h5py
import numpy as np
import pytest
from click.testing import CliRunner

import xscan
from xscan.cli.simulate import command
from xscan.errors import InputError, UsageError
from xscan.simulate.parcels import FRAUDS

SCENE = """
name = "two balls"
length_mm = 12
[materials.jelly]
mix = { H2O = 0.9, C6H12O6 = 0.1 }
density = 1.03
[[bodies]]
kind = "ball"
at_mm = [6, 28, 28]
parts = [{ material = "jelly", shape = { type = "sphere", radius = 9 } }]
[[bodies]]
kind = "bar"
at_mm = [6, 44, 40]
parts = [{ material = "al", wall_mm = 2, filling = "pe", shape = { type = "box", size = [16, 10, 14] } }]
[declaration]
schema = "xscan.declaration/1"
items = [{ line = 1, description = "balls", quantity = 1 }]
"""
SCANNER = """
name = "tiny"
voxel_mm = 2.0
pixels = 36
views = 60
[low]
kvp = 100
filters_mm = { Al = 3 }
photons = 1e6
[high]
kvp = 140
filters_mm = { Cu = 1 }
photons = 1e6
"""


@pytest.fixture
def files(tmp_path):
    (tmp_path / "scene.toml").write_text(SCENE, encoding="utf-8")
    (tmp_path / "tiny.toml").write_text(SCANNER, encoding="utf-8")
    return tmp_path


def run(*words):
    result = CliRunner().invoke(command, [str(w) for w in words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_a_scene_becomes_a_folder_that_xscan_reads(files):
    result = run(files / "scene.toml", "--scanner", files / "tiny.toml", "--out", files / "out", "--phantom")
    assert result.exit_code == 0
    assert "ball" in result.output
    scan = xscan.load(files / "out" / "scan.h5")
    assert scan.grid.shape == (6, 36, 36)
    assert scan.modality == "CT"
    truth = json.loads((files / "out" / "truth.json").read_text(encoding="utf-8"))
    assert [o["kind"] for o in truth["objects"]] == ["ball", "bar"]
    assert truth["objects"][1]["materials"] == ["al", "pe"]
    rods = json.loads((files / "out" / "phantom.json").read_text(encoding="utf-8"))
    assert rods["kvp"] == {"low": 100, "high": 140}
    with h5py.File(files / "out" / "labels.h5") as file:
        assert set(np.unique(file["label"][:])) == {0, 1, 2}
    assert not list((files / "out").glob("*.part"))


def test_an_image_along_one_direction(files):
    run(files / "scene.toml", "--scanner", files / "tiny.toml", "--out", files / "dx", "--view", "30", "-q")
    scan = xscan.load(files / "dx" / "scan.h5")
    assert scan.modality == "DX"
    low = scan.channels["low"].array()
    assert low.max() == pytest.approx(1, abs=0.02)
    assert low.min() < 0.7


def test_the_command_names_every_fraud():
    choices = next(p for p in command.params if p.name == "frauds").type.choices
    assert tuple(choices) == FRAUDS


def test_wrong_calls_are_refused(files):
    with pytest.raises(UsageError, match="either"):
        run("--out", files / "x")
    with pytest.raises(UsageError, match="scanner"):
        run(files / "scene.toml", "--scanner", "nobody", "--out", files / "x")
    with pytest.raises(InputError, match=r"gone\.toml"):
        run(files / "gone.toml", "--out", files / "x")
    (files / "tiny.toml").write_text("name = 'x'", encoding="utf-8")
    with pytest.raises(InputError, match="low"):
        run(files / "scene.toml", "--scanner", files / "tiny.toml", "--out", files / "x")
    (files / "scene.toml").write_text(SCENE.replace('"al"', '"unobtainium"'), encoding="utf-8")
    with pytest.raises(InputError, match="unobtainium"):
        run(files / "scene.toml", "--out", files / "x")
    assert not (files / "x").exists()

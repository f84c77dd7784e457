from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from xscan.report import render


def _open(data):
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("view", ["slices", "projections", "turntable"])
def test_every_view_is_a_picture_with_something_in_it(analysis, view):
    data = render(analysis.quantities, view, pixels=64)
    picture = np.asarray(_open(data))
    assert picture.shape[2] == 3
    assert 0.02 < (picture.min(axis=2) < 240).mean() < 0.9
    assert render(analysis.quantities, view, pixels=64) == data


def test_one_axis_gives_one_picture_with_true_proportions(analysis):
    # the scan is 72 by 72 by 84 mm; along x its picture is square
    picture = np.asarray(_open(render(analysis.quantities, "slices", axes=[2], pixels=84)))
    assert picture.shape[:2] == (72 + 16, 72 + 16)


def test_slices_cut_where_they_are_told(analysis):
    through, beside = (
        np.asarray(_open(render(analysis.quantities, "slices", axes=[0], at_mm=(z, 36.0, 42.0), pixels=84)))
        for z in (36.0, 12.0)
    )
    assert (through.min(axis=2) < 60).sum() > 20  # the iron core
    assert (beside.min(axis=2) < 60).sum() == 0


def test_a_turn_is_a_moving_gif(analysis):
    moving = _open(render(analysis.quantities, "turntable", frames=8, pixels=40, animated=True))
    assert moving.format == "GIF"
    assert moving.n_frames == 8


def test_a_turn_keeps_what_there_is(analysis):
    """Each frame holds the same matter: the sum over the rays does not depend on the angle."""
    from xscan.report.turntable import _flat, _project

    planes = _flat(analysis.quantities.attenuation, 2)
    side = int(np.sqrt(planes.shape[0] / 28 * 24)), 28
    y, x = (np.arange(n) - (n - 1) / 2 for n in side)
    sums = []
    for angle in (0.0, 0.4, 1.3):
        place = (x[None, :] * np.cos(angle) + y[:, None] * np.sin(angle)) + 24
        sums.append(_project(planes, place.ravel(), 49).sum())
    assert np.ptp(sums) < 1e-3 * sums[0]


def test_render_command(tmp_path):
    import h5py
    from click.testing import CliRunner

    from xscan.cli.render import command

    scan = tmp_path / "scan.h5"
    with h5py.File(scan, "w") as f:
        f.attrs.update(format="xscan-scan", version=1, modality="CT", axes="zyx", voxel_size_mm=[2.0, 2.0, 2.0])
        values = np.zeros((12, 16, 16), np.float32)
        values[3:9, 4:12, 4:12] = 0.2
        f.create_dataset("scan/mono", data=values).attrs["units"] = "1/cm"
    runner = CliRunner()
    done = runner.invoke(command, [str(scan), str(tmp_path / "a.png"), "--pixels", "64"])
    assert done.exit_code == 0, done.output
    assert _open((tmp_path / "a.png").read_bytes()).format == "PNG"
    assert runner.invoke(command, [str(scan), str(tmp_path / "a.jpg")]).exit_code != 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.png", "scan.h5"]

import numpy as np
import pytest

from xscan.model import Grid, Projection, Provenance, Scan, Volume

GRID = Grid((5, 4, 3), (1.5, 1, 1))


def test_values_are_stored_times_slope_plus_intercept():
    stored = np.arange(60, dtype=np.int16).reshape(5, 4, 3)
    volume = Volume(GRID, stored, "HU", slope=2.0, intercept=-1000)
    assert volume.read(slice(1, 2)).ravel()[0] == 12 * 2 - 1000
    assert volume.array().dtype == np.float32
    joined = np.concatenate([part for _, part in volume.slabs(2)])
    assert np.array_equal(joined, volume.array())


def test_a_plain_float32_volume_is_not_copied():
    stored = np.zeros((5, 4, 3), np.float32)
    assert np.shares_memory(Volume(GRID, stored, "MHU").array(), stored)


def test_repr_tells_shape_spacing_unit_and_memory():
    text = repr(Volume(GRID, np.zeros((5, 4, 3), np.int16), "1/cm"))
    for part in ("5×4×3", "1.5×1×1 mm", "1/cm", "MB", "int16"):
        assert part in text


@pytest.mark.parametrize(
    ("kwargs", "told"),
    [
        ({"stored": np.zeros((5, 4, 4), np.int16)}, "shape"),
        ({"stored": np.zeros((5, 4, 3), complex)}, "integers or floats"),
        ({"slope": 0.0}, "slope"),
        ({"slope": float("nan")}, "slope"),
        ({"unit": "furlong"}, "furlong"),
    ],
)
def test_wrong_volumes_are_refused(kwargs, told):
    with pytest.raises(ValueError, match=told):
        Volume(**{"grid": GRID, "stored": np.zeros((5, 4, 3), np.int16), "unit": "HU"} | kwargs)


def test_a_scan_holds_channels_of_one_grid():
    low = Volume(GRID, np.zeros((5, 4, 3), np.int16), "1/cm")
    other = Volume(Grid((5, 4, 3), (2, 1, 1)), np.zeros((5, 4, 3), np.int16), "1/cm")
    scan = Scan({"high": low, "low": low}, Provenance("a.h5"))
    assert list(scan.channels) == ["low", "high"]
    assert scan.modality == "CT"
    assert "low" in repr(scan)
    with pytest.raises(ValueError, match="one grid"):
        Scan({"low": low, "high": other}, Provenance("a.h5"))
    with pytest.raises(ValueError, match="names of"):
        Scan({"medium": low}, Provenance("a.h5"))
    with pytest.raises(ValueError, match="at least one"):
        Scan({}, Provenance("a.h5"))
    with pytest.raises(TypeError):
        scan.channels["mono"] = low


def test_projections_are_dx():
    image = Projection(np.zeros((4, 3), np.uint16), (1.0, 1.0))
    scan = Scan({"mono": image}, Provenance("dx"))
    assert scan.modality == "DX"
    with pytest.raises(TypeError, match="projection"):
        scan.volume("mono")

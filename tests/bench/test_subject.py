import numpy as np
import pytest

from xscan.bench import scanned, use_vectors
from xscan.errors import UsageError
from xscan.model import Grid, Provenance, Scan, Unit, Volume


@pytest.fixture
def scan():
    rng = np.random.default_rng(0)
    volume = rng.normal(-1000, 20, (12, 13, 14))
    volume[3:8, 3:8, 3:8] = 200
    grid = Grid(volume.shape, (1.0, 1.0, 1.0))
    return Scan({"low": Volume(grid, volume.astype(np.int16), Unit.HU)}, Provenance("scan.h5", "0" * 64, "hdf5"))


def test_air_and_goods_are_parted(scan):
    subject = scanned(scan)
    assert subject.volume.dtype == np.int16
    assert -900 < subject.threshold < 200
    assert subject.labels()[1] == 1
    assert subject.name.endswith("low")


def test_a_channel_that_is_not_there_is_named(scan):
    with pytest.raises(UsageError, match="got channel 'high', expected one of low"):
        scanned(scan, "high")


def test_vectors_must_be_chosen_before_kernels_are_loaded():
    import numba  # noqa: F401

    use_vectors("native")
    with pytest.raises(UsageError, match="after kernels were loaded"):
        use_vectors("avx2")

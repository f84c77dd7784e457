"""A scanner small enough for tests."""

import pytest

from xscan.simulate import Beam, Scanner


@pytest.fixture(scope="session")
def small():
    return Scanner(
        name="small",
        low=Beam(kvp=100, filters_mm={"Al": 2.0, "Cu": 0.2}, photons=1e6),
        high=Beam(kvp=160, filters_mm={"Al": 2.0, "Cu": 2.5}, photons=1e6),
        voxel_mm=2.0,
        pixels=64,
        views=120,
        scatter=0.0,
        blur_mm=0.5,
    )

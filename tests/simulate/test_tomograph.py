from itertools import pairwise

import numpy as np
import pytest

from xscan.simulate.materials import attenuation, known_materials
from xscan.simulate.run import build
from xscan.simulate.scene import Body, Part, Scene
from xscan.simulate.shapes import Box, Cylinder
from xscan.simulate.spectrum import detected
from xscan.simulate.tomograph import acquire, radiograph


def one(shape, material, at=(4, 64, 64), length=8.0, turn=(0, 0, 0)):
    return Scene(
        length_mm=length,
        bodies=(Body(kind="x", parts=(Part(shape=shape, material=material),), at_mm=at, turn_deg=turn),),
    )


@pytest.fixture(scope="module")
def water(small):
    voxels = build(one(Cylinder(radius=45, height=20), "water"), small)
    return voxels, acquire(voxels, small, seed=1)


def rings(image, pixel, edges):
    y, x = (np.indices(image.shape) + 0.5 - np.array(image.shape)[:, None, None] / 2) * pixel
    r = np.hypot(y, x)
    return np.array([image[(r >= a) & (r < b)].mean() for a, b in pairwise(edges)])


def test_a_water_cylinder_is_flat_within_a_hundredth(water):
    for volume in water[1].values():
        profile = rings(volume.mean(0), 2.0, [0, 10, 20, 30, 40])
        assert np.ptp(profile) / profile.mean() < 0.01


def test_water_has_the_attenuation_of_an_energy_within_the_beam(water, small):
    made_of = known_materials()["water"]
    for name, lowest, highest in (("low", 50, 70), ("high", 85, 120)):
        value = rings(water[1][name].mean(0), 2.0, [0, 40])[0]
        low, high = 10 * attenuation(made_of, np.array([float(highest), float(lowest)]))
        assert low < value < high


def test_noise_falls_as_one_over_the_root_of_the_quanta(small):
    scene = one(Cylinder(radius=45, height=20), "water")
    voxels = build(scene, small)
    spread = []
    for photons in (1e4, 4e4):
        beam = small.low.model_copy(update={"photons": photons})
        scanner = small.model_copy(update={"low": beam, "electronic": 0.0})
        spread.append(acquire(voxels, scanner, seed=2)["low"][:, 24:40, 24:40].std())
    assert spread[0] / spread[1] == pytest.approx(2, rel=0.1)


def test_the_same_bits_at_any_number_of_threads(small):
    voxels = build(one(Box(size=(30, 20, 30)), "steel", length=16), small)
    first, second = (acquire(voxels, small, seed=3, threads=n) for n in (1, 2))
    for name in first:
        np.testing.assert_array_equal(first[name], second[name])


def test_a_radiograph_sees_beers_law(small):
    quiet = small.model_copy(
        update={b: getattr(small, b).model_copy(update={"photons": 1e12}) for b in ("low", "high")}
        | {"electronic": 0.0}
    )
    voxels = build(one(Box(size=(60, 20, 20)), "pvc"), quiet)  # 20 mm along y
    image = radiograph(voxels, quiet, 0.0, seed=0)
    for name, beam in (("low", quiet.low), ("high", quiet.high)):
        seen = detected(beam, quiet)
        lac = attenuation(known_materials()["pvc"], seen.energy_kev)
        middle = image[name].shape[1] // 2
        expected = float(seen.transmission(lac, np.array([20.0]))[0])
        np.testing.assert_allclose(image[name][:, middle - 8 : middle + 8], expected, rtol=1e-3)
        np.testing.assert_allclose(image[name][:, :5], 1, atol=1e-4)


def test_metal_throws_dark_streaks_between(small):
    parts = tuple(
        Body(kind="bar", parts=(Part(shape=Cylinder(radius=6, height=20), material="steel"),), at_mm=(4, 64, x))
        for x in (40, 88)
    )
    volume = acquire(build(Scene(length_mm=8, bodies=parts), small), small, seed=4)["low"].mean(0)
    assert volume[30:34, 30:34].mean() < -0.02
    assert abs(volume[10:14, 30:34].mean()) < 0.02


def test_a_fan_shows_what_parallel_rays_show(small, water):
    fan = small.model_copy(update={"source_mm": 400.0, "views": 240})
    off_centre = Body(kind="rod", parts=(Part(shape=Cylinder(radius=8, height=20), material="al"),), at_mm=(4, 40, 80))
    scene = one(Cylinder(radius=45, height=20), "water").model_copy(
        update={"bodies": (off_centre, *one(Cylinder(radius=45, height=20), "water").bodies)}
    )
    voxels = build(scene, small)
    wide, plain = (acquire(voxels, s, seed=1)["high"].mean(0) for s in (fan, small))
    assert fan.elements > small.elements
    where = np.hypot(*(np.indices(plain.shape) - 31.5)) < 20
    assert np.median(np.abs(wide - plain)[where]) < 0.005
    assert wide[19:21, 39:41].mean() == pytest.approx(plain[19:21, 39:41].mean(), rel=0.02)
    profile = rings(acquire(water[0], fan, seed=1)["high"].mean(0), 2.0, [0, 10, 20, 30, 40])
    assert np.ptp(profile) / profile.mean() < 0.01


def test_a_source_within_the_slice_is_refused(small):
    with pytest.raises(ValueError, match="source_mm: expected at least the width"):
        type(small).model_validate(small.model_dump() | {"source_mm": 60.0})

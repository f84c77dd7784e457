import numpy as np
import pytest

from xscan.simulate.run import build
from xscan.simulate.scene import Body, Part, Scene
from xscan.simulate.shapes import Box, Sphere
from xscan.simulate.truth import truth_of


def body(kind, shape, material, at, **more):
    part = Part(shape=shape, material=material, wall_mm=more.pop("wall_mm", None), filling=more.pop("filling", None))
    return Body(kind=kind, parts=(part,), at_mm=at, **more)


@pytest.fixture(scope="module")
def made(small):
    bodies = (
        body("carton", Box(size=(110, 110, 56)), "corrugated", (30, 64, 64), wall_mm=4, packaging=True),
        body("shell", Sphere(radius=20), "pvc", (30, 40, 40), wall_mm=3),
        body("jar", Box(size=(30, 30, 30)), "glass", (30, 90, 90), wall_mm=2, filling="water", name="jar"),
        body("ring", Sphere(radius=4), "gold", (30, 90, 90), inside="jar"),
        body("late", Box(size=(30, 30, 30)), "steel", (30, 90, 80)),
    )
    scene = Scene(length_mm=60, bodies=bodies)
    voxels = build(scene, small)
    return scene, voxels, truth_of(scene, voxels, small.oversampling)


def test_masses_and_places_are_those_of_geometry(made):
    shell, jar, ring, _ = made[2].objects
    assert shell["mass_g"] == pytest.approx(1.30 * 4 / 3 * np.pi * (20**3 - 17**3) / 1000, rel=0.02)
    assert shell["outer_volume_mm3"] == pytest.approx(4 / 3 * np.pi * 20**3, rel=0.01)
    assert shell["centroid_mm"] == pytest.approx([30, 40, 40], abs=0.1)
    assert ring["materials"] == ["gold"]
    assert ring["parent"] == jar["id"]
    assert jar["materials"] == ["glass", "water"]
    assert jar["mass_g"] == pytest.approx(jar["own_mass_g"] + ring["mass_g"], abs=0.01)
    assert shell["z_e"] == pytest.approx(14.07, abs=0.01)
    assert shell["rho_e"] == pytest.approx(1.30 * 0.512, rel=0.01)
    assert 7.44 < jar["z_e"] < 12.5
    wall = 30**3 - 26**3
    water = 26**3 - 4 / 3 * np.pi * 4**3
    assert jar["own_mass_g"] == pytest.approx((wall * 2.5 + water * 0.998) / 1000, rel=0.02)


def test_a_body_has_only_the_room_that_those_before_it_left(made):
    late = made[2].objects[3]
    assert late["volume_mm3"] == pytest.approx(30**3 - 20 * 30 * 30, rel=0.08)


def test_labels_hold_the_volumes_and_leave_packaging_out(made, small):
    labels = made[2].labels
    for entry in made[2].objects:
        assert (labels == entry["id"]).sum() * 8 == pytest.approx(entry["volume_mm3"], rel=0.2)
    assert labels.max() == len(made[2].objects)
    assert labels[15, 64 // 2, 5] == 0  # the carton's wall

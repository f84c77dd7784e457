import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xscan.simulate.meshes import distance_grid, fill, load_mesh
from xscan.simulate.packing import angles_of
from xscan.simulate.shapes import (
    Box,
    Capsule,
    Cut,
    Cylinder,
    Ellipsoid,
    MeshShape,
    Placed,
    Sphere,
    Torus,
    Union,
    bounds,
    distance,
    euler,
)
from xscan.simulate.surface import surface_of
from xscan.template.stl import write_stl

SHAPES = {
    "sphere": (Sphere(radius=10), 4 / 3 * np.pi * 1000),
    "ellipsoid": (Ellipsoid(radii=(6, 9, 12)), 4 / 3 * np.pi * 648),
    "box": (Box(size=(10, 16, 20)), 3200),
    "cylinder": (Cylinder(radius=8, height=20), np.pi * 64 * 20),
    "cone": (Cylinder(radius=10, top_radius=5, height=18), np.pi * 18 / 3 * (100 + 50 + 25)),
    "capsule": (Capsule(start=(0, 0, -6), end=(0, 0, 6), radius=5), np.pi * 25 * 12 + 4 / 3 * np.pi * 125),
    "torus": (Torus(radius=12, tube=4), 2 * np.pi**2 * 12 * 16),
    "cut": (Cut(shape=Box(size=(20, 20, 20)), minus=(Box(size=(10, 10, 30)),)), 8000 - 2000),
    "union": (Union(of=(Box(size=(10, 10, 10)), Placed(shape=Box(size=(10, 10, 10)), at=(5, 0, 0)))), 1500),
    "placed": (Placed(shape=Sphere(radius=5), at=(4, 3, 2), turn_deg=(10, 20, 30), scale=2), 4 / 3 * np.pi * 1000),
}


def volume(shape, pitch=0.5):
    low, high = bounds(shape)
    x, y, z = (np.arange(a + pitch / 2, b, pitch, dtype=np.float32) for a, b in zip(low, high, strict=True))
    return (distance(shape, (x[:, None, None], y[None, :, None], z[None, None, :])) <= 0).sum() * pitch**3


@pytest.mark.parametrize("name", SHAPES)
def test_volume_is_that_of_the_formula(name):
    shape, expected = SHAPES[name]
    assert volume(shape) == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("name", ["sphere", "box", "cylinder", "capsule", "torus"])
def test_distance_grows_as_one_walks_away(name):
    shape, _ = SHAPES[name]
    points = tuple(np.random.default_rng(0).uniform(-20, 20, (3, 500)).astype(np.float32))
    step = np.float32(0.01)
    slope = [
        (distance(shape, tuple(p + step * (i == k) for k, p in enumerate(points))) - distance(shape, points)) / step
        for i in range(3)
    ]
    assert np.median(np.sqrt(np.sum(np.square(slope), axis=0))) == pytest.approx(1, abs=0.02)


@given(st.tuples(*[st.floats(-85, 85)] * 3))
@settings(max_examples=50)
def test_angles_make_the_rotation_again(turn):
    np.testing.assert_allclose(euler(angles_of(euler(turn))), euler(turn), atol=1e-9)


def test_a_mesh_is_the_shape_it_was_made_from(tmp_path):
    shape = Union(of=(Sphere(radius=12), Placed(shape=Box(size=(30, 8, 8)), at=(10, 0, 0))), blend=2)
    path = tmp_path / "shape.stl"
    write_stl(path, surface_of(shape, 0.8))
    mesh = load_mesh(path)
    expected = volume(shape)
    corners = mesh.vertices[mesh.faces]
    signed = np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6
    assert signed == pytest.approx(expected, rel=0.01)  # positive: faces look outwards
    low = mesh.vertices.min(0)
    inside = fill(mesh, low + 0.25, 0.5, (60, 60, 90))
    assert inside.sum() * 0.125 == pytest.approx(expected, rel=0.01)
    assert volume(MeshShape(path=path)) == pytest.approx(expected, rel=0.02)
    near = np.abs(distance_grid(path).at(tuple(mesh.vertices.T.astype(np.float32))))
    assert np.percentile(near, 95) < 0.35

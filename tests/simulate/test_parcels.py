import json

import numpy as np
import pytest

from xscan.errors import InputError, UsageError
from xscan.simulate.figures import FIGURES
from xscan.simulate.goods import HOLLOW_BOOK, KINDS
from xscan.simulate.materials import known_materials
from xscan.simulate.parcels import FRAUDS, random_parcel
from xscan.simulate.scene import Body, Scene, read_scene, write_scene
from xscan.simulate.shapes import bounds
from xscan.simulate.voxelise import voxelise
from xscan.simulate.weigh import mass_g

SCENE = """
length_mm = 10
[[bodies]]
kind = "ball"
at_mm = [5, 20, 20]
parts = [{ material = "pvc", shape = { type = "sphere", radius = 4 } }]
"""


@pytest.mark.parametrize("name", [*KINDS, "hollow book"])
def test_every_kind_is_something_one_can_lift(name):
    kind = HOLLOW_BOOK if name == "hollow book" else KINDS[name]
    good = kind.make(np.random.default_rng(1))
    assert {p.material for p in good.parts} | {p.filling for p in good.parts if p.filling} <= set(known_materials())
    grams = mass_g(Body(kind=good.kind, parts=good.parts, at_mm=(0, 0, 0)), {}, 1.2)
    assert 5 < grams < 1500
    assert kind.hs.isdecimal()
    assert len(kind.hs) == 6


@pytest.mark.parametrize("name", FIGURES)
def test_figures_fit_a_hand(name):
    size = np.diff(bounds(FIGURES[name]()), axis=0)[0]
    assert 40 < size.max() < 130


def test_a_seed_makes_the_same_parcel():
    assert random_parcel(5, "sparse") == random_parcel(5, "sparse")
    assert random_parcel(5, "sparse") != random_parcel(6, "sparse")


@pytest.mark.parametrize("fraud", FRAUDS)
def test_a_fraud_is_in_the_truth_and_in_the_box(fraud):
    scene = random_parcel(3, "sparse", frauds=[fraud])
    assert scene.expect
    kinds = [b.kind for b in scene.bodies]
    for what in scene.expect:
        word, _, arg = what.partition(":")
        if word in ("template", "undeclared", "hidden"):
            assert arg in kinds
        if word == "hidden":
            assert scene.bodies[kinds.index(arg)].inside
    items = scene.declaration["items"]
    assert all(i["quantity"] > 0 and i["net_weight_kg"] >= 0 and i["description"] for i in items)


def test_an_honest_sender_declares_what_is_in_the_box():
    for seed in (1, 2):
        scene = random_parcel(seed, "packed", frauds=[])
        assert scene.expect == ()
        goods = [b for b in scene.bodies if not b.packaging]
        assert sum(i["quantity"] for i in scene.declaration["items"]) == len(goods)
        grams = sum(mass_g(b, {}) for b in goods)
        declared = sum(i["net_weight_kg"] for i in scene.declaration["items"]) * 1000
        assert declared == pytest.approx(grams, rel=0.08)


def test_bodies_keep_out_of_each_other():
    """Each keeps nearly all of the mass it has alone: what lies close was not cut."""
    scene = random_parcel(2, "packed", frauds=[])
    pitch = 1.5
    across = int(384 / pitch)
    voxels = voxelise(scene, (int(scene.length_mm / pitch), across, across), pitch)
    counts = np.bincount(voxels.body.ravel(), minlength=len(scene.bodies) + 1)
    for number, body in enumerate(scene.bodies, start=1):
        alone = voxelise(Scene(length_mm=scene.length_mm, bodies=(body,)), voxels.body.shape, pitch)
        assert counts[number] > 0.97 * (alone.body > 0).sum(), body.kind


def test_a_scene_survives_its_file(tmp_path):
    scene = random_parcel(4, "sparse")
    write_scene(scene, tmp_path / "scene.json")
    assert read_scene(tmp_path / "scene.json") == scene


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("not toml [", "not a scene"),
        ("length_mm = 10", "bodies"),
        ("length_mm = -1\nbodies = []", "length_mm"),
        (SCENE + "colour = 'red'", "colour"),
        (SCENE.replace("radius", "girth"), "radius"),
        (SCENE.replace("{ type", "{{ type"), "not a scene"),
    ],
)
def test_a_broken_scene_is_refused_in_one_line(tmp_path, text, says):
    path = tmp_path / "scene.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=says) as caught:
        read_scene(path)
    assert "\n" not in str(caught.value)
    assert "scene.toml" in str(caught.value)


def test_wrong_wishes_are_refused():
    with pytest.raises(UsageError, match="grade"):
        random_parcel(0, "crammed")
    with pytest.raises(UsageError, match="frauds"):
        random_parcel(0, "sparse", frauds=["sloth"])


def test_declarations_are_plain_json():
    json.dumps(random_parcel(7, "hostile").declaration)

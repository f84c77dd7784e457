"""The small pieces, each against what it must do."""

from datetime import UTC, date, datetime

import numpy as np
import pytest
from scipy import ndimage as ndi

from xscan.model import Right, Template
from xscan.template import TemplateConfig
from xscan.template.body import body_of
from xscan.template.cache import BESIDE, Store, store_of
from xscan.template.candidates import index_of
from xscan.template.edge import carried_on, unseen_beyond
from xscan.template.field import Field
from xscan.template.groups import groups, touching
from xscan.template.plain import plainness
from xscan.template.prepared import mirrored, prepare
from xscan.template.probes import probes
from xscan.template.rights import right_check
from xscan.template.rotations import axis_aligned, spiral
from xscan.template.solid import solid_of_mesh
from xscan.template.surface import sample_triangles, spread
from xscan.template.torn import between


def test_field_reads_values_and_slopes_between_its_points():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(5, 6, 7)).astype(np.float32)
    field = Field(values, np.array([1.0, 2.0, 3.0]), np.array([0.5, 1.0, 2.0]))
    points = np.array([1.0, 2.0, 3.0]) + rng.uniform(0, 1, (50, 3)) * [2.9, 4.9, 7.9]
    index = ((points - [1, 2, 3]) / [0.5, 1, 2])[:, ::-1].T
    value, slope = field.sample(points)
    assert value == pytest.approx(ndi.map_coordinates(values, index, order=1), abs=1e-4)
    step = 1e-2
    for k in range(3):
        ahead = field.value(points + step * np.eye(3)[k])
        same_cell = np.floor(field.index(points)) == np.floor(field.index(points + step * np.eye(3)[k]))
        kept = same_cell.all(axis=1)
        assert slope[kept, k] == pytest.approx(((ahead - value) / step)[kept], abs=2e-3)
    far = np.array([[1.0, 2.0, 3.0 - 10.0]])
    assert field.value(far)[0] == pytest.approx(values[0, 0, 0] + 10, abs=1e-3)


def test_rotations_are_rotations_and_cover():
    for r in (spiral(500), axis_aligned()):
        assert r @ r.transpose(0, 2, 1) == pytest.approx(np.broadcast_to(np.eye(3), r.shape), abs=1e-12)
        assert np.linalg.det(r) == pytest.approx(np.ones(len(r)))
    angle = np.degrees(np.arccos(np.clip((np.einsum("nij,mij->nm", spiral(2000), spiral(97)) - 1) / 2, -1, 1)))
    assert angle.min(axis=0).max() < 20


def test_solid_has_the_volume_of_its_mesh_whatever_its_winding(bench):
    mesh = bench.templates["figure"].mesh
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    volume = abs(np.einsum("ij,ij->", np.cross(a, b), c)) / 6
    for faces in (mesh.faces, mesh.faces[:, ::-1]):
        solid = solid_of_mesh(type(mesh)(mesh.vertices, faces))
        h = solid.distance.spacing[0]
        assert solid.inside.sum() * h**3 == pytest.approx(volume, rel=0.01)
        assert np.abs(solid.distance.value(solid.points)).mean() < 0.15
        assert np.median(solid.distance.value(solid.points + 2 * solid.normals)) == pytest.approx(2, abs=0.1)


def test_points_are_even_and_the_same_every_time(bench):
    mesh = bench.templates["box"].mesh
    points, normals = sample_triangles(mesh.vertices, mesh.faces, 6000)
    again, _ = sample_triangles(mesh.vertices, mesh.faces, 6000)
    assert (points == again).all()
    assert np.linalg.norm(normals, axis=1) == pytest.approx(np.ones(6000))
    top = (points[:, 2] > 8.5).mean()
    assert top == pytest.approx(52 * 30 / (2 * (52 * 30 + 52 * 18 + 30 * 18)), rel=0.1)
    few = points[spread(points, 20)]
    apart = np.linalg.norm(few[:, None] - few[None], axis=2) + 1e9 * np.eye(20)
    assert apart.min() > 10


def test_what_is_kept_is_what_was_computed(bench, tmp_path):
    mesh, store = bench.templates["figure"].mesh, Store(tmp_path)
    made, kept = prepare(mesh, store), prepare(mesh, store)
    assert len(list(tmp_path.glob("*.npz"))) == 1
    assert (made.distance.values == kept.distance.values).all()
    assert (made.points == kept.points).all()
    assert (made.probes == kept.probes).all()
    next(tmp_path.glob("*.npz")).write_bytes(b"broken")
    assert (prepare(mesh, store).points == made.points).all()


def test_the_cache_lies_beside_the_library_or_with_the_user(bench, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    library = tmp_path / "library"
    library.mkdir()
    config = TemplateConfig()
    assert store_of(config, str(library)).folder == library / BESIDE
    monkeypatch.setattr("os.access", lambda path, how: "library" not in str(path))
    assert store_of(config, str(library)).folder == tmp_path / "user" / "xscan" / "templates"
    assert store_of(config, "made in memory").folder == tmp_path / "user" / "xscan" / "templates"
    assert store_of(TemplateConfig(cache="none"), str(library)).folder is None
    assert store_of(TemplateConfig(cache=str(tmp_path / "own"))).folder == tmp_path / "own"


def test_a_cache_that_cannot_be_written_costs_only_time(bench, tmp_path):
    (tmp_path / "file").write_text("")
    store = store_of(TemplateConfig(cache=str(tmp_path / "file" / "below")))
    assert store.folder is None
    assert prepare(bench.templates["ball"].mesh, store).closed
    gone = Store(tmp_path / "gone")
    gone.write("a", {"b": np.zeros(2)})
    assert gone.read("a") is None


def test_an_index_is_kept_and_knows_left_from_right(bench, tmp_path):
    config = TemplateConfig(cache=str(tmp_path))
    made = index_of(bench.library(), config)
    kept = index_of(bench.library(), config)
    assert len(list(tmp_path.glob("index-*.npz"))) == 1
    for name in ("spreads", "words", "anchors", "hand"):
        assert (getattr(made, name) == getattr(kept, name)).all()
    assert made.words.sum(axis=1) == pytest.approx(np.ones(3))
    assert {i: made.has_hand(i, 0.4) for i in made.ids} == {"ball": False, "box": False, "figure": True}


def test_candidates_are_of_the_size_of_the_body(bench):
    index = index_of(bench.library(), bench.config)
    for name in index.ids:
        p = index.prepared(name)
        assert index.could_be(p.shape, 1.0)[0] == name
        assert index.could_hold(p.shape, probes(p.distance, p.points, p.normals), 1.0)[0] == name


def test_the_mirror_image_mirrored_is_the_shape(bench):
    p = prepare(bench.templates["figure"].mesh, store_of(bench.config))
    twice = mirrored(mirrored(p))
    assert (twice.points == p.points).all()
    assert (twice.distance.values == p.distance.values).all()
    once = mirrored(p)
    assert np.abs(once.distance.value(once.points)).mean() < 0.15
    assert np.linalg.det(once.shape.axes) == pytest.approx(1)


def test_plain_shapes_are_told_from_figures(bench):
    plain = {k: prepare(t.mesh, store_of(bench.config)).plain_mm for k, t in bench.templates.items()}
    assert plain["ball"] < 0.5
    assert plain["box"] < 1.0
    assert plain["figure"] > 3
    assert plainness(np.eye(3), np.eye(3), np.full(3, 5**-0.5)) == pytest.approx(0, abs=1e-6)


def test_beyond_the_scan_nothing_is_there_and_nothing_missing():
    line = carried_on(
        np.arange(1, 4).reshape(1, 1, 3), ((0, 0), (1, 1), (2, 2)), ((False,) * 2, (False,) * 2, (True, False))
    )
    assert line.shape == (1, 3, 7)
    assert line[0, 1].tolist() == [1, 1, 1, 2, 3, 0, 0]
    assert not line[0, 0].any()
    values = np.full((4, 4, 4), 9, dtype=np.float32)
    field = Field(values, np.array([-1.0, 0, 0]), np.ones(3))
    wide = unseen_beyond(field, np.zeros(3), np.full(3, 9.0), ((False, False), (False, False), (True, False)))
    assert wide.values.shape == (4, 4, 84)
    assert wide.origin.tolist() == [-81, 0, 0]
    assert (wide.values[..., :81] == 2.5).all()
    assert (wide.values[..., 81:] == 9).all()


def test_what_was_taken_out_of_the_middle_is_no_cavity(bench):
    scan = bench.scan([("box", np.eye(3), (42.0, 42.0, 42.0))], (56, 56, 56))
    taken = np.zeros((56, 56, 56), dtype=bool)
    taken[24:32, 22:34, 18:38] = True
    whole, rest = (body_of(*scan, scan[0].goods, without=w) for w in (None, taken))
    assert whole.shape.volume - rest.shape.volume == pytest.approx(taken.sum() * 1.5**3, rel=0.2)


def test_a_torn_shell_is_filled_between_its_walls():
    z, y, x = np.indices((40, 40, 40)) - 19.5
    r = np.sqrt(z * z + y * y + x * x)
    shell = (np.abs(r - 15) < 1) & ~((x > 0) & (np.hypot(y, z) < 7))
    filled = between(shell)
    assert (filled & (r < 15)).sum() > 0.95 * (r < 15).sum()
    assert not (filled & (r > 17)).any()
    large = np.kron(shell, np.ones((2, 2, 2), dtype=bool))
    assert between(large).sum() == pytest.approx(8 * filled.sum(), rel=0.05)
    rod = np.zeros((20, 20, 20), dtype=bool)
    rod[8:11, 8:11, 2:18] = True
    assert (between(rod) == rod).all()


def test_objects_that_touch_hang_together():
    ids = np.zeros((4, 4, 20), dtype=np.uint32)
    ids[..., 0:3], ids[..., 3:6], ids[..., 7:9], ids[..., 14:16] = 1, 2, 3, 4
    pairs = touching(ids, [1, 2, 3, 4])
    assert pairs == {(1, 2), (2, 3)}
    assert touching(ids, [1, 3, 4]) == set()
    assert groups([1, 2, 3, 4], pairs, 8) == [(1, 2, 3)]
    assert groups([1, 2, 3, 4], pairs, 2) == [(1, 2), (2, 3)]


@pytest.mark.parametrize(
    ("sender", "when", "status", "word"),
    [
        ("S", datetime(2025, 1, 1, tzinfo=UTC), "authorised", "authorised users"),
        ("T", datetime(2025, 1, 1, tzinfo=UTC), "not-authorised", "T is not"),
        ("", None, "not-authorised", "no time"),
        ("S", None, "authorised", "not judged"),
        ("S", datetime(2031, 1, 1, tzinfo=UTC), "expired", "ended"),
        ("S", datetime(2019, 1, 1, tzinfo=UTC), "expired", "begins"),
    ],
)
def test_rights_are_judged_by_the_time_of_the_scan(bench, sender, when, status, word):
    right = Right("design", "A", "D1", "C", date(2020, 1, 1), date(2030, 1, 1), ("S",))
    template = Template("a", "a", bench.templates["ball"].mesh, "protected-design", (), right)
    found, reason = right_check(template, sender, when)
    assert found == status
    assert word in reason

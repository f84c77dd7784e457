from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from xscan.model import (
    GenuineRange,
    Measure,
    Mesh,
    Quantities,
    Right,
    Signature,
    Template,
    TemplateLibrary,
    Unit,
    Volume,
)
from xscan.template import check_library, match
from xscan.template.body import body_of
from xscan.template.cache import Store
from xscan.template.candidates import index_of
from xscan.template.fit import _best, fit_whole
from xscan.template.heap import first_of
from xscan.template.poses import Poses
from xscan.template.prepared import prepare
from xscan.template.score import evidence_of, probability
from xscan.template.seek import covered
from xscan.template.telling import DECISIVE, log_odds

ONE = (56, 56, 56)
MIDDLE = (42.0, 42.0, 42.0)


def pose_error(found, linear, place, mesh):
    truth = mesh.vertices @ linear.T + np.array(place)
    return np.sqrt(((found.pose.apply(mesh.vertices) - truth) ** 2).sum(axis=1).mean())


@pytest.mark.parametrize(("seed", "wall"), [(1, None), (2, 3.0)])
def test_finds_a_solid_and_a_hollow_copy_in_any_pose(bench, seed, wall):
    turn = bench.turn(seed)
    scan = bench.scan([("figure", turn, MIDDLE)], ONE, wall=wall, seed=seed)
    (found,) = match(*scan, bench.library(), {}, config=bench.config)
    assert found.template_id == "figure"
    assert found.object_ids == (1,)
    assert found.score > 0.9
    assert found.coverage > 0.95
    assert pose_error(found, turn, MIDDLE, bench.templates["figure"].mesh) < 1.0
    assert found.deviation_rms_mm < 1.0
    assert found.points.shape == (len(found.deviation_mm), 3)
    assert found.right_status == "no-record"


def test_finds_a_copy_scaled_unevenly_and_reports_the_scale(bench):
    linear = bench.turn(3) * np.array([1.07, 0.94, 1.05])
    scan = bench.scan([("figure", linear, MIDDLE)], ONE)
    (found,) = match(*scan, bench.library(), {}, config=bench.config)
    assert found.template_id == "figure"
    assert pose_error(found, linear, MIDDLE, bench.templates["figure"].mesh) < 1.2


def test_another_proportion_is_not_the_template(bench):
    linear = bench.turn(4) * np.array([1.0, 1.0, 1.45])
    scan = bench.scan([("figure", linear, MIDDLE)], ONE)
    assert match(*scan, bench.library(), {}, config=bench.config) == ()


def test_a_mirror_image_is_told_or_left_out(bench):
    linear = bench.turn(5) * np.array([-1.0, 1.0, 1.0])
    scan = bench.scan([("figure", linear, MIDDLE)], ONE)
    strict = bench.config.model_copy(update={"mirrored": False})
    assert match(*scan, bench.library(), {}, config=strict) == ()
    (found,) = match(*scan, bench.library(), {}, config=bench.config)
    assert np.linalg.det(found.pose.matrix[:3, :3]) < 0
    assert pose_error(found, linear, MIDDLE, bench.templates["figure"].mesh) < 1.0


def test_a_ball_of_another_size_is_no_ball_of_the_library(bench):
    near = bench.scan([("ball", np.eye(3) * 1.07, MIDDLE)], ONE)
    assert match(*near, bench.library(), {}, config=bench.config) == ()
    true = bench.scan([("ball", np.eye(3), MIDDLE)], ONE)
    assert [m.template_id for m in match(*true, bench.library(), {}, config=bench.config)] == ["ball"]


def test_a_round_shape_stretched_across_is_followed_from_between_the_stretches(bench):
    body = body_of(*(scan := bench.scan([("can", np.diag([1.06, 0.94, 1.0]), MIDDLE)], ONE)), scan[0].goods)
    p = index_of(bench.library("can"), bench.config).prepared("can")
    eighth = Rotation.from_euler("z", 45, degrees=True).as_matrix()
    fit = _best(Poses.at(eighth[None], np.array([MIDDLE])), p, body, 0.08, whole=True)
    assert np.sqrt((fit.template_mm**2).mean()) < 0.3
    assert np.ptp(fit.poses.scale[0]) > 0.09


def test_another_form_counts_for_more_than_noise_of_like_size(bench):
    body = body_of(*(scan := bench.scan([("figure", np.eye(3), MIDDLE)], ONE)), scan[0].goods)
    p = index_of(bench.library(), bench.config).prepared("figure")
    fit = fit_whole(p, body, 0.08)
    noise = np.random.default_rng(0).normal(0, 0.3, len(fit.template_mm))
    form = 0.3 * np.sqrt(2) * np.sin(p.points[: len(fit.template_mm), 0] / 4)
    noisy, other = (
        evidence_of(replace(fit, template_mm=fit.template_mm + d), body, p, bench.config) for d in (noise, form)
    )
    assert noisy.rms_mm == pytest.approx(other.rms_mm, rel=0.1)
    assert other.coherent_mm > 2 * noisy.coherent_mm
    likely, less = (probability(e, whole=True, mirrored=False) for e in (noisy, other))
    assert likely / (1 - likely) > 5 * less / (1 - less)


def test_bodies_that_segmentation_did_not_part_are_both_found(bench):
    a, b = bench.turn(6), bench.turn(8)
    bodies = [("figure", a, (42.0, 42.0, 42.0)), ("box", b, (42.0, 74.0, 46.0))]
    scan = bench.scan(bodies, (56, 76, 56), merged=True)
    assert len(scan[0].objects) == 1
    found = match(*scan, bench.library(), {}, config=bench.config)
    assert "figure" in [m.template_id for m in found]
    first = next(m for m in found if m.template_id == "figure")
    assert pose_error(first, a, bodies[0][2], bench.templates["figure"].mesh) < 1.2


def test_a_body_cut_into_two_objects_is_one_match(bench, resegment):
    scan, quantities = bench.scan([("figure", bench.turn(7), MIDDLE)], ONE)
    label = scan.labels.array.copy()
    z, y, x = np.nonzero(label)
    far = x > np.median(x)
    label[z[far], y[far], x[far]] = 2
    (found,) = match(resegment(scan.grid, label), quantities, bench.library(), {}, config=bench.config)
    assert found.object_ids == (1, 2)
    assert found.template_id == "figure"


@pytest.mark.parametrize("wall", [None, 3.0])
def test_a_body_partly_out_of_view_is_found(bench, wall):
    turn, place = bench.turn(12), (66.0, 42.0, 42.0)  # the scan ends at 84 mm, the body reaches beyond 100
    scan = bench.scan([("figure", turn, place)], ONE, wall=wall)
    found = match(*scan, bench.library(), {}, config=bench.config)
    assert [m.template_id for m in found] == ["figure"]
    assert pose_error(found[0], turn, place, bench.templates["figure"].mesh) < 1.5


def test_a_template_explains_the_voxels_of_a_body_partly_out_of_view(bench):
    scan = bench.scan([("figure", bench.turn(12), (66.0, 42.0, 42.0))], ONE)
    found = first_of(scan[0].goods, *scan, index_of(bench.library(), bench.config), bench.config)
    assert found.body.clipped
    # the field of such a body is wider than its array
    assert covered(found)[found.body.inside].mean() > 0.95


def test_near_likes_are_one_match_with_alternatives(bench):
    figure = bench.templates["figure"]
    twin = Template("twin", "twin", figure.mesh, "protected-design")
    library = TemplateLibrary("made", (figure, twin))
    scan = bench.scan([("figure", bench.turn(9), MIDDLE)], ONE)
    (found,) = match(*scan, library, {}, config=bench.config)
    assert {found.template_id, *found.alternatives} == {"figure", "twin"}


@pytest.mark.parametrize("planted", ["flat", "cross"])
def test_two_screwdrivers_that_differ_at_the_tip_are_not_told_apart(bench, planted):
    library = bench.library("flat", "cross", "figure")
    scan = bench.scan([(planted, bench.turn(13), MIDDLE)], ONE)
    (found,) = match(*scan, library, {}, config=bench.config)
    assert {found.template_id, *found.alternatives} == {"flat", "cross"}
    problems = check_library(library, config=bench.config)
    assert [(p.kind, set(p.template_ids)) for p in problems] == [("alike", {"flat", "cross"})]


def test_a_shell_with_a_hole_too_large_to_close_is_found(bench, resegment):
    figure, turn, place = bench.templates["figure"].mesh, bench.turn(14), np.array([66.0, 60.0, 66.0])
    large = Mesh(figure.vertices * 1.5, figure.faces)
    library = TemplateLibrary("made", (Template("large", "large", large, "prohibited"),))
    scan, quantities = bench.scan([("figure", 1.5 * turn, place)], (88, 80, 88), wall=2.0)
    label, image = scan.labels.array.copy(), quantities.attenuation.stored.copy()
    hole = place + turn @ [0.0, 0.0, 14.0]
    z, y, x = 1.5 * (np.indices(label.shape) + 0.5) - hole[::-1, None, None, None]
    gone = z * z + y * y + x * x < 15.0**2
    label[gone], image[gone] = 0, 0
    body = body_of(resegment(scan.grid, label), quantities, resegment(scan.grid, label).goods[:1])
    assert not body.leaks
    assert body.shape.volume < 0.6 * np.prod(large.size_mm)
    torn = Quantities(Volume(scan.grid, image, Unit.MHU), "nominal")
    (found,) = match(resegment(scan.grid, label), torn, library, {}, config=bench.config)
    assert pose_error(found, turn, place, large) < 1.5


def test_same_input_gives_same_numbers(bench):
    scan = bench.scan([("figure", bench.turn(10), MIDDLE)], ONE, wall=2.5)
    (a,) = match(*scan, bench.library(), {}, config=bench.config)
    (b,) = match(*scan, bench.library(), {}, config=bench.config.model_copy(update={"cache": "none"}))
    assert a.score == b.score
    assert (a.pose.matrix == b.pose.matrix).all()
    assert (a.deviation_mm == b.deviation_mm).all()


def test_rights_and_the_genuine_article_are_held_against_the_match(bench):
    right = Right("design", "A", "D1", "C", date(2020, 1, 1), date(2025, 1, 1), ("GOOD",))
    made = GenuineRange(mass_g=(10, 20), density_g_cm3=(1.2, 1.4))
    t = Template("figure", "figure", bench.templates["figure"].mesh, "protected-design", (), right, made)
    library = TemplateLibrary("made", (t,))
    scan = bench.scan([("figure", np.eye(3), MIDDLE)], ONE)
    volume = Measure(2e4, 100, "mm3")
    density = Measure(0.9, 0.02, "g/cm3")
    sign = {1: Signature(1, volume, Measure(18, 1, "g"), None, density, None, None, Measure(900, 9, "MHU"))}
    told = {"config": bench.config, "consignor_id": "GOOD"}
    (found,) = match(*scan, library, sign, acquired=datetime(2024, 5, 1, tzinfo=UTC), **told)
    assert found.right_status == "authorised"
    assert found.genuine_check["mass_g"]["status"] == "inside"
    assert found.genuine_check["density_g_cm3"]["status"] == "outside"


def test_nothing_to_match_is_no_match(bench):
    scan = bench.scan([("ball", np.eye(3) * 0.15, MIDDLE)], ONE)
    assert match(*scan, bench.library(), {}, config=bench.config) == ()
    assert match(*scan, TemplateLibrary("none", ()), {}, config=bench.config) == ()


def test_two_shapes_are_told_apart_where_they_differ_all_over(bench):
    config, figure = bench.config, bench.templates["figure"].mesh
    # a tenth of a voxel all over, and half a voxel on one limb alone
    stout = Mesh(figure.vertices * 1.01, figure.faces)
    limb = figure.vertices[:, 2] < -18
    bumped = Mesh(figure.vertices + 0.75 * limb[:, None] * np.array([0.0, 1.0, 0.0]), figure.faces)
    seg, q = bench.scan([("figure", bench.turn(21), MIDDLE)], ONE)
    body = body_of(seg, q, seg.goods)
    fits = []
    for mesh in (figure, stout, bumped):
        p = prepare(mesh, Store(None))
        # not scaled: the stout one stays stout
        fits.append((p, fit_whole(p, body, 0.0)))
    evidence = evidence_of(fits[0][1], body, fits[0][0], config)
    stouter, bump = (log_odds(fits[0], f, evidence, body.voxel_mm) for f in fits[1:])
    assert stouter > DECISIVE
    assert 0 < bump < DECISIVE
    assert log_odds(fits[1], fits[0], evidence, body.voxel_mm) == pytest.approx(-stouter)


def test_a_body_torn_in_three_with_gaps_is_one_match(bench, resegment):
    turn = bench.turn(6)
    seg, q = bench.scan([("figure", turn, MIDDLE)], ONE)
    label = seg.labels.array.copy()
    z = np.nonzero(label)[0]
    low, high = np.percentile(z, [30, 70]).astype(int)
    parts = (np.arange(len(label)) >= low).astype(int) + (np.arange(len(label)) >= high)
    label = np.where(label > 0, 1 + parts[:, None, None], 0).astype(np.uint32)
    dark = q.attenuation.stored.copy()
    for at in (low, high):
        label[at - 1 : at + 1] = 0
        dark[at - 1 : at + 1] *= 0.1
    torn = resegment(seg.grid, label)
    assert len(torn.goods) == 3
    (found,) = match(
        torn, replace(q, attenuation=replace(q.attenuation, stored=dark)), bench.library(), {}, config=bench.config
    )
    assert (found.template_id, found.object_ids) == ("figure", (1, 2, 3))
    assert pose_error(found, turn, MIDDLE, bench.templates["figure"].mesh) < 1.2
    # three things that lie as far from each other and are no template are none
    other = bench.scan(
        [("ball", np.eye(3) * s, p) for s, p in ((0.6, (20.0, 42.0, 42.0)), (0.6, (46.0, 42.0, 42.0)))], ONE
    )
    assert match(*other, bench.library("figure", "box"), {}, config=bench.config) == ()

import pytest

from xscan.model import GenuineRange, Template, TemplateLibrary
from xscan.template import match
from xscan.template.body import body_of
from xscan.template.candidates import index_of
from xscan.template.fit import fit_whole
from xscan.template.genuine import genuine_check
from xscan.template.wall import wall_of

ONE = (56, 56, 56)
MIDDLE = (42.0, 42.0, 42.0)


def measured(bench, wall, voxel=1.5):
    shape = tuple(round(n * 1.5 / voxel) for n in ONE)
    scan, quantities = bench.scan([("figure", bench.turn(1), MIDDLE)], shape, voxel, wall=wall)
    body = body_of(scan, quantities, scan.goods[:1])
    p = index_of(bench.library("figure"), bench.config).prepared("figure")
    return wall_of(fit_whole(p, body, 0.08), body, p, quantities)


@pytest.mark.parametrize(("wall", "voxel"), [(2.0, 1.0), (3.0, 1.5)])
def test_the_wall_of_a_shell_is_measured(bench, wall, voxel):
    found = measured(bench, wall, voxel)
    assert found.value == pytest.approx(wall, abs=max(2 * found.sigma, 0.3 * voxel))
    assert found.sigma < 0.5 * voxel


def test_a_wall_lost_in_the_blur_is_not_held_against_anything(bench):
    found = measured(bench, 4.0, 2.0)
    assert found.value == pytest.approx(4.0, abs=2 * found.sigma)
    made = GenuineRange(wall_mm=(1.0, 2.5))
    assert genuine_check(made, [], {}, whole=True, wall=found)["wall_mm"]["status"] == "unknown"


def test_a_solid_body_has_no_thin_wall(bench):
    found = measured(bench, None)
    assert found.value > 5


def test_a_solid_copy_of_a_shell_is_told(bench):
    figure = bench.templates["figure"]
    made = GenuineRange(wall_mm=(2.0, 3.5))
    library = TemplateLibrary("made", (Template("figure", "figure", figure.mesh, "protected-design", (), None, made),))
    for wall, status in ((None, "outside"), (2.8, "inside")):
        scan = bench.scan([("figure", bench.turn(2), MIDDLE)], ONE, wall=wall)
        (found,) = match(*scan, library, {}, config=bench.config)
        assert found.genuine_check["wall_mm"]["status"] == status
    assert genuine_check(made, [], {}, whole=True, wall=None)["wall_mm"]["status"] == "unknown"

import numpy as np
import pytest

from xscan.model import (
    Decision,
    Declaration,
    DeclaredItem,
    Finding,
    Material,
    Measure,
    Mesh,
    Pose,
    Template,
    TemplateLibrary,
)


def test_a_measure_has_a_finite_value_and_its_uncertainty():
    assert str(Measure(1.2, 0.1, "g")) == "1.2 ± 0.1 g"
    with pytest.raises(ValueError, match="finite"):
        Measure(float("nan"), 0.1, "g")
    with pytest.raises(ValueError, match="sigma"):
        Measure(1.0, -0.1, "g")


def test_the_mass_of_a_line_is_its_net_weight_or_that_of_a_piece_times_quantity():
    assert DeclaredItem(1, "cup", 2, net_weight_kg=0.5).mass_g == 500
    assert DeclaredItem(1, "cup", 2, unit_net_weight_kg=0.5).mass_g == 1000
    assert DeclaredItem(1, "cup", 2).mass_g is None
    with pytest.raises(ValueError, match="quantity"):
        DeclaredItem(1, "cup", 0)
    with pytest.raises(ValueError, match="net_weight_kg"):
        DeclaredItem(1, "cup", 1, net_weight_kg=-1)
    with pytest.raises(ValueError, match="description"):
        DeclaredItem(1, " ", 1)


def test_a_declaration_sums_its_lines_where_each_tells_its_mass():
    one, two = DeclaredItem(1, "cup", 1, net_weight_kg=0.5), DeclaredItem(2, "book", 1)
    assert Declaration((one,)).mass_g == 500
    assert Declaration((one, two)).mass_g is None
    with pytest.raises(ValueError, match="differ"):
        Declaration((one, one))


def test_a_mesh_is_checked():
    corners = np.eye(3)
    mesh = Mesh(corners, [[0, 1, 2]])
    assert mesh.size_mm == (1, 1, 1)
    with pytest.raises(ValueError, match="indices"):
        Mesh(corners, [[0, 1, 3]])
    with pytest.raises(ValueError, match="at least one face"):
        Mesh(corners, np.zeros((0, 3)))
    with pytest.raises(ValueError, match="finite"):
        Mesh(corners * np.nan, [[0, 1, 2]])
    with pytest.raises(ValueError, match="purpose"):
        Template("a", "a", mesh, "toy")
    a = Template("a", "a", mesh, "prohibited")
    with pytest.raises(ValueError, match="ids that differ"):
        TemplateLibrary("lib", (a, a))


def test_a_pose_moves_points_and_tells_its_scale():
    pose = Pose(np.array([[0, -2, 0, 1], [2, 0, 0, 0], [0, 0, 2, 0], [0, 0, 0, 1.0]]))
    assert pose.apply(np.array([[1.0, 0, 0]])).tolist() == [[1, 2, 0]]
    assert pose.scale == pytest.approx(2)
    assert not pose.mirrored
    assert Pose(np.diag([1.0, 1, -1, 1])).mirrored
    with pytest.raises(ValueError, match="last row"):
        Pose(np.ones((4, 4)))


def test_findings_and_decisions_are_bounded():
    with pytest.raises(ValueError, match="severity"):
        Finding("hidden-object", 1.5, "something inside")
    with pytest.raises(ValueError, match="verdict"):
        Decision("guilty", 0.5, ())


def test_a_material_sums_to_one():
    with pytest.raises(ValueError, match="sum to 1"):
        Material("water", "liquid", (("H", 0.1),), (1, 1), 0.55, 7.4)

import numpy as np
import pytest

from xscan.model import Grid


def test_position_is_the_offset_from_the_outer_corner():
    grid = Grid((4, 5, 6), (3.0, 2.0, 1.0))
    assert grid.position_mm((0, 0, 0)).tolist() == [1.5, 1.0, 0.5]
    assert grid.index([1.5, 1.0, 0.5]).tolist() == [0, 0, 0]
    assert grid.extent_mm == (12.0, 10.0, 6.0)
    assert grid.voxel_volume_mm3 == 6.0


def test_world_follows_origin_and_direction():
    turned = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])  # x of the array points along world y
    grid = Grid((2, 3, 4), (1.0, 1.0, 2.0), (10, 20, 30), turned)
    assert np.allclose(grid.world_mm(grid.position_mm((0, 0, 0))), (10, 20, 30))
    assert np.allclose(grid.world_mm(grid.position_mm((0, 0, 1))), (10, 22, 30))
    assert np.allclose(grid.world_mm(grid.position_mm((1, 0, 0))), (10, 20, 31))


def test_binned_keeps_the_outer_corner_in_place():
    grid = Grid((9, 8, 8), (1.0, 1.0, 1.0), (5, 5, 5))
    coarse = grid.binned(2)
    assert coarse.shape == (4, 4, 4)
    assert coarse.voxel_size_mm == (2.0, 2.0, 2.0)
    assert np.allclose(coarse.world_mm((0, 0, 0)), grid.world_mm((0, 0, 0)))


@pytest.mark.parametrize(
    ("shape", "size", "direction", "told"),
    [
        ((0, 1, 1), (1, 1, 1), np.eye(3), "shape"),
        ((1, 1, 1), (1, 0, 1), np.eye(3), "voxel_size_mm"),
        ((1, 1, 1), (1, float("nan"), 1), np.eye(3), "voxel_size_mm"),
        ((1, 1, 1), (1, 1, 1), np.diag([1, 1, -1.0]), "mirrored"),
        ((1, 1, 1), (1, 1, 1), np.array([[1, 0, 0], [0, 1, 0.3], [0, 0, 1]]), "tilt"),
    ],
)
def test_wrong_geometry_is_refused(shape, size, direction, told):
    with pytest.raises(ValueError, match=told):
        Grid(shape, size, (0, 0, 0), direction)


def test_equality_and_frozen():
    grid = Grid((4, 5, 6), (1, 1, 1))
    assert grid == Grid((4, 5, 6), (1, 1, 1))
    assert grid != Grid((4, 5, 7), (1, 1, 1))
    with pytest.raises(AttributeError):
        grid.shape = (1, 1, 1)
    with pytest.raises(ValueError, match="read-only"):
        grid.direction[0, 0] = 2

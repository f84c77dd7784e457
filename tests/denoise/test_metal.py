import numpy as np
import pytest

from xscan.denoise import DenoiseConfig, denoise
from xscan.denoise.metal import METAL, without_streaks
from xscan.model import Grid, Quantities, Unit, Volume

SIZE = 96


def scanned(light: np.ndarray, metal: np.ndarray) -> np.ndarray:
    """What a scanner with a beam of two energies makes of light matter (multiples of water) and iron (share), MHU."""
    from xscan_kernels.projecting import backproject, project_parallel

    angles = np.arange(180) * np.pi / 180
    water, iron = (project_parallel(m.astype(np.float32), angles, 137) for m in (light, metal))
    # per mm, at 60 and 100 keV
    signal = sum(np.exp(-w * water - m * iron) for w, m in ((0.0206, 0.949), (0.0170, 0.293))) / 2
    found: np.ndarray = backproject(-np.log(signal) / 0.0188 * 1000, angles, light.shape, window="hann")
    return found.astype(np.float32)


def discs() -> tuple[np.ndarray, np.ndarray]:
    """Light matter (multiples of water) and metal (share) of one slice."""
    y, x = np.indices((SIZE, SIZE)) - (SIZE - 1) / 2
    light = ((np.hypot(y - 14, x) < 9) | (np.hypot(y + 10, x) < 5)).astype(np.float32)
    metal = ((np.hypot(y + 10, x - 16) < 3) | (np.hypot(y + 10, x + 16) < 3)).astype(np.float32)
    return light, metal


@pytest.fixture(scope="module")
def slices() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What a scanner with a beam of two energies makes of them, MHU; the first slice is without metal."""
    light, metal = discs()
    return np.stack([scanned(light, 0 * metal), scanned(light, metal)]), light, metal


def test_shadows_and_streaks_become_less(slices):
    from scipy import ndimage as ndi

    values, light, metal = slices
    mended = without_streaks(values)[0]
    air = ndi.binary_dilation((light + metal) > 0, iterations=5) == 0
    air &= np.hypot(*(np.indices(air.shape) - (SIZE - 1) / 2)) < SIZE / 2
    before, after = (float(np.sqrt(np.mean(v[1][air] ** 2))) for v in (values, mended))
    assert after < 0.65 * before


def test_the_shadow_between_two_pieces_of_metal_is_mended_and_nothing_is_put_there(slices):
    values, _, _ = slices
    mended = without_streaks(values)[0]
    between = (1, slice(36, 40), slice(54, 58))
    assert values[between].mean() < -300
    assert abs(mended[between].mean()) < 0.4 * abs(values[between].mean())


def test_light_matter_comes_nearer_to_what_it_is_without_metal(slices):
    values, light, _ = slices
    inside = light > 0
    inside &= np.roll(inside, 2, 0) & np.roll(inside, -2, 0)
    off = [np.abs(v[1] - v[0])[inside].mean() for v in (values, without_streaks(values)[0])]
    assert off[1] < 0.75 * off[0]


def test_what_is_in_a_closed_tin_is_left_as_it_was():
    y, x = np.indices((SIZE, SIZE)) - (SIZE - 1) / 2
    tin, rod = np.hypot(y, x + 14), np.hypot(y, x - 26)
    wall = 0.3 * ((tin >= 20) & (tin < 21.2))
    values = scanned(1.0 * (tin < 20), wall + (rod < 3))
    mended = without_streaks(values[None])[0][0]
    air = (tin > 24) & (rod > 6) & (np.hypot(y, x) < SIZE / 2)
    assert mended[air].std() < 0.5 * values[air].std()
    assert abs(mended[tin < 15].mean() - 1000) < 20


def test_metal_itself_and_slices_without_it_are_left(slices):
    values, _, _ = slices
    mended = without_streaks(values)[0]
    np.testing.assert_array_equal(mended[0], values[0])
    dense = values > METAL
    assert dense.any()
    np.testing.assert_array_equal(mended[dense], values[dense])


def test_without_metal_the_array_itself_comes_back(slices):
    only = slices[0][:1]
    assert without_streaks(only)[0] is only


def test_wide_slices_are_reckoned_in_coarse_cells(slices):
    wide = slices[0][1:].repeat(2, 1).repeat(2, 2)[:, :-1, :-3]
    mended = without_streaks(np.ascontiguousarray(wide))[0]
    assert mended.shape == wide.shape
    shadow = (0, slice(73, 80), slice(108, 116))
    assert abs(mended[shadow].mean()) < 0.5 * abs(wide[shadow].mean())


@pytest.mark.parametrize(
    ("unit", "pixel", "config"),
    [
        (Unit.ARBITRARY, (1.5, 1.5, 1.5), DenoiseConfig(method="none")),
        (Unit.MHU, (1.5, 1.5, 2.0), DenoiseConfig(method="none")),
        (Unit.MHU, (1.5, 1.5, 1.5), DenoiseConfig(method="none", metal=False)),
    ],
)
def test_the_stage_leaves_what_has_no_scale_or_no_square_pixels_or_is_told_to(slices, unit, pixel, config):
    basis = "nominal" if unit is Unit.MHU else "none"
    q = Quantities(Volume(Grid(slices[0].shape, pixel), slices[0], unit), basis, noise_mhu=5.0)
    assert denoise(q, config=config) is q


def test_the_stage_tells_how_far_it_is(slices):
    said = []
    q = Quantities(Volume(Grid(slices[0].shape, (1.5,) * 3), slices[0], Unit.MHU), "nominal", noise_mhu=5.0)
    clean = denoise(q, progress=lambda share, text="": said.append((share, text))).attenuation.array()
    assert not np.array_equal(clean, slices[0])
    assert said[0] == (0.0, "streaks of metal")
    assert [s for s, _ in said] == sorted(s for s, _ in said)
    assert said[-1][0] == 1.0


def test_it_tells_where_and_how_much_it_changed(slices):
    values, _, _ = slices
    mended, moved, cell = without_streaks(values)
    assert moved is not None
    assert cell == (1, 1, 1)
    np.testing.assert_allclose(moved, np.abs(mended - values), atol=0.01)

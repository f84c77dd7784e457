import os

import numpy as np
import pytest

from tests.oracles import projecting as oracle
from xscan_kernels import backproject, project_fan, project_parallel

COARSE = 3 if os.environ.get("NUMBA_DISABLE_JIT") == "1" else 1  # as plain Python, pictures are smaller
PIXELS = 96 // COARSE


def part(begin, end):
    return slice(begin // COARSE, end // COARSE)


def disc(radius, pixel=1.0):
    place = (np.arange(PIXELS) - (PIXELS - 1) / 2) * pixel
    fine = np.linspace(-0.5, 0.5, 9)[1::2] * pixel
    y, x = place[:, None, None, None] + fine[:, None], place[None, :, None, None] + fine[None, :]
    return (x * x + y * y <= radius**2).mean(axis=(2, 3)).astype(np.float32)


def test_every_ray_is_josephs_sum():
    image = np.random.default_rng(0).random((13, 17)).astype(np.float32)
    angles = np.array([0.0, 0.3, np.pi / 4, 1.2, np.pi / 2, 2.5, -0.7])
    parallel = project_parallel(image, angles, 25, 0.9)
    fan = project_fan(image, angles, 25, 0.9, source_mm=40)
    for a, angle in enumerate(angles):
        c, s = np.cos(angle), np.sin(angle)
        for d in range(25):
            u = (d - 12) * 0.9
            expected = oracle.ray(image, (u * c, u * s), (-s, c))
            assert parallel[a, d] == pytest.approx(expected, rel=1e-4, abs=1e-4)
            expected = oracle.ray(image, (u * c, u * s), (u * c - 40 * s, u * s + 40 * c))
            assert fan[a, d] == pytest.approx(expected, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("pixel", [1.0, 0.5])
def test_a_disc_projects_to_its_chords_and_comes_back(pixel):
    radius, half = 30 / COARSE * pixel, 72 // COARSE - 2
    image = disc(radius, pixel)
    angles = np.linspace(0, np.pi, 180 // COARSE, endpoint=False)
    offsets = (np.arange(2 * half + 1) - half) * pixel
    sinogram = project_parallel(image, angles, offsets.size, pixel, pixel_mm=pixel)
    assert np.abs(sinogram - oracle.disc(radius, offsets)).mean() < 0.2 * pixel
    back = backproject(sinogram, angles, image.shape, pixel, pixel_mm=pixel)
    assert back[part(40, 56), part(40, 56)].mean() == pytest.approx(1, abs=0.01 * COARSE)
    assert np.abs(back - image).mean() < 0.02 * COARSE


def test_a_fan_comes_back():
    image = disc(30 / COARSE)
    image[part(40, 52), part(60, 72)] = 2
    angles = np.linspace(0, 2 * np.pi, 360 // COARSE, endpoint=False)
    sinogram = project_fan(image, angles, 160 // COARSE | 1, source_mm=150 / COARSE)
    back = backproject(sinogram, angles, image.shape, source_mm=150 / COARSE)
    assert back[part(43, 49), part(63, 69)].mean() == pytest.approx(2, abs=0.02 * COARSE)
    assert np.abs(back - image).mean() < 0.03 * COARSE


def test_back_projection_looks_as_skimages():
    transform = pytest.importorskip("skimage.transform")
    image = disc(20 / COARSE)
    image[part(30, 42), part(48, 69)] = 2
    angles = np.linspace(0, np.pi, 90 // COARSE, endpoint=False)
    sinogram = project_parallel(image, angles, 140 // COARSE | 1)
    back = backproject(sinogram, angles, image.shape)
    # There rows count the other way round.
    theirs = transform.iradon(sinogram.T, -np.degrees(angles), output_size=PIXELS, circle=False)
    assert np.corrcoef(back.ravel(), theirs.ravel())[0, 1] > 1 - 0.03 * COARSE


def test_a_stack_is_its_slices_at_any_thread_count():
    stack = np.random.default_rng(1).random((3, 20, 22)).astype(np.float32)
    angles = np.linspace(0, np.pi, 11, endpoint=False)
    sinograms = [project_parallel(stack, angles, 31, threads=t) for t in (1, 2)]
    np.testing.assert_array_equal(*sinograms)
    backs = [backproject(sinograms[0], angles, (20, 22), threads=t) for t in (1, 2)]
    np.testing.assert_array_equal(*backs)
    np.testing.assert_array_equal(sinograms[0][1], project_parallel(stack[1], angles, 31))
    np.testing.assert_allclose(backs[0][2], backproject(sinograms[0][2], angles, (20, 22)), atol=1e-6)
    softer = backproject(sinograms[0], angles, (20, 22), window="hann")
    assert softer.std() < backs[0].std()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: project_parallel(np.zeros(3), [0.0], 3), "image: got 1 dimensions"),
        (lambda: project_parallel(np.zeros((3, 3)), [np.nan], 3), "angles_rad: got"),
        (lambda: project_parallel(np.zeros((3, 3)), [0.0], 0), "detectors: got 0"),
        (lambda: project_fan(np.zeros((3, 3)), [0.0], 3, source_mm=0), "source_mm: got 0"),
        (lambda: backproject(np.zeros((2, 3)), [0.0], (3, 3)), "sinogram: got 2 projections"),
        (lambda: backproject(np.zeros((1, 3)), [0.0], (3, 3), window="x"), "window: got 'x'"),
    ],
)
def test_wrong_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()

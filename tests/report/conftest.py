"""A small parcel made by hand, with everything a report speaks of: no file is read, nothing is random."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest

from tests.browser import CHROMIUM, Browser
from xscan.language import said, word
from xscan.model import (
    Analysis,
    Decision,
    Declaration,
    DeclarationCheck,
    DeclaredItem,
    Finding,
    GenuineRange,
    Grid,
    Labels,
    LineCheck,
    MaterialShare,
    Measure,
    Mesh,
    Object,
    Party,
    Pose,
    Provenance,
    Quantities,
    Region,
    Right,
    Scan,
    Segmentation,
    Signature,
    Template,
    TemplateLibrary,
    TemplateMatch,
    Unit,
    Volume,
)

SHAPE = (36, 48, 56)
VOXEL = (2.0, 1.5, 1.5)
RHO_E = {1: 0.42, 2: 0.57, 3: 3.6, 4: 0.70}
Z_E = {1: 6.9, 2: 5.8, 3: 26.0, 4: 14.1}


def _ball(centre: tuple[float, float, float], radius: float) -> np.ndarray:
    z, y, x = np.indices(SHAPE)
    offsets = [(i + 0.5) * s - c for i, s, c in zip((z, y, x), VOXEL, centre, strict=True)]
    return sum(o**2 for o in offsets) <= radius**2


def _octahedron(radius: float) -> Mesh:
    points = radius * np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], float)
    faces = [[0, 2, 4], [2, 1, 4], [1, 3, 4], [3, 0, 4], [2, 0, 5], [1, 2, 5], [3, 1, 5], [0, 3, 5]]
    return Mesh(points, np.array(faces))


def _segmentation(grid: Grid) -> Segmentation:
    array = np.zeros(grid.shape, np.uint32)
    array[2:-2, 2:-2, 2:-2] = 1
    array[4:-4, 4:-4, 4:-4] = 0
    array[_ball((36, 24, 28), 13)] = 2
    array[_ball((36, 24, 28), 4)] = 3
    array[_ball((36, 50, 58), 11)] = 4
    regions, objects = [], []
    for i in range(1, 5):
        where = np.argwhere(array == i)
        low, high = tuple(map(int, where.min(0))), tuple(int(v) + 1 for v in where.max(0))
        centre = tuple(grid.position_mm(where.mean(0)))
        regions.append(Region(i, len(where), (low, high), centre))
        objects.append(
            Object(
                i,
                "packaging" if i == 1 else "goods",
                (i,),
                (low, high),
                centre,
                len(where),
                parent=2 if i == 3 else None,
                name="carton" if i == 1 else "",
                scores={"split": 0.9},
                shape={"length_mm": 26.0},
            )
        )
    return Segmentation(Labels(grid, array), tuple(regions), tuple(objects))


def _signature(o: Object, grid: Grid) -> Signature:
    volume = o.voxels * grid.voxel_volume_mm3
    density = RHO_E[o.id] * 1.9
    mass = volume / 1000 * density
    return Signature(
        o.id,
        Measure(volume, volume * 0.02, "mm3"),
        Measure(mass, mass * 0.03, "g"),
        Measure(mass, mass * 0.03, "g"),
        Measure(density, 0.03, "g/cm3"),
        Measure(RHO_E[o.id], 0.01, "mol/cm3"),
        Measure(Z_E[o.id], 0.3, "1"),
        Measure(1000 * RHO_E[o.id] / 0.554, 12.0, "MHU"),
        material={1: "paper", 2: "ABS", 3: "iron", 4: "polyvinyl chloride"}[o.id],
        kind={1: "paper", 2: "plastic", 3: "metal", 4: "plastic"}[o.id],
        materials=(MaterialShare("polyvinyl chloride", "plastic", 0.8), MaterialShare("glass", "glass", 0.2)),
    )


def _quantities(segmentation: Segmentation, kind: str) -> Quantities:
    labels = segmentation.labels.array
    rho_e = np.zeros(SHAPE, np.float32)
    photo = np.zeros(SHAPE, np.float32)
    for i in RHO_E:
        rho_e[labels == i] = RHO_E[i]
        photo[labels == i] = RHO_E[i] * Z_E[i] ** 3
    grid = segmentation.grid
    noise = np.random.default_rng(1).normal(0, 8, SHAPE).astype(np.float32)
    attenuation = (rho_e / 0.554 * 1000 + noise).astype(np.float32)
    unit = Unit.ARBITRARY if kind == "arbitrary" else Unit.MHU
    if kind != "dual":
        basis: Any = "none" if kind == "arbitrary" else "single-energy"
        return Quantities(Volume(grid, attenuation, unit), basis, noise_mhu=8.0, notes=("One energy only.",))
    return Quantities(
        Volume(grid, attenuation, unit),
        "calibrated",
        Volume(grid, rho_e, Unit.RHO_E),
        Volume(grid, photo, Unit.RHO_E),
        kvp="100/160 kVp",
        rho_e_rel=0.01,
        z_e_rel=0.02,
        noise_mhu=8.0,
        notes=("Water scale checked on air.",),
    )


def _library(text: Callable[[str], str]) -> TemplateLibrary:
    right = Right(
        text("design"),
        text("Holder of ball"),
        text("T2024-1"),
        text("GACC"),
        date(2024, 1, 1),
        date(2033, 12, 31),
        ("LICENSEE-1",),
        text("desk@example.org"),
    )
    genuine = GenuineRange(mass_g=(5.0, 9.0))
    ball = Template("ball", text("Festival ball"), _octahedron(11.0), "protected-design", ("950300",), right, genuine)
    return TemplateLibrary("templates", (ball,))


def _match(text: Callable[[str], str]) -> TemplateMatch:
    pose = np.eye(4)
    pose[:3, 3] = (58, 50, 36)
    points = _octahedron(11.0).vertices
    return TemplateMatch(
        "ball",
        (4,),
        0.93,
        Pose(pose),
        0.8,
        1.6,
        0.9,
        {"mass_g": {"measured": 7.4, "sigma": 0.2, "range": [5.0, 9.0], "status": "inside"}},
        "not-authorised",
        text("TRADER-1 is not among the authorised senders"),
        ("sphere",),
        points,
        np.linspace(-1.5, 1.5, len(points)),
    )


def _declaration(text: Callable[[str], str]) -> tuple[Declaration, DeclarationCheck]:
    items = (
        DeclaredItem(1, text("LED desk lamp"), 4, "940520", 0.4, brand=text("Brand"), currency=text("CNY"), value=12.5),
        DeclaredItem(2, text("Plastic toy"), 1, "950300", 0.02),
    )
    declaration = Declaration(
        items,
        text("declaration.json"),
        text("PARCEL-1"),
        "postal",
        Party(text("TRADER-1"), text("Sender & Co"), text("CN")),
        Party(text("C-2"), text("Receiver"), text("SE")),
        gross_weight_kg=0.6,
        notes=(text("Line 2 gives no brand."),),
    )
    lines = (
        LineCheck(1, "missing", (), 0, None, (text("No lamp was found."),), 0.9),
        LineCheck(2, "confirmed", (2,), 1, 9.4, (text("One plastic body."),), 0.8),
    )
    return declaration, DeclarationCheck(lines, (4,), 420.0, 60.0, 2.0)


def _said(finding: Finding) -> Finding:
    """Give the finding of a hidden object a sentence with a key."""
    if finding.kind != "hidden-object":
        return finding
    body = said("decide-body", kind=word("kind", "metal"), mass="9 g", size="8 × 8 × 8")
    return replace(finding, message=said("decide-hidden", object=3, outer=2, body=body))


def _findings(text: Callable[[str], str]) -> tuple[Finding, ...]:
    return (
        Finding(
            "template-match",
            0.9,
            text("Object 4 is suspected to be Festival ball."),
            (4,),
            None,
            "ball",
            {"score": 0.93},
        ),
        Finding("missing-item", 0.6, text("Line 1, LED desk lamp, was not found."), (), 1, None, {"declared": 4}),
        Finding(
            "hidden-object", 0.55, text("Object 3 lies inside object 2."), (3, 2), None, None, {"z_e": float("nan")}
        ),
        Finding("scan-quality", 0.2, text("Metal streaks touch object 2."), (2,)),
    )


@pytest.fixture(scope="session")
def make_analysis() -> Callable[..., Analysis]:
    """Build the parcel.

    `text` rewrites every text that comes from outside, `say` gives sentences keys, `kind` is dual, mono or arbitrary.
    """

    def make(
        *,
        text: Callable[[str], str] = str,
        kind: str = "dual",
        declared: bool = True,
        templates: bool = True,
        empty: bool = False,
        binned: bool = False,
        say: bool = False,
    ) -> Analysis:
        grid = Grid(SHAPE, VOXEL)
        segmentation = _segmentation(grid)
        if empty:
            segmentation = Segmentation(Labels(grid, np.zeros(SHAPE, np.uint32)), (), ())
        quantities = _quantities(segmentation, kind)
        scan_grid = Grid(tuple(2 * n + 1 for n in SHAPE), tuple(s / 2 for s in VOXEL)) if binned else grid  # type: ignore[arg-type]
        stored = np.zeros(scan_grid.shape, np.int16)
        provenance = Provenance(
            text("scan.h5"),
            "ab" * 32,
            "xscan-hdf5",
            text("Scanner 9"),
            datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
            text("PARCEL-1"),
            {"low": 100.0, "high": 160.0},
            (text("One gap of slices was filled."),),
        )
        names = ("low", "high") if kind == "dual" else ("mono",)
        scan = Scan({n: Volume(scan_grid, stored, Unit.HU) for n in names}, provenance)
        declaration, check = _declaration(text) if declared and not empty else (None, None)
        findings = tuple(_said(f) if say else f for f in _findings(text))
        if check is not None and say:
            light = said("declaration-missing-light", mass="3 g")
            check = replace(check, lines=(replace(check.lines[0], reasons=(light,)), *check.lines[1:]))
        decision = Decision("detain", 0.91, findings) if not empty else Decision("clear", 0.02, ())
        return Analysis(
            scan,
            quantities,
            segmentation,
            {o.id: _signature(o, grid) for o in segmentation.objects},
            decision,
            (_match(text),) if templates and not empty else (),
            _library(text) if templates else None,
            declaration,
            check,
            2 if binned else 1,
            {"read": 0.5, "segment": 1.25},
        )

    return make


@pytest.fixture(scope="session")
def analysis(make_analysis: Callable[..., Analysis]) -> Analysis:
    """Return the whole parcel."""
    return make_analysis()


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    """Return one headless Chromium for all tests of pages."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    pytest.importorskip("tornado.websocket", reason="tornado is not installed")
    browser = Browser(tmp_path_factory.mktemp("profile"))
    try:
        browser.connect()
        yield browser
    finally:
        browser.close()

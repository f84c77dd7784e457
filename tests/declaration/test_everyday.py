"""What is really posted: every description is understood or honestly not, and no honest parcel of it is stopped."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import pytest

from xscan.declaration import check
from xscan.declaration.config import DeclarationConfig
from xscan.declaration.expect import expect
from xscan.declaration.fit import material_fit
from xscan.declaration.lexicon import load_lexicon
from xscan.declaration.things import things_of
from xscan.model import (
    Declaration,
    DeclaredItem,
    Grid,
    Labels,
    MaterialShare,
    Measure,
    Object,
    Region,
    Segmentation,
    Signature,
)

# kind, density g/cm³, Z_e
MATERIALS = {
    name: (row["kind"], row["density"], row["z_e"])
    for name, row in tomllib.loads(Path(__file__).with_name("materials.toml").read_text("utf-8")).items()
}


@cache
def rows() -> list[tuple[str, str, str, str, float, float]]:
    """English, Chinese, HS code, material, share of the outer volume that is matter, mass."""
    out = []
    for line in Path(__file__).with_name("everyday.txt").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            english, chinese, code, made, mass = (part.strip() for part in line.split("|"))
            material, _, share = made.partition("/")
            out.append((english, chinese, code, material, float(share or 1), float(mass)))
    return out


def parcel(material: str, share: float, mass: float, count: int) -> tuple[Segmentation, dict[int, Signature]]:
    kind, density, z_e = MATERIALS[material]
    volume = 1000 * mass / density
    regions, objects, signatures = [], [], {}
    for i in range(1, count + 1):
        box = ((1, 1, i), (2, 2, i + 1))
        regions.append(Region(i, 1000, box, (1.0, 1.0, float(i))))
        shape = {"outer_mm3": volume / share}
        objects.append(Object(i, "goods", (i,), box, (1.0, 1.0, float(i)), 1000, shape=shape, group=1))
        weight = Measure(mass, 0.03 * mass, "g")
        signatures[i] = Signature(
            object_id=i,
            volume_mm3=Measure(volume, 0.03 * volume, "mm3"),
            mass_g=weight,
            own_mass_g=weight,
            density=Measure(density, 0.03 * density, "g/cm3"),
            rho_e=None,
            z_e=Measure(z_e, 0.03 * z_e, "1"),
            attenuation=Measure(1000.0, 20.0, "MHU"),
            kind=kind,
            materials=(MaterialShare(material, kind, 1.0),),
        )
    array = Grid((4, 4, count + 2), (1.5, 1.5, 1.5))
    import numpy as np

    return Segmentation(Labels(array, np.zeros(array.shape, np.uint32)), tuple(regions), tuple(objects)), signatures


def test_the_list_is_broad() -> None:
    assert len(rows()) > 300
    assert len({code[:2] for _, _, code, *_ in rows() if code}) > 50


@pytest.mark.parametrize("language", ["english", "chinese"])
def test_every_description_is_understood_or_left_open(language: str) -> None:
    kinds, config, wrong, known = load_lexicon().kinds, DeclarationConfig(), [], 0
    for english, chinese, code, material, share, mass in rows():
        said = english if language == "english" else chinese
        segmentation, signatures = parcel(material, share, mass, 1)
        thing = things_of(segmentation, signatures, (), {}, config)[0]
        for hs_code in {code, ""}:
            e = expect(DeclaredItem(1, said, 1, hs_code=hs_code))
            fit = material_fit(thing, e, kinds)
            known += bool(e.kinds)
            # less than a tenth would make an honest body suspect
            if fit is not None and fit < 0.1:
                wrong.append((said, hs_code, material, round(fit, 3), e.articles))
    assert not wrong
    assert known > 1.9 * len(rows())


@pytest.mark.parametrize("language", ["english", "chinese"])
def test_no_honest_parcel_of_everyday_goods_is_stopped(language: str) -> None:
    stopped = []
    # every second line in each language: all goods, in half the time
    for n, (english, chinese, code, material, share, mass) in enumerate(rows()):
        said = english if language == "english" else chinese
        if n % 2 != (language == "english"):
            continue
        count = 1 + n % 3
        item = DeclaredItem(
            1, said, count, hs_code=code if n % 4 < 2 else "", net_weight_kg=round(count * mass / 1000, 3)
        )
        if item.net_weight_kg:
            line = check(Declaration((item,)), *parcel(material, share, mass, count), (), None, ()).lines[0]
            if line.status not in ("confirmed", "unverifiable"):
                stopped.append((said, item.hs_code, material, line.status, line.evidence["sure"]))
    assert not stopped

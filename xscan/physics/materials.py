"""The table of what is posted, and what users add to it."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

from xscan.errors import InputError
from xscan.model import Material
from xscan.physics.attenuation import electrons_per_gram
from xscan.physics.composition import mass_fractions, mixture
from xscan.physics.zeff import z_e_many

__all__ = ["load_materials"]

MAX_BYTES = 1 << 20
FIELDS = {"name", "kind", "formula", "mixture", "density_g_cm3", "source"}


def load_materials(extra: str | Path | None = None) -> tuple[Material, ...]:
    """The shipped table, then the materials of a TOML file of the same form; a name met again replaces.

    Raises
    ------
    InputError : the file cannot be read, or one of its materials is wrong (it is named)
    """
    shipped = (files("xscan.physics") / "data" / "materials.toml").read_text(encoding="utf-8")
    table = {m.name: m for m in _parse(shipped, "materials.toml")}
    if extra is not None:
        table.update({m.name: m for m in _parse(_read(extra), extra)})
    return tuple(table.values())


def _read(path: str | Path) -> str:
    try:
        if Path(path).stat().st_size > MAX_BYTES:
            raise InputError(path, f"larger than {MAX_BYTES} bytes", "give a TOML file of materials")
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(path, f"could not be read ({error.strerror})", "give a TOML file of materials") from None
    except UnicodeDecodeError:
        raise InputError(path, "is not UTF-8 text", "give a TOML file of materials") from None


def _parse(text: str, path: str | Path) -> list[Material]:
    try:
        rows = tomllib.loads(text).get("material", [])
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(path, f"is not TOML: {error}", "expected [[material]] tables") from None
    if not isinstance(rows, list) or not rows:
        raise InputError(path, "holds no materials", "expected [[material]] tables")
    compositions = [_composition(row, i, path) for i, row in enumerate(rows, 1)]
    return [
        _material(row, composition, z, path)
        for row, composition, z in zip(rows, compositions, z_e_many(compositions), strict=True)
    ]


def _composition(row: object, i: int, path: str | Path) -> tuple[tuple[str, float], ...]:
    name = f"material {i} ({row.get('name', 'no name')})" if isinstance(row, dict) else f"material {i}"
    if not isinstance(row, dict) or ("formula" in row) == ("mixture" in row):
        raise InputError(path, f"{name}: expected one of formula and mixture", 'e.g. formula = "C2H4"')
    unknown = sorted(set(row) - FIELDS)
    if unknown:
        raise InputError(path, f"{name}: unknown field {unknown[0]!r}", f"expected {', '.join(sorted(FIELDS))}")
    try:
        return mass_fractions(row["formula"]) if "formula" in row else mixture(row["mixture"])
    except (ValueError, TypeError, AttributeError) as error:
        raise InputError(path, f"{name}: {error}", "give formulas such as C2H4 and positive mass shares") from None


def _material(
    row: dict[str, object], composition: tuple[tuple[str, float], ...], z: float, path: str | Path
) -> Material:
    name = str(row.get("name", ""))
    try:
        low, high = (float(v) for v in row["density_g_cm3"])  # type: ignore[attr-defined]
        return Material(
            name=name,
            kind=str(row.get("kind", "")),
            composition=composition,
            density_g_cm3=(low, high),
            rho_e_per_density=electrons_per_gram(composition),
            z_e=float(z),
            source=str(row.get("source", "")),
        )
    except (KeyError, TypeError, ValueError) as error:
        what = "density_g_cm3 is absent" if isinstance(error, KeyError) else str(error)
        raise InputError(
            path, f"material {name or '(no name)'}: {what}", "expected density_g_cm3 = [lowest, highest]"
        ) from None

"""A calibration as a readable JSON file, and as a table for a terminal."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from xscan.errors import InputError
from xscan.files import written_aside
from xscan.model import Calibration, RodResidual

__all__ = [
    "SCHEMA",
    "calibration_table",
    "calibration_text",
    "parse_calibration",
    "read_calibration",
    "write_calibration",
]

SCHEMA = "xscan.calibration/1"
MAX_BYTES = 1 << 20
REMEDY = "make it again with `xscan calibrate`"


def calibration_text(calibration: Calibration) -> str:
    """The calibration as JSON text."""
    plain: dict[str, Any] = {"schema": SCHEMA}
    for name in ("model", "scanner", "source", "channels", "units", "kvp", "parameters", "valid"):
        plain[name] = _plain(getattr(calibration, name))
    plain["rho_e_rel"] = calibration.rho_e_rel
    plain["z_e_rel"] = calibration.z_e_rel
    plain["notes"] = list(calibration.notes)
    plain["residuals"] = [{f.name: _plain(getattr(r, f.name)) for f in fields(r)} for r in calibration.residuals]
    return json.dumps(plain, indent=1, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    return list(value) if isinstance(value, tuple) else value


def write_calibration(calibration: Calibration, path: str | Path) -> None:
    """Write the JSON file; aside first, so that a reader never meets half of it."""
    with written_aside(path) as aside:
        aside.write_text(calibration_text(calibration), encoding="utf-8")


def read_calibration(path: str | Path) -> Calibration:
    """Read a file that `write_calibration` wrote.

    Raises
    ------
    InputError : no such file, or not a calibration
    """
    try:
        if Path(path).stat().st_size > MAX_BYTES:
            raise InputError(path, f"larger than {MAX_BYTES} bytes", REMEDY)
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(path, f"could not be read ({error.strerror})", REMEDY) from None
    except UnicodeDecodeError:
        raise InputError(path, "is not UTF-8 text", REMEDY) from None
    return parse_calibration(text, source=str(path))


def parse_calibration(text: str, *, source: str = "calibration") -> Calibration:
    """A calibration from JSON text, such as a scan may carry; `source` names it in errors.

    Raises
    ------
    InputError : not a calibration of this form
    """
    try:
        stored = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError(source, "is not JSON text", REMEDY) from None
    if not isinstance(stored, dict) or stored.get("schema") != SCHEMA:
        got = stored.get("schema") if isinstance(stored, dict) else type(stored).__name__
        raise InputError(source, f"schema: got {got!r}, expected {SCHEMA!r}", REMEDY)
    try:
        return Calibration(
            model=str(stored["model"]),
            channels=tuple(str(c) for c in stored["channels"]),
            units={str(k): str(v) for k, v in stored["units"].items()},
            kvp=_numbers(stored["kvp"]),
            parameters=_numbers(stored["parameters"]),
            valid={str(k): (_finite(v[0]), _finite(v[1])) for k, v in stored["valid"].items()},
            rho_e_rel=_finite(stored["rho_e_rel"]),
            z_e_rel=_finite(stored["z_e_rel"]),
            residuals=tuple(_residual(r) for r in stored.get("residuals", [])),
            scanner=None if stored.get("scanner") is None else str(stored["scanner"]),
            source=str(stored.get("source", "")),
            notes=tuple(str(n) for n in stored.get("notes", [])),
        )
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise InputError(source, f"is not a whole calibration ({type(error).__name__}: {error})", REMEDY) from None


def _finite(value: object) -> float:
    number = float(value)  # type: ignore[arg-type]
    if not math.isfinite(number):
        raise ValueError(f"expected a finite number, got {value!r}")
    return number


def _numbers(stored: Mapping[str, object]) -> dict[str, float]:
    return {str(k): _finite(v) for k, v in stored.items()}


def _residual(row: Mapping[str, Any]) -> RodResidual:
    optional = {
        name: None if row.get(name) is None else _finite(row[name])
        for name in ("rho_e_error", "z_e_error", "rho_e_error_left_out", "z_e_error_left_out")
    }
    return RodResidual(
        material=str(row["material"]),
        measured=_numbers(row["measured"]),
        rho_e_true=_finite(row["rho_e_true"]),
        z_e_true=_finite(row["z_e_true"]),
        warning=str(row.get("warning", "")),
        **optional,
    )


def calibration_table(calibration: Calibration) -> str:
    """Rods with their residuals, in per cent, as a text table: fitted with all rods, and with that rod left out."""
    head = f"{'rod':<16}{'rho_e':>8}{'z_e':>8}   {'error, all rods %':>18}   {'error, left out %':>18}"
    under = f"{'':<16}{'mol/cm³':>8}{'':>8}   {'rho_e':>9}{'z_e':>9}   {'rho_e':>9}{'z_e':>9}"
    lines = [head, under]
    for r in calibration.residuals:
        pairs = [(r.rho_e_error, r.z_e_error), (r.rho_e_error_left_out, r.z_e_error_left_out)]
        cells = "   ".join("".join(f"{'–':>9}" if e is None else f"{100 * e:>+9.2f}" for e in pair) for pair in pairs)
        mark = "  !" if r.warning else ""
        lines.append(f"{r.material[:15]:<16}{r.rho_e_true:>8.3f}{r.z_e_true:>8.2f}   {cells}{mark}")
    return "\n".join(lines)

"""Units as files spell them, and what `--units` may say."""

from __future__ import annotations

import re

from xscan.errors import InputError, UsageError
from xscan.io.messages import say
from xscan.model import Unit

__all__ = ["implied_unit", "parse_unit", "resolve_unit"]

# Spellings found in files, lower case without blanks, and the factor to the unit they stand for.
_SPELLINGS: dict[str, tuple[Unit, float]] = {
    "1/cm": (Unit.LAC, 1.0),
    "cm-1": (Unit.LAC, 1.0),
    "1/mm": (Unit.LAC, 10.0),
    "mm-1": (Unit.LAC, 10.0),
    "1/m": (Unit.LAC, 0.01),
    "m-1": (Unit.LAC, 0.01),
    "hu": (Unit.HU, 1.0),
    "hounsfield": (Unit.HU, 1.0),
    "hounsfieldunits": (Unit.HU, 1.0),
    "mhu": (Unit.MHU, 1.0),
    "g/cm3": (Unit.DENSITY, 1.0),
    "g/cc": (Unit.DENSITY, 1.0),
    "g/ml": (Unit.DENSITY, 1.0),
    "mg/cm3": (Unit.DENSITY, 0.001),
    "mg/ml": (Unit.DENSITY, 0.001),
    "kg/m3": (Unit.DENSITY, 0.001),
    "mol/cm3": (Unit.RHO_E, 1.0),
    "mole-/cm3": (Unit.RHO_E, 1.0),
    "mole/cm3": (Unit.RHO_E, 1.0),
    "1": (Unit.NUMBER, 1.0),
    "dimensionless": (Unit.NUMBER, 1.0),
    "none": (Unit.ARBITRARY, 1.0),
    "": (Unit.ARBITRARY, 1.0),
    "a.u.": (Unit.ARBITRARY, 1.0),
    "au": (Unit.ARBITRARY, 1.0),
    "arbitrary": (Unit.ARBITRARY, 1.0),
}
_IMPLIED = {"density": Unit.DENSITY, "zeff": Unit.NUMBER, "rho_e": Unit.RHO_E, "z_e": Unit.NUMBER}
_SUPERSCRIPTS = str.maketrans({"³": "3", "⁻": "-", "¹": "1", "^": None, " ": None, "\t": None, "_": None, "*": None})


def parse_unit(text: str) -> tuple[Unit, float] | None:
    """Unit that `text` spells and the factor to it, or `None` where xscan does not know it."""
    folded = re.sub(r"[\[\]()]", "", text.translate(_SUPERSCRIPTS)).lower()
    return _SPELLINGS.get(folded)


def implied_unit(channel: str) -> Unit | None:
    """Unit that a channel has by its name alone."""
    return _IMPLIED.get(channel)


def resolve_unit(path: str, channel: str, own: str | None, asked: str | None) -> tuple[Unit, float, str | None]:
    """Decide between the file's unit and the one asked for.

    Parameters
    ----------
    own : unit as the file spells it, `None` where it carries none
    asked : what `--units` says, `None` where it is silent

    Returns
    -------
    unit, factor, note
        values times factor are in `unit`; a note where the file's text is not known

    Raises
    ------
    UsageError
        where `asked` is no unit
    InputError
        where both are there and disagree
    """
    wanted = None
    if asked is not None:
        parsed = parse_unit(asked)
        if parsed is None:
            raise UsageError(f"units: expected one of HU, MHU, 1/cm, arbitrary, got {asked!r}")
        wanted = parsed
    implied = implied_unit(channel)
    known = parse_unit(own) if own is not None else None
    if own is None or known == (Unit.ARBITRARY, 1.0):
        if implied is not None:  # --units speaks of attenuation, never of a density or an atomic number
            return implied, 1.0, None
        return (*(wanted or (Unit.ARBITRARY, 1.0)), None)
    if known is None:
        unit, factor = wanted or (implied or Unit.ARBITRARY, 1.0)
        return unit, factor, say("unit-unknown", channel=channel, unit=own[:40], taken=unit.value)
    if wanted is not None and implied is None and wanted != known:
        raise InputError(
            path,
            f"channel {channel} is in {own}, but {asked} was asked for",
            "leave out --units: the file carries its own",
        )
    return (*known, None)

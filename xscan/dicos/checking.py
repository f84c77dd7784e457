"""Is this file what DICOS says it must be? Each thing that is missing or wrong, by tag, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from xscan.dicos.checks.common import META, meta_rules
from xscan.dicos.checks.ct import CT_NEEDS, ct_rules
from xscan.dicos.checks.dx import DX_NEEDS, dx_rules
from xscan.dicos.checks.need import Need, Problem, held
from xscan.dicos.checks.tdr import TDR_NEEDS, tdr_rules
from xscan.errors import InputError
from xscan.io.dicom.elements import Parsed, parse_file

__all__ = ["Problem", "check", "kind_of"]

_DICOS = "1.2.840.10008.5.1.4.1.1.501."
Rules = Callable[[Path, Parsed], Iterator[Problem]]
_KINDS: dict[str, tuple[tuple[Need, ...], Rules]] = {
    "CT": (CT_NEEDS, ct_rules),
    "DX": (DX_NEEDS, dx_rules),
    "TDR": (TDR_NEEDS, tdr_rules),
}
_CLASSES = {"1": "CT", "2": "DX", "3": "TDR"}
_MODALITIES = {"CT": "CT", "DX": "DX", "XRAY": "DX", "TDR": "TDR"}


def check(path: str | Path) -> tuple[Problem, ...]:
    """Hold a DICOS CT, DX or TDR against NEMA IIC 1 (v02A, v03).

    Returns
    -------
    what is missing or wrong, errors before warnings; nothing where all is well

    Raises
    ------
    InputError
        where it is damaged, or neither CT, DX nor TDR of DICOS
    """
    path = Path(path)
    try:
        parsed = parse_file(path, whole=True)
    except OSError as error:
        raise InputError(path, f"could not be read: {error.strerror or error}") from error
    needs, rules = _KINDS[kind_of(path, parsed)]
    found = [*held(parsed.meta, META), *meta_rules(parsed), *held(parsed.data, needs), *rules(path, parsed)]
    return tuple(sorted(dict.fromkeys(found), key=lambda p: p.severity != "error"))


def kind_of(path: Path, parsed: Parsed) -> str:
    """CT, DX or TDR, by SOP class, or by modality where that is missing.

    Raises
    ------
    InputError
        where it is none of them
    """
    data = parsed.data
    sop_class = data.text(0x00080016) or parsed.meta.text(0x00020002)
    if sop_class.startswith(_DICOS):
        kind = _CLASSES.get(sop_class.removeprefix(_DICOS).split(".")[0])
    elif not sop_class or 0x4010103A in data:
        kind = _MODALITIES.get(data.text(0x00080060))
    else:
        kind = None
    if kind is None:
        got = sop_class or data.text(0x00080060) or "nothing that says so"
        raise InputError(
            path, f"expected a CT, DX or TDR of DICOS, got {got[:64]}", "DICOM files of hospitals are not checked"
        )
    return kind

"""A region becomes its density signature: what it weighs and what it is made of."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xscan.signature.config import SignatureConfig
    from xscan.signature.stage import sign

__all__ = ["SignatureConfig", "sign"]

_HOMES = {"SignatureConfig": "config", "sign": "stage"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value

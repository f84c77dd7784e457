"""What the sender said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from xscan.model.checks import frozen_mapping, non_empty

__all__ = ["Declaration", "DeclarationCheck", "DeclaredItem", "LineCheck", "LineStatus", "Party"]

LineStatus = Literal["confirmed", "missing", "quantity", "material", "weight", "unverifiable"]


@dataclass(frozen=True)
class Party:
    """Consignor or consignee; every text is untrusted."""

    id: str = ""
    name: str = ""
    country: str = ""


@dataclass(frozen=True)
class DeclaredItem:
    """One line of a declaration.

    Parameters
    ----------
    line : number of the line
    description : text in any language, untrusted
    quantity : number of pieces
    hs_code : 2 to 10 digits, or empty
    net_weight_kg : of the whole line
    unit_net_weight_kg : of one piece
    """

    line: int
    description: str
    quantity: float
    hs_code: str = ""
    net_weight_kg: float | None = None
    unit_net_weight_kg: float | None = None
    value: float | None = None
    currency: str = ""
    origin_country: str = ""
    brand: str = ""
    article_reference: str = ""

    def __post_init__(self) -> None:
        non_empty("description", self.description)
        if not 0 < self.quantity < 1e9:
            raise ValueError(f"quantity: expected a number above 0, got {self.quantity!r}")
        for name in ("net_weight_kg", "unit_net_weight_kg", "value"):
            number = getattr(self, name)
            if number is not None and not 0 <= number < 1e12:
                raise ValueError(f"{name}: expected a number of at least 0, got {number!r}")

    @property
    def mass_g(self) -> float | None:
        """Declared mass of the whole line, g."""
        if self.net_weight_kg is not None:
            return self.net_weight_kg * 1000
        if self.unit_net_weight_kg is not None:
            return self.unit_net_weight_kg * self.quantity * 1000
        return None


@dataclass(frozen=True)
class Declaration:
    """A whole declaration (`xscan.declaration/1`)."""

    items: tuple[DeclaredItem, ...]
    path: str = "declaration"
    parcel_id: str = ""
    channel: str = ""
    consignor: Party = Party()
    consignee: Party = Party()
    origin: str = ""
    destination: str = ""
    gross_weight_kg: float | None = None
    category: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len({i.line for i in self.items}) != len(self.items):
            raise ValueError("items: expected line numbers that differ")

    @property
    def mass_g(self) -> float | None:
        """Declared mass of all lines, g, where every line tells its own."""
        masses = [i.mass_g for i in self.items]
        return None if any(m is None for m in masses) or not masses else float(sum(m for m in masses if m is not None))


@dataclass(frozen=True)
class LineCheck:
    """One declared item held against what was found.

    Parameters
    ----------
    probability : 0..1, that `status` is right
    evidence : numbers behind it, by name
    """

    line: int
    status: LineStatus
    object_ids: tuple[int, ...]
    counted: int | None
    estimated_mass_g: float | None
    reasons: tuple[str, ...]
    probability: float = 1.0
    evidence: Mapping[str, float | str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "evidence", frozen_mapping(self.evidence))


@dataclass(frozen=True)
class DeclarationCheck:
    """All lines, what no line explains, and the balance of masses (g).

    Parameters
    ----------
    doubted : probability (0..1), by object id, that no line explains it, where that is at all likely
    """

    lines: tuple[LineCheck, ...]
    undeclared: tuple[int, ...]
    declared_g: float | None
    estimated_g: float | None
    estimated_sigma_g: float | None = None
    doubted: Mapping[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "doubted", frozen_mapping(self.doubted))

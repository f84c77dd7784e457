"""What a scanner delivered: channels on one grid, and where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from xscan.model.checks import frozen_mapping, non_empty
from xscan.model.grid import Grid
from xscan.model.projection import Projection
from xscan.model.volume import Volume

__all__ = ["CHANNELS", "Provenance", "Scan"]

CHANNELS = ("low", "high", "mono", "density", "zeff", "rho_e", "z_e")


@dataclass(frozen=True)
class Provenance:
    """Where a scan comes from.

    Parameters
    ----------
    path : file or folder as given
    sha256 : of the file's bytes; of a folder, over its files' names and bytes in the order of the names
    form : name of the reader, e.g. "xscan-hdf5"
    scanner : maker, model or free text, where known
    acquired : time of the scan, where known
    parcel_id : where known
    kvp : tube voltage by channel, where known
    notes : what the reader mended or noticed, one sentence each (uneven gaps, tilt, a flipped axis)
    attributes : whatever else the file said, kept as text
    """

    path: str
    sha256: str = ""
    form: str = ""
    scanner: str | None = None
    acquired: datetime | None = None
    parcel_id: str | None = None
    kvp: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        non_empty("path", self.path)
        object.__setattr__(self, "kvp", frozen_mapping(self.kvp))
        object.__setattr__(self, "attributes", frozen_mapping(self.attributes))


@dataclass(frozen=True, eq=False, repr=False)
class Scan:
    """Channels of one scan.

    Parameters
    ----------
    channels : by name (`CHANNELS`): low and high (dual energy), mono, density and zeff, rho_e and z_e;
        volumes on one grid (CT) or projections of one shape (DX)
    provenance : where they come from
    calibration : text of the calibration stored with the scan, where there is one
    """

    channels: Mapping[str, Volume | Projection]
    provenance: Provenance
    calibration: str | None = None

    def __post_init__(self) -> None:
        if not self.channels:
            raise ValueError("channels: expected at least one, got none")
        unknown = sorted(set(self.channels) - set(CHANNELS))
        if unknown:
            raise ValueError(f"channels: expected names of {', '.join(CHANNELS)}, got {', '.join(unknown)}")
        kinds = {type(c) for c in self.channels.values()}
        if len(kinds) != 1:
            raise ValueError("channels: expected volumes or projections, got both")
        grids = [c.grid for c in self.channels.values() if isinstance(c, Volume)]
        if any(g != grids[0] for g in grids):
            raise ValueError(f"channels: expected one grid, got {', '.join(map(repr, grids))}")
        ordered = {name: self.channels[name] for name in CHANNELS if name in self.channels}
        object.__setattr__(self, "channels", frozen_mapping(ordered))

    @property
    def modality(self) -> Literal["CT", "DX"]:
        """CT for volumes, DX for projections."""
        return "CT" if isinstance(next(iter(self.channels.values())), Volume) else "DX"

    @property
    def grid(self) -> Grid:
        """The grid of a CT scan."""
        return self.volume(next(iter(self.channels))).grid

    def volume(self, name: str) -> Volume:
        """Return the CT channel `name`."""
        channel = self.channels[name]
        if not isinstance(channel, Volume):
            raise TypeError(f"channel {name}: expected a volume (CT), got a projection (DX)")
        return channel

    @property
    def volumes(self) -> Mapping[str, Volume]:
        """The CT channels by name."""
        return {name: self.volume(name) for name in self.channels}

    def __repr__(self) -> str:
        parts = ", ".join(f"{n}: {c!r}" for n, c in self.channels.items())
        return f"Scan({self.modality} {self.provenance.path!r}; {parts})"

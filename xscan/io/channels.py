"""A folder with one file (or folder) a channel, named by it: low.nrrd and high.nrrd make one dual-energy scan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from xscan.errors import InputError
from xscan.io.choose import choose
from xscan.io.config import IoConfig
from xscan.io.messages import say
from xscan.io.reader import Reader, head
from xscan.model import CHANNELS, Provenance, Scan, Volume

__all__ = ["channels_reader"]

_ENDINGS = (".json", ".raw", ".zraw", ".img", ".txt")  # parts of another file, or its description


def _parts(folder: Path) -> dict[str, Path]:
    """Channel names with the entry of that name; data files of detached headers are not entries of their own."""
    found: dict[str, Path] = {}
    entries = sorted(p for p in folder.iterdir() if not p.name.startswith("."))
    for entry in entries:
        name = entry.name.split(".")[0].lower() if entry.is_file() else entry.name.lower()
        if name not in CHANNELS:
            continue
        detached = entry.suffix.lower() in _ENDINGS and any(
            e != entry and e.name.split(".")[0].lower() == name and e.suffix.lower() in (".mhd", ".nhdr", ".hdr")
            for e in entries
        )
        if entry.suffix.lower() != ".json" and not detached:
            if name in found:
                raise InputError(folder, f"two entries for channel {name}: {found[name].name} and {entry.name}")
            found[name] = entry
    return found


def _sniff(path: Path) -> bool:
    try:
        parts = _parts(path) if path.is_dir() else {}
    except InputError:
        return True  # it is such a folder; reading tells what is wrong with it
    return bool(parts) and not any(_is_dicom(p) for p in parts.values())


def _is_dicom(path: Path) -> bool:
    return head(path, 132)[128:] == b"DICM"


def channels_reader(readers: Callable[[], Mapping[str, Reader]]) -> Reader:
    """Make the reader of such folders.

    Parameters
    ----------
    readers : gives those that the single channels are read with; called when a folder is read
    """

    def read(path: Path, *, units: str | None, config: IoConfig) -> Scan:
        channels: dict[str, Volume] = {}
        notes: list[str] = []
        attributes: dict[str, str] = {}
        kvp: dict[str, float] = {}
        for name, part in _parts(path).items():
            _, reader = choose(part, readers())
            scan = reader.read(part, units=units, config=config)
            if scan.modality != "CT" or len(scan.channels) != 1:
                raise InputError(
                    part, f"expected one channel of a CT, got {', '.join(scan.channels)} ({scan.modality})"
                )
            ((found, volume),) = scan.volumes.items()
            if found not in ("mono", name):
                raise InputError(part, f"named {name}, but it holds channel {found}", "rename the file")
            channels[name] = volume
            notes.extend(say("of-file", file=part.name, note=note) for note in scan.provenance.notes)
            attributes |= {f"{name}.{k}": v for k, v in scan.provenance.attributes.items()}
            if found in scan.provenance.kvp:
                kvp[name] = scan.provenance.kvp[found]
            first = next(iter(channels.values()))
            if volume.grid != first.grid:
                raise InputError(part, f"expected {first.grid!r} like the other channel, got {volume.grid!r}")
        return Scan(
            channels, Provenance(str(path), form="channels", kvp=kvp, notes=tuple(notes), attributes=attributes)
        )

    return Reader("a folder of channels (low.nrrd, high.nrrd)", _sniff, read)

"""What is computed once is kept in files named by the content it came from."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xscan.template.config import TemplateConfig

__all__ = ["BESIDE", "Store", "store_of"]

BESIDE = ".xscan-cache"  # the folder's name in a library


@dataclass(frozen=True)
class Store:
    """Arrays by name in a folder; without a folder nothing is kept."""

    folder: Path | None

    def read(self, name: str) -> dict[str, NDArray[Any]] | None:
        """Arrays that were kept under a name; `None` where there are none, or none that can be read."""
        if self.folder is None:
            return None
        try:
            with np.load(self.folder / f"{name}.npz", allow_pickle=False) as z:
                return {k: z[k] for k in z.files}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None

    def write(self, name: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Keep arrays, whole or not at all; a full or vanished disk costs only the time to compute them again."""
        if self.folder is None:
            return
        aside = self.folder / f"{name}.{os.getpid()}.part"
        try:
            with aside.open("wb") as stream:
                np.savez(stream, allow_pickle=False, **arrays)
            os.replace(aside, self.folder / f"{name}.npz")
        except OSError:
            aside.unlink(missing_ok=True)


def store_of(config: TemplateConfig, library: str = "") -> Store:
    """The store that a configuration names: by default beside the library, or the user's where that is read-only."""
    if config.cache == "none":
        return Store(None)
    if config.cache:
        return Store(_writable(Path(config.cache)))
    if library and Path(library).is_dir() and (found := _writable(Path(library) / BESIDE)):
        return Store(found)
    from platformdirs import user_cache_path

    return Store(_writable(user_cache_path("xscan") / "templates"))


def _writable(folder: Path) -> Path | None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if folder.name == BESIDE and not (folder / ".gitignore").exists():
            # a library under version control does not want it
            (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None

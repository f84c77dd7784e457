"""The one door to numba: the kernel decorator and the folder that its compiled code is kept in.

``cache=True`` alone looks only at the file a kernel stands in, so that an edit of a helper in another
file would go on running old machine code. The folder is therefore named by a hash of every source file
of this package, and lies outside site-packages, which may be read-only.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba.core import config, event
from platformdirs import user_cache_path

from ._telling import LISTENERS

__all__ = ["cache_folder", "kernel", "source_hash"]


def source_hash() -> str:
    """Digest of all kernel sources, of numba's version and of the bounds-check lane."""
    digest = hashlib.blake2b(digest_size=10)
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    digest.update(f"{numba.__version__} {config.BOUNDSCHECK} {config.OPT}".encode())
    return digest.hexdigest()


def _private_folder(folder: Path) -> bool:
    """Whether ``folder`` could be made, is ours alone to write, and takes files."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Compiled code is loaded from here: a folder that another user owns is not trusted.
        if hasattr(os, "getuid") and folder.stat().st_uid != os.getuid():
            return False
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def cache_folder() -> Path | None:
    """Folder of compiled kernels, or None where no folder can be written (then nothing is kept)."""
    name = source_hash()
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    private = Path(tempfile.gettempdir()) / f"xscan-kernels-{user}"
    for root in (user_cache_path("xscan", appauthor=False) / "kernels", private):
        if _private_folder(root) and _private_folder(root / name):
            return root / name
    return None


class _Teller(event.Listener):  # type: ignore[misc]
    """Passes on that numba begins to compile a kernel (not a helper inside of one)."""

    def __init__(self) -> None:
        self.depth = 0

    def on_start(self, event: Any) -> None:
        self.depth += 1
        if self.depth == 1:
            for listener in LISTENERS:
                listener(event.data["dispatcher"].py_func.__name__)

    def on_end(self, event: Any) -> None:
        self.depth -= 1


event.register("numba:compile", _Teller())
_FOLDER = None if config.DISABLE_JIT else cache_folder()


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile ``function`` lazily, without the interpreter lock, kept in :func:`cache_folder`.

    Division follows numpy (no exception inside a kernel); fast mathematics stays off, so that results
    are the same on every machine.
    """
    dispatcher = numba.njit(nogil=True, error_model="numpy")(function)
    if _FOLDER is not None:
        before = config.CACHE_DIR
        config.CACHE_DIR = str(_FOLDER)  # read once, when the dispatcher makes its cache
        try:
            dispatcher.enable_caching()
        finally:
            config.CACHE_DIR = before
    return dispatcher  # type: ignore[no-any-return]

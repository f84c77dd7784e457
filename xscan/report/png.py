"""A picture becomes a PNG inside the page."""

from __future__ import annotations

import base64
import io

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

__all__ = ["data_uri", "png"]


def png(picture: NDArray[np.uint8]) -> bytes:
    """Return the PNG of a picture (y, x, 3 or 4); the same picture gives the same bytes."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture)).save(buffer, "PNG", compress_level=6)
    return buffer.getvalue()


def data_uri(picture: NDArray[np.uint8]) -> Markup:
    """Return the PNG as a `data:` address."""
    address = "data:image/png;base64," + base64.b64encode(png(picture)).decode("ascii")
    return Markup(address)  # noqa: S704 - base64 needs no escape

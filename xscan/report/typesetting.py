"""Text and pictures of a report as reportlab sets them.

No font travels with a PDF: Latin text is in Helvetica, Chinese, Korean and the rest of those tables in the fonts that
every reader of PDF has or replaces (the predefined CID fonts of PDF 1.4); what neither holds is shown by code point.
"""

from __future__ import annotations

import base64
import io
import re
from functools import cache
from itertools import groupby
from typing import Any

from xscan.report.text import clean

__all__ = ["drawing", "picture", "text_markup"]

LATIN = "Helvetica"
CHINESE, KOREAN = "STSong-Light", "HYSMyeongJo-Medium"
COLOURS = {"alarm": "#e01212", "template": "#7a00d6", "object": "#2b3442"}
WIDTHS = {"alarm": 1.4, "template": 1.2, "object": 0.8}
_PART = re.compile(
    r'<image href="data:image/png;base64,(?P<png>[^"]+)" width="(?P<w>[\d.]+)" height="(?P<h>[\d.]+)"'
    r'|<path class="(?P<kind>line \w+|cross)" d="(?P<path>[^"]*)"'
    r'|<g class="tag (?P<tag>\w+)"><rect x="(?P<x>[-\d.]+)" y="(?P<y>[-\d.]+)" width="(?P<rw>[\d.]+)"[^>]*/>'
    r'<text x="(?P<tx>[-\d.]+)" y="(?P<ty>[-\d.]+)">(?P<number>\d+)</text>'
)
_VIEW = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_STEP = re.compile(r"([MHVZ])([^MHVZ]*)")


@cache
def _registered() -> bool:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    for name in (CHINESE, KOREAN):
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    return True


def _font(c: str) -> str:
    """The font that has a character, or nothing."""
    for encoding, font in (("cp1252", LATIN), ("gbk", CHINESE), ("cp949", KOREAN)):
        try:
            c.encode(encoding)
        except UnicodeEncodeError:
            continue
        return font
    return ""


def text_markup(text: object) -> str:
    """Return untrusted text for a reportlab paragraph: escaped, with the font of each run named."""
    assert _registered()
    out = []
    for font, run in groupby(clean(text).replace("\u202f", "\xa0"), _font):
        letters = "".join(run)
        shown = letters if font else "".join(f"‹U+{ord(c):04X}›" for c in letters)
        for mark, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            shown = shown.replace(mark, name)
        out.append(shown if font in ("", LATIN) else f'<font name="{font}">{shown}</font>')
    return "".join(out)


def picture(uri: str, width: float) -> Any:
    """Return the picture of a ``data:`` address as a flowable of that width, points."""
    from reportlab.lib.utils import ImageReader
    from reportlab.platypus import Image

    content = base64.b64decode(uri.partition(",")[2])
    wide, high = ImageReader(io.BytesIO(content)).getSize()
    return Image(io.BytesIO(content), width=width, height=width * high / wide)


def drawing(svg: str, width: float) -> Any:
    """Return a picture that `figure.figure` made as a flowable of that width, points: image, outlines and numbers."""
    from reportlab.lib.utils import ImageReader
    from reportlab.platypus import Flowable

    view = _VIEW.search(svg)
    assert view is not None
    wide, high = float(view[1]), float(view[2])
    scale = width / wide

    class Drawn(Flowable):  # type: ignore[misc]
        def wrap(self, *_: float) -> tuple[float, float]:
            return width, high * scale

        def draw(self) -> None:
            pen = self.canv
            pen.saveState()
            pen.scale(scale, scale)
            for part in _PART.finditer(svg):
                if part["png"]:
                    w, h = float(part["w"]), float(part["h"])
                    pen.drawImage(ImageReader(io.BytesIO(base64.b64decode(part["png"]))), 0, high - h, w, h)
                elif part["path"] is not None:
                    _stroke(pen, part["kind"].removeprefix("line "), part["path"], high)
                else:
                    pen.setFillColor(COLOURS.get(part["tag"], COLOURS["object"]))
                    pen.roundRect(float(part["x"]), high - float(part["y"]) - 15, float(part["rw"]), 15, 4, 0, 1)
                    pen.setFillColor("white")
                    pen.setFont("Helvetica-Bold", 11)
                    pen.drawCentredString(float(part["tx"]), high - float(part["ty"]), part["number"])
            pen.restoreState()
            pen.setStrokeColor("#d5d9df")
            pen.setLineWidth(0.4)
            pen.rect(0, 0, width, high * scale)

    return Drawn()


def _stroke(pen: Any, kind: str, steps: str, high: float) -> None:
    """Draw an SVG path of M, H, V and Z; the page's y points up."""
    path = pen.beginPath()
    x = y = 0.0
    for step, numbers in _STEP.findall(steps):
        if step == "Z":
            path.close()
            continue
        if step != "M":
            x, y = (float(numbers), y) if step == "H" else (x, float(numbers))
            path.lineTo(x, high - y)
            continue
        for i, pair in enumerate(numbers.split()):
            x, y = (float(v) for v in pair.split(","))
            (path.lineTo if i else path.moveTo)(x, high - y)
    pen.setStrokeColor(COLOURS.get(kind, "#8a919c"))
    pen.setLineWidth(WIDTHS.get(kind, 0.5))
    pen.setLineJoin(1)
    pen.drawPath(path, stroke=1, fill=0)

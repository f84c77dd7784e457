"""What a page may do: show itself, and run the one script that is ours."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from markupsafe import Markup

__all__ = ["content_policy", "own_file"]


@cache
def own_file(name: str) -> Markup:
    """Return a style or script that is shipped with the pages."""
    content = files("xscan.report").joinpath("pages", name).read_text(encoding="utf-8")
    return Markup(content)  # noqa: S704 - our own file


def content_policy(style: str, script: str | None) -> str:
    """Nothing may be fetched; only pictures inside the page, this style, and this script may be used."""
    rules = ["default-src 'none'", "img-src data:", f"style-src {_digest(style)}"]
    if script is not None:
        rules.append(f"script-src {_digest(script)}")
    return "; ".join([*rules, "base-uri 'none'", "form-action 'none'"])


def _digest(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode('utf-8')).digest()).decode('ascii')}'"

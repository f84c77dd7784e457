"""The published JSON Schema of report.json."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["load_schema"]


@cache
def load_schema() -> dict[str, Any]:
    """Return the schema of `xscan.report/1` (JSON Schema, draft 2020-12)."""
    text = files("xscan.report").joinpath("report.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema

"""What was found is held against what was declared."""

from __future__ import annotations

from xscan.declaration.check import check
from xscan.declaration.config import DeclarationConfig
from xscan.declaration.expect import Expectation, expect
from xscan.declaration.read import read_declaration

__all__ = ["DeclarationConfig", "Expectation", "check", "expect", "read_declaration"]

"""Objects are posed against shape templates, and measured."""

from __future__ import annotations

from xscan.template.config import TemplateConfig
from xscan.template.library import load_library
from xscan.template.match import match

__all__ = ["TemplateConfig", "load_library", "match"]

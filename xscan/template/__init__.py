"""Objects are posed against shape templates, and measured."""

from __future__ import annotations

from xscan.template.add import add_template, mesh_of_object, sized
from xscan.template.check import Problem, check_library, mesh_remarks
from xscan.template.config import TemplateConfig
from xscan.template.library import load_library
from xscan.template.match import match
from xscan.template.picture import picture

__all__ = [
    "Problem",
    "TemplateConfig",
    "add_template",
    "check_library",
    "load_library",
    "match",
    "mesh_of_object",
    "mesh_remarks",
    "picture",
    "sized",
]

"""The decision's sentences; their words are in ``xscan/language/*/decide.ftl``, one file a language."""

from __future__ import annotations

from xscan.language import speaker

__all__ = ["say"]

say = speaker("decide")

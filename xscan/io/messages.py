"""What readers noticed; the words are in ``xscan/language/*/io.ftl``, one file a language."""

from __future__ import annotations

from xscan.language import speaker

__all__ = ["say"]

say = speaker("io")

"""What people read, in the languages they read: sentences by key, from the Fluent files beside this one.

A stage says a sentence by its key and values (`speaker`); what it gets is English text that remembers both, so that a
page, or a report made long ago, can say the same in another language (`in_language`).
"""

from __future__ import annotations

from xscan.language.catalogue import LANGUAGES, Language, known, text
from xscan.language.said import Said, by_language, from_plain, in_language, said, speaker, to_plain, word

__all__ = [
    "LANGUAGES",
    "Language",
    "Said",
    "by_language",
    "from_plain",
    "in_language",
    "known",
    "said",
    "speaker",
    "text",
    "to_plain",
    "word",
]

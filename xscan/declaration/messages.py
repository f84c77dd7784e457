"""Every sentence of the declaration check, in one place, so that another language is one more table."""

from __future__ import annotations

__all__ = ["MESSAGES", "kind_word", "say"]

MESSAGES = {
    "counted": "declared {declared}, counted {counted} {what}",
    "counted-equal": "declared {declared}, counted {counted} equal {what} of {mass}",
    "counted-pieces": "declared {declared} ({least}–{most} bodies), counted {counted} {what}",
    "not-countable": "{declared} pieces of {unit} each cannot be counted at this scale; only their mass can be held",
    "merged": "object {object} has the mass of {pieces} pieces that touch",
    "fragments": "{count} smaller bodies were taken as parts of these pieces",
    "unlike": "object {object} resembles this line but is not equal to its pieces",
    "mass": "declared {declared}, measured {measured}",
    "mass-agrees": "declared {declared}, measured {measured}: they agree",
    "mass-rounded": "the declared weight is rounded to {step}",
    "mass-unit": "the declared weight of the line is what one piece weighs",
    "mass-contents": "the declared weight agrees with the contents without their container",
    "mass-unknown": "nothing could be weighed (the scan has no scale)",
    "mass-undeclared": "no weight declared, measured {measured}",
    "mass-usual": "measured {measured} a piece, usual for this kind of goods is {low} to {high}",
    "material": "expected {expected}, found {found}",
    "material-agrees": "material agrees: {found}",
    "material-open": "the description and code bind no material",
    "material-unclear": "the material could not be measured",
    "shape": "object {object} has the shape of template {template} (HS {template_hs}), the line says HS {line_hs}",
    "code-description": "HS code and description speak of different goods",
    "missing": "no object in the parcel fits this line",
    "missing-balance": "the parcel's objects weigh {measured}, {short} less than declared",
    "missing-light": "no object found; {mass} is below what can be told apart in this scan",
    "missing-unknown": "no object found; without a declared weight a thin or light article may have escaped",
    "inside-other": "object {object} outweighs line {other} by {excess}: it may hold this line's goods, not told apart",
    "holds-other": "object {object} may also hold the goods of line {other}, not told apart",
}

_KIND_WORDS = {"light-metal": "light metal", "explosive-like": "explosive-like organic"}


def say(key: str, **values: object) -> str:
    """Return the sentence `key` with its values."""
    return MESSAGES[key].format(**values)


def kind_word(kind: str) -> str:
    """Return a kind of material as a word in a sentence."""
    return _KIND_WORDS.get(kind, kind)

"""What a declared line should look like in a scan: physics of expectation, not a learned model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xscan.declaration.hs import look_up
from xscan.declaration.lexicon import Article, Lexicon, load_lexicon
from xscan.declaration.words import read_description
from xscan.model import DeclaredItem
from xscan.model.checks import frozen_mapping

__all__ = ["Expectation", "expect"]

USUAL, FEW, FINER = 0.9, 2, 0.5  # weight of a usual kind; so many make a description fine; what it alone names keeps
NAMED = 0.95  # how far a sender who names the material is bound to it
# what the bulk of goods is made of, where the sender names it; of a "leather shoe" or a "steel watch" only a part is
BULK = frozenset({"wood", "ceramic", "glass"})
KEPT, FITTINGS, ELSE = 0.6, 0.2, 0.03  # weight that other kinds keep then: in such a part, as fittings, in a simple one
MISCODED = 0.35  # weight that a usual kind by the description keeps where the code names others: senders guess codes
OVERLAP = 0.25  # least common weight at which code and description speak of one material


@dataclass(frozen=True)
class Expectation:
    """What one line should look like.

    Parameters
    ----------
    kinds : weight (0..1) by kind of material; empty: anything goes
    unit_g : mass of one piece that nine in ten lie within, g, or `None`
    bulk : mass over outer volume that nine in ten lie within, g/cm³, or `None`
    pieces : bodies that one unit may be, (least, most)
    inner : most of a unit's mass that distinct parts inside it usually are
    composite : whether parts of other materials belong in it
    container : whether it encloses contents that belong to it
    sure : 0..1, how far `kinds` binds an honest declaration
    articles : names in the lexicon that it rests on
    agrees : whether code and description speak of one material; `True` where only one of them tells
    """

    kinds: Mapping[str, float]
    unit_g: tuple[float, float] | None = None
    pieces: tuple[int, int] = (1, 1)
    composite: bool = True
    container: bool = True
    sure: float = 0.0
    articles: tuple[str, ...] = ()
    agrees: bool = True
    bulk: tuple[float, float] | None = None
    inner: float = 0.5

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", frozen_mapping(self.kinds))


def expect(item: DeclaredItem, extra: str | None = None) -> Expectation:
    """Combine the HS code and the description of a line; where neither is known, anything goes.

    Where both tell, a kind must suit both (their weights are multiplied), the finer word on masses is the
    description's, and where they have no material in common either may hold and `agrees` is false. A material
    that the description names ("porcelain", 不锈钢) narrows what the article may be made of.
    """
    lexicon = load_lexicon(extra)
    said = read_description(item.description, extra)
    by_code = _of_code(item.hs_code, lexicon)
    named = [lexicon.articles[name] for name in said.articles]
    by_text = _union(named) if named else None
    names = said.articles
    if by_text is None and by_code is None:
        if not said.kinds:
            return Expectation(kinds={})
        return Expectation(kinds=dict.fromkeys(said.kinds, 1.0), sure=0.6, composite=False)
    agrees = True
    if by_text is None or by_code is None:
        article = by_code or by_text
        assert article is not None
    else:
        article, agrees = _combine(by_code, by_text)
    kinds = _narrowed(article, said.kinds)
    return Expectation(
        kinds=kinds,
        unit_g=article.unit_g,
        pieces=article.pieces,
        composite=article.composite,
        container=article.container,
        sure=max(article.sure, NAMED) if said.kinds else article.sure,
        articles=names or tuple(n for n in (_article_of(item.hs_code, lexicon),) if n),
        agrees=agrees,
        bulk=article.bulk,
        inner=article.parts,
    )


def _article_of(code: str, lexicon: Lexicon) -> str | None:
    known = look_up(code).known if code else ""
    return next((lexicon.by_hs[known[:n]] for n in (6, 4, 2) if len(known) >= n and known[:n] in lexicon.by_hs), None)


def _of_code(code: str, lexicon: Lexicon) -> Article | None:
    name = _article_of(code, lexicon)
    if name is not None:
        return lexicon.articles[name]
    return lexicon.chapters.get(code[:2]) if code else None


def _union(articles: list[Article]) -> Article:
    """Any of several articles: a set, or a compound that the lexicon does not know as one."""
    if len(articles) == 1:
        return articles[0]
    kinds: dict[str, float] = {}
    for article in articles:
        for kind, weight in article.kinds.items():
            kinds[kind] = max(weight, kinds.get(kind, 0.0))
    return Article(
        kinds=kinds,
        unit_g=_spanned([a.unit_g for a in articles]),
        bulk=_spanned([a.bulk for a in articles]),
        pieces=(min(a.pieces[0] for a in articles), max(a.pieces[1] for a in articles)),
        composite=any(a.composite for a in articles),
        inner=max(a.parts for a in articles),
        container=any(a.container for a in articles),
        sure=min(a.sure for a in articles),
    )


def _combine(code: Article, text: Article) -> tuple[Article, bool]:
    common = {k: (code.kinds[k] * text.kinds[k]) ** 0.5 for k in code.kinds if k in text.kinds}
    best = max(common.values(), default=0.0)
    if best < OVERLAP:
        union = _union([code, text])
        return union.model_copy(update={"sure": 0.6 * union.sure}), False
    if code == text:
        return text, True
    # what only one of the two names stays possible as far as the other is not sure; a description of few materials
    # ("raincoat") is finer than a code, one of many ("cup") is not
    few = sum(w >= USUAL for w in text.kinds.values()) <= FEW
    pairs = ((code, 2 * (1 - text.sure)), (text, max(2 * (1 - code.sure), FINER if few else 0.0)))
    rest = {k: min(1.0, doubt) * w for a, doubt in pairs for k, w in a.kinds.items() if k not in common}
    guessed = {k: MISCODED for k, w in text.kinds.items() if w >= MISCODED}
    kinds = {**rest, **{k: w / best for k, w in common.items()}}
    kinds |= {k: max(kinds[k], w) for k, w in guessed.items()}
    update = {
        "kinds": kinds,
        "unit_g": text.unit_g or code.unit_g,
        "bulk": text.bulk,  # the finer word on it, even where it is silent
        "pieces": (min(code.pieces[0], text.pieces[0]), max(code.pieces[1], text.pieces[1])),
        "composite": code.composite or text.composite,
        "inner": max(code.parts, text.parts),
        "container": code.container or text.container,
        "sure": max(code.sure, text.sure),
    }
    return text.model_copy(update=update), True


def _narrowed(article: Article, named: tuple[str, ...]) -> dict[str, float]:
    """Weights once materials are named: they count fully; others stay as fittings or contents, or almost not."""
    if not named:
        return dict(article.kinds)
    keep = ELSE if not article.composite else FITTINGS if BULK.intersection(named) else KEPT
    contents = {"liquid", "cream", "food", "powder"} if article.container else set()
    kinds = {k: w if k in contents else keep * w for k, w in article.kinds.items()}
    return {**kinds, **dict.fromkeys(named, 1.0)}


def _spanned(ranges: list[tuple[float, float] | None]) -> tuple[float, float] | None:
    known = [r for r in ranges if r is not None]
    return (min(lo for lo, _ in known), max(hi for _, hi in known)) if len(known) == len(ranges) else None

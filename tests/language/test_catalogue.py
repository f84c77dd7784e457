from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor

from xscan.language import LANGUAGES, text
from xscan.model import KINDS

PACKAGE = Path(str(files("xscan")))
ROOMS = ("decide", "declaration", "physics", "template", "io", "dicos")
# what stands between tags of the page in every language: names, units and marks
SAME_IN_ALL = {"xscan", "SHA-256", "HS", "z_e", "mm", "kg", "g"}


class _Variables(Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:
        self.names.add(node.id.name)


def _messages(language: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for file in sorted((PACKAGE / "language" / language).glob("*.ftl")):
        for entry in FluentParser().parse(file.read_text("utf-8")).body:
            assert not isinstance(entry, ast.Junk), f"{file}: {entry.content}"
            if isinstance(entry, ast.Message):
                assert entry.id.name not in found, f"{file}: {entry.id.name} is there twice"
                variables = _Variables()
                variables.visit(entry)
                found[entry.id.name] = variables.names
    return found


@pytest.fixture(scope="module")
def english():
    return _messages("en")


@pytest.mark.parametrize("language", [n for n in LANGUAGES if n != "en"])
def test_each_language_has_every_sentence_with_the_same_values(english, language):
    other = {k: v for k, v in _messages(language).items() if not k.startswith("material-")}
    assert set(other) == set(english)
    for key, names in english.items():
        # a plural that a language does not mark may go unused
        assert other[key] <= names, key
        assert names - other[key] <= {"count", "pieces"}, key


def test_materials_are_named_in_every_other_language(english):
    rows = tomllib.loads((PACKAGE / "physics/data/materials.toml").read_text("utf-8"))["material"]
    slugs = {"material-" + re.sub(r"[^a-z0-9]+", "-", r["name"].lower()).strip("-") for r in rows}
    for language in LANGUAGES[1:]:
        named = {k for k in _messages(language) if k.startswith("material-")}
        assert slugs - named == set()
        assert named - slugs == {"material-unknown"}
    assert {f"kind-{r['kind']}" for r in rows} <= set(english)


def test_every_kind_of_finding_has_a_name(english):
    assert {f"finding-{k}" for k in KINDS} <= set(english)


def test_every_sentence_that_a_stage_says_exists(english):
    for room in ROOMS:
        source = "\n".join(p.read_text("utf-8") for p in (PACKAGE / room).rglob("*.py"))
        said = set(re.findall(r"\bsay\(\s*\"([a-z0-9-]+)\"", source))
        assert {f"{room}-{k}" for k in said} <= set(english), room


def test_every_sentence_of_the_page_exists_and_none_is_left_over(english):
    pages = "\n".join(p.read_text("utf-8") for p in (PACKAGE / "report/pages").glob("*.j2"))
    source = "\n".join(p.read_text("utf-8") for p in (PACKAGE / "report").glob("*.py"))
    named = {"p": "page", "v": "viewer", "t": ""}
    used = {f"{named[f]}-{key}".lstrip("-") for f, key in re.findall(r"\b([pvt])\(\"([a-z0-9-]+)\"", pages)} | set(
        re.findall(r"\"((?:page|viewer|summary|class|verdict)-[a-z0-9-]+)\"", source)
    )
    assert {k for k in used if not k.endswith("-")} <= set(english)
    spoken = pages + source
    for key in english:
        room, _, rest = key.partition("-")
        if room in ("page", "viewer"):
            last = rest.removeprefix("word-").removesuffix("-is").removeprefix("genuine-").removesuffix("-do")
            assert f'"{rest}"' in spoken or f'"{last}"' in spoken or f'"{key}"' in spoken or "genuine" in rest, key


def test_no_words_stand_in_the_templates_themselves():
    for file in sorted((PACKAGE / "report/pages").glob("*.j2")):
        content = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", " ", file.read_text("utf-8"), flags=re.S)
        shown = re.sub(r"<[^>]*>", "|", content)
        attributes = " ".join(re.findall(r"(?:title|alt|aria-label)=\"([^\"]*)\"", content))
        words = set(re.findall(r"[^\W\d_][\w'-]+", f"{shown} {attributes}"))
        assert words <= SAME_IN_ALL | {"doctype", "html"}, f"{file.name}: {sorted(words - SAME_IN_ALL)}"


def test_no_language_passes_a_verdict_on_goods():
    for language in LANGUAGES:
        for file in (PACKAGE / "language" / language).glob("*.ftl"):
            assert not re.search("假冒|伪造|赝品|假货|counterfeit", file.read_text("utf-8").lower()), file


def test_plurals():
    assert text("decide-border", {"count": 1}).startswith("1 object reaches")
    assert text("decide-border", {"count": 2}).startswith("2 objects reach")
    assert text("decide-border", {"count": 2}, "zh").startswith("2 个物体")
    assert text("page-pieces", {"count": 1}) == "1 piece"


def test_numbers_have_no_thousands_marks_and_keep_their_decimals():
    assert "1234 smaller" in text("declaration-fragments", {"count": 1234})
    values = {"measured": 0.5, "declared": 12.0}
    assert "0.500 kg" in text("decide-weight-gross", values)
    assert "12.000 kg" in text("decide-weight-gross", values, "zh")


def test_a_missing_sentence_or_value_is_an_error():
    with pytest.raises(KeyError):
        text("no-such-sentence")
    with pytest.raises(ValueError, match="decide-border"):
        text("decide-border", {})

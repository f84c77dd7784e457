from __future__ import annotations

import json
import pickle

import pytest

from xscan.language import Said, by_language, from_plain, in_language, said, speaker, to_plain, word

HOSTILE = "</script><b>{ $name }\u202e{{ 7*7 }}"


@pytest.fixture
def nested():
    body = speaker("decide")("body", kind=word("kind", "light-metal"), mass="56 g", size="65 × 18 × 18")
    return said("decide-hidden", object=7, outer=2, body=body)


def test_a_sentence_is_english_text_that_can_be_said_in_another_language(nested):
    assert nested == "Object 7 lies hidden inside object 2: light metal body of 56 g, 65 × 18 × 18 mm."
    assert in_language(nested, "zh") == "物体 7 藏于物体 2 内部：轻金属物体，重 56 g，尺寸 65 × 18 × 18 mm。"
    assert in_language("plain text", "zh") == "plain text"


def test_it_survives_json_and_pickle(nested):
    stored = json.loads(json.dumps(to_plain(nested)))
    back = from_plain(stored, "lost")
    assert isinstance(back, Said)
    assert (back, in_language(back, "zh")) == (nested, in_language(nested, "zh"))
    copy = pickle.loads(pickle.dumps(nested))
    assert (copy, copy.key, in_language(copy, "zh")) == (nested, nested.key, in_language(nested, "zh"))
    assert to_plain("plain text") is None


@pytest.mark.parametrize(
    "stored",
    [
        None,
        "text",
        {"key": "decide-hidden"},
        {"key": "decide-hidden", "values": {}},
        {"key": "no-such", "values": {}},
        {"key": 3, "values": {}},
        {"key": "by-language", "values": {"zh": "只有中文"}},
        {"key": "word", "values": {}},
        {"key": "../../etc", "values": {"a": [1]}},
    ],
)
def test_what_a_file_holds_is_not_trusted(stored):
    assert from_plain(stored, "as it was") == "as it was"


def test_sentences_within_sentences_end_somewhere():
    deep = {"key": "template-undated", "values": {"reason": "x"}}
    for _ in range(50):
        deep = {"key": "template-undated", "values": {"reason": deep}}
    assert len(from_plain(deep, "as it was")) < 1000


def test_values_from_outside_are_values_and_no_sentences():
    message = said("decide-vague", line=1, description=HOSTILE, word="{ $line }")
    for language in ("en", "zh"):
        assert HOSTILE in in_language(message, language)
        assert "{ $line }" in in_language(message, language)


def test_a_name_that_no_list_has_stays_as_it_is():
    assert in_language(word("material", "unobtainium 12"), "zh") == "unobtainium 12"
    assert in_language(word("material", "polyamide (nylon)"), "zh") == "聚酰胺（尼龙）"
    assert word("material", "polyamide (nylon)") == "polyamide (nylon)"


def test_a_text_given_in_both_languages():
    rule = by_language({"en": "Loose cells.", "zh": "散装电芯。"})
    assert (rule, in_language(rule, "zh")) == ("Loose cells.", "散装电芯。")
    assert in_language(by_language({"en": "Own rule."}), "zh") == "Own rule."


def test_words_are_listed_as_each_language_does():
    from xscan.declaration.messages import either, kind_word, together

    kinds = [kind_word(k) for k in ("leather", "cream", "plastic")]
    assert together(kinds) == "leather, cream and plastic"
    assert in_language(together(kinds), "zh") == "皮革、膏状、塑料"
    assert in_language(either(kinds), "zh") == "皮革、膏状或塑料"
    assert either(kinds[:1]) == "leather"

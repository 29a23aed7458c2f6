"""Every sentence of chain_links.toml: which chains it links by which verb, in which direction."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from pipeline.core.config import configs_dir
from pipeline.scoring.chain_links import Link, Stretch, read_chains
from pipeline.scoring.chain_pairs import ReadSentence, chain_pairs
from pipeline.scoring.chain_rules import load_chain_rules
from pipeline.scoring.groups import About

FILE = tomllib.loads(Path(__file__).with_name("chain_links.toml").read_text(encoding="utf-8"))
SENTENCES = [(text, links) for part in FILE.values() for text, links in part.items()]
RULES = load_chain_rules(configs_dir())


def expected(links: list[str]) -> Iterator[str]:
    for link in links:
        names, verb = link.split()
        if ">" in names:
            yield link
        else:
            ordered = sorted(names.split("-"), key=lambda name: RULES.names.index(f"{name}链"))
            yield from (f"{a}-{b} {verb}" for a, b in combinations(ordered, 2))


@pytest.mark.parametrize("text,links", SENTENCES, ids=[text for text, _ in SENTENCES])
def test_links_of_a_sentence(text: str, links: list[str]) -> None:
    found = [link for one in read_chains(text, RULES) for link in one.links]
    shown = [
        f"{link.a[:-1]}{'>' if link.directed else '-'}{link.b[:-1]} {link.verb}{'!' * link.lack}" for link in found
    ]
    assert sorted(shown) == sorted(expected(links))
    assert all(link.verb in text[link.start : link.end] and link.a != link.b for link in found)


@pytest.mark.parametrize(
    "text,unnamed",
    [
        ("推动四链深度融合。", True),
        ("推进“四链”融合发展。", True),
        ("促进四链深度融合和有机衔接。", True),
        ("四链度融合。", False),  # 深度 is a word, not two letters that may come in any number
        ("四链协调小组。", False),
        ("推动产业链、创新链四链融合。", False),
    ],
)
def test_four_chains_without_their_names(text: str, unnamed: bool) -> None:
    assert any(one.unnamed for one in read_chains(text, RULES)) is unnamed


def sentence(*links: Link) -> ReadSentence:
    return ReadSentence("d", Stretch(0, 50, ("产业链", "创新链"), links, False), 0, 50, "句", ("说",) * len(links))


def test_a_link_said_to_lack_counts_once_whatever_comes_first() -> None:
    whole = Link("产业链", "创新链", "对接", False, False, "一", 0, 10)
    about = {"d": About("d", "甲.txt", "", "2024", "省", "")}
    for other in (replace(whole, lack=True, start=20, end=30), replace(whole, lack=True, verb="融合")):
        for links in ((whole, other), (other, whole)):
            (pair,) = chain_pairs([sentence(*links)], about, "", RULES.names).pairs
            assert (pair.sentences, pair.documents, pair.lack) == (1, 1, 1)
    (one,) = chain_pairs([sentence(replace(whole, start=20), whole)], about, "", RULES.names).links
    assert (one.verb, one.lack) == ("对接", False)


def test_there_are_enough_sentences_with_and_without_links() -> None:
    assert len(SENTENCES) >= 60
    assert len(FILE["none"]) >= 20

"""Every sentence of chain_links.toml: which chains it links by which verb, in which direction."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from pipeline.core.config import configs_dir
from pipeline.scoring.chain_links import read_chains
from pipeline.scoring.chain_rules import load_chain_rules

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


def test_there_are_enough_sentences_with_and_without_links() -> None:
    assert len(SENTENCES) >= 60
    assert len(FILE["none"]) >= 20

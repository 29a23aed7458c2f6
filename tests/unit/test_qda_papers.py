"""Which document a paper is, when only its text can tell."""

from __future__ import annotations

import random
import time

from pipeline.qda.align import resemblance
from pipeline.qda.likeness import Nearest, Squeezed
from pipeline.qda.papers import PaperMatcher
from pipeline.qda.project import Paper

WORDS = ["引进", "人才", "补贴", "平台", "资金", "园区", "服务", "采购", "博士", "企业", "创新", "办法", "支持", "落户"]
HEAD = "各区人民政府，市各有关部门：现将办法印发给你们，请认真贯彻执行。"


def text(rng: random.Random, size: int) -> str:
    return HEAD + "".join(rng.choices(WORDS, k=size // 2)) + "。"


def paper(name: str, content: str) -> Paper:
    return Paper(doc_id="", name=name, text=content, marks=())


def edited(rng: random.Random, content: str) -> str:
    """A text with a word struck out every few hundred characters."""
    cuts = sorted(rng.sample(range(len(content) - 2), max(1, len(content) // 400)))
    return "".join(content[a + 2 : b] for a, b in zip([-2, *cuts], [*cuts, len(content)], strict=True))


def test_texts_without_a_name_are_found_as_by_comparing_each() -> None:
    rng = random.Random(3)
    documents = [text(rng, rng.choice([30, 200, 3000])) for _ in range(60)]
    documents[7] = documents[3] + documents[4]
    squeezed = [Squeezed(one) for one in documents]
    nearest = Nearest(squeezed)
    asked = [edited(rng, rng.choice(documents)) for _ in range(60)]
    asked += [one[40:90] for one in documents] + [one[-9:-3] for one in documents] + [text(rng, 500) for _ in range(20)]
    kinds = set()
    for one in map(Squeezed, [*asked, *documents, ""]):
        every = [1.0 if one.text and one.text in it.text else resemblance(one.sketch, it.sketch) for it in squeezed]
        best = max(every)
        expected = (best, every.index(best)) if best >= 0.4 else None
        assert nearest.find(one, 0.4) == expected
        assert nearest.find(one, 0.4, [every.index(best)]) == expected
        kinds.add("none" if expected is None else "whole" if best == 1.0 else "alike")
    assert kinds == {"none", "whole", "alike"}


def test_many_unknown_papers_take_seconds() -> None:
    rng = random.Random(4)
    documents = [paper(f"{number}.txt", text(rng, 4000)) for number in range(2000)]
    unknown = [paper(f"别的{number}.txt", text(rng, 4000)) for number in range(100)]
    unknown += [paper(f"改过的{number}.txt", edited(rng, documents[number].text)) for number in range(100)]
    matcher = PaperMatcher(documents)
    start = time.process_time()
    found = [matcher.find(one) for one in unknown]
    taken = time.process_time() - start
    assert found[100:] == list(range(100)) and all(isinstance(one, str) for one in found[:100])
    assert taken < 20, taken

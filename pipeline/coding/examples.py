"""Runs the examples and counter-examples of a codebook by its terms."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.coding.apply import build_coder, code
from pipeline.coding.codebook import Codebook, walk
from pipeline.core.layers import CleanText


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that doesn't get its code (``wanted``), or a counter-example that does, by ``rule``.

    ``number`` counts the examples, or the counter-examples, of the code from 0.
    """

    codebook: str
    code: str
    name: str
    number: int
    example: str
    wanted: bool
    rule: str

    def __str__(self) -> str:
        """Return it as a Chinese sentence."""
        why = "没有得到" if self.wanted else f"不应得到（{self.rule}）"
        return f"{self.codebook}: {self.code}（{self.name}）{why}：「{self.example}」"


def example_failures(codebook: Codebook, threshold: float) -> tuple[Failure, ...]:
    """Return each example that doesn't get its code and each counter-example that does, in the codebook's order.

    A code without words of its own or below it is given by people only; its examples can't fail. Doubts don't count.
    """
    coder = build_coder([codebook], threshold)
    failures: list[Failure] = []
    for path in walk(codebook.codes):
        entry = path[-1]
        if not any(below[-1].terms for below in walk([entry])):
            continue
        for wanted, examples in ((True, entry.examples), (False, entry.counter_examples)):
            for number, example in enumerate(examples):
                codings = code(CleanText(example, ()), (), (), coder=coder)
                found = {c.code: c.rule for c in codings if c.given}
                if (entry.code in found) != wanted:
                    why = found.get(entry.code, "")
                    failures.append(Failure(codebook.codebook, entry.code, entry.name, number, example, wanted, why))
    return tuple(failures)


def failing_examples(codebook: Codebook, threshold: float) -> tuple[str, ...]:
    """Return a Chinese sentence for each of ``example_failures``."""
    return tuple(str(failure) for failure in example_failures(codebook, threshold))

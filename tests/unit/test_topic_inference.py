"""The topic weights of documents under LDA: what gensim infers, and no digit else beside other documents."""

from __future__ import annotations

import warnings
from itertools import pairwise

import numpy as np
import pytest

from pipeline.topics import infer

WORDS, TOPICS = 300, 12


def documents(many: int, seed: int = 1, longest: int = 40) -> list[infer.Words]:
    """Documents of a few topics each, of 1 to ``longest`` words."""
    chance = np.random.default_rng(seed)
    topics = chance.dirichlet(np.full(WORDS, 0.05), TOPICS)
    found = []
    for length in chance.integers(1, longest + 1, many):
        mix = chance.dirichlet(np.full(TOPICS, 0.1)) @ topics
        words, counts = np.unique(chance.choice(WORDS, length, p=mix / mix.sum()), return_counts=True)
        found.append((words.astype(np.int64), counts.astype(np.float64)))
    return found


def weights(seed: int = 1) -> np.ndarray:
    """Dirichlet parameters of the topics the documents are of."""
    return 0.01 + 2000 * np.random.default_rng(seed).dirichlet(np.full(WORDS, 0.05), TOPICS)


def by_words(parameters: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(infer.expected(parameters).T)


def shares(gamma: np.ndarray) -> np.ndarray:
    return np.asarray(gamma / gamma.sum(axis=1, keepdims=True))


class Even:
    """Stands in for gensim's source of chance, since some short documents have two solutions: the start is ours."""

    def __init__(self, found: list[infer.Words], prior: np.ndarray) -> None:
        self.start = np.array([prior + counts.sum() / len(prior) for _, counts in found])

    def gamma(self, shape: float, scale: float, size: tuple[int, int]) -> np.ndarray:
        assert size == self.start.shape
        return self.start


def test_weights_are_those_of_gensim() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EncodingWarning)
        from gensim.models import LdaModel

    found, prior = documents(200), np.linspace(0.05, 0.4, TOPICS)
    theirs = LdaModel(
        id2word={n: str(n) for n in range(WORDS)},
        num_topics=TOPICS,
        alpha=prior,
        dtype=np.float64,
        iterations=5000,
        gamma_threshold=1e-9,
        random_state=1,
    )
    theirs.state.sstats[:] = weights() - theirs.eta
    theirs.sync_state()
    theirs.random_state = Even(found, prior)
    bags = [[(int(column), int(n)) for column, n in zip(*one, strict=True)] for one in found]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gamma, _ = theirs.inference(bags)
    ours = infer.variational(by_words(theirs.state.get_lambda()), found, prior)
    np.testing.assert_allclose(shares(ours), shares(gamma), rtol=0, atol=1e-3)


def one_by_one(words: np.ndarray, document: infer.Words, prior: np.ndarray) -> np.ndarray:
    """The same written down as in the paper (Blei, Ng & Jordan 2003, figure 6), a document and a topic at a time."""
    from scipy.special import digamma

    columns, counts = document
    gamma = prior + counts.sum() / len(prior)
    for _ in range(infer.ITERATIONS):
        phi = words[columns] * np.exp(digamma(gamma))
        phi /= phi.sum(axis=1, keepdims=True)
        fresh = prior + (phi * counts[:, None]).sum(axis=0)
        settled = np.abs(fresh - gamma).sum() < infer.TOLERANCE * len(prior)
        gamma = fresh
        if settled:
            break
    return np.asarray(gamma)


def test_weights_are_those_of_a_document_at_a_time() -> None:
    found, prior, words = documents(300, seed=2), np.full(TOPICS, 0.1), by_words(weights(2))
    expected = [one_by_one(words, one, prior) for one in found]
    np.testing.assert_allclose(infer.variational(words, found, prior), expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("longest", [1, 3, 40, 400])
def test_no_document_changes_a_digit_of_another(longest: int) -> None:
    found, prior, words = documents(150, 3, longest), np.full(TOPICS, 0.1), by_words(weights(3))
    together = infer.variational(words, found, prior)
    alone = np.concatenate([infer.variational(words, [one], prior) for one in found])
    assert together.tobytes() == alone.tobytes()
    turned = infer.variational(words, found[70::-1], prior)[::-1]
    assert turned.tobytes() == alone[:71].tobytes()


def test_documents_are_worked_out_in_batches_of_bounded_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(infer, "BATCH", 50)
    found = documents(60, 4, 70)
    made = list(infer.batches(iter(found)))
    assert [one for batch in made for one in batch] == found
    sizes = [[columns.size for columns, _ in batch] for batch in made]
    assert all(sum(batch) <= 50 or len(batch) == 1 for batch in sizes)
    # none could have taken the next one's first
    assert all(sum(batch) + after[0] > 50 for batch, after in pairwise(sizes))
    assert list(infer.batches([])) == []

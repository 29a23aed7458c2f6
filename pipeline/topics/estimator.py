"""Topic models as scikit-learn has them, for pipelines, clones and searches over settings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from pipeline.core.config import TopicKind, TopicSettings
from pipeline.core.errors import PipelineError
from pipeline.core.issues import issue
from pipeline.core.layers import Bag, TopicMix
from pipeline.core.strict import digest
from pipeline.topics.fit import fit
from pipeline.topics.model import TopicModel, load
from pipeline.topics.sample import Lack
from pipeline.topics.seeds import Seeds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class TopicEstimator(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """A topic model of bags of words. ``model_`` is the fitted TopicModel; for the settings see TopicSettings."""

    def __init__(
        self,
        model: TopicKind = "nmf",
        *,
        k: int = 0,
        seeds: Sequence[Seeds] = (),
        phrases: float = 0.5,
        least_documents: int = 8,
        vocabulary: int = 10_000,
        random_state: int = 20240101,
    ) -> None:
        """Keep the settings as they are; they're checked by ``fit``."""
        self.model = model
        self.k = k
        self.seeds = seeds
        self.phrases = phrases
        self.least_documents = least_documents
        self.vocabulary = vocabulary
        self.random_state = random_state

    def fit(self, bags: Iterable[Bag], y: object = None) -> TopicEstimator:
        """Fit the topics; the order of ``bags`` doesn't matter. Raises PipelineError when there can be none."""
        named = list(_named(bags))
        settings = TopicSettings(
            enabled=True,
            model=self.model,
            k=self.k,
            phrases=self.phrases,
            least_documents=self.least_documents,
            fit_documents=max(2, len(named)),
            vocabulary=self.vocabulary,
            seed=self.random_state,
        )
        found = fit(named, settings, seeds=self.seeds)
        if isinstance(found, Lack):
            raise PipelineError(issue("topics", found.code, count=found.documents, least=self.least_documents).message)
        self.model_ = found
        return self

    def assign(self, bags: Iterable[Bag]) -> list[TopicMix]:
        """Return the topics of each document."""
        return self._fitted().assign_many(bags)

    def transform(self, bags: Iterable[Bag]) -> Floats:
        """Return the share of each topic in each document, a row a document; zeros where it has none of the words."""
        mixes = self.assign(bags)
        result = np.zeros((len(mixes), len(self._fitted().topics)))
        for row, mix in zip(result, mixes, strict=True):
            row[list(mix.topics)] = mix.weights
        return result

    def terms(self, top: int = 10) -> list[list[str]]:
        """Return each topic's first ``top`` words, twenty at most."""
        return [[word for word, _ in topic.terms[:top]] for topic in self._fitted().topics]

    def save(self, path: Path) -> None:
        """Write the fitted model to ``path``."""
        self._fitted().save(path)

    @classmethod
    def load(cls, path: Path) -> TopicEstimator:
        """Return an estimator with the model of ``path``. Raises PipelineError when it can't be read."""
        model = load(path)
        result = cls(model.kind, k=len(model.topics), random_state=model.seed)
        result.model_ = model
        return result

    def _fitted(self) -> TopicModel:
        """Return the model. Raises scikit-learn's NotFittedError before ``fit``."""
        check_is_fitted(self, "model_")
        return self.model_

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return the topics' labels, as ``transform`` has the columns."""
        return np.array([topic.label for topic in self._fitted().topics], dtype=object)


def _named(bags: Iterable[Bag]) -> Iterable[tuple[str, Bag]]:
    """Yield each bag with an id of its content, so that order doesn't matter; equal ones are numbered."""
    seen: dict[str, int] = {}
    for bag in bags:
        name = digest(" ".join(bag.words), repr(bag.counts), repr(bag.pairs))
        seen[name] = seen.get(name, 0) + 1
        yield f"{name}:{seen[name]}", bag

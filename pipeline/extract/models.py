"""The fitted parts: roles by a linear-chain CRF, items and beneficiaries by pointing, and how far to trust a record.

The files lie in models/measures; models/measures/train.py makes them and README.md beside it is their card.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from pathlib import Path
from typing import get_args

import pycrfsuite

from pipeline.core.errors import PipelineError
from pipeline.core.layers import Role
from pipeline.core.strict import digest
from pipeline.extract.pointer import Pointer
from pipeline.extract.pointing import Weights
from pipeline.extract.role_features import Features

ROLES_FILE, POINTERS_FILE, TRUST_FILE = "roles.crfsuite", "pointers.json", "trust.json"
_ROLES: dict[str, Role] = {role: role for role in get_args(Role)}


@dataclass(frozen=True, slots=True)
class MeasureModels:
    """Everything learned that ``find_measures`` needs."""

    roles: bytes
    item: Pointer
    beneficiary: Pointer
    trust: Weights
    digest: str

    def roles_of(self, sequence: Sequence[Features]) -> list[tuple[Role, float]]:
        """Return the role of each measure of one text, with its probability."""
        if not sequence:
            return []
        tagger = pycrfsuite.Tagger()
        tagger.open_inmemory(self.roles)
        tags = tagger.tag(sequence)
        return [(_ROLES[tag], tagger.marginal(tag, at)) for at, tag in enumerate(tags)]

    def confidence(self, role: Role, kind: str, sure: tuple[float, float, float]) -> float:
        """Return the probability that a record is right in every slot.

        ``sure`` are the probabilities of its role, item and beneficiary (1 where none is asked for).
        """
        return confidence(self.trust, trust_features(role, kind, sure))


def trust_features(role: str, kind: str, sure: tuple[float, float, float]) -> Features:
    """Return the features a record's confidence is fitted on."""
    names = ("role", "item", "beneficiary")
    found = dict(zip(names, sure, strict=True))
    return {"1": 1.0, "all": sure[0] * sure[1] * sure[2], **found, f"r={role}": 1.0, f"k={kind}": 1.0}


def confidence(trust: Weights, features: Features) -> float:
    """Return the logistic of the weighted sum of ``features``."""
    return round(1 / (1 + exp(-sum(trust.get(name, 0.0) * value for name, value in features.items()))), 3)


def load_measure_models(folder: Path) -> MeasureModels:
    """Return the models of ``folder`` (models). Raises PipelineError when a file is missing or damaged."""
    place = folder / "measures"
    try:
        roles = (place / ROLES_FILE).read_bytes()
        texts = [(place / name).read_text(encoding="utf-8") for name in (POINTERS_FILE, TRUST_FILE)]
        pointers, trust = (json.loads(text) for text in texts)
        item, beneficiary = Pointer(pointers["item"]), Pointer(pointers["beneficiary"])
        return MeasureModels(roles, item, beneficiary, trust, digest(roles, *texts))
    except (OSError, ValueError, KeyError) as error:
        raise PipelineError(f"读不了模型目录 {place}：{error}。安装不完整或文件损坏，请重新安装 cewen") from error

"""What a trained coder knows, and how it judges clauses: by terms of the codebooks and character n-grams.

For each code a logistic regression over (a) how strongly the terms of the codebooks speak for every code (see
``apply``) and (b) the tf-idf of character n-grams; its outcome is made a probability by Platt's scaling (Platt 1999) on
clauses the model hadn't seen. ``learn`` fits it. A coder that was taught on people's documents (``tune``) also weighs
what stands around a clause (``Context``). Files are numpy arrays and JSON (no pickle).
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.coding.around import Around
from pipeline.coding.arrays import Floats
from pipeline.coding.chain import PARTS, chained
from pipeline.coding.grams import LONGEST, Vocabulary
from pipeline.core.errors import PipelineError

FORMATS = (1, 2)  # 2: with what stands around
HEADING_SCALE = 0.7
TERM_SCALE, RULE_SCALE = 0.4, 0.5
MOST_WORDS, _LOOKED_AT = 3, 20
_CONTEXT = ("headings", "chain")
_DAMAGED = (  # what zipfile, numpy and json raise on files with wrong bytes
    ValueError,
    KeyError,
    TypeError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)
CodeId = tuple[str, str]  # codebook, code


@dataclass(frozen=True, slots=True)
class Context:
    """What a trained coder makes of the surroundings of a clause.

    ``headings``: V × K, for the n-grams of the headings above; ``chain``: 5 × K, what runs on from clause to clause
    (see ``chain.PARTS``).
    """

    headings: Floats
    chain: Floats


@dataclass(frozen=True, slots=True)
class CodeModel:
    """A trained coder for ``codes``. F term features (codes of codebooks), V n-grams, K codes.

    ``terms``: 3 F × K, ``grams``: V × K, ``intercept``, ``slope``, ``shift``: K. ``threshold``: K probabilities from
    which a code is given; ``doubt``: K lower ones from which it is put up for review. ``context``: of a coder that
    judges clauses where they stand.
    """

    name: str
    codes: tuple[CodeId, ...]
    features: tuple[CodeId, ...]
    vocabulary: Vocabulary
    idf: Floats
    grams: Floats
    terms: Floats
    intercept: Floats
    slope: Floats
    shift: Floats
    threshold: Floats
    doubt: Floats
    digest: str
    context: Context | None = None

    def judge(self, weighed: Any, strengths: Floats, raw: Floats, around: Around | None = None) -> Floats:
        """Return the probability of each code for each text: texts × K.

        ``strengths`` and ``raw``: texts × F, what the terms say with and without the damping of long clauses. With
        ``around`` the texts are the clauses of whole documents in order, judged where they stand by a model that can.
        """
        odds = self.odds(weighed, strengths, raw, around)
        if self.context and around:
            odds = chained(odds, self.own(strengths), around, self.context.chain)
        return sigmoid(odds)

    def odds(self, weighed: Any, strengths: Floats, raw: Floats, around: Around | None = None) -> Floats:
        """Return the log odds of each code before codes are carried on from clause to clause; see ``judge``."""
        outcome = weighed @ self.grams + term_features(strengths, raw) @ self.terms + self.intercept
        odds = np.asarray(outcome * self.slope + self.shift)
        if self.context and around:
            odds += self.above(around) @ self.context.headings
        return odds

    def above(self, around: Around) -> Any:
        """Return the features of the headings above each text: texts × V, sparse."""
        headings, rows = np.unique(np.array(around.headings, object), return_inverse=True)
        return self.weighed(list(headings))[rows] * HEADING_SCALE

    def own(self, strengths: Floats) -> Floats:
        """Return how strongly the terms of each code itself speak: texts × K, 0 for a code that is no feature."""
        places = {feature: n for n, feature in enumerate(self.features)}
        columns = [places.get(code, -1) for code in self.codes]
        found = np.log1p(strengths[:, columns])
        found[:, [column < 0 for column in columns]] = 0
        return found

    def weighed(self, texts: Sequence[str]) -> Any:
        """Return the tf-idf of ``texts``: texts × V, sparse."""
        return weigh(self.vocabulary.count(texts), self.idf)

    def speaking(self, weighed: Any, text: int, code: int) -> list[str]:
        """Return the words among the n-grams that speak most for a code in one text, without parts of one another."""
        columns = weighed.indices[weighed.indptr[text] : weighed.indptr[text + 1]]
        worth = weighed.data[weighed.indptr[text] : weighed.indptr[text + 1]] * self.grams[columns, code]
        chosen: list[str] = []
        for place in np.argsort(-worth, kind="stable")[:_LOOKED_AT]:
            word = self.vocabulary.word(int(columns[place]))
            if worth[place] <= 0 or len(chosen) == MOST_WORDS:
                break
            if len(word) > 1 and word.isalpha() and not any(word in one or one in word for one in chosen):
                chosen.append(word)
        return chosen


def term_features(strengths: Floats, raw: Floats) -> Floats:
    """Return the features made from terms: texts × 3 F."""
    fires = (strengths >= 1 - 1e-9) * RULE_SCALE
    return np.hstack([np.log1p(strengths) * TERM_SCALE, np.log1p(raw) * TERM_SCALE, fires])


def weigh(counts: Any, idf: Floats) -> Any:
    """Return counts as tf-idf rows of length 1, tf damped to 1 + log tf (Salton and Buckley 1988)."""
    weighed = counts.copy()
    weighed.data = (1 + np.log(weighed.data)) * idf[weighed.indices]
    squares = np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel()
    lengths = np.sqrt(np.where(squares > 0, squares, 1.0))
    weighed.data /= np.repeat(lengths, np.diff(weighed.indptr))
    return weighed


def sigmoid(x: Floats) -> Floats:
    """Return 1 / (1 + e^-x)."""
    return 1 / (1 + np.exp(-np.clip(x, -40, 40)))


def save(model: CodeModel, path: Path) -> None:
    """Write ``model`` to ``path``; equal models give equal bytes."""
    path.write_bytes(_packed(model))


def load(path: Path) -> CodeModel:
    """Return the model in ``path``. Raises PipelineError when there is none."""
    try:
        content = path.read_bytes()
        with np.load(io.BytesIO(content), allow_pickle=False) as found:
            head = json.loads(bytes(found["head"]))
            if head["format"] not in FORMATS:
                readable = "、".join(map(str, FORMATS))
                raise PipelineError(f"{path}: 编码模型的格式是 {head['format']}，本版本只读 {readable}，请重新训练")
            arrays = {name: found[name] for name in found.files if name != "head"}
        return _model(head, arrays, _digest(content))
    except OSError as error:
        raise PipelineError(f"{path}: 编码模型读不出来（{error.strerror}），请检查路径和权限") from error
    except _DAMAGED as error:
        raise PipelineError(f"{path}: 不是 cewen codebook train 写的编码模型，或已损坏") from error


def _model(head: Any, arrays: dict[str, Any], known_by: str) -> CodeModel:
    """Return what a file holds as a model. Raises KeyError, TypeError or ValueError when it isn't one."""
    keys = tuple(arrays.pop(f"keys{n}") for n in range(1, LONGEST + 1))
    if any(some.ndim != 1 or some.dtype.kind not in "iu" for some in keys):
        raise ValueError("keys")
    codes, features = (tuple((str(b), str(c)) for b, c in head[part]) for part in ("codes", "features"))
    wide = {name: array.astype(np.float64) for name, array in arrays.items()}
    context = Context(**{name: wide[name] for name in _CONTEXT}) if head["format"] > 1 else None
    alone = {name: array for name, array in wide.items() if context is None or name not in _CONTEXT}
    model = CodeModel(str(head["name"]), codes, features, Vocabulary(keys), digest=known_by, context=context, **alone)
    k, v = len(codes), len(model.vocabulary)
    shapes = {"idf": (v,), "grams": (v, k), "terms": (3 * len(features), k)}
    if context:
        shapes |= {"headings": (v, k), "chain": (len(PARTS), k)}
    shapes |= dict.fromkeys(("intercept", "slope", "shift", "threshold", "doubt"), (k,))
    for name, shape in shapes.items():
        if wide[name].shape != shape or not np.isfinite(wide[name]).all():
            raise ValueError(name)
    return model


def with_digest(model: CodeModel) -> CodeModel:
    """Return ``model`` as it comes back from its file."""
    from dataclasses import replace

    return replace(model, digest=_digest(_packed(model)))


def _digest(content: bytes) -> str:
    """Return the name a model is known by: eight hex digits."""
    return hashlib.sha256(content).hexdigest()[:8]


def _packed(model: CodeModel) -> bytes:
    """Return the file of a model: arrays in single precision, members in order and without times."""
    head = {"format": 2 if model.context else 1, "name": model.name, "codes": model.codes, "features": model.features}
    arrays: dict[str, Any] = {"head": np.frombuffer(json.dumps(head, ensure_ascii=False).encode(), np.uint8)}
    arrays |= {f"keys{n}": keys for n, keys in enumerate(model.vocabulary.keys, 1)}
    parts = ("idf", "grams", "terms", "intercept", "slope", "shift", "threshold", "doubt")
    arrays |= {name: getattr(model, name).astype(np.float32) for name in parts}
    if model.context:
        arrays |= {name: getattr(model.context, name).astype(np.float32) for name in _CONTEXT}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.save(member, array, allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            package.writestr(info, member.getvalue(), zipfile.ZIP_DEFLATED, 9)
    return buffer.getvalue()

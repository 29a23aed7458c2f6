"""The script that fits the models of the measures stage, on a few drills."""

import json
import sys
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

HERE = Path(__file__).parents[2] / "models" / "measures"
sys.path.insert(0, str(HERE))

import passages  # noqa: E402
import train  # noqa: E402

from pipeline.core.config import load_config, models_dir  # noqa: E402
from pipeline.core.errors import PipelineError  # noqa: E402
from pipeline.extract.models import POINTERS_FILE, ROLES_FILE, TRUST_FILE, load_measure_models  # noqa: E402
from pipeline.running.stages import unjudged  # noqa: E402


@pytest.fixture(scope="module")
def examples() -> list[train.Example]:
    stages = [stage for stage in unjudged(load_config()) if stage.gives not in ("raw", "references", "bag")]
    rules = train._unfitted()
    return [train.example(passage, stages, rules) for passage in islice(passages.drills(), 25)]


def test_what_is_fitted_reads_what_it_was_fitted_on_and_is_the_same_each_time(examples: list[train.Example]) -> None:
    designs = train.Designs(
        train.design(examples, "item", train.ITEM), train.design(examples, "beneficiary", train.BENEFICIARY)
    )
    fitted, again = (train.fit(examples, designs, train._unfitted()) for _ in range(2))
    assert fitted.models.roles == again.models.roles
    assert fitted.models.item.weights == again.models.item.weights
    roles = [
        (found.role, record["role"])
        for x in examples
        for found, record in zip(train.found_in(x, fitted), x.gold, strict=True)
        if record
    ]
    assert len(roles) > 30
    assert sum(a == b for a, b in roles) > 0.9 * len(roles)


def test_confidence_is_fitted_on_what_other_folds_models_find(examples: list[train.Example]) -> None:
    designs = train.Designs(
        train.design(examples, "item", train.ITEM), train.design(examples, "beneficiary", train.BENEFICIARY)
    )
    rows = train.cross(examples, designs, train._unfitted(), 2)
    assert rows == []  # a short text isn't judged as a document is
    passage = [replace(x, passage=replace(x.passage, origin="open")) for x in examples]
    rows = train.cross(passage, designs, train._unfitted(), 2)
    assert len(rows) == sum(len(x.placed) for x in examples)
    assert {right for _, right in rows} == {True, False}
    assert "1" in train.weigh_trust(rows)


def test_folds_keep_the_passages_of_a_document_together(examples: list[train.Example]) -> None:
    folds = train.folds(examples, 4)
    assert sorted(x.passage.name for fold in folds for x in fold) == sorted(x.passage.name for x in examples)
    sources = [{x.passage.source for x in fold} for fold in folds]
    assert sum(map(len, sources)) == len(set().union(*sources))


def test_a_document_stays_in_its_fold_when_others_come(examples: list[train.Example]) -> None:
    few, all_of_them = train.folds(examples[::2], 4), train.folds(examples, 4)
    for fold, more in zip(few, all_of_them, strict=True):
        assert {x.passage.name for x in fold} <= {x.passage.name for x in more}


def test_a_passage_goes_with_the_document_it_was_cut_from(tmp_path: Path) -> None:
    text = "".join(f"第{n}条 给予第{n}类人才{n}万元安家补助和{n}万元购房补助。" for n in range(11, 31))
    (tmp_path / "whole.txt").write_text("前言。" + text + "附则。", encoding="utf-8")
    (tmp_path / "other.txt").write_text("另一份文件。" + text[:40], encoding="utf-8")
    cut = passages.Passage("development", "g1", "g1", text, ())
    strange = passages.Passage("development", "g2", "g2", "无关的话。" * 60, ())
    assert [p.source for p in passages.from_documents([cut, strange], tmp_path)] == ["whole", "g2"]
    assert [p.source for p in passages.from_documents([cut], tmp_path / "nowhere")] == ["g1"]


def test_labels_of_another_document_are_refused(tmp_path: Path) -> None:
    labels, real = tmp_path / "labels.jsonl", tmp_path / "real"
    real.mkdir()
    (real / "a.txt").write_text("给予博士2万元补贴。", encoding="utf-8")
    row = {"source": "a", "sha256": "0" * 64, "start": 0, "end": 3, "records": []}
    labels.write_text(json.dumps(row) + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match="isn't the document that was labelled"):
        list(passages.labelled(labels, real))
    assert list(passages.labelled(labels, tmp_path / "nowhere")) == []


@pytest.mark.parametrize("broken", [ROLES_FILE, POINTERS_FILE, TRUST_FILE])
def test_a_missing_model_is_told(tmp_path: Path, broken: str) -> None:
    folder = tmp_path / "measures"
    folder.mkdir()
    for name in (ROLES_FILE, POINTERS_FILE, TRUST_FILE):
        if name != broken:
            (folder / name).write_bytes((models_dir() / "measures" / name).read_bytes())
    with pytest.raises(PipelineError, match="请重新安装"):
        load_measure_models(tmp_path)

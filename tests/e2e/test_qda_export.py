"""From files to .qdpx with the real pipeline: valid by --strict, each coding of the tables quoted by another reader."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline.cli.main import invoke
from pipeline.qda.texts import visible

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
HOSTILE = (
    "\ufeff岚川市人才办法\r\n岚政发〔2024〕3号\r\n一、引才𠮷\r\n对新引进的𠮷田博士，一次性发放安家补助20万元😀。\x00\r\n"
    "第二条\u2028面向海内外延揽急需紧缺人才👨\u200d👩\u200d👧，每年不少于50名。\x0c\x1b混合换行\n只有LF，给予最高500万元奖励。\r"
    "只有CR，支持建设人才公寓3000套。\r\r\n二、落实\ufffe\r\n对通过认定的企业技术中心一次性奖励五十万元。𪚥\r\n"
)


def export(tmp_path: Path, inputs: list[Path], *options: str) -> Path:
    """Run the pipeline over ``inputs`` and export the result."""
    out, target = tmp_path / "out", tmp_path / "a.qdpx"
    assert invoke(["run", *map(str, inputs), "-o", str(out), "--workers", "1"]) == 0
    assert invoke(["export", str(out), "--to", "qdpx", str(target), *options]) == 0
    return target


def check(target: Path, out: Path) -> tuple[int, int]:
    """Compare what another reader quotes with the tables; return how many sources and codings there are."""
    from pyrefiqda import RefiProject

    folder = target.parent / "read"
    found = RefiProject.load(target, extract_dir=str(folder))
    quoted: Counter[tuple[str, str]] = Counter()
    for source in found.sources.text_source:
        text = (folder / "sources" / source.plain_text_path.removeprefix("internal://")).read_bytes().decode("utf-8")
        for one in source.plain_text_selection:
            quoted[source.name, text[one.start_position : one.end_position]] += len(one.coding)
    rows = pq.read_table(
        out / "tables" / "documents.parquet", columns=["doc_id", "source_name", "raw_text"]
    ).to_pylist()
    documents = {row["doc_id"]: row for row in rows}
    wanted: Counter[tuple[str, str]] = Counter()
    for name in ("codings", "measures"):
        for row in pq.read_table(out / "tables" / f"{name}.parquet").to_pylist():
            document = documents[row["doc_id"]]
            quote = document["raw_text"][row["start"] : row["end"]].replace("\r\n", "\n")
            wanted[document["source_name"], visible(quote)] += 1
    assert quoted == wanted
    return len(found.sources.text_source), quoted.total()


def test_a_hostile_document_comes_through(tmp_path: Path) -> None:
    (tmp_path / "甲.txt").write_bytes(HOSTILE.encode("utf-8"))
    target = export(tmp_path, [tmp_path / "甲.txt"])
    sources, codings = check(target, tmp_path / "out")
    assert sources == 1 and codings > 20
    assert invoke(["export", str(tmp_path / "out"), "--to", "qdpx", str(tmp_path / "b.qdpx"), "--bmp-safe"]) == 0
    strict(tmp_path / "b.qdpx", tmp_path / "b_编码本.qdc")


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared")
@pytest.mark.slow
def test_the_seeds_come_through(tmp_path: Path) -> None:
    target = export(tmp_path, sorted((SHARED / "data" / "seeds").glob("*.txt")))
    strict(target, tmp_path / "a_编码本.qdc")
    sources, codings = check(target, tmp_path / "out")
    assert sources == 25 and codings > 2000


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared")
def test_two_hundred_real_documents_come_through(tmp_path: Path) -> None:
    target = export(tmp_path, sorted((SHARED / "data" / "real").glob("*.txt"))[:200])
    strict(target, tmp_path / "a_编码本.qdc")
    sources, codings = check(target, tmp_path / "out")
    assert sources == 200 and codings > 20_000


def strict(*paths: Path) -> None:
    """Hold files against the validator beside the repository; skip where it isn't there."""
    validator = SHARED / "bench" / "validate_qdpx.py"
    if not validator.is_file():
        pytest.skip("needs ../shared/bench/validate_qdpx.py")
    command = [sys.executable, str(validator), "--strict", *map(str, paths)]
    found = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert found.returncode == 0, found.stdout

"""The run's configuration: packaged default, then the project's file, then the command line; later wins."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.core.errors import PipelineError
from pipeline.core.strict import build, read_text, read_toml

Whole = Annotated[int, Field(strict=True)]
Real = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Switch = Annotated[bool, Field(strict=True)]


class _Settings(BaseModel):
    """Frozen and strict: an unknown key is a mistake, and so is ``"3"`` or ``true`` for a number (``Whole`` …)."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RunSettings(_Settings):
    """How documents are run. ``workers`` 0 means one for each core; times in seconds, sizes in bytes and characters."""

    workers: Whole = Field(ge=0, le=256, title="工作进程数，0 为每核一个")
    time_limit: Real = Field(gt=0, le=86_400, title="一篇文档的时限，单位秒；扫描页按页计")
    max_bytes: Whole = Field(gt=0, title="文件最大多少字节，更大的不读，记为问题")
    max_chars: Whole = Field(gt=0, title="文本最长多少字，更长的不读，记为问题")
    recycle: Whole = Field(ge=1, title="一个工作进程处理多少篇文档后换新的，以免内存越用越多")


class PdfSettings(_Settings):
    """Which library reads a PDF's pages first (the other where it can't), and how many processes read a long file.

    ``processes`` 0: as many as there are cores for this document. What's read doesn't depend on them.
    """

    reader: Literal["pdfium", "pdfminer"] = Field(title="先用哪个库读（pdfminer 慢十倍），读不了的页由另一个读")
    processes: Whole = Field(ge=0, le=256, title="150 页以上的文件由几个进程同时读，0 为用满空闲的核")


class OcrSettings(_Settings):
    """Recognition of scanned pages (extra ``ocr``). Pages with an average score below ``doubt_below`` are doubtful."""

    enabled: Switch = Field(title="要不要识别扫描页和图片；要先装 pip install 'cewen[ocr]'")
    max_pages: Whole = Field(ge=1, title="一篇文档最多识别多少页，其余的记为问题")
    max_pixels: Whole = Field(ge=1_000_000, title="一幅图最多多少像素，更大的不读，记为问题")
    doubt_below: Real = Field(ge=0, le=1, title="一页的平均识别分低于此数时提示核对")


class RowSettings(_Settings):
    """Which columns of a table with one document a row play which part, by their heads; the first name found counts.

    ``documents``: ``rows`` and ``table`` decide for every file; ``auto`` looks in each for a column of texts.
    """

    documents: Literal["auto", "rows", "table"] = Field(
        title="一行是不是一篇文档：auto 看有没有一列装着正文，rows 一行一篇，table 整张表一篇"
    )
    most_rows: Whole = Field(ge=1, le=10_000_000, title="一张工作表最多读多少行，其余的记为问题")
    text: tuple[str, ...] = Field(title="装正文的列的表头，排在前面的优先")
    title: tuple[str, ...] = Field(title="装标题的列的表头，排在前面的优先")
    id: tuple[str, ...] = Field(title="装编号的列的表头，排在前面的优先")
    doc_number: tuple[str, ...] = Field(title="装发文字号的列的表头，排在前面的优先")
    issuer: tuple[str, ...] = Field(title="装发文机关的列的表头，排在前面的优先")
    addressee: tuple[str, ...] = Field(title="装主送机关的列的表头，排在前面的优先")
    issue_date: tuple[str, ...] = Field(title="装成文日期的列的表头，排在前面的优先")
    effective_date: tuple[str, ...] = Field(title="装施行日期的列的表头，排在前面的优先")
    expiry: tuple[str, ...] = Field(title="装失效日期或有效期的列的表头，排在前面的优先")
    region: tuple[str, ...] = Field(title="装地区的列的表头，排在前面的优先")


class SegmentSettings(_Settings):
    """Which engine cuts words and which word lists it must keep whole (names in configs/lexicons or paths)."""

    engine: Literal["jieba", "rjieba", "spacy", "hanlp"] = Field(
        title="分词引擎；rjieba 结果相同而快得多，要装 cewen[fast]；后两种要装 cewen[spacy]、cewen[hanlp]"
    )
    hanlp_model: str = Field("", title="HanLP 模型所在的目录，用 hanlp 时才要")
    lexicons: tuple[str, ...] = Field(title="不能切开的词语表；自己的写路径，如 ./我的词表.tsv")
    stop_words: tuple[str, ...] = Field(title="主题不看的词语表；自己的写路径")


class CodingSettings(_Settings):
    """Which codebooks are applied (names in configs/codebooks or paths of files) and from which score on.

    ``models``: trained coders (names in models/coding or paths); a later one has the say on a code both judge.
    """

    codebooks: tuple[str, ...] = Field(title="用哪些编码本：cewen codebook list 所列的，或自己的文件，如 我的.xlsx")
    models: tuple[str, ...] = Field(title="训练好的编码者，排在后面的优先；[] 表示只按编码本的词语编码")
    threshold: Real = Field(gt=0, title="没有编码者时，词语的权重合计达到此数才给编码")


TopicKind = Literal["nmf", "lda", "kmeans", "seeded"]
TopicUnit = Literal["document", "section", "clause"]


class TopicSettings(_Settings):
    """The topic model fitted over the run's own documents. ``k`` 0: chosen by the number of documents.

    ``unit``: what it is fitted on; documents are assigned whole. ``phrases``: pairs of words with at least this NPMI
    count as one, 1 for none; clauses, which have few words, go without. ``document_words`` and ``clause_words``: the
    stop lists' categories whose words count in documents and sections, and in clauses. ``seeds``: codebooks whose codes
    get a topic each, for ``seeded``. ``samples``: of the documents, fitted anew to see whether the topics come back, 0
    for none.
    """

    enabled: Switch = Field(title="运行结束时要不要建立主题")
    model: TopicKind = Field(
        title="模型：nmf 便于浏览，lda 的比例便于回归，kmeans 一篇一个主题，seeded 从编码本的代码出发"
    )
    unit: TopicUnit = Field("document", title="以文档、章节还是条款建立主题；之后都按整篇文档归入主题")
    phrases: Real = Field(ge=-1, le=1, default=0.5, title="两个词常连用到这个程度（NPMI）就算一个词，1 为不合并")
    document_words: tuple[str, ...] = Field((), title="以文档或章节建立主题时，停用词表中仍然算数的类别")
    clause_words: tuple[str, ...] = Field((), title="以条款建立主题时，停用词表中仍然算数的类别")
    seeds: tuple[str, ...] = Field((), title="用 seeded 时，从哪些编码本的代码出发")
    k: Whole = Field(ge=0, le=500, title="主题数，0 为按文档数自动定")
    least_documents: Whole = Field(ge=2, title="文档少于此数就不建立主题")
    fit_documents: Whole = Field(ge=2, title="最多用多少篇文档（章节、条款）来建立，其余的只归入主题")
    vocabulary: Whole = Field(ge=10, title="最多用多少个不同的词")
    samples: Whole = Field(ge=0, le=20, default=3, title="再用几份八成的文档各建一次，看主题是否稳定，0 为不看")
    seed: Whole = Field(ge=0, le=2**32 - 1, title="随机数种子：同样的文档和种子，得到同样的主题")


class ProjectSettings(_Settings):
    """What ``cewen run`` reads and where it writes when the command line doesn't say; paths beside the file."""

    inputs: tuple[str, ...] = Field((), title="要读的文件和目录，从本文件所在的目录算起")
    out: str = Field("", title="结果写到哪个目录")


class Config(_Settings):
    """Everything a run depends on beside its inputs. A field's title explains it to people (``config_text``)."""

    project: ProjectSettings = Field(
        default_factory=ProjectSettings, title="在本目录运行 cewen run 而不写输入和输出时，读什么、写到哪里"
    )
    run: RunSettings = Field(title="怎样运行")
    pdf: PdfSettings = Field(title="怎样读 PDF")
    ocr: OcrSettings = Field(title="扫描页和图片的文字识别")
    rows: RowSettings = Field(title="一行一篇文档的表格（csv、xlsx、jsonl 等）；表头不分大小写、空格和下划线")
    segment: SegmentSettings = Field(title="分词")
    coding: CodingSettings = Field(title="按编码本编码")
    topics: TopicSettings = Field(title="主题；改了以后再次运行，文档不会重读")


PROJECT_FILE = "cewen.toml"  # the configuration ``cewen run`` takes by itself when it lies in the working folder


@cache
def configs_dir() -> Path:
    """Return the folder of packaged data: ``pipeline/_configs`` in a wheel, ``configs`` in a checkout."""
    return _packaged("configs")


def models_dir() -> Path:
    """Return the folder of fitted models: ``pipeline/_models`` in a wheel, ``models`` in a checkout."""
    return _packaged("models")


def _packaged(name: str) -> Path:
    """Return the folder ``name`` that travels with the package."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / f"_{name}", package.parent / name):
        if folder.is_dir():
            return folder
    raise PipelineError(f"找不到目录 {package / f'_{name}'}：安装不完整，请重新安装 cewen")


def load_config(path: Path | None = None, overrides: dict[str, dict[str, Any]] | None = None) -> Config:
    """Return the default with ``path`` (TOML) and then ``overrides`` (section → key → value) laid over it.

    What ``path`` names beside it (``names_file``) becomes an absolute path, so that the working folder doesn't matter.
    Raises PipelineError with every mistake.
    """
    default = configs_dir() / "pipeline.toml"
    data, lines = read_toml(default.read_text(encoding="utf-8"), default.name)
    name = default.name
    if path is not None:
        own, lines = read_toml(read_text(path, "配置文件"), str(path))
        name = str(path)
        data = _overlay(data, with_places(own, path.absolute().parent))
    over = overrides or {}
    given = {(section, key) for section, values in over.items() for key in values}
    return build(Config, _overlay(data, over), lines, name, given=given)


BOOK_SUFFIXES = (".yaml", ".yml", ".xlsx", ".csv", ".tsv")  # a codebook of the user's own


def names_file(name: str) -> bool:
    """Tell whether an entry of the configuration is the path of a file of the user's own, not packaged data's name."""
    return "/" in name or "\\" in name


# the entries that may be paths; the model has no packaged names
_LISTS = (("coding", "codebooks"), ("segment", "lexicons"), ("segment", "stop_words"), ("topics", "seeds"))
_MODEL = ("segment", "hanlp_model")


def with_places(own: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return a project's settings with the paths in it made absolute, from ``folder``. Wrong types are left alone."""
    result = dict(own)
    for section, key in (*_LISTS, _MODEL):
        values = result.get(section)
        if not isinstance(values, dict) or key not in values:
            continue
        value = values[key]
        if isinstance(value, list):
            value = [_place(one, folder) if isinstance(one, str) else one for one in value]
        elif isinstance(value, str) and value:
            value = str(_beside(value, folder))
        result[section] = {**values, key: value}
    return result


def _place(name: str, folder: Path) -> str:
    """Return ``name`` as an absolute path when it's one, else as it is.

    A bare name is a path when it ends as no packaged codebook's name does, or such a word list lies in ``folder``.
    """
    path = _beside(name, folder)
    suffix = path.suffix.lower()
    own = names_file(name) or suffix in BOOK_SUFFIXES[:-1] or (suffix == ".tsv" and path.is_file())
    return str(path) if own else name


def _beside(name: str, folder: Path) -> Path:
    """Return the path ``name`` from ``folder``; ``\\`` counts as ``/`` on every system."""
    return folder / Path(name.replace("\\", "/")).expanduser()


def _overlay(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Return ``base`` with ``over``'s keys put in, section by section."""
    result = dict(base)
    for key, value in over.items():
        old = result.get(key)
        result[key] = {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else value
    return result

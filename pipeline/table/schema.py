"""The row classes: THE definition of each table. Arrow, DuckDB, xlsx and the data dictionary are derived from them.

Column names and their order are fixed by the contract; offsets are code points into ``documents.raw_text``, half-open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from pipeline.core.issues import Severity
from pipeline.core.layers import Bound, Kind, Relation, Role

Status = Literal["done", "partial", "failed"]

KINDS = {
    "money": "金额",
    "count": "数量",
    "percent": "百分比",
    "ratio": "比例",
    "duration": "期限",
    "age": "年龄",
    "area": "面积",
    "multiple": "倍数",
    "other": "其他数值",
    "none": "无数值",
}
BOUNDS = {"exact": "确数", "max": "上限", "min": "下限", "approx": "约数", "range": "区间"}
ROLES = {
    "benefit": "优惠支持",
    "budget": "资金安排",
    "target": "目标",
    "fact": "事实",
    "condition": "条件",
    "other": "其他",
}
STATUSES = {"done": "完成", "partial": "部分完成", "failed": "失败"}
SEVERITIES = {"error": "错误", "warning": "警告", "info": "提示"}
RELATIONS = {name: name for name in ("依据", "落实", "修订", "废止", "转发", "提及")}


@dataclass(frozen=True, slots=True)
class Col:
    """What people see of a column: heading, explanation, and for a closed list the Chinese word of each value.

    ``long`` marks a column whose text may fill a book; it counts towards the size of a row group.
    """

    zh: str
    note: str
    values: Mapping[str, str] | None = None
    long: bool = False


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One row per input file, read or not."""

    doc_id: Annotated[
        str, Col("文档编号", "文件内容 SHA-256 的前 16 位；内容与前面的文件相同时另加后缀，没有读到时由路径得出")
    ]
    source_name: Annotated[str, Col("文件名", "一个文件含多篇时为“文件名#编号”")]
    source_path: Annotated[str, Col("文件路径", "运行时给出的路径")]
    source_sha256: Annotated[str | None, Col("文件校验值", "文件内容的 SHA-256；没有读到时为空")]
    media_type: Annotated[str | None, Col("文件类型", "按内容识别的 MIME 类型")]
    title: Annotated[str | None, Col("标题", "文件自己写明的标题")]
    doc_number: Annotated[str | None, Col("发文字号", "例如 云政发〔2024〕3号")]
    issuer: Annotated[str | None, Col("发文机关", "几个机关联合发文时以；连接")]
    addressee: Annotated[str | None, Col("主送机关", "标题下的称谓，不含冒号")]
    issue_date: Annotated[str | None, Col("成文日期", "ISO 日期，与原文一样精确：2024、2024-05 或 2024-05-20")]
    effective_date: Annotated[str | None, Col("施行日期", "ISO 日期，与原文一样精确")]
    expiry: Annotated[
        str | None, Col("失效日期", "ISO 日期；原文只写有效期、推不出日期时为原文所写的期限，例如 有效期5年")
    ]
    doc_kind: Annotated[str | None, Col("文种", "通知、意见、办法、方案、规划、报告、论文等")]
    level: Annotated[str | None, Col("层级", "国家、省、市、县等")]
    region: Annotated[str | None, Col("地区", "到发文层级为止的全称；国家层面为全国")]
    region_code: Annotated[str | None, Col("行政区划代码", "GB/T 2260 六位代码")]
    year: Annotated[
        int | None,
        Col("年份", "发文年份；依次取自成文或发布日期、发文字号、网页自带的发布日期、标题、施行日期，都没有则为空"),
    ]
    n_pages: Annotated[int | None, Col("页数", "只有 pdf 等分页的格式才有，其余为空")]
    n_chars: Annotated[int | None, Col("字数", "raw_text 的字符数；没有读到时为空")]
    status: Annotated[Status, Col("状态", "完成、部分完成（有警告）或失败", STATUSES)]
    raw_text: Annotated[str | None, Col("原始文本", "文件中的文字，未作改动；所有位置都指向这里", long=True)]
    clean_text: Annotated[str | None, Col("整理后文本", "去掉断行、页眉页码等之后的文字", long=True)]


@dataclass(frozen=True, slots=True)
class SectionRow:
    """One row per heading with the text under it."""

    section_id: Annotated[str, Col("章节编号", "文档编号:s序号")]
    doc_id: Annotated[str, Col("文档编号", "见 documents")]
    parent_id: Annotated[str | None, Col("上级章节", "所在的上一级章节；最高一级为空")]
    level: Annotated[int, Col("层次", "从 1 起")]
    number: Annotated[str, Col("序号", "与原文一致：一、（一）第三条等")]
    heading: Annotated[str, Col("标题", "不含序号")]
    start: Annotated[int, Col("起", "在原始文本中的起点，含标题")]
    end: Annotated[int, Col("止", "在原始文本中的终点，不含")]


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One row per quantified commitment or statement, and per measure without a figure (values empty)."""

    measure_id: Annotated[str, Col("措施编号", "文档编号:起-止:类型，同处重复时加 #2")]
    doc_id: Annotated[str, Col("文档编号", "见 documents")]
    kind: Annotated[Kind, Col("类型", "数值的种类", KINDS)]
    value_min: Annotated[
        Decimal | None,
        Col(
            "下限",
            "以基本单位计（元、人、% 前的数等）。确数、约数上下限相同；区间为小的一端；只有上限时（限定为上限）为空，"
            "比较大小时宜用 coalesce(value_max, value_min)。比例“1：5.3”记 5.3（后项除以前项），“三分之一”记 0.3333",
        ),
    ]
    value_max: Annotated[
        Decimal | None, Col("上限", "以基本单位计。区间为大的一端；只有下限时（限定为下限）为空；其余同下限")
    ]
    unit: Annotated[str | None, Col("单位", "基本单位：元、名、家、%、年等；比例和倍数为空")]
    bound: Annotated[
        Bound,
        Col(
            "限定",
            "确数、上限（至多，value_min 为空）、下限（至少，value_max 为空）、约数或区间；无数值的措施记确数",
            BOUNDS,
        ),
    ]
    role: Annotated[Role, Col("作用", "给予的支持、安排的资金、目标、事实、条件或其他", ROLES)]
    per: Annotated[
        str | None,
        Col("计量基准", "以/连接：人/月 即每人每月；once 即一次性（只给一次），人/once 即每人一次性；没有写明时为空"),
    ]
    time: Annotated[str | None, Col("时间", "句中写明的年份或日期，ISO；时段为 起/止")]
    item: Annotated[str | None, Col("事项", "数值说的是什么：安家补助、年销售收入等；无数值的措施为所做、所给的内容")]
    beneficiary: Annotated[str | None, Col("受益对象", "谁得到支持；并列的级别、等次补上它们共用的名词")]
    condition: Annotated[str | None, Col("条件", "得到支持要满足的条件")]
    agency: Annotated[str | None, Col("责任单位", "由谁负责或牵头")]
    instrument: Annotated[str | None, Col("支持方式", "补贴、奖励、贷款、减免等")]
    action: Annotated[str | None, Col("举措", "所做的事（动词）")]
    quote: Annotated[str, Col("数值原文", "原始文本中的数值；无数值的措施为从举措到其内容的原文")]
    evidence: Annotated[str, Col("原文", "数值（或举措）所在的句子，原始文本")]
    start: Annotated[int, Col("起", "数值原文在原始文本中的起点")]
    end: Annotated[int, Col("止", "数值原文在原始文本中的终点，不含")]
    evidence_start: Annotated[int, Col("原文起", "句子在原始文本中的起点")]
    evidence_end: Annotated[int, Col("原文止", "句子在原始文本中的终点，不含")]
    section_id: Annotated[str | None, Col("章节编号", "所在的最低一级章节")]
    page: Annotated[int | None, Col("页码", "从 1 起；只有 pdf 等分页的格式才有，其余为空")]
    boxes: Annotated[str | None, Col("版面位置", "JSON：[[页, x0, y0, x1, y1], …]，PDF 点，左下角为原点")]
    group_id: Annotated[str | None, Col("分档编号", "同一组分档、同一“比例加上限”、合计与其分项、并列的名目编号相同")]
    fact_id: Annotated[str | None, Col("事实编号", "同一事实再次提到时编号相同，措辞可略有出入")]
    confidence: Annotated[float, Col("把握", "0 到 1")]
    rule: Annotated[str, Col("规则", "得出本条的规则；合计之后写明与分项相符或不符")]


@dataclass(frozen=True, slots=True)
class CodingRow:
    """One row per code given to a span."""

    coding_id: Annotated[str, Col("编码编号", "文档编号:起-止:编码本.代码，同处重复时加 #2；人工编码末尾是 @编码者")]
    doc_id: Annotated[str, Col("文档编号", "见 documents")]
    codebook: Annotated[str, Col("编码本", "见 codes")]
    code: Annotated[str, Col("代码", "见 codes")]
    code_path: Annotated[str | None, Col("代码路径", "从最高一级起，以/连接的代码")]
    start: Annotated[int, Col("起", "在原始文本中的起点")]
    end: Annotated[int, Col("止", "在原始文本中的终点，不含")]
    quote: Annotated[str, Col("原文", "被编码的原始文本")]
    coder: Annotated[str, Col("编码者", "machine:名称@版本，或人名")]
    score: Annotated[
        float | None,
        Col(
            "得分",
            "机器编码，0 到 1：训练过的代码（machine:learned@…）为概率；只凭词语的（machine:terms@…）"
            "为 1 − 2 的 −强度 次方，刚到阈值 1 时为 0.5；人工编码为空",
        ),
    ]
    rule: Annotated[str | None, Col("规则", "触发编码的词语，训练过的代码另有作用最大的字串；人工编码为空")]
    created: Annotated[str | None, Col("编码时间", "人工编码的时间；机器编码为空")]
    page: Annotated[int | None, Col("页码", "从 1 起；只有 pdf 等分页的格式才有，其余为空")]
    boxes: Annotated[str | None, Col("版面位置", "JSON：[[页, x0, y0, x1, y1], …]，PDF 点，左下角为原点")]


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """One row per code the machine was in doubt about and didn't give: nobody's coding, for people to look at."""

    suggestion_id: Annotated[str, Col("编号", "文档编号:起-止:编码本.代码，同处重复时加 #2")]
    doc_id: Annotated[str, Col("文档编号", "见 documents")]
    codebook: Annotated[str, Col("编码本", "见 codes")]
    code: Annotated[str, Col("代码", "见 codes")]
    code_path: Annotated[str | None, Col("代码路径", "从最高一级起，以/连接的代码")]
    start: Annotated[int, Col("起", "在原始文本中的起点")]
    end: Annotated[int, Col("止", "在原始文本中的终点，不含")]
    quote: Annotated[str, Col("原文", "有疑问的原始文本")]
    coder: Annotated[str, Col("编码者", "machine:名称@版本")]
    score: Annotated[float, Col("得分", "同 codings，不到给出的界限")]
    rule: Annotated[str | None, Col("规则", "支持这一代码的词语")]
    page: Annotated[int | None, Col("页码", "从 1 起；只有 pdf 等分页的格式才有，其余为空")]
    boxes: Annotated[str | None, Col("版面位置", "JSON：[[页, x0, y0, x1, y1], …]，PDF 点，左下角为原点")]


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One row per code of the codebooks used."""

    codebook: Annotated[str, Col("编码本", "编码本的标识")]
    code: Annotated[str, Col("代码", "在编码本中唯一")]
    code_path: Annotated[str, Col("代码路径", "从最高一级起，以/连接的代码")]
    parent: Annotated[str | None, Col("上级代码", "最高一级为空")]
    name: Annotated[str, Col("名称", "代码的中文名称")]
    definition: Annotated[str | None, Col("定义", "什么归入、什么不归入")]
    source: Annotated[str | None, Col("出处", "所用编码本的名称、版本和定义（同名的代码各指什么），及其所依据的文献")]


@dataclass(frozen=True, slots=True)
class TopicRow:
    """One row per topic of the model fitted over the run's documents."""

    topic_id: Annotated[str, Col("主题编号", "例如 t003")]
    model: Annotated[str, Col("模型", "主题模型的种类与指纹")]
    label: Annotated[str, Col("主题", "权重最大的几个词")]
    top_terms: Annotated[str, Col("主题词", "按权重排列，以；连接")]
    n_documents: Annotated[int, Col("文档数", "以它为最大主题的文档数")]
    coherence: Annotated[float | None, Col("一致性", "NPMI，-1 到 1，越大主题词越常同现")]


@dataclass(frozen=True, slots=True)
class DocTopicRow:
    """One row per document and topic with a weight above zero."""

    doc_id: Annotated[str, Col("文档编号", "见 documents")]
    topic_id: Annotated[str, Col("主题编号", "见 topics")]
    weight: Annotated[float, Col("权重", "一篇文档的各主题权重之和为 1")]


@dataclass(frozen=True, slots=True)
class TopicTermRow:
    """One row per topic and word."""

    topic_id: Annotated[str, Col("主题编号", "见 topics")]
    rank: Annotated[int, Col("名次", "从 1 起")]
    term: Annotated[str, Col("词", "主题词")]
    weight: Annotated[float, Col("权重", "词在主题中的权重")]


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """One row per mention of another document."""

    reference_id: Annotated[str, Col("引用编号", "文档编号:起-止:ref，同处重复时加 #2")]
    doc_id: Annotated[str, Col("文档编号", "见 documents")]
    start: Annotated[int, Col("起", "在原始文本中的起点")]
    end: Annotated[int, Col("止", "在原始文本中的终点，不含")]
    title: Annotated[str, Col("被引标题", "书名号内的文字")]
    doc_number: Annotated[str | None, Col("被引字号", "写在标题旁的发文字号")]
    relation: Annotated[Relation, Col("关系", "依据、落实、修订、废止、转发或提及", RELATIONS)]
    target_doc_id: Annotated[str | None, Col("被引文档", "本次运行中字号或标题相同的唯一文档；没有或不唯一时为空")]


@dataclass(frozen=True, slots=True)
class IssueRow:
    """One row per thing to know about a document or the run."""

    doc_id: Annotated[str | None, Col("文档编号", "见 documents；与整次运行有关时为空")]
    stage: Annotated[str, Col("步骤", "在哪一步发现")]
    code: Annotated[str, Col("问题代码", "见问题代码表")]
    severity: Annotated[Severity, Col("程度", "错误、警告或提示", SEVERITIES)]
    message: Annotated[str, Col("说明", "发生了什么、怎么办")]
    start: Annotated[int | None, Col("起", "在原始文本中的起点")]
    end: Annotated[int | None, Col("止", "在原始文本中的终点，不含")]
    page: Annotated[int | None, Col("页码", "从 1 起；只有 pdf 等分页的格式才有，其余为空")]


Row = (
    DocumentRow
    | SectionRow
    | MeasureRow
    | CodingRow
    | SuggestionRow
    | CodeRow
    | TopicRow
    | DocTopicRow
    | TopicTermRow
    | ReferenceRow
    | IssueRow
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name in files and databases, its Chinese name, its row class and how many rows make a row group."""

    name: str
    zh: str
    row: type[Row]
    group_rows: int = 20_000


TABLES: tuple[Table, ...] = (
    Table("documents", "文档", DocumentRow, 1_000),
    Table("sections", "章节", SectionRow),
    Table("measures", "措施", MeasureRow),
    Table("codings", "编码", CodingRow),
    Table("suggestions", "待审编码", SuggestionRow),
    Table("codes", "代码", CodeRow),
    Table("topics", "主题", TopicRow),
    Table("doc_topics", "文档主题", DocTopicRow),
    Table("topic_terms", "主题词", TopicTermRow),
    Table("references", "引用", ReferenceRow),
    Table("issues", "问题", IssueRow),
)

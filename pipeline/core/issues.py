"""What can go wrong with a document: a closed list of codes with Chinese messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "info"]


class IssueCode(NamedTuple):
    """Severity, what happened and what to do; both texts are ``str.format`` templates."""

    severity: Severity
    message: str
    advice: str


CODES: dict[str, IssueCode] = {
    "input.missing": IssueCode("error", "文件 {name} 在读取前消失了", "请确认文件没有被移动或删除，再运行同一命令。"),
    "input.changed": IssueCode("error", "文件 {name} 在运行中被修改了", "请待文件不再变动后，再运行同一命令。"),
    "input.permission": IssueCode("error", "没有权限读取 {name}", "请修改文件权限（例如 chmod u+r），再运行同一命令。"),
    "input.loop": IssueCode("warning", "目录 {name} 指回它自己的上级，已跳过", "请删除这个循环的符号链接。"),
    "input.archive": IssueCode(
        "error", "压缩包 {name} 中的文件多于 {limit} 个，只读了前 {limit} 个", "请拆成几个压缩包，或解压后再运行。"
    ),
    "input.special": IssueCode("warning", "{name} 不是普通文件，已跳过", "请只提供普通文件或目录。"),
    "input.duplicate": IssueCode(
        "warning", "{name} 与 {first} 内容完全相同，只抽取一次", "如属重复收集，可删除其中一份。"
    ),
    "input.duplicate-failed": IssueCode(
        "error", "{name} 与 {first} 内容完全相同，而后者处理失败", "请按 {first} 的问题处理，再运行同一命令。"
    ),
    "input.unlisted": IssueCode("error", "读不了目录 {name}：{reason}", "请检查目录权限，再运行同一命令。"),
    "ingest.empty": IssueCode("error", "{name} 是空文件", "请重新获取该文件，或从语料中删去。"),
    "ingest.no-text": IssueCode("error", "{name} 中没有文字", "请确认文件内容；如为扫描件请先做文字识别。"),
    "ingest.binary": IssueCode(
        "error", "{name} 不是文本：含有大量控制字符", "请确认文件格式；如为图片或压缩包请先转换。"
    ),
    "ingest.encoding": IssueCode("error", "{name} 的字符编码无法识别", "请将文件另存为 UTF-8 或 GB18030 编码。"),
    "ingest.encoding-guessed": IssueCode("info", "{name} 按 {encoding} 解码", "如出现乱码，请将文件另存为 UTF-8。"),
    "ingest.replaced": IssueCode("warning", "{name} 有 {count} 处无法解码的字节，以替代符显示", "请对照原文核对。"),
    "ingest.unsupported": IssueCode(
        "error", "{name} 的格式（{detail}）还不能读", "请转换为 txt、md、docx、pdf、html、xlsx 或 csv。"
    ),
    "ingest.archive": IssueCode("error", "压缩包 {name} 打不开，或其中没有可读的文件", "请重新下载，或解压后再运行。"),
    "ingest.suffix": IssueCode("warning", "{name} 的内容是 {detail}，与扩展名不符", "已按内容读取；建议改正扩展名。"),
    "ingest.damaged": IssueCode("error", "{name} 已损坏，读不出来：{detail}", "请重新下载该文件。"),
    "ingest.partial": IssueCode("warning", "{name} 不完整：{detail}", "请重新下载该文件；读出的部分已照常处理。"),
    "ingest.other-reader": IssueCode(
        "info",
        "{name} 有 {count} 页换用另一个 PDF 解析器读出（{detail}）：第 {pages} 页",
        "请对照原文核对这些页；文件有损坏的，最好重新下载。",
    ),
    "ingest.encrypted": IssueCode("error", "{name} 已加密", "请用密码打开后另存为未加密的文件。"),
    "ingest.scanned": IssueCode(
        "error",
        "{name} 共 {count} 页，都没有文字层（扫描件），而没有可用的文字识别",
        "请运行 pip install 'cewen[ocr]'（并确认配置 [ocr] enabled = true），再运行同一命令；或先用其他软件识别。",
    ),
    "ingest.scanned-pages": IssueCode(
        "warning",
        "{name} 有 {count} 页没有（或几乎没有）文字层，没有读入：第 {pages} 页",
        "如需读入，请运行 pip install 'cewen[ocr]'（并确认配置 [ocr] enabled = true），再运行同一命令。",
    ),
    "ingest.pictures": IssueCode(
        "info",
        "{name} 有 {count} 页主要是图片，图片中的文字（如有）没有读入：第 {pages} 页",
        "如需读入，请运行 pip install 'cewen[ocr]'（并确认配置 [ocr] enabled = true），再运行同一命令。",
    ),
    "ingest.image": IssueCode(
        "error",
        "{name} 是图片，而没有可用的文字识别",
        "请运行 pip install 'cewen[ocr]'（并确认配置 [ocr] enabled = true），再运行同一命令。",
    ),
    "ingest.recognised": IssueCode(
        "info",
        "{name} 有 {count} 页由文字识别读入，平均识别分 {score}：第 {pages} 页",
        "引用其中的数字前请对照原件。",
    ),
    "ingest.recognised-doubtful": IssueCode(
        "warning",
        "{name} 有 {count} 页文字识别的平均识别分低于 {limit}（最低 {score}）：第 {pages} 页",
        "请对照原件核对这些页；如有可能请换更清晰的扫描件。",
    ),
    "ingest.recognised-empty": IssueCode(
        "info", "{name} 有 {count} 页是图像，其中没有认出文字：第 {pages} 页", "如页上有文字，请换更清晰的扫描件。"
    ),
    "ingest.recognition-failed": IssueCode(
        "warning", "{name} 有 {count} 页文字识别出错，没有读入：第 {pages} 页（{detail}）", "请检查这些页。"
    ),
    "ingest.not-recognised": IssueCode(
        "error", "{name} 共 {count} 页，都没有文字层，文字识别也没有读出文字：{detail}", "请换更清晰的扫描件。"
    ),
    "ingest.too-many-scans": IssueCode(
        "warning",
        "{name} 的扫描页多于上限 {limit}，有 {count} 页没有读入：第 {pages} 页",
        "请拆分文件，或在配置 [ocr] max_pages 中调大。",
    ),
    "ingest.too-many-pixels": IssueCode(
        "error",
        "{name} 的图片有 {count} 像素，超过上限 {limit}，没有解开",
        "请缩小图片，或在配置 [ocr] max_pixels 中调大。",
    ),
    "ingest.unmapped": IssueCode("warning", "{name} 有 {count} 个字符没有对应的文字（字体缺映射）", "请对照原文核对。"),
    "ingest.garbled-pages": IssueCode(
        "warning",
        "{name} 有 {count} 页的文字层是乱码或缺映射：第 {pages} 页",
        "这些页的文字不可用；请运行 pip install 'cewen[ocr]' 后再运行同一命令（改用文字识别），或对照原文核对。",
    ),
    "ingest.too-large": IssueCode(
        "error", "{name} 有 {size} 字节，超过上限 {limit}", "请拆分文件，或在配置 [run] max_bytes 中调大。"
    ),
    "ingest.too-long": IssueCode(
        "error", "{name} 有 {count} 字，超过上限 {limit}", "请按篇拆分，或在配置 [run] max_chars 中调大。"
    ),
    "ingest.bad-row": IssueCode("warning", "{name} 第 {row} 行有问题：{detail}", "请核对这一行；其余各行已照常处理。"),
    "ingest.bad-rows": IssueCode("warning", "{name} 另有 {count} 行有问题，不再一一列出", "请核对整个文件的格式。"),
    "ingest.rows-cut": IssueCode(
        "warning", "{name} 的行或单元格太多，只读了 {count} 行", "请拆分文件，或在配置 [rows] most_rows 中调大。"
    ),
    "ingest.keys-left": IssueCode(
        "info",
        "{name} 中各组对象之外另有 {count} 个键没有读入：{keys}",
        "如其中有需要的内容，请把它写进各对象。",
    ),
    "ingest.one-table": IssueCode(
        "info",
        "{name} 中没有找到写着正文的列，整张表作为一篇文档",
        '如每行是一篇文档，请在配置 [rows] 的 text 中写上正文列的列名，或设 documents = "rows"。',
    ),
    "ingest.no-body": IssueCode("warning", "{name} 第 {row} 行的正文列“{column}”是空的", "请核对这一行。"),
    "ingest.hidden": IssueCode("info", "{name} 有 {count} 个隐藏的行或工作表，没有读入", "如需读入，请先取消隐藏。"),
    "ingest.entities": IssueCode(
        "warning",
        "{name} 自带实体声明（DTD），没有展开，也没有读取它指向的文件",
        "请确认文件来源可靠，并对照原文核对。",
    ),
    "ingest.tool-missing": IssueCode(
        "error",
        "{name} 是 {detail}，读它要用到 LibreOffice、antiword 或 catdoc，本机都没有安装",
        "请安装其中之一（如 apt-get install antiword 或 brew install antiword；LibreOffice 最全），"
        "或将文件另存为 docx。",
    ),
    "ingest.tool-plain": IssueCode(
        "warning",
        "{name} 由 {detail} 读出，没有自动编号和标题层次，可能有漏字",
        "安装 LibreOffice 后再运行，可读得更全。",
    ),
    "ingest.tool-failed": IssueCode(
        "error", "{name} 用外部程序没能读出来：{detail}", "请确认文件能否打开，或另存为 docx。"
    ),
    "ingest.tool-timeout": IssueCode(
        "error",
        "{name} 用外部程序在限定的时间内没有读完：{detail}",
        "请在配置 [run] time_limit 中调大后再运行同一命令，或另存为 docx。",
    ),
    "clean.private-use": IssueCode("warning", "有 {count} 个私用区字符，含义不明", "请对照原文核对。"),
    "head.no-title": IssueCode("info", "没有找到标题", "标题一栏为空。"),
    "outline.gap": IssueCode(
        "info",
        "编号不连续：“{before}”之后是“{after}”，缺“{missing}”",
        "请核对原文：可能是原文漏编，也可能是转换时丢了内容。",
    ),
    "number.unclaimed": IssueCode(
        "info", "有 {count} 个数字没有归入任何措施或规则，第一个是“{quote}”", "请用 cewen show 核对。"
    ),
    "number.too-large": IssueCode(
        "warning", "数值“{quote}”超出可存的范围（整数部分多于 16 位）", "数值一栏为空；请核对原文。"
    ),
    "number.sum": IssueCode(
        "info",
        "合计“{quote}”与分项之和不符：{parts} 相加为 {sum}{unit}，相差 {difference}{unit}",
        "请核对原文：可能是原文有误、分项没有列全，或分项有交叉。",
    ),
    "people.gone": IssueCode(
        "warning",
        "导入的 {name} 中有 {count} 条人工编码所在的文档已不在本次运行中（内容改了，或没有再读）",
        "记录仍保留在输出目录的 people 中；请把这些文档加回来，或对新的内容重新导出、编码后再导入。",
    ),
    "topics.too-few": IssueCode(
        "info",
        "只有 {units}有可用于主题模型的词，少于 {least}，未建模",
        "请增加文档，或在配置中关闭 [topics]。",
    ),
    "topics.apart": IssueCode(
        "info",
        "{units}之间既共有、又能区分主题的词太少，未建主题模型",
        "请增加内容相近的文档，或在配置中关闭 [topics]。",
    ),
    "topics.seeds": IssueCode(
        "warning", "主题模型的种子词不足：{note}", "请在代码本中补充语料里的说法，或增加文档后再运行。"
    ),
    "topics.small": IssueCode(
        "warning",
        "只有 {units}，却分成 {topics} 个主题，每个主题平均不到 {per}",
        "请把主题数减到 {least} 个以内，或增加文档。",
    ),
    "topics.unstable": IssueCode(
        "warning",
        "{topics} 个主题中有 {count} 个的抽样稳定性低于 {limit}：{named}；换一批文档，它们多半不再出现",
        "请勿据以下结论；可减少主题数，或增加文档。",
    ),
    "topics.places": IssueCode(
        "warning",
        "主题 {topic} 的前几个词大多是地名：{words}",
        "它多半只分出了某地的文件，不是政策内容；请把这些地名加入停用词表，再运行同一命令。",
    ),
    "run.timeout": IssueCode(
        "error", "{name} 超过 {limit} 秒仍未处理完，已停止", "请检查该文件，或在配置 [run] time_limit 中调大。"
    ),
    "run.crashed": IssueCode(
        "error", "处理 {name} 时工作进程异常退出（代码 {detail}）", "请检查该文件；其余文档不受影响。"
    ),
    "bug": IssueCode(
        "error", "处理 {name} 的“{stage}”步骤出错：{detail}", "这是程序缺陷，请将该文件和 run.sqlite 发给开发者。"
    ),
}


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing to know about a document; ``start``/``end`` are offsets into the raw text, ``page`` counts from 1."""

    stage: str
    code: str
    severity: Severity
    message: str
    start: int | None = None
    end: int | None = None
    page: int | None = None


def _printable(text: str) -> str:
    """Return ``text`` without what a terminal would obey: control characters, marks that turn the direction."""
    return (
        text if text.isprintable() else "".join(c if c.isprintable() else " " if c in "\t\r\n" else "_" for c in text)
    )


def issue(
    stage: str, code: str, *, span: tuple[int, int] | None = None, page: int | None = None, **detail: object
) -> Issue:
    """Return the issue of ``code``, its Chinese message and advice filled in. Raises KeyError for an unknown code."""
    entry = CODES[code]
    detail = {name: _printable(value) if isinstance(value, str) else value for name, value in detail.items()}
    message = f"{entry.message.format(stage=stage, **detail)}。{entry.advice.format(stage=stage, **detail)}"
    start, end = span if span else (None, None)
    return Issue(stage, code, entry.severity, message, start, end, page)

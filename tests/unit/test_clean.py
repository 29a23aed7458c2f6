# ruff: noqa: RUF001 - look-alike characters are the subject here
"""Cleaning: what is repaired and, above all, what isn't touched."""

import time
from pathlib import Path

import pytest

from pipeline.clean.steps import CLEANERS, clean
from pipeline.core.layers import CleanText, RawText
from pipeline.core.offsets import apply

SEEDS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "seeds"


def cleaned(text: str) -> CleanText:
    result = clean(RawText(text, "text/plain"))
    assert apply(text, result.edits) == result.text
    return result


def wrapped(text: str, columns: int, blank: str = "\n") -> str:
    """Return paragraphs cut every ``columns`` characters, the first line two shorter."""
    lines = []
    for paragraph in text.split("\n"):
        cut = columns - 2
        lines.append(paragraph[:cut])
        lines += [paragraph[i : i + columns] for i in range(cut, len(paragraph), columns)]
    return blank.join(line for line in lines if line)


PROSE = """一、总体要求
为深入实施人才强市战略，充分激发各类人才创新创业活力，推动人才链与产业链深度融合，现就加强新时代人才工作提出如下意见。
坚持党管人才原则，坚持人才引领发展的战略地位，完善人才培养、引进、使用、评价、激励机制，努力建设区域人才中心和创新高地。
二、重点任务
（一）加大引才力度。对全职引进的顶尖人才，给予最高500万元安家补助；对引进的博士，给予40万元补助，分五年发放，每年发放一次。
（二）支持平台建设。对新认定的国家级创新平台，一次性给予300万元奖励；对省级平台给予100万元奖励，用于研发投入和人才培养。
三、组织保障
各级各部门要提高政治站位，强化责任担当，建立健全工作推进机制，定期研究解决重大问题，确保各项任务落到实处、取得实效。"""


@pytest.mark.parametrize("columns", [18, 24, 28, 35, 40])
@pytest.mark.parametrize("blank", ["\n", "\n\n", "\r\n"])
def test_hard_wraps_are_joined(columns: int, blank: str):
    text = "\n".join([PROSE, PROSE.replace("一、", "四、").replace("二、", "五、").replace("三、", "六、")])
    result = cleaned(wrapped(text, columns, blank))
    lines = [line for line in result.text.split("\n") if line]
    assert lines == text.split("\n")


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        PROSE.replace("\n", "\n\n"),
        PROSE.replace("\n", "\n    "),
        "# 办法\n\n- 第一项支持政策\n- 第二项支持政策\n\n| 类别 | 标准 |\n|---|---|\n| 博士 | 40万元 |\n",
        "项目名称\t金额\t单位\n甲项目\t12\t万元\n乙项目\t34\t万元\n",
        "名单\n甲市某某科技有限公司\n乙市某某新材料有限公司\n丙市某某装备制造有限公司\n丁市某某医药有限公司\n戊市某某电子有限公司\n",
        "第一条 为了规范管理，制定本办法。\n第二条 本办法适用于本市。\n1 适用范围\n2.1 人才引进\n3 个人申请\n",
        "序号\n1\n甲项目，补助十万元\n2\n乙项目，补助二十万元\n3\n丙项目，补助三十万元\n",
        "Talent policy of the city\nSecond line of English text\n",
        "专栏\n1\n"
        + "工程一的内容。" * 80
        + "\n专栏\n2\n"
        + "工程二的内容。" * 80
        + "\n专栏\n3\n"
        + "工程三的内容。" * 80,
        "各位代表！\n" * 3 + "现在报告工作。",
        "",
    ],
)
def test_fine_text_is_not_touched(text: str):
    assert cleaned(text).text == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲\r\n乙\r丙\u2028丁\f戊", "甲\n乙\n丙\n丁\n戊"),
        ("人\u200b才\ufeff政\u00ad策\x00", "人才政策"),
        ("５０％，Ａ类，３．５，２０２１－２０２３", "50%，A类，3.5，2021-2023"),
        ("⼈才⻓效，⼯作", "人才长效，工作"),
        ("人才\xa0\xa0政策", "人才  政策"),
        ("（一）〔2023〕《办法》：“甲”；乙？丙！", "（一）〔2023〕《办法》：“甲”；乙？丙！"),
        ("二○二○年和二〇二一年、一九八○年", "二〇二〇年和二〇二一年、一九八〇年"),
        ("○ 一项", "○ 一项"),
        ("补助1,2 00 万 元。", "补助1,200万元。"),
        ("到 2025 年，引进 3个团队，增长 15.8 %以上。", "到2025年，引进3个团队，增长15.8%以上。"),
        ("2 0 2 5 年 3 月", "2025年3月"),
        ("投资 3 000 万元。", "投资3000万元。"),
        ("使用 SPSS 27 进行分析", "使用SPSS 27进行分析"),
        ("济 南 市 公 安 局", "济南市公安局"),
        ("第一章  总    则", "第一章  总则"),
        ("1 文献综述", "1 文献综述"),
        ("2.1 人才引进", "2.1 人才引进"),
        ("2025 年工作", "2025年工作"),
        ("附件2 名词解释", "附件2 名词解释"),
        ("见图 1. 2011年的数据", "见图1. 2011年的数据"),
        ("国发〔 2016〕 21号", "国发〔2016〕21号"),
        ("12 34 56", "12 34 56"),
        ("姓名 年龄 1 2 3 10", "姓名 年龄 1 2 3 10"),
        ("城镇体系 , 加快步伐", "城镇体系,加快步伐"),
        ("行尾  \n空格\t\n", "行尾\n空格\n"),
    ],
)
def test_characters_and_spaces(text: str, expected: str):
    assert cleaned(text).text == expected


@pytest.mark.parametrize("number", ["— {} —", "- {} -", "第 {} 页 共 9 页", "{}", "—{}—", "--- 第 {} 页 ---"])
def test_page_numbers(number: str):
    lines = wrapped("\n".join([PROSE] * 6), 24).split("\n")
    pages = [lines[i : i + 26] for i in range(0, len(lines), 26)]
    text = "\n".join("\n".join([*page, number.format(i)]) for i, page in enumerate(pages, 1))
    result = [line for line in cleaned(text).text.split("\n") if line]
    assert result == "\n".join([PROSE] * 6).split("\n")


def test_running_heads_with_page_numbers():
    lines = wrapped("\n".join([PROSE] * 6), 24).split("\n")
    pages = [lines[i : i + 26] for i in range(0, len(lines), 26)]
    text = "\n".join(
        "\n".join([*page, "", "人才政策研究动态 2023 年第 2 期", f"某省人才研究院 2023 年 2 月 {i}"])
        for i, page in enumerate(pages, 4)
    )
    result = cleaned(text).text
    assert "某省人才研究院" not in result
    assert result.count("人才政策研究动态") <= 1
    assert len(pages) > 3


def test_repeated_addresses():
    address = "https://example.org/a/2023/b.html"
    text = f"甲项目开工。\n相关链接：{address}\n乙项目开工。\n{address}\nhttps://example.org/only\n"
    result = cleaned(text).text
    assert result.count(address) == 1
    assert "https://example.org/only" in result


def test_citation_marks_and_broken_numbers_come_back_into_the_line():
    text = (
        PROSE + "\n研究表明人才与产业相互促进，这一点已有不少研究加以证实。\n[3]"
        "\n多数研究没有讨论机制，本文加以补充，新引进大学生4.5\n万人。"
    )
    assert cleaned(text).text.endswith("加以证实。[3]多数研究没有讨论机制，本文加以补充，新引进大学生4.5万人。")


def test_a_number_cut_by_a_break_in_a_short_text_is_whole():
    text = (
        "某市支持企业技术改造办法\n\n  第一条 为支持企业技术改造，对固定资产投资额超过1\n"
        "000万元的项目，按设备投资额的10%给予补助，最高50\n0万元。\n  第二条 本办法由市经信局负责解\n释。"
    )
    result = cleaned(text).text
    assert "超过1000万元的项目" in result and "最高500万元。" in result and result.endswith("负责解释。")


@pytest.mark.parametrize(
    "text",
    [
        "各年安排的资金和项目如下，单位为万元，自2022至2023\n2024年安排的资金另行公布，由市财政局负责解释并公布。",
        "1. 完成投资，约50\n20个项目\n2. 新增就业，约60\n30个项目\n各县区按照以上目标，抓好落实，按时完成各项任务。",
        "年份 2022 2023\n2024年 10 20\n合计，以上为2024年当年安排的全部资金，按年公布。",
        "是否需要现场办理，申请人能否委托他人代为办理\n否。",
    ],
)
def test_numbers_of_lists_and_tables_stay_apart(text: str):
    assert cleaned(text).text == text


def test_titles_over_two_lines_stay_two_lines():
    text = "某市人民政府办公室关于印发人才工作\n若干政策措施的通知\n各县（区）人民政府：\n" + PROSE
    assert cleaned(text).text == text


def test_a_title_in_brackets_is_closed():
    text = "依据文件：《关于促进人才发展和产业融合的若干政\n策措施》\n发文机构：某局"
    assert cleaned(text).text == "依据文件：《关于促进人才发展和产业融合的若干政策措施》\n发文机构：某局"


def test_private_use_is_reported_and_kept():
    result = cleaned("一\ue010重点任务\ue010")
    assert result.text == "一\ue010重点任务\ue010"
    assert [(d.code, d.start, d.end) for d in result.doubts] == [("clean.private-use", 1, 2)]
    assert "2 个" in result.doubts[0].message


def test_bullets_of_symbol_fonts_are_bullets():
    result = cleaned("材料如下：\n\uf0b7 营业执照\n\u3000\uf06c身份证\uf0b7复印件\n\uf0d8承诺书")
    assert result.text == "材料如下：\n• 营业执照\n•身份证\uf0b7复印件\n•承诺书"
    assert [edit.reason for edit in result.edits].count("bullet") == 3
    assert len(result.doubts) == 1 and "1 个" in result.doubts[0].message
    assert not cleaned("\uf0a7 营业执照").doubts


def test_offsets_lead_back():
    raw = "资 金 安 排\n本市对引进的博士，给予４０ 万\n\n元补助，期限为 5 年，由市财政局和人社局负责落实。"
    result = cleaned(raw)
    at = result.text.index("40万元")
    start, end = result.offsets().to_source(at, at + 4)
    assert raw[start:end] == "４０ 万\n\n元"


def test_every_edit_has_a_reason():
    result = cleaned("到 ２０２５ 年\r\n— 1 —\r\n")
    assert result.edits and all(edit.reason for edit in result.edits)
    assert len(CLEANERS) == len(set(CLEANERS))


def test_speed():
    text = "\n".join([PROSE] * 120)
    start = time.process_time()
    clean(RawText(text, "text/plain"))
    assert (time.process_time() - start) / len(text) < 6e-6  # 3 µs wanted; the test machine may be busy


@pytest.mark.shared
def test_seed_facts_are_whole():
    if not SEEDS.is_dir():
        pytest.skip("the evaluation data isn't beside the repository")
    import json

    facts = json.loads((SEEDS / "facts.json").read_text(encoding="utf-8"))
    texts = {}
    for path in sorted(SEEDS.glob("*.txt")):
        text = path.read_bytes().decode("utf-8")
        texts[path.name[:3]] = (cleaned(text).text, cleaned(text).offsets())
    whole = 0
    for fact in facts:
        text, offsets = texts[fact["doc"]]
        start, end = offsets.from_source(fact["start"], fact["end"])
        whole += text[start:end] == fact["quote"]
    assert whole >= len(facts) - 2


@pytest.mark.parametrize(
    "text",
    [
        "策" + " " * 60_000 + "略",
        "\t" * 60_000 + "策",
        "http://a" * 20_000,
        "http://a" * 20_000 + " 策\n第二行。",
        "".join(f"http://www.example.com/{i}.html\n" for i in range(20_000)),
        "http://a.cn/b 1/7第九条\n— 3 —\n" * 14_000,
    ],
    ids=["spaces", "tabs", "addresses", "addresses and text", "list of addresses", "printed addresses"],
)
def test_long_repetitions_take_time_in_proportion(text: str):
    start = time.process_time()
    cleaned(text)
    assert time.process_time() - start < 3


def test_numbers_without_end_at_page_borders():
    pages = [f"{str(i) * 6000}\n对新引进的博士给予补助。" for i in range(1, 6)]
    assert "对新引进的博士给予补助。" in cleaned("\f".join(pages)).text

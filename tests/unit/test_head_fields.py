"""Fields beside the classical ones: what the file gives, validity, imprint, web pages, papers, what is derived."""

import time

import pytest

from pipeline.core.config import configs_dir
from pipeline.core.document import Source
from pipeline.core.layers import CleanText, Given, GivenField, Head, HeadField, RawText
from pipeline.core.offsets import Edit, apply
from pipeline.structure.head import HeadRules, load_head_rules, read_head
from pipeline.structure.imprint import find_imprints

SOURCE = Source("a.txt", "a.txt", "0" * 64, 1)


@pytest.fixture(scope="module")
def rules() -> HeadRules:
    return load_head_rules(configs_dir())


def read(text: str, rules: HeadRules, given: tuple[Given, ...] = ()) -> Head:
    return read_head(SOURCE, RawText(text, "text/plain", given=given), CleanText(text, ()), rules=rules)


def value(field: HeadField | None) -> str | None:
    return field.value if field else None


def row(cells: dict[GivenField, str], body: str) -> tuple[str, tuple[Given, ...]]:
    """Return a table's row as text and the places of its cells."""
    text, given = "", []
    for field, words in cells.items():
        given.append(Given(field, len(text), len(text) + len(words)))
        text += words + "\n"
    return text + body, tuple(given)


def test_what_the_file_gives_is_taken_first(rules: HeadRules) -> None:
    text, given = row(
        {
            "title": "关于支持养老服务的若干措施",
            "doc_number": "湘潭民发[2023] 7 号",
            "issuer": "湘潭市民政局、湘潭市财政局",
            "issue_date": "2023/5/6",
            "effective_date": "20230601",
            "expiry": "2026-05-31",
            "region": "湖南省湘潭市",
        },
        "各县（市、区）民政局：\n根据《敬老办法》（湘政发〔2020〕1号），现通知如下。\n湘潭市卫生健康委员会\n2022年1月1日\n",
    )
    head = read(text, rules, given)
    assert value(head.title) == "关于支持养老服务的若干措施" and head.doc_kind == "措施"
    assert value(head.doc_number) == "湘潭民发〔2023〕7号"
    assert [issuer.value for issuer in head.issuers] == ["湘潭市民政局", "湘潭市财政局"]
    assert (value(head.issue_date), value(head.effective_date), value(head.expiry)) == (
        "2023-05-06",
        "2023-06-01",
        "2026-05-31",
    )
    assert (head.level, head.region, head.region_code) == ("市", "湖南省湘潭市", "430300")
    assert "region" not in head.derived and "issue_date" not in head.derived
    assert head.issue_date and text[head.issue_date.start : head.issue_date.end] == "2023/5/6"


@pytest.mark.parametrize("nothing", ["", " ", "/", "无", "null", "——"])
def test_an_empty_cell_gives_nothing(nothing: str, rules: HeadRules) -> None:
    text, given = row({"title": "关于节水的通知", "doc_number": nothing}, "各单位：\n请节水。\n")
    assert read(text, rules, given).doc_number is None


def test_a_region_given_in_several_columns_is_one(rules: HeadRules) -> None:
    text = "广东\n广州\n天河区\n人才公寓办法\n按月给予补贴。\n"
    places = [Given("region", 0, 2), Given("region", 3, 5), Given("region", 6, 9), Given("title", 10, 16)]
    head = read(text, rules, tuple(places))
    assert (head.region, head.region_code, head.level) == ("广东省广州市天河区", "440106", "县")


def test_given_places_are_led_into_the_clean_text(rules: HeadRules) -> None:
    raw = "\x00\x00关于节水的通知\n湘水发〔2023〕\x007号\n请节水。\n"
    edits = tuple(Edit(at, at + 1, "", "controls") for at, character in enumerate(raw) if character == "\x00")
    text = CleanText(apply(raw, edits), edits)
    given = (Given("title", 2, 9), Given("doc_number", 10, raw.index("号") + 1))
    head = read_head(SOURCE, RawText(raw, "text/plain", given=given), text, rules=rules)
    assert value(head.title) == "关于节水的通知" and value(head.doc_number) == "湘水发〔2023〕7号"
    assert head.title and text.text[head.title.start : head.title.end] == "关于节水的通知"


def test_a_number_no_parser_knows_stands_as_given(rules: HeadRules) -> None:
    text, given = row({"doc_number": "A类第三批 17"}, "请节水。")
    assert value(read(text, rules, given).doc_number) == "A类第三批17"


ORDER = "关于节水的通知\n各单位：\n请节水。\n湘潭市水务局\n2023年5月31日\n"


@pytest.mark.parametrize(
    ("words", "effective", "expiry", "derived"),
    [
        ("本通知自发布之日起30日后施行。", "2023-06-30", None, True),
        ("本通知自公布之日起满一个月后施行。", "2023-06-30", None, True),
        ("本通知自发布之日起10个工作日后施行。", None, None, False),
        ("本通知自发布之日起施行，有效期至2027年12月31日。", "2023-05-31", "2027-12-31", True),
        ("本通知自2024年1月1日起至2026年12月31日止。", "2024-01-01", "2026-12-31", False),
        ("本通知自2024年1月1日起施行，试行期2年。", "2024-01-01", "试行期2年", False),
        ("本《通知》自2024年1月1日起施行。", "2024-01-01", None, False),
        ("《云州节水条例》自2024年1月1日起施行。", None, None, False),
        ("补贴自2024年1月1日起发放。", None, None, False),
        ("证书有效期5年。", None, None, False),
    ],
)
def test_validity(words: str, effective: str | None, expiry: str | None, derived: bool, rules: HeadRules) -> None:
    head = read(ORDER + words, rules)
    assert (value(head.effective_date), value(head.expiry)) == (effective, expiry)
    assert ("effective_date" in head.derived) == derived


IMPRINT = "抄送：市委办公室，市人大常委会办公室。\n湘潭市人民政府办公室　　　2023年6月2日印发\n"


def test_the_imprint_is_read_and_its_date_is_not_the_issue_date(rules: HeadRules) -> None:
    head = read(ORDER + IMPRINT, rules)
    assert value(head.issue_date) == "2023-05-31" and "issue_date" not in head.derived
    assert value(head.copied_to) == "市委办公室，市人大常委会办公室"
    assert (value(head.printed_by), value(head.printed_on)) == ("湘潭市人民政府办公室", "2023-06-02")


def test_the_date_of_printing_is_only_a_guess_at_the_issue(rules: HeadRules) -> None:
    head = read("关于节水的通知\n各单位：\n请节水。\n" + IMPRINT, rules)
    assert value(head.issue_date) == "2023-06-02" and "issue_date" in head.derived


@pytest.mark.parametrize(
    "text", ["", "各单位要认真落实，并抄送：市水务局。", "请印发各单位。", "2023年6月2日印发", "关于印发办法的通知\n"]
)
def test_no_imprint(text: str) -> None:
    assert find_imprints(text) == ()


def test_an_imprint_over_several_lines() -> None:
    text = "正文。\n主题词：节水 通知\n抄送：\n市委各部门，市人大，\n市政协。\n湘潭市水务局办公室\n2023年6月2日印发"
    text += "\n附件1\n"
    [imprint] = find_imprints(text)
    assert text[imprint.start :].startswith("主题词") and text[imprint.end :].startswith("\n附件1")
    assert value(imprint.copied_to) == "市委各部门，市人大，市政协" and value(imprint.printed_on) == "2023-06-02"


def test_a_web_page_tells_source_and_date(rules: HeadRules) -> None:
    text = "关于节水的通知\n来源：湘潭日报 发布时间：2023-06-05 10:30 浏览次数：12\n各单位：\n请节水。\n"
    head = read(text, rules)
    assert (value(head.source), value(head.published)) == ("湘潭日报", "2023-06-05")
    assert value(head.issue_date) == "2023-06-05" and "issue_date" in head.derived
    assert head.issuers == ()
    assert head.source and text[head.source.start : head.source.end] == "湘潭日报"


def test_a_date_with_a_time_of_day_is_when_the_page_was_put_up(rules: HeadRules) -> None:
    head = read("关于节水的通知\n2023-06-05 10:30:00\n各单位：\n请节水。\n湘潭市水务局\n2023年5月31日\n", rules)
    assert (value(head.issue_date), value(head.published)) == ("2023-05-31", "2023-06-05")
    assert "issue_date" in read("关于节水的通知\n2023-06-05 10:30\n各单位：\n请节水。\n", rules).derived


@pytest.mark.parametrize(
    ("text", "issued"),
    [
        ("关于节水的通知\n各单位：\n请节水。\n湘潭市水务局\n二〇二三年五月三十一日\n", "2023-05-31"),
        ("关于节水的通知\n各单位：\n请节水。\n湘潭市水务局\n2023年5月\n", "2023-05"),
        ("关于节水的通知\n成文日期：2023年\n各单位：\n请节水。\n", "2023"),
        ("关于节水的通知\n时间：2023年内完成\n各单位：\n请节水。\n", None),
        ("关于节水的通知\n各单位：\n请节水。\n湘潭市水务局\n2023年5月起执行\n", None),
    ],
)
def test_dates_as_exact_as_printed(text: str, issued: str | None, rules: HeadRules) -> None:
    assert value(read(text, rules).issue_date) == issued


def test_the_title_of_the_page_beats_the_words_of_its_frame(rules: HeadRules) -> None:
    text = "机构职能\n关于节水的通知\n各单位：\n请节水。\n"
    raw = RawText(text, "text/html", title="关于节水的通知")
    assert value(read_head(SOURCE, raw, CleanText(text, ()), rules=rules).title) == "关于节水的通知"


def test_a_public_body_as_source_is_marked_when_taken_for_the_issuer(rules: HeadRules) -> None:
    head = read("节水指南\n来源：湘潭市水务局\n请节水。\n", rules)
    assert [issuer.value for issuer in head.issuers] == ["湘潭市水务局"] and "issuers" in head.derived


@pytest.mark.parametrize("line", ["来源：/home/a.pdf", "资金来源：财政", "来源：", "来源：2023-06-05"])
def test_no_source(line: str, rules: HeadRules) -> None:
    assert read(f"关于节水的通知\n{line}\n各单位：\n请节水。\n", rules).source is None


def test_a_table_of_metadata_above_a_web_page(rules: HeadRules) -> None:
    text = (
        "索 引 号：\t0001/2023\t主题分类：\t水利\n发文机关：\t湘潭市水务局\t成文日期：\t2023年05月06日\n"
        "标　　题：\t湘潭市水务局关于节水的通知\n发文字号：\t湘水发〔2023〕7号\t发布日期：\t2023年05月09日\n"
        "主题词：\t\n"
        "【打印】【字体：大 中 小】\n湘潭市水务局关于节水的通知\n各单位：\n请节水。\n"
    )
    head = read(text, rules)
    assert value(head.title) == "湘潭市水务局关于节水的通知" and head.doc_kind == "通知"
    assert value(head.doc_number) == "湘水发〔2023〕7号"
    assert (value(head.issue_date), value(head.published)) == ("2023-05-06", "2023-05-09")
    assert [issuer.value for issuer in head.issuers] == ["湘潭市水务局"]


PAPER = (
    "城市节水政策的效果研究\n王小云1，李 岚2\n（1.湘潭学院，湘潭 411100；2.云州大学）\n"
    "摘  要：本文考察城市节水政策对居民用水的影响，发现阶梯水价能显著减少用水量，补贴的作用则不明显。\n"
    "关键词：节水政策；阶梯水价；政策评估\n中图分类号：F062\n一、引言\n水资源短缺。\n"
)


def test_a_paper(rules: HeadRules) -> None:
    head = read(PAPER, rules)
    assert value(head.title) == "城市节水政策的效果研究" and head.doc_kind == "论文"
    assert [author.value for author in head.authors] == ["王小云", "李岚"]
    assert (value(head.abstract) or "").startswith("本文考察") and (value(head.abstract) or "").endswith("不明显。")
    assert [word.value for word in head.keywords] == ["节水政策", "阶梯水价", "政策评估"]
    for field in (*head.authors, *head.keywords):
        assert "".join(PAPER[field.start : field.end].split()) == field.value


def test_no_paper(rules: HeadRules) -> None:
    head = read(ORDER + "摘要附后。\n关键词检索办法另行通知。\n", rules)
    assert head.abstract is None and head.keywords == () and head.authors == ()


def test_nothing_is_derived_from_nothing(rules: HeadRules) -> None:
    assert read("", rules).derived == ("doc_kind",)


def test_what_is_not_printed_is_marked(rules: HeadRules) -> None:
    head = read("湘潭市水务局关于节水的通知\n湘水发〔2023〕7号\n各单位：\n请节水。\n", rules)
    assert head.year == 2023 and head.issue_date is None
    assert set(head.derived) == {"level", "region", "region_code", "year"}


@pytest.mark.parametrize(
    ("text", "published", "year"),
    [
        ("关于节水的通知\n湘水发〔2021〕7号\n各单位：\n请节水。\n湘潭市水务局\n2022年1月4日\n", "2023-02-01", 2022),
        ("关于节水的通知\n湘水发〔2021〕7号\n各单位：\n请节水。\n", "2023-02-01", 2021),
        ("关于2024年节水的通知\n各单位：\n请节水。\n", "2023-02-01", 2023),
        ("关于2024年节水的通知\n各单位：\n请节水，自2025年1月1日起施行。\n", None, 2024),
        ("湘潭市节水办法\n各单位要节水。\n本办法自2025年1月1日起施行。\n", None, 2025),
        ("湘潭市节水办法\n各单位到2025年都要节水。\n", None, None),
    ],
)
def test_the_year_falls_back_in_a_stated_order(
    text: str, published: str | None, year: int | None, rules: HeadRules
) -> None:
    raw = RawText(text, "text/html", published=published)
    head = read_head(SOURCE, raw, CleanText(text, ()), rules=rules)
    assert head.year == year and ("year" in head.derived) == (year is not None and head.issue_date is None)


@pytest.mark.parametrize(
    ("title", "level", "region"),
    [
        ("广州南沙新区（自贸片区）支持节水产业若干措施", "县", "广东省广州市南沙区"),
        ("湘潭经济技术开发区促进节水产业发展办法", "县", "湖南省湘潭市湘潭经济技术开发区"),
        ("湖南省湘潭市高新区节水奖励办法", "县", "湖南省湘潭市高新区"),
        ("湘潭高新区总体规划", "市", "湖南省湘潭市"),
        ("湘潭市支持高新区节水的若干措施", "市", "湖南省湘潭市"),
    ],
)
def test_a_title_that_begins_with_a_zone_is_the_zones(title: str, level: str, region: str, rules: HeadRules) -> None:
    head = read(f"{title}\n为节约用水，制定本办法。\n", rules)
    assert (head.level, head.region) == (level, region)


@pytest.mark.parametrize(
    "piece", ["印 ", "印发\n", "抄送：", "抄送：\n", "　\t", "摘要\n", "来源：", "王小云 ", "有效期自2024年1月1日"]
)
def test_odd_texts_take_linear_time(piece: str, rules: HeadRules) -> None:
    text = "标题\n" + piece * (60_000 // len(piece))
    begin = time.process_time()
    read(text, rules)
    assert time.process_time() - begin < 3

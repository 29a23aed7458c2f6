import pytest

from pipeline.core.config import configs_dir
from pipeline.core.layers import CleanText, Head, HeadField
from pipeline.structure.references import ReferenceRules, find_references, load_reference_rules


@pytest.fixture(scope="module")
def rules() -> ReferenceRules:
    return load_reference_rules(configs_dir())


def found(text: str, rules: ReferenceRules, head: Head | None = None) -> list[tuple[str, str | None, str]]:
    references = find_references(CleanText(text, ()), head or Head(), rules=rules)
    return [(r.title, r.doc_number, r.relation) for r in references]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (
            "根据《海岚市人才条例》（海政发[2020] 3 号），制定本办法。",
            [("海岚市人才条例", "海政发〔2020〕3号", "依据")],
        ),
        (
            "为贯彻落实《甲办法》《乙条例》和《丙规划》精神，",
            [("甲办法", None, "落实"), ("乙条例", None, "落实"), ("丙规划", None, "落实")],
        ),
        (
            "《关于印发〈甲方案〉的通知》（甲发〔2019〕1号）同时废止。",
            [("关于印发〈甲方案〉的通知", "甲发〔2019〕1号", "废止")],
        ),
        ("《关于印发《甲方案》的通知》自行失效。", [("关于印发《甲方案》的通知", None, "废止")]),
        ("对《甲办法》作如下修改：", [("甲办法", None, "修订")]),
        ("现将《甲意见》（甲发〔2020〕3号）转发给你们。", [("甲意见", "甲发〔2020〕3号", "转发")]),
        (
            "原黄区委发〔2012〕41号\n《关于上市的若干意见》同时废止。",
            [("关于上市的若干意见", "黄区委发〔2012〕41号", "废止")],
        ),
        ("按照海政发〔2020〕3号文件要求，", [("", "海政发〔2020〕3号", "依据")]),
        ("深入实施《海岚制造2030》，", [("海岚制造2030", None, "落实")]),
        ("填写《人才申报表》，提交《个人承诺书》。", []),
        ("在《海岚日报》上公告。", []),
        ("依照《残疾分级》（GB/T12345-2010）评定。", []),
        ("《海岚人才办法》（以下简称《办法》）施行。《办法》由市政府解释。", [("海岚人才办法", None, "提及")]),
        ("《没有右边的办法，制定细则。", []),
    ],
)
def test_references(text: str, expected: list[tuple[str, str | None, str]], rules: ReferenceRules) -> None:
    assert found(text, rules) == expected


def test_the_own_titles_and_number_are_no_references(rules: ReferenceRules) -> None:
    text = "《甲办法》\n乙发〔2020〕1号\n关于印发《甲办法》的通知\n根据《丙条例》，制定《甲办法》。"
    title = text.index("关于印发")
    head = Head(
        title=HeadField("关于印发《甲办法》的通知", title, title + 12),
        attached_title=HeadField("甲办法", 1, 4),
        doc_number=HeadField("乙发〔2020〕1号", 6, 16),
    )
    assert found(text, rules, head) == [("丙条例", None, "依据")]


def test_spans_take_in_the_number(rules: ReferenceRules) -> None:
    text = "根据《海岚市人才条例》（海政发〔2020〕3号）。"
    (reference,) = find_references(CleanText(text, ()), Head(), rules=rules)
    assert text[reference.start : reference.end] == "《海岚市人才条例》（海政发〔2020〕3号"

import time
from typing import Any

import pytest

from pipeline.core.config import configs_dir
from pipeline.core.document import Source
from pipeline.core.layers import CleanText, Head, HeadField, RawText
from pipeline.core.offsets import Edit, apply
from pipeline.structure.head import HeadRules, load_head_rules, read_head

SOURCE = Source("a.txt", "a.txt", "0" * 64, 1)
NOTICE = """湘潭市人民政府关于印发《湘潭市柔性引才办法》的通知
潭政发〔2023〕5号

各县（市、区）人民政府，市直各单位：
《湘潭市柔性引才办法》已经市政府同意，现印发给你们，请认真执行。

湘潭市人民政府
2023年5月6日
（此件公开发布）

湘潭市柔性引才办法
第一条 根据《湖南省人才条例》（湘政发〔2020〕9号），制定本办法。
第二条 本办法自印发之日起施行，有效期5年。
"""


@pytest.fixture(scope="module")
def rules() -> HeadRules:
    return load_head_rules(configs_dir())


def read(text: str, rules: HeadRules) -> Head:
    return read_head(SOURCE, RawText(text, "text/plain"), CleanText(text, ()), rules=rules)


def value(field: HeadField | None) -> str | None:
    return field.value if field else None


def test_every_field_of_a_notice(rules: HeadRules) -> None:
    head = read(NOTICE, rules)
    assert value(head.title) == "湘潭市人民政府关于印发《湘潭市柔性引才办法》的通知"
    assert value(head.attached_title) == "湘潭市柔性引才办法"
    assert value(head.doc_number) == "潭政发〔2023〕5号"
    assert [issuer.value for issuer in head.issuers] == ["湘潭市人民政府"]
    assert value(head.addressee) == "各县（市、区）人民政府，市直各单位"
    assert value(head.issue_date) == value(head.effective_date) == "2023-05-06"
    assert value(head.expiry) == "有效期5年"
    assert (head.doc_kind, head.level, head.region, head.region_code) == ("通知", "市", "湖南省湘潭市", "430300")
    assert head.year == 2023


def test_an_empty_or_silent_text_gives_nothing(rules: HeadRules) -> None:
    for text in ("", "\n\n", "今天天气很好。"):
        head = read(text, rules)
        assert head.title is None and head.doc_number is None and head.issuers == ()
        assert head.issue_date is None and head.region is None and head.year is None


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "云州市人民政府文件\n云政发〔2020〕3号\n云州市人民政府\n关于支持数字经济\n发展的若干意见\n各区人民政府：\n",
            "云州市人民政府关于支持数字经济发展的若干意见",
        ),
        ("[EN] Notice on talents\n各县（市、区）人民政府：\n为加强管理。\n", None),
        (
            "[EN] Talent plan\n海岚市人才发展行动计划\n（2021-2025年）\n人才是第一资源。",
            "海岚市人才发展行动计划（2021-2025年）",
        ),
        (
            "《海岚市产业基金办法》\n海政发〔2019〕8号\n海岚市人民政府关于印发海岚市产业基金办法的通知\n各单位：",
            "海岚市人民政府关于印发海岚市产业基金办法的通知",
        ),
        ("# 海岚市人才流动条例\n\n第一条 为了促进人才流动。", "海岚市人才流动条例"),
        ("来源：海岚日报\n首页\n海岚市政府工作报告\n各位代表：", "海岚市政府工作报告"),
        ("关于印发\n《海岚市人才办法》\n的通知\n各单位：\n", "关于印发《海岚市人才办法》的通知"),
        ("海岚市财政局 海岚市科技局\n海财规〔2024〕4号\n海岚市贴息办法\n各银行：\n", "海岚市贴息办法"),
        (
            "海岚市财政局  海岚市科技局\n关于印发《海岚市贴息办法》的通知\n海财规〔2024〕4号\n",
            "关于印发《海岚市贴息办法》的通知",
        ),
        (
            "海岚市财政局\n关于印发《海岚市贴息办法》的通知\n海财规〔2024〕4号\n",
            "海岚市财政局关于印发《海岚市贴息办法》的通知",
        ),
        (
            "海岚市贴息办法\n海岚市财政局 海岚市科技局\n关于印发《海岚市贴息办法》的通知\n",
            "海岚市财政局海岚市科技局关于印发《海岚市贴息办法》的通知",
        ),
        ("湖南省海岚市人民政府令\n第7号\n海岚市公园管理办法\n已经会议通过，现予公布。\n", "海岚市公园管理办法"),
        (
            "财政部  教育部\n公告\n2023年第8号\n\n关于废止部分文件的公告\n为做好清理，公告如下：\n",
            "关于废止部分文件的公告",
        ),
        (
            "海岚市人民政府公报  2021年第3期\n海岚市教育局\n海教函〔2021〕9号\n关于开展评选的通知\n",
            "关于开展评选的通知",
        ),
        (
            "海岚市水费办法2023\n# 海岚市水费办法（海岚市人民政府令〔2023〕第3号）\n海岚市水费办法\n第一条 略。\n",
            "海岚市水费办法",
        ),
        (
            "海岚市对节水企业给予补\n21.海岚市对节水企业给予补\n海岚市对节水企业给予补助\n类别：资金\n",
            "海岚市对节水企业给予补助",
        ),
        (
            "《关于节水的若干意见》支持节水\n海政办发〔2017〕2号\n————————海岚市人民政府办公室印发关于节水的若干意见的通知各区人民政府：\n",
            "海岚市人民政府办公室印发关于节水的若干意见的通知",
        ),
        ("海岚市人民政府令〔2023〕第3号（海岚市水费办法）\n《海岚市水费办法》现予公布。\n", "海岚市水费办法"),
        ("海岚水费运行报告2024\n《海岚市水费运行报告（2024）》摘要\n各项指标向好。", "海岚市水费运行报告（2024）"),
        (
            "节水支持\n海水发〔2023〕7号\n关于印发《海岚市节水办法》的通知各县（市、区）水务局，市级部门：\n略。\n",
            "关于印发《海岚市节水办法》的通知",
        ),
        (
            "海岚市允许节水公司设立分公司\n1. 海岚市允许节水公司设立分公司\n工具分类：准入\n",
            "海岚市允许节水公司设立分公司",
        ),
        (
            "[EN] Measures\n为深入贯彻节水精神，推动节水事业高质量发展，制定以下措施\n一、任务\n",
            None,
        ),
        (
            "评选通知 海教函9号\n海岚市教育局文件\n海教函〔2021〕9号\n海岚市教育局关于开展评选的通知\n",
            "海岚市教育局关于开展评选的通知",
        ),
    ],
)
def test_titles(text: str, title: str | None, rules: HeadRules) -> None:
    assert value(read(text, rules).title) == title


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("关于稳岗的通知\n云人社发[2023]12号\n各单位：", "云人社发〔2023〕12号"),
        ("关于稳岗的通知（云人社发（2023）12 号）\n各单位：", "云人社发〔2023〕12号"),
        ("云州市档案管理规定\n云州市人民政府令\n第18号\n《云州市档案管理规定》现予公布。", "云州市人民政府令第18号"),
        ("关于稳岗的通知\n各单位：\n根据《稳岗办法》（云人社发〔2021〕2号），现通知如下。", None),
        ("关于稳岗的通知\n各单位：\n按照云政发〔2021〕2号文件要求，现通知如下。", None),
        ("关于稳岗的通知\n各单位：\n请落实。\n云人社发〔2021〕2号关于稳岗的通知.doc", "云人社发〔2021〕2号"),
        ("某项政策\n发文字号：〔2022〕云经发 45号\n", "〔2022〕云经发45号"),
        ("[EN] Notice\n各学校：\n请落实。\n二、任务\n有关要求参见云水高函〔2022〕6号文件。\n", None),
    ],
)
def test_only_the_own_number(text: str, number: str | None, rules: HeadRules) -> None:
    assert value(read(text, rules).doc_number) == number


@pytest.mark.parametrize(
    ("text", "issuers"),
    [
        ("中共武义县委武义县人民政府关于人才强县的意见\n各乡镇：\n", ["中共武义县委", "武义县人民政府"]),
        ("市人社局市税务局市医保局关于调整缴费的通告\n", ["市人社局", "市税务局", "市医保局"]),
        ("国家税务总局浙江省税务局关于申报的公告\n", ["国家税务总局浙江省税务局"]),
        (
            "关于开展检查的通知\n各单位：\n请认真落实。\n湖北省教育厅\n湖北省财政厅\n2021年3月4日\n",
            ["湖北省教育厅", "湖北省财政厅"],
        ),
        (
            "海岚市节水条例\n2021年5月8日 临沂市第十九届人民代表大会常务委员会第三次会议通过\n第一条 略。",
            ["临沂市第十九届人民代表大会常务委员会"],
        ),
        (
            "云州市教育局云州市人社局云州市财政局\n云教〔2022〕5号\n关于评选的通知\n各单位：\n请落实。\n二〇二二年八月二日\n",
            ["云州市教育局", "云州市人社局", "云州市财政局"],
        ),
        ("中共云州市委云州市人民政府关于人才强市的意见\n", ["中共云州市委", "云州市人民政府"]),
        ("国家金融监督管理总局云州市监管分局关于检查的通知\n", ["国家金融监督管理总局云州市监管分局"]),
        ("关于评选的通知\n各单位：\n请落实。\n云州市财政局\n2024年4月3日\n第一章 总则\n", ["云州市财政局"]),
        ("关于天气的说明\n各部门要全面负责。\n", []),
        ("关于节水的通知\n各单位：\n请落实。\n湘潭市水务局（此件公开发布）\n", ["湘潭市水务局"]),
        ("关于节水的通知\n各单位：\n请落实。\n（湘潭市水务局代章）\n2023年5月6日\n", ["湘潭市水务局"]),
        (
            "关于节水的通知\n各单位：\n请落实。\n> 湘潭市水务局\\\n> 湘潭市财政局\\\n> 2023年5月6日\n",
            ["湘潭市水务局", "湘潭市财政局"],
        ),
        ("湘潭节水报告\n湘潭市水务局\n全市节水向好。\n", ["湘潭市水务局"]),
        ("全国节水条例\n1991年2月3日 中共中央、国务院发布\n第一条 略。\n", ["中共中央", "国务院"]),
        ("第三届全国人民代表大会第一次会议关于节水的决议\n会议决定。\n", ["第三届全国人民代表大会"]),
        ("节水支持\n依据文件：《节水办法》发文机构：湘潭市水务局\n", ["湘潭市水务局"]),
        (
            "旅游办法\n2004年2月3日 国务院令第900号公布\n略。\n国务院1999年2月3日批准的办法废止。\n",
            ["国务院"],
        ),
    ],
)
def test_issuers(text: str, issuers: list[str], rules: HeadRules) -> None:
    assert [issuer.value for issuer in read(text, rules).issuers] == issuers


@pytest.mark.parametrize(
    ("text", "level", "region"),
    [
        ("国务院办公厅关于河北省试点的函\n", "国家", "全国"),
        ("杭州市临安区人民政府关于产业的意见\n", "县", "浙江省杭州市临安区"),
        ("嘉兴港区开发建设管理委员会关于产业的意见\n", "县", "浙江省嘉兴市嘉兴港区"),
        ("清水河县五良太乡人民政府关于防火的通知\n", "乡镇", "内蒙古自治区呼和浩特市清水河县五良太乡"),
        ("上海市人才流动条例\n", "省", "上海市"),
        ("省教育厅办公室关于评选的通知\n各市、州教育局：\n根据湖北省教育厅安排，现通知如下。", "省", "湖北省"),
        ("关于评选的通知\n各省、自治区、直辖市教育厅：\n", "国家", "全国"),
        ("普陀区质量奖办法\n根据舟山市有关规定，制定本办法。", "县", "浙江省舟山市普陀区"),
        ("普陀区质量奖办法\n为加强质量，制定本办法。", None, None),
        ("云州市人民政府关于产业的意见\n", "市", "云州市"),
        ("云州县人民政府工作报告\n为建设湖南省云州县，推进乡村振兴县工作。我县、全县。\n", "县", "湖南省云州县"),
        ("政府工作报告\n——2025年1月7日在云州市第十六届人民代表大会第五次会议上\n各位代表：\n", "市", "云州市"),
        ("工作总结\n全县推进乡村振兴县建设，创建振兴县。我县成效显著。\n", "县", None),
        ("工作总结\n我县学习浙江省安吉县的做法，全县成效显著。\n", "县", None),
        ("关于绿化的说明\n多种树。", None, None),
    ],
)
def test_places(text: str, level: str | None, region: str | None, rules: HeadRules) -> None:
    head = read(text, rules)
    assert (head.level, head.region) == (level, region)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("本办法自2024年1月1日起施行。", ("2024-01-01", None)),
        ("本办法自2024年1月1日起施行，有效期至2026年12月31日。", ("2024-01-01", "2026-12-31")),
        ("本办法试行一年。", (None, "试行一年")),
        ("自2024年1月1日起，停止收费。", (None, None)),
        ("本办法自公布之日起30日后施行。", (None, None)),
        ("证书有效期3年，期满重新申请。", (None, None)),
    ],
)
def test_validity(body: str, expected: tuple[str | None, str | None], rules: HeadRules) -> None:
    head = read(f"海岚市人才办法\n第一条 略。\n第二条 {body}\n", rules)
    assert (value(head.effective_date), value(head.expiry)) == expected


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("海岚市政府工作报告\n——2024年1月31日在海岚市第三届人民代表大会第四次会议上\n各位代表：", "2024-01-31"),
        ("海岚市政府工作报告\n——2024年1月9日在海岚市第三届人民代表大会第四次会议\n上\n各位代表：", "2024-01-09"),
        (
            "培训办法\n各单位：\n现印发给你们。\n海岚市人民政府\n2021年5月6日\n培训办法\n2019年3月1日发布，2021年修订。",
            "2021-05-06",
        ),
        ("关于培训的意见（2017年4月17日）\n为加强培训。", "2017-04-17"),
        ("关于培训的通知\n各单位：\n请于2020年3月1日前报送。\n二〇二〇年二月三日\n", "2020-02-03"),
        ("关于培训的通知\n各单位：\n请按时报送。\n海岚市人民政府办公室2020年2月8日印发\n", "2020-02-08"),
        ("关于培训的通知\n各单位：\n请于2020年3月1日前报送。\n", None),
    ],
)
def test_issue_dates(text: str, date: str | None, rules: HeadRules) -> None:
    assert value(read(text, rules).issue_date) == date


def test_titles_keep_the_characters_of_the_source(rules: HeadRules) -> None:
    raw = "海岚市二○二○年人才计划\n第一条 略。"
    edits = tuple(Edit(at, at + 1, "〇", "zero") for at, character in enumerate(raw) if character == "○")
    text = CleanText(apply(raw, edits), edits)
    head = read_head(SOURCE, RawText(raw, "text/plain"), text, rules=rules)
    assert value(head.title) == "海岚市二○二○年人才计划"


def test_spans_point_at_what_was_read(rules: HeadRules) -> None:
    head = read(NOTICE, rules)
    fields: list[Any] = [head.title, head.doc_number, head.addressee, *head.issuers]
    for field in fields:
        assert NOTICE[field.start : field.end] == field.value
    assert head.issue_date and NOTICE[head.issue_date.start : head.issue_date.end] == "2023年5月6日"


@pytest.mark.parametrize(
    "piece", ["\n", "　", "关于", "（", "2023年5月6日", "人民政府", "云政发〔2020〕3号", "公告", "有效期"]
)
def test_odd_texts_are_read_in_linear_time(piece: str, rules: HeadRules) -> None:
    text = piece * (60_000 // len(piece))
    begin = time.process_time()
    read(text, rules)
    assert time.process_time() - begin < 3

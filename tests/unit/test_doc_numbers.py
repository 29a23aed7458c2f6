import time

import pytest

from pipeline.core.config import configs_dir
from pipeline.structure.doc_numbers import find_numbers, parse_number
from pipeline.structure.rules import NumberRules, load_numbers


@pytest.fixture(scope="module")
def rules() -> NumberRules:
    return load_numbers(configs_dir())


@pytest.mark.parametrize(
    ("printed", "code", "year", "number"),
    [
        ("云政发〔2023〕5号", "云政发", 2023, 5),
        ("云发改规 [2023] 第12号", "云发改规", 2023, 12),
        ("云政发【\uff12\uff10\uff12\uff13】\uff11\uff12号", "云政发", 2023, 12),
        ("云政发{2023)12号", "云政发", 2023, 12),
        ("云政发2023〕12号", "云政发", 2023, 12),
        ("云政发〔98〕12号", "云政发", 1998, 12),
        ("云办发〔03〕007号", "云办发", 2003, 7),
        ("云州市人民政府令第22号", "云州市人民政府令", None, 22),
        ("云州市人民政府令（第二十二号）", "云州市人民政府令", None, 22),
        ("云府令〔2017〕31号", "云府令", 2017, 31),
        ("公告2024年第3号", "公告", 2024, 3),
        ("云州市人民代表大会常务委员会公告〔十三届〕第56号", "云州市人民代表大会常务委员会公告", None, 56),
        ("云州市财政局 云州市税务局公告2023年第12号", "云州市财政局云州市税务局公告", 2023, 12),
        ("海岚信息化部37号令", "海岚信息化部", None, 37),
        ("〔2022〕云经信发 45号", "云经信发", 2022, 45),
    ],
)
def test_parts(printed: str, code: str, year: int | None, number: int, rules: NumberRules) -> None:
    found = parse_number(printed, rules)
    assert found and (found.code, found.year, found.number) == (code, year, number)
    assert (found.start, found.end) == (0, len(printed))


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "5号",
        "云政发〔2023〕",
        "〔2023〕5号",
        "云政发号",
        "海岚大道（12）5号",
        "截至（2023）年底",
        "第三号",
        "公告第三条",
    ],
)
def test_what_is_no_number(printed: str, rules: NumberRules) -> None:
    assert parse_number(printed, rules) is None


def test_what_is_glued_before_is_cut_off(rules: NumberRules) -> None:
    found = parse_number("有关要求参见云教高函〔2022〕6号。", rules)
    assert found and (found.code, found.start) == ("云教高函", 6)


def test_long_texts_take_linear_time(rules: NumberRules) -> None:
    for filler in ("云" * 40_000, "公告 " * 15_000, "云州市财政局 " * 8_000, "第一届〔" * 10_000):
        start = time.process_time()
        list(find_numbers(filler + "5号", rules))
        assert time.process_time() - start < 2

from decimal import Decimal

import pytest

from pipeline.extract.numerals import NUMERAL, find_numerals, magnitude_of, value_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.5", "1234.5"),
        ("7，500万", "75000000"),
        ("3万5千", "35000"),
        ("1.5亿", "150000000"),
        ("2.5千万", "25000000"),
        ("10万亿", "10000000000000"),
        ("5万4千6百", "54600"),
        ("百万", "1000000"),
        ("千亿", "100000000000"),
        ("三万五", "35000"),
        ("三万零五", "30005"),
        ("一百二", "120"),
        ("一点五", "1.5"),
        ("二十四", "24"),
        ("廿五", "25"),
        ("壹佰伍拾", "150"),
        ("两千", "2000"),
        ("一千两百三十四万", "12340000"),
        ("五亿零六", "500000006"),
        ("七十八万五佰零六", "780506"),
        ("六千三百二十一亿", "632100000000"),
        ("二〇二五", "2025"),
        ("3万4000", "34000"),
        ("1千零20", "1020"),
        ("2千零30万", "20300000"),
        ("1百01", "101"),
        ("0万", "0"),
        ("一万零百一十一", "10111"),
        ("一万二百五十", "10250"),
        ("一百点123", "100.123"),
        ("二点五千万", "25000000"),
        ("四百亿点零五零", "40000000000.05"),
        ("一七二零点一三四", "1720.134"),
        ("九佰", "900"),
        ("三千 八百 九十六 万", "38960000"),
    ],
)
def test_value(text: str, value: str) -> None:
    assert NUMERAL.fullmatch(text)
    assert value_of(text) == Decimal(value)


@pytest.mark.parametrize("text", ["三四十", "1百2024"])
def test_what_is_not_well_formed_has_no_value(text: str) -> None:
    assert value_of(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("五百 余万", [("五百 余万", "5000000", True)]),
        ("十几万多亿", [("十几万多亿", "10000000000000", True)]),
        ("两亿五千多万人", [("两亿五千多万", "250000000", True)]),
        ("四百多", [("四百", "400", False)]),
        ("六千多百姓", [("六千", "6000", False), ("百", "100", False)]),
        ("增长负3.9", [("负3.9", "-3.9", False)]),
        ("（-2.1）", [("-2.1", "-2.1", False)]),
        ("10-20", [("10", "10", False), ("20", "20", False)]),
        ("减负237亿", [("237亿", "23700000000", False)]),
        ("八点三十分", [("八", "8", False), ("三十", "30", False)]),
        ("390万65岁", [("390万", "3900000", False), ("65", "65", False)]),
        ("达到30\n万元", [("30\n万", "300000", False)]),
        ("余额为3 486.72亿元", [("3 486.72亿", "348672000000", False)]),
        ("表3 120家", [("3", "3", False), ("120", "120", False)]),
        ("新增学位5,4\n60个", [("5,4\n60", "5460", False)]),
        ("提高到64.\n5%", [("64.\n5", "64.5", False)]),
        ("给予8\n000元", [("8\n000", "8000", False)]),
        ("最高1 00万元", [("1 00万", "1000000", False)]),
        ("2万零售", [("2万", "20000", False), ("零", "0", False)]),
    ],
)
def test_numerals_in_text(text: str, expected: list[tuple[str, str, bool]]) -> None:
    found = [(text[n.start : n.end], n.value, n.vague) for n in find_numerals(text)]
    assert found == [(surface, Decimal(value), vague) for surface, value, vague in expected]


@pytest.mark.parametrize(("text", "factor"), [("50万", 10**4), ("2.5千万", 10**7), ("三十", 1), ("12", 1)])
def test_magnitude(text: str, factor: int) -> None:
    assert magnitude_of(text) == factor


def test_thousand_of_kilowatt_is_no_magnitude() -> None:
    match = NUMERAL.match("600万千瓦")
    assert match is not None
    assert match[0] == "600万"

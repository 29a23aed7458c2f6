from decimal import Decimal

import pytest

from pipeline.extract.numerals import NUMERAL, magnitude_of, value_of


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
    ],
)
def test_value(text: str, value: str) -> None:
    assert NUMERAL.fullmatch(text)
    assert value_of(text) == Decimal(value)


def test_two_digits_in_a_row_are_no_exact_number() -> None:
    assert value_of("三四十") is None


@pytest.mark.parametrize(("text", "factor"), [("50万", 10**4), ("2.5千万", 10**7), ("三十", 1), ("12", 1)])
def test_magnitude(text: str, factor: int) -> None:
    assert magnitude_of(text) == factor


def test_thousand_of_kilowatt_is_no_magnitude() -> None:
    match = NUMERAL.match("600万千瓦")
    assert match is not None
    assert match[0] == "600万"

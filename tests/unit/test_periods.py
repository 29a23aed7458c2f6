import pytest

from pipeline.core.periods import find_periods


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024年3月5日印发", "2024-03-05", "2024-03-05"),
        ("2021—2025年", "2021", "2025"),
        ("2021年至2025年", "2021", "2025"),
        ("2017年8月11日至8月22日", "2017-08-11", "2017-08-22"),
        ("2017年五月至2018年四月", "2017-05", "2018-04"),
        ("2018年1－9月份", "2018-01", "2018-09"),
        ("2007年与2009年间", "2007", "2009"),
        ("自2020-05-26起至2020-05-29止", "2020-05-26", "2020-05-29"),
        ("2025年底前", None, "2025"),
        ("截止到2018年", None, "2018"),
        ("2015年1月1日及之后", "2015-01-01", None),
        ("自2018年以来", "2018", None),
        ("自2024年1月1日起施行", "2024-01-01", None),
        ("从2015年2月1日开始", "2015-02-01", None),
        ("2025年前三季度", "2025", "2025"),
        ("2024年5月1日前后", "2024-05-01", "2024-05-01"),
    ],
)
def test_periods(text: str, first: str | None, last: str | None) -> None:
    [period] = find_periods(text)
    assert (period.first, period.last) == (first, last)
    assert 0 <= period.start < period.end <= len(text)


def test_dates_that_only_stand_beside_each_other_are_no_period() -> None:
    assert [(p.first, p.last) for p in find_periods("2023年和2024年")] == [("2023", "2023"), ("2024", "2024")]

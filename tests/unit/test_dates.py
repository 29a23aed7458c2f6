import pytest

from pipeline.core.dates import chinese_number, find_dates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023年5月6日", ["2023-05-06"]),
        ("二〇二三年三月五日印发", ["2023-03-05"]),
        ("二○○六年十月十八日", ["2006-10-18"]),
        ("二〇二一年十二月三十一日", ["2021-12-31"]),
        ("二〇二二年三月廿一日", ["2022-03-21"]),
        ("二〇二二年三月卅日", ["2022-03-30"]),
        ("自2024年 9月12日起", ["2024-09-12"]),
        ("２０２１年３月", ["2021-03"]),
        ("到2025年末", ["2025"]),
        ("2024-02-29 14:35", ["2024-02-29"]),
        ("2023-02-29", []),
        ("2023年2月31日", []),
        ("2021.11.19", ["2021-11-19"]),
        ("增长2024.5万元", []),
        ("第12023年", []),
        ("2020年至2022年6月", ["2020", "2022-06"]),
    ],
)
def test_dates_are_as_exact_as_printed(text: str, expected: list[str]) -> None:
    found = list(find_dates(text))
    assert [date.iso for date in found] == expected
    assert all(text[date.start : date.end].strip() == text[date.start : date.end] for date in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("二十三", 23),
        ("十", 10),
        ("一百零五", 105),
        ("廿九", 29),
        ("卅", 30),
        ("〇九", 9),
        ("12", 12),
        ("", None),
        ("甲", None),
    ],
)
def test_chinese_numbers(text: str, expected: int | None) -> None:
    assert chinese_number(text) == expected

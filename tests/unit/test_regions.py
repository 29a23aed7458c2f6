import pytest

from pipeline.structure.regions import Divisions, load_divisions


@pytest.fixture(scope="module")
def divisions() -> Divisions:
    return load_divisions()


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("湘潭", ["湖南省湘潭市"]),
        ("吉林", ["吉林省"]),
        ("黄岩区", ["浙江省台州市黄岩区"]),
        ("临安市", ["浙江省杭州市临安市"]),
        ("浦东新区", ["上海市浦东新区"]),
        ("广西自治区", ["广西壮族自治区"]),
        ("阿坝州", ["四川省阿坝藏族羌族自治州"]),
        ("义乌", ["浙江省金华市义乌市"]),
        ("普陀区", ["上海市普陀区", "浙江省舟山市普陀区"]),
        ("郊区", []),
    ],
)
def test_names_lead_to_divisions(divisions: Divisions, name: str, full: list[str]) -> None:
    found = divisions.at(name, 0, len(name))
    assert ([d.full for d in found.divisions] if found else []) == full


def test_scan_takes_the_longest_name_and_none_inside_another(divisions: Divisions) -> None:
    text = "杭州市临安区与湘潭"
    found = [(text[f.start : f.end], f.short) for f in divisions.scan(text)]
    assert found == [("杭州市", False), ("临安区", False), ("湘潭", True)]


def test_codes_are_those_of_the_standard(divisions: Divisions) -> None:
    found = divisions.at("黄岩区", 0, 3)
    assert found is not None
    assert found.divisions[0].code == "331003"

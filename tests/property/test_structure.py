from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.config import configs_dir
from pipeline.core.document import Source
from pipeline.core.layers import CleanText, RawText
from pipeline.structure.gaps import find_gaps
from pipeline.structure.head import load_head_rules, read_head
from pipeline.structure.outline import build_outline, load_ranks
from pipeline.structure.references import find_references, load_reference_rules

HEAD, RANKS, REFERENCES = load_head_rules(configs_dir()), load_ranks(configs_dir()), load_reference_rules(configs_dir())
SOURCE = Source("a.txt", "a.txt", "0" * 64, 1)
WORDS = """
一、 二、 （一） (二) 1. 2． 1.1 ① 第一章 第一条 第二条 附件1 附件： ## ** 《 》 〈 〉 （ ） 。 ： ；
云政发〔2020〕3号 [2021] 根据
同时废止 2023年5月6日 二〇二三年五月 自印发之日起施行 有效期3年 湘潭市人民政府
中共武义县委 关于印发 的通知 办法 各县人民政府
普陀区 总则 资金 <br/> 令第8号 抄送： 湘潭市人民政府办公室2023年6月2日印发 来源： 发布时间： 摘要： 关键词： 王小云
三、 （五） 自发布之日起30日后施行 有效期至2027年12月31日 〔98〕5号 第十二号 公告
"""
PIECES = [*WORDS.split(), "\n", "　　", " ", "\u2002\u2002", "\r\n", "附件1\n", "第一条 ", "\t", "标　题："]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=60).map("".join))
def test_spans_lie_in_the_text_and_sections_nest(text: str) -> None:
    raw, clean = RawText(text, "text/plain"), CleanText(text, ())
    head = read_head(SOURCE, raw, clean, rules=HEAD)
    fields = [
        head.title,
        head.attached_title,
        head.doc_number,
        head.addressee,
        head.issue_date,
        head.effective_date,
        head.expiry,
        head.source,
        head.published,
        head.abstract,
        head.copied_to,
        head.printed_by,
        head.printed_on,
    ]
    for field in [*fields, *head.issuers, *head.authors, *head.keywords]:
        assert field is None or (0 <= field.start < field.end <= len(text) and field.value)
    assert all(getattr(head, name) for name in head.derived)
    sections = build_outline(raw, clean, ranks=RANKS)
    for index, section in enumerate(sections):
        assert section.index == index
        assert 0 <= section.start <= section.body <= len(text) and section.start < section.end <= len(text)
        if section.parent is None:
            assert section.level == 1
        else:
            parent = sections[section.parent]
            assert section.parent < index and section.level == parent.level + 1
            assert parent.start < section.start and section.end <= parent.end
    for gap in find_gaps(sections, text):
        assert gap.missing and 0 <= gap.start < gap.end <= len(text)
    starts = [section.start for section in sections]
    assert starts == sorted(set(starts))
    for reference in find_references(clean, head, rules=REFERENCES):
        assert 0 <= reference.start < reference.end <= len(text)
        assert reference.title or reference.doc_number
    assert read_head(SOURCE, raw, clean, rules=HEAD) == head

"""``project.qde`` of a project (REFI-QDA 1.5, Project.xsd): elements in the order the schema fixes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.qda import memo
from pipeline.qda.cases import FOLDER, OTHERWISE, case_guid, case_memo
from pipeline.qda.dialects import DIALECTS, GETA, Dialect, Ruler, without_astral
from pipeline.qda.names import attribute_names, theme_names
from pipeline.qda.project import Mark, Paper, Project, Theme
from pipeline.qda.project import Path as CodePath
from pipeline.qda.texts import visible
from pipeline.qda.xml import HEADER, attributes, element, escaped, guid, text_element, wrapped

NAMESPACE = "urn:QDA-XML:project:1.0"
CREATED = "2000-01-01T00:00:00Z"  # where nothing is known: the clock would make equal projects unequal files
NOTE = "cewen 导出说明"
_NAME_CHARS = 100


@dataclass(frozen=True, slots=True)
class Options:
    """How a project is written.

    ``bmp_safe`` puts 〓 for characters beyond U+FFFF; ``source_variables`` repeats the attributes on the sources;
    ``case_as_code`` codes each whole text with its case, as NVivo does (two elements share a GUID then).
    ``classification`` groups the variables where the dialect has that: 「政策文件:地区」.
    """

    dialect: Dialect = DIALECTS["spec"]
    bmp_safe: bool = False
    source_variables: bool = False
    case_as_code: bool = False
    classification: str = "政策文件"


def source_guid(paper: Paper) -> str:
    """Return the GUID of a document; its text file is named by it."""
    return guid("source", *_key(paper))


def paper_text(paper: Paper, options: Options) -> str:
    """Return a document's text with LF as it is written."""
    return without_astral(paper.text)[0] if options.bmp_safe else paper.text


def note_guid(project: Project) -> str:
    """Return the GUID of the note about the project."""
    return guid("note", project.name, project.memo)


def _key(paper: Paper) -> tuple[str, str]:
    """Return what tells a document from all others, in other projects too."""
    return paper.doc_id, paper.name


class Qde:
    """Writes one project. All parts are strings of XML, in the schema's order."""

    def __init__(self, project: Project, options: Options) -> None:
        """Give names and GUIDs to all codes, users and variables."""
        self.project = project
        self.options = options
        self.names = theme_names(project.themes)
        self.created = project.created or CREATED
        self.users = {name: guid("user", name) for name in self._coders()}
        self.codes = {theme.path: guid("code", *theme.path) for theme in project.themes}
        self.variables = self._variables()
        self._first = next(iter(self.users.values()), None)

    def _coders(self) -> list[str]:
        """Return the names of all users: the project's, then those only its codings know."""
        marked = (mark.coder for paper in self.project.papers for mark in paper.marks)
        return list(dict.fromkeys([*self.project.coders, *marked]))

    def _variables(self) -> dict[str, tuple[str, str]]:
        """Return GUID and type of each attribute any document has: Integer when all values are, else Text."""
        kinds: dict[str, str] = {}
        for paper in self.project.papers:
            for name, value in paper.attributes:
                whole = isinstance(value, int) and kinds.get(name, "Integer") == "Integer"
                kinds[name] = "Integer" if whole else "Text"
        return {name: (guid("variable", name), kinds[name]) for name in attribute_names(self.project.papers)}

    def pieces(self) -> Iterator[str]:
        """Yield the whole file."""
        project = self.project
        origin = " ".join(part for part in (project.origin or "cewen", _bracketed(self.options.dialect.origin)) if part)
        head = attributes(name=project.name or "cewen", origin=origin, creationDateTime=self.created)
        yield f'{HEADER}<Project xmlns="{NAMESPACE}"{head}>\n'
        yield from wrapped("Users", (element("User", guid=key, name=name) + "\n" for name, key in self.users.items()))
        yield from self._codebook()
        yield from wrapped("Variables", self._variable_elements())
        yield from wrapped("Cases", (self._case(paper) for paper in project.papers))
        yield from wrapped("Sources", (part for paper in project.papers for part in self._source(paper)))
        if project.memo:
            key = note_guid(project)
            note = element(
                "Note",
                guid=key,
                name=NOTE,
                plainTextPath=f"internal://{key}.txt",
                creatingUser=self._first,
                creationDateTime=self.created,
            )
            yield f"<Notes>\n{note}\n</Notes>\n"
        yield "</Project>\n"

    def _codebook(self) -> Iterator[str]:
        """Yield the codes, and with ``case_as_code`` the cases among them."""
        inside = code_elements(self.project.themes, self.names, self.codes)
        if self.options.case_as_code and self.project.papers:
            inside = _both(inside, self._cases_as_codes())
        found = wrapped("Codes", inside)
        yield from wrapped("CodeBook", found)

    def _cases_as_codes(self) -> Iterator[str]:
        """Yield a folder with a code of the same GUID for each case."""
        yield f"<Code{attributes(guid=guid('cases'), name=self._free(FOLDER), isCodable='false')}>\n"
        for paper in self.project.papers:
            about = text_element("Description", case_memo(paper))
            name = self._free(paper.name)
            yield element("Code", about, guid=case_guid(paper), name=name, isCodable="true") + "\n"
        yield "</Code>\n"

    def _free(self, name: str) -> str:
        """Return a name no code has."""
        return f"{name}{OTHERWISE}" if name in self.names.values() else name

    def _variable_elements(self) -> Iterator[str]:
        """Yield the declarations of the attributes."""
        group = f"{self.options.classification}:" if self.options.dialect.grouped_variables else ""
        for name, (key, kind) in self.variables.items():
            yield element("Variable", guid=key, name=f"{group}{name}", typeOfVariable=kind) + "\n"

    def _values(self, paper: Paper) -> str:
        """Return the attributes of a document; what it lacks is left out."""
        found = []
        for name, value in paper.attributes:
            key, kind = self.variables[name]
            inside = element("VariableRef", targetGUID=key) + text_element(f"{kind}Value", str(value))
            found.append(element("VariableValue", inside))
        return "".join(found)

    def _case(self, paper: Paper) -> str:
        """Return the case of a document."""
        inside = self._values(paper) + element("SourceRef", targetGUID=source_guid(paper))
        return element("Case", inside, guid=case_guid(paper), name=paper.name) + "\n"

    def _source(self, paper: Paper) -> Iterator[str]:
        """Yield a document with its selections."""
        key = source_guid(paper)
        text = paper_text(paper, self.options)
        start = attributes(
            guid=key,
            name=paper.name,
            plainTextPath=f"internal://{key}.txt",
            creatingUser=self._first,
            creationDateTime=self.created,
        )
        yield f"<TextSource{start}>{text_element('Description', self._described(paper))}\n"
        ruler = Ruler(text, self.options.dialect)
        if self.options.case_as_code and text:
            yield self._whole(paper, text, ruler)
        for mark in paper.marks:
            yield self._selection(paper, mark, text, ruler)
        yield f"{self._values(paper) if self.options.source_variables else ''}</TextSource>\n"

    def _described(self, paper: Paper) -> str:
        """Return a document's memo, with what was replaced in its text."""
        count = without_astral(paper.text)[1] if self.options.bmp_safe else 0
        words = memo.pairs([(f"替换为{GETA}的生僻字和表情符号", count or None)])
        return "; ".join(part for part in (paper.memo, words) if part)

    def _whole(self, paper: Paper, text: str, ruler: Ruler) -> str:
        """Return the coding of the whole text with its case."""
        mark = Mark(0, len(text), (), next(iter(self.users), ""), memo=case_memo(paper))
        return self._coded(paper, mark, text, ruler, case_guid(paper))

    def _selection(self, paper: Paper, mark: Mark, text: str, ruler: Ruler) -> str:
        """Return the selection of one coding. Each has its own, as its reason stands in the selection's description."""
        return self._coded(paper, mark, text, ruler, self.codes[mark.theme])

    def _coded(self, paper: Paper, mark: Mark, text: str, ruler: Ruler, code: str) -> str:
        """Return a selection with one coding."""
        what = *_key(paper), mark.start, mark.end, code, mark.coder
        user, moment = self.users.get(mark.coder), mark.created or self.created
        coding = element(
            "Coding",
            element("CodeRef", targetGUID=code),
            guid=guid("coding", *what),
            creatingUser=user,
            creationDateTime=moment,
        )
        head = attributes(
            guid=guid("selection", *what),
            name=text[mark.start : mark.end][:_NAME_CHARS],
            startPosition=str(ruler.there(mark.start)),
            endPosition=str(ruler.there(mark.end)),
            creatingUser=user,
            creationDateTime=moment,
        )
        return f"<PlainTextSelection{head}>{text_element('Description', mark.memo)}{coding}</PlainTextSelection>\n"


def _bracketed(text: str) -> str:
    """Return ``text`` in brackets, nothing for nothing."""
    return f"({text})" if text else ""


def _both(first: Iterator[str], second: Iterator[str]) -> Iterator[str]:
    """Yield one after the other."""
    yield from first
    yield from second


def code_elements(
    themes: tuple[Theme, ...], names: Mapping[CodePath, str], guids: Mapping[CodePath, str]
) -> Iterator[str]:
    """Yield the elements ``Code``, children within their parents. ``themes`` has parents before their children."""
    open_paths: list[CodePath] = []
    for theme in themes:
        while open_paths and theme.path[: len(open_paths[-1])] != open_paths[-1]:
            open_paths.pop()
            yield "</Code>\n"
        start = attributes(
            guid=guids[theme.path],
            name=names[theme.path],
            isCodable="true" if theme.codable else "false",
            color=theme.colour or None,
        )
        about = f"<Description>{escaped(visible(theme.memo))}</Description>" if theme.memo else ""
        open_paths.append(theme.path)
        yield f"<Code{start}>{about}\n"
    yield from ["</Code>\n"] * len(open_paths)

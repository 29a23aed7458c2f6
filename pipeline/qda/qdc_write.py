"""The codes of a project become a .qdc (REFI-QDA 1.0 codebook, Codebook.xsd)."""

from __future__ import annotations

from pathlib import Path

from pipeline.core.errors import PipelineError
from pipeline.core.files import completed
from pipeline.qda.names import theme_names
from pipeline.qda.project import Project
from pipeline.qda.qde import code_elements
from pipeline.qda.xml import HEADER, attributes, guid

NAMESPACE = "urn:QDA-XML:codebook:1.0"


def write_qdc(project: Project, target: Path) -> None:
    """Write the codes of ``project`` to ``target``; GUIDs and names are those of the .qdpx.

    Raises PipelineError when there are no codes: the schema wants one.
    """
    if not project.themes:
        raise PipelineError(f"{target}: 没有代码可写。请检查结果用了哪些编码本：cewen codebook list")
    guids = {theme.path: guid("code", *theme.path) for theme in project.themes}
    with completed(target) as fresh, fresh.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f'{HEADER}<CodeBook xmlns="{NAMESPACE}"{attributes(origin=project.origin or "cewen")}>\n<Codes>\n')
        file.writelines(code_elements(project.themes, theme_names(project.themes), guids))
        file.write("</Codes>\n</CodeBook>\n")

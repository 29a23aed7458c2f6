"""How measures become codes and documents get attributes: ``configs/exchange.toml``, read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from pipeline.core.config import configs_dir
from pipeline.core.errors import PipelineError
from pipeline.core.strict import build, read_toml
from pipeline.table.derive import columns
from pipeline.table.schema import KINDS, ROLES, DocumentRow

_FILE = "exchange.toml"


class _Entry(BaseModel):
    """Frozen and strict: an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _Attribute(_Entry):
    column: str
    name: str


class _Data(_Entry):
    folder: str
    classification: str
    roles: Mapping[str, str]
    kinds: Mapping[str, str]
    names: Mapping[str, str] = {}
    attribute: tuple[_Attribute, ...]


@dataclass(frozen=True, slots=True)
class Scheme:
    """The folder of the measures' codes, their names by (role, kind) in order, and (column, name) of the attributes."""

    folder: str
    classification: str
    names: Mapping[tuple[str, str], str]
    attributes: tuple[tuple[str, str], ...]


def load_scheme(folder: Path | None = None) -> Scheme:
    """Return the scheme of ``exchange.toml``. Raises PipelineError with every mistake."""
    data, lines = read_toml(((folder or configs_dir()) / _FILE).read_text(encoding="utf-8"), _FILE)
    found = build(_Data, data, lines, _FILE)
    known = {column.name for column in columns(DocumentRow)}
    pairs = [f"{role}/{kind}" for role in ROLES for kind in KINDS]
    mistakes = [f"{_FILE}：[roles] 缺少 {role}" for role in ROLES if role not in found.roles]
    mistakes += [f"{_FILE}：[kinds] 缺少 {kind}" for kind in KINDS if kind not in found.kinds]
    mistakes += [f"{_FILE}：[names] 中没有这样的组合：{pair}" for pair in found.names if pair not in pairs]
    mistakes += [f"{_FILE}：documents 没有 {one.column} 列" for one in found.attribute if one.column not in known]
    if mistakes:
        raise PipelineError(*mistakes)
    names = {
        (role, kind): found.names.get(f"{role}/{kind}", found.roles[role] + found.kinds[kind])
        for role in ROLES
        for kind in KINDS
    }
    attributes = tuple((one.column, one.name) for one in found.attribute)
    return Scheme(found.folder, found.classification, names, attributes)

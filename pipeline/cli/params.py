"""Parameters several commands share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from pipeline.core.config import PROJECT_FILE

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

out_argument: Decorator = click.argument("out", metavar="OUT", type=Path)
json_option: Decorator = click.option("--json", "as_json", is_flag=True, help="输出 JSON，供程序读取。")

CONFIG_HELP = f"自己的配置文件（TOML），只需写要改的键；默认为当前目录的 {PROJECT_FILE}，没有就用自带的。"


def coded(values: Mapping[str, str]) -> click.Choice[str]:
    """Return the type of an option that takes a code or its Chinese word."""
    return click.Choice([*values, *values.values()])


def choices(kind: click.Choice[Any]) -> list[str]:
    """Return the values of a choice as people read them: a code with its word is 「benefit（优惠支持）」."""
    found = [str(one) for one in kind.choices]
    half = len(found) // 2
    codes, words = found[:half], found[half:]
    if len(codes) == len(words) and all(map(str.isascii, codes)) and not any(map(str.isascii, words)):
        return [f"{code}（{word}）" for code, word in zip(codes, words, strict=True)]
    return found


def project_file(given: Path | None) -> Path | None:
    """Return the configuration to use: the one ``given``, else the one in the working folder, where there is one."""
    own = Path(PROJECT_FILE)
    return given if given is not None or not own.is_file() else own

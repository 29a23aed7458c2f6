"""Parameters several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

out_argument: Decorator = click.argument("out", metavar="OUT", type=Path)
json_option: Decorator = click.option("--json", "as_json", is_flag=True, help="输出 JSON，供程序读取。")

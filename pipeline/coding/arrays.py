"""Names for numpy arrays by what they hold."""

from __future__ import annotations

from typing import Any

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
Masks = np.ndarray[Any, np.dtype[np.bool_]]

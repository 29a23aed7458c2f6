"""cewen 策问: Chinese policy documents to a structured, quotable, queryable policy knowledge table."""

from pipeline.api import Knowledge, code, extract_measures, open, read, read_all, run
from pipeline.core.document import Document
from pipeline.core.errors import PipelineError
from pipeline.core.layers import Coding, Measure

__all__ = [
    "Coding",
    "Document",
    "Knowledge",
    "Measure",
    "PipelineError",
    "code",
    "extract_measures",
    "open",
    "read",
    "read_all",
    "run",
]

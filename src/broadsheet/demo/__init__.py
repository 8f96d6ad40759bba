"""The sample web of `broadsheet demo`: invented papers from an invented coast, served by the package itself.

`SampleWeb` serves it, `sample_config` writes the configuration that reads it, `expected` says what is then found.
"""

from broadsheet.demo.config import sample_config
from broadsheet.demo.stories import SAMPLE_DATE, sources
from broadsheet.demo.web import Expected, expected

__all__ = ["SAMPLE_DATE", "Expected", "expected", "sample_config", "sources"]

"""The configuration: read and checked once, then passed in as `Settings`. What is wrong is said in one line."""

from broadsheet.config.read import json_schema, read

__all__ = ["json_schema", "read"]

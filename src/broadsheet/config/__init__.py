"""The configuration: read and checked once, then passed in as `Settings`. What is wrong is said in one line."""

from broadsheet.config.read import read, schema

__all__ = ["read", "schema"]

"""Broadsheet: from a list of sources to an archive, a static news site, posts and data."""

__version__ = "0.1.0"

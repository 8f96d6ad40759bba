"""The site edition: a static newspaper, readable everywhere, with feeds; `SiteEdition` is all that others need."""

from broadsheet.editions.site.edition import SiteEdition

__all__ = ["SiteEdition"]

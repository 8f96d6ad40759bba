"""Which editions there are: one line each. They are imported only when the configuration has one of their kind."""

from broadsheet.editions.base import Edition
from broadsheet.errors import ConfigError
from broadsheet.settings import EditionSettings, Settings, SiteSettings


def _hexo(settings: EditionSettings, site: SiteSettings) -> Edition:
    from broadsheet.editions.hexo import HexoEdition

    return HexoEdition(settings, site)


def _site(settings: EditionSettings, site: SiteSettings) -> Edition:
    from broadsheet.editions.site import SiteEdition

    return SiteEdition(settings, site)


KINDS = {
    "hexo": _hexo,
    "site": _site,
}


def build(settings: Settings) -> list[Edition]:
    """The configured editions, in the order of the configuration.

    Raises:
        ConfigError: one is of a kind that there is not.
    """
    return [_edition(edition, settings.site) for edition in settings.editions]


def _edition(settings: EditionSettings, site: SiteSettings) -> Edition:
    if settings.kind not in KINDS:
        raise ConfigError(f"editions.{settings.name}.kind: {settings.kind!r}; it is one of {', '.join(KINDS)}")
    return KINDS[settings.kind](settings, site)

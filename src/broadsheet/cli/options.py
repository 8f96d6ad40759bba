"""Options that every command shares, before or after its name, and where output goes."""

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from broadsheet.config.read import DEFAULT_NAME, read
from broadsheet.settings import Settings

Function = TypeVar("Function", bound=Callable[..., Any])

logging.getLogger("broadsheet").addHandler(logging.NullHandler())  # tracebacks are for --debug only


class Options:
    """What the shared options came to. One a process; a command's options add to those before its name."""

    def __init__(self) -> None:
        self.config: Path | None = None
        self.json = False
        self.quiet = False
        self.debug = False

    def settings(self) -> Settings:
        """The configuration, read now.

        Raises:
            ConfigError: it cannot be read.
        """
        return read(self.config_path)

    @property
    def config_path(self) -> Path:
        """The file that `--config` names, else `$BROADSHEET_CONFIG`, else `broadsheet.toml` here."""
        return self.config or Path(os.environ.get("BROADSHEET_CONFIG") or DEFAULT_NAME)

    def print_json(self, value: Any) -> None:
        """One JSON object on standard output, in UTF-8 whatever the terminal takes."""
        import msgspec

        click.echo(msgspec.json.encode(value))

    def say(self, text: str = "") -> None:
        """A line for people on standard output; nothing with `--json`."""
        if not self.json:
            click.echo(text, color=False if os.environ.get("NO_COLOR") else None)

    def note(self, text: str) -> None:
        """A line for people on standard error; nothing with `--quiet`."""
        if not self.quiet:
            click.echo(text, err=True)


def shared_options(function: Function) -> Function:
    """Adds `--config`, `--json`, `--quiet` and `--debug`, and passes `options` to the command."""
    decorated: Any = click.make_pass_decorator(Options, ensure=True)(function)
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    result: Function = decorated
    return result


def _set(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def callback(ctx: click.Context, _: click.Parameter, value: Any) -> None:
        options = ctx.ensure_object(Options)
        if value:
            setattr(options, name, value)
            if name == "debug":
                logging.basicConfig(level=logging.DEBUG)

    return callback


_OPTIONS = (
    click.option(
        "--config",
        type=click.Path(path_type=Path),
        metavar="PATH",
        expose_value=False,
        callback=_set("config"),
        help=f"The configuration (default: ./{DEFAULT_NAME}).",
    ),
    click.option(
        "--json", is_flag=True, expose_value=False, callback=_set("json"), help="Print one JSON object on stdout."
    ),
    click.option(
        "--quiet", "-q", is_flag=True, expose_value=False, callback=_set("quiet"), help="No progress, only results."
    ),
    click.option(
        "--debug", is_flag=True, expose_value=False, callback=_set("debug"), help="Tracebacks and a log on stderr."
    ),
)

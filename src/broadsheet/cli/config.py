"""`config`: the effective settings with secrets masked, or the JSON Schema of the file."""

from collections.abc import Collection, Sequence
from typing import Any

import click
import msgspec

from broadsheet.cli.options import Options, shared_options
from broadsheet.config.read import json_schema, secrets
from broadsheet.settings import Settings
from broadsheet.urls import mask


@click.command()
@click.option("--schema", "want_schema", is_flag=True, help="Print the JSON Schema of broadsheet.toml.")
@shared_options
def config(options: Options, *, want_schema: bool) -> int:
    """Show the effective settings: the file's, with every default filled in.

    \b
    Examples:
      broadsheet config
      broadsheet config --schema > broadsheet.schema.json
    """
    if want_schema:
        click.echo(msgspec.json.format(msgspec.json.encode(json_schema()), indent=2).decode())
        return 0
    shown = effective(options.settings(), hidden=secrets(options.config_path))
    if options.json:
        options.print_json(shown)
        return 0
    for line in _lines(shown, ()):
        options.say(line)
    return 0


def effective(settings: Settings, *, hidden: Collection[str] = ()) -> dict[str, Any]:
    """All settings as plain values, without secrets: those that are given, and those that addresses hold."""
    plain: dict[str, Any] = msgspec.to_builtins(settings, enc_hook=str)
    longest_first = sorted(hidden, key=len, reverse=True)
    masked: dict[str, Any] = _masked(plain, longest_first)
    return masked


def _masked(value: Any, hidden: Sequence[str]) -> Any:
    if isinstance(value, str):
        for secret in hidden:
            value = value.replace(secret, "***")
        return mask(value) if "://" in value or value.startswith("/") else value
    if isinstance(value, dict):
        return {key: _masked(item, hidden) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(item, hidden) for item in value]
    return value


def _lines(value: Any, path: tuple[str, ...]) -> list[str]:
    if isinstance(value, dict) and value:
        return [line for key, item in value.items() for line in _lines(item, (*path, key))]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [
            line for number, item in enumerate(value) for line in _lines(item, (*path[:-1], f"{path[-1]}[{number}]"))
        ]
    return [f"{'.'.join(path)} = {msgspec.json.encode(value).decode()}"]

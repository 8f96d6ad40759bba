"""The command line: arguments in, one clear line or a table out, an exit code. No work is done here.

Exit codes: 0 done; 1 nothing could be done, or `--strict`/`--check` found failures; 2 wrong usage or configuration.
"""

import importlib
import io
import sys
from typing import Any

import click

from broadsheet import __version__
from broadsheet.cli.options import Options, shared_options
from broadsheet.cli.signals import INTERRUPTED, terminable
from broadsheet.errors import BroadsheetError, ConfigError, UsageError

COMMANDS = {
    "init": ("broadsheet.cli.init", "init", "Write a commented broadsheet.toml to start from."),
    "sync": ("broadsheet.cli.run", "sync", "Fetch what is due into the archive."),
    "publish": ("broadsheet.cli.run", "publish", "Bring every edition up to date with the archive."),
    "run": ("broadsheet.cli.run", "run", "Sync, then publish; with --every, again and again."),
    "sources": ("broadsheet.cli.sources", "sources", "Show the health of each source."),
    "articles": ("broadsheet.cli.look", "articles", "List the articles in the archive, newest first."),
    "show": ("broadsheet.cli.look", "show", "Show one article."),
    "search": ("broadsheet.cli.look", "search", "Search the archive, in any language."),
    "inspect": ("broadsheet.cli.inspect", "inspect", "Show what Broadsheet makes of feeds and pages."),
    "config": ("broadsheet.cli.config", "config", "Show the effective settings."),
    "demo": ("broadsheet.cli.demo", "demo", "Run the main job on a bundled sample web."),
    "completion": ("broadsheet.cli.completion", "completion", "Print the completion script of a shell."),
}


class LazyGroup(click.Group):
    """Commands whose modules are imported only when they are called: `--help` has a budget."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order in which a newcomer meets them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now; `None` if there is none of this name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, name, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with the nearest command named for a wrong one."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f'did you mean "{near[0]}"?' if near else f"commands: {', '.join(COMMANDS)}"
            ctx.fail(f'no command "{args[0]}"; {hint}')
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry[2]) for name, entry in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Documentation: docs/ in the source. Start with: broadsheet demo",
)
@click.version_option(__version__, "-V", "--version", message="broadsheet %(version)s")
@shared_options
def cli(options: Options) -> None:
    """From a list of feeds to a permanent archive, a fast static site, and posts for Hexo.

    \b
    Examples:
      broadsheet demo                     the whole job on a bundled sample web
      broadsheet init && broadsheet run   your own: fetch, archive, publish
    """
    del options


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; the exit code."""
    with terminable() as told:
        return told(_main(arguments))


def _main(arguments: list[str] | None) -> int:  # noqa: PLR0911 - one return a way to end
    debug = "--debug" in (sys.argv[1:] if arguments is None else arguments)
    _never_choke()
    try:
        result: Any = cli.main(args=arguments, prog_name="broadsheet", standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo("broadsheet: interrupted", err=True)
        return INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return error.exit_code
    except click.ClickException as error:
        return _usage(error)
    except (ConfigError, UsageError) as error:
        return _failed(error, code=2, debug=debug)
    except BroadsheetError as error:
        return _failed(error, code=1, debug=debug)
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except Exception as error:
        if debug:
            raise
        click.echo(f"broadsheet: a bug: {type(error).__name__}: {error}; please report it with --debug", err=True)
        return 1
    return result if isinstance(result, int) else 0


def _never_choke() -> None:
    """A terminal that cannot show a character shows another in its place."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _usage(error: click.ClickException) -> int:
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "broadsheet"
    text = error.format_message().rstrip(".")
    click.echo(f"{command}: {text[:1].lower()}{text[1:]} (see: {command} --help)", err=True)
    return error.exit_code


def _failed(error: BroadsheetError, *, code: int, debug: bool) -> int:
    if debug:
        import traceback

        traceback.print_exception(error)
    click.echo(" ".join(str(error).split("\n")), err=True)
    return code

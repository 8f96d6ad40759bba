"""`broadsheet completion`: the script that a shell needs to complete commands and options."""

import click

from broadsheet.cli.options import Options, shared_options


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@shared_options
def completion(options: Options, shell: str) -> None:
    """Print the completion script of a shell.

    \b
    Examples:
      eval "$(broadsheet completion bash)"
      broadsheet completion fish > ~/.config/fish/completions/broadsheet.fish
    """
    from click.shell_completion import get_completion_class

    from broadsheet.cli import cli

    del options
    complete = get_completion_class(shell)
    if complete is not None:
        click.echo(complete(cli, {}, "broadsheet", "_BROADSHEET_COMPLETE").source())

"""``wardline``, the command line. Each command is a module of ``wardline.commands``; this one only names them."""

import click

from wardline.commands.audit import audit
from wardline.commands.books import books
from wardline.commands.case import case
from wardline.commands.command import command
from wardline.commands.desk import desk
from wardline.commands.explain import explain
from wardline.commands.file import file
from wardline.commands.heads import heads
from wardline.commands.policy import policy
from wardline.commands.registry import registry
from wardline.commands.replay import replay
from wardline.commands.space import space
from wardline.commands.topics import topics
from wardline.commands.up import up
from wardline.commands.user import user
from wardline.commands.vault import vault
from wardline.commands.verify import verify


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Mandatory child-protection reporting: the system's command line.

    Where it works is told by WARDLINE_SPACE, WARDLINE_HOME and WARDLINE_KAFKA (docs/operations.md).
    """


for _command in (
    audit, books, case, command, desk, explain, file, heads, policy, registry, replay, space, topics, up, user,
    vault, verify,
):  # fmt: skip
    main.add_command(_command)

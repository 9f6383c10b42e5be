"""``wardline topics``: create the space's topics, or check that they are as declared."""

import click

from shared.runtime.topic_admin import TopicReport, apply_topics
from wardline.workplace import Workplace, columns, emit, json_option, pass_workplace


@click.group()
def topics() -> None:
    """Topics of the space, against their one declaration."""


def apply(workplace: Workplace) -> list[TopicReport]:
    """Create what is missing and compare what exists."""
    settings = workplace.settings
    with workplace.admin() as admin:
        return apply_topics(admin, workplace.space.name, workplace.space.books, replication=settings.replication)


@topics.command("apply")
@json_option
@pass_workplace
def apply_command(workplace: Workplace, as_json: bool) -> None:  # noqa: FBT001 - click gives flags by name
    """Create missing topics and compare the others; nothing that exists is altered. Exit 1 when one differs."""
    reports = apply(workplace)
    if as_json:
        for report in reports:
            emit({"topic": report.name, "state": report.state, "differences": list(report.differences)})
    else:
        click.echo(columns([(report.name, report.state, "; ".join(report.differences)) for report in reports]))
    if any(report.state == "DIFFERENT" for report in reports):
        raise SystemExit(1)

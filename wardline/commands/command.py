"""``wardline command NAME``: a signed action from a terminal, and the decision that triage recorded on it."""

import re
import uuid
from collections.abc import Callable
from typing import Any, get_args

import click

from shared.contracts.base import Message
from shared.contracts.commands import Actor, CommandBody
from shared.contracts.ids import COUNTY_UNKNOWN
from shared.contracts.vocabulary import Department, Role
from shared.narration.refusals import REFUSALS
from shared.runtime.commanding import Order, Signer
from shared.runtime.space import SECOND_OPERATOR, KeyMissing
from wardline.body_options import BodyField, body_from, fields_of
from wardline.case_log import CaseLog, Verdict
from wardline.sending import Publisher
from wardline.workplace import EXIT_NOT_KNOWN, EXIT_REFUSED, Stop, Workplace, emit, stop

BODIES: tuple[type[Message], ...] = get_args(get_args(CommandBody)[0])
OF_THE_ACT = (
    "as_account",
    "role",
    "area",
    "actor_department",
    "county",
    "book",
    "key",
    "command_id",
    "wait",
    "as_json",
)


@click.group()
def command() -> None:
    """A signed action: acknowledge, dispatch, sign a guardian, set a place.

    Exit code 0: accepted; 1: refused, with the reason; 4: not known, and safe to press again with the same id.
    """


def kebab(name: str) -> str:
    """`SignGuardian` as `sign-guardian`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def _options_of_the_act() -> list[click.Parameter]:
    return [
        click.Option(["--as", "as_account"], default="operator", show_default=True, help="Account that acts."),
        click.Option(["--role"], type=click.Choice([role.value for role in Role]), help="Role, unless registered."),
        click.Option(["--area"], help="Area prefix of the actor, unless registered."),
        click.Option(["--actor-department"], type=click.Choice([each.value for each in Department])),
        click.Option(["--county"], help="County, when neither the case nor the body names one."),
        click.Option(["--book"], type=int, help="For what concerns a book and no county."),
        click.Option(
            ["--key"], type=click.Choice(["operator", SECOND_OPERATOR, "desk"]), default="operator", show_default=True
        ),
        click.Option(["--command-id"], help="Repeat a command whose outcome was not known."),
        click.Option(["--wait"], type=float, default=20.0, show_default=True, help="Seconds to wait for the decision."),
        click.Option(["--json", "as_json"], is_flag=True, help="Print facts as JSON."),
    ]


def act(workplace: Workplace, model: type[Message], fields: list[BodyField], options: dict[str, Any]) -> Verdict:
    """Send one command and wait for its decision. Stops with EXIT_NOT_KNOWN when none is seen in time."""
    of_act = {name: options.pop(name) for name in OF_THE_ACT}
    command_id = of_act["command_id"] or f"cmd-{uuid.uuid4().hex}"
    with workplace.broker_errors(), CaseLog(workplace.connection, workplace.space) as log:
        log.refresh()
        county = of_act["county"]
        if "case" in options and model.model_fields.get("case"):
            options["case"], county = _case(log, options["case"])
        body = body_from(model, fields, options, workplace.space.clock())
        county = county or _county_within(body) or COUNTY_UNKNOWN
        order = Order(command_id, county, body, of_act["book"])  # type: ignore[arg-type]  # one of the bodies
        signer = Signer(workplace.space, of_act["key"])
        book = signer.book_of(order)
        key = (command_id, book)
        if key not in log.verdicts:
            try:
                signed = signer.command(order, _actor(log, of_act))
            except KeyMissing as error:
                stop(str(error))
            with Publisher(workplace.connection, workplace.space) as publisher:
                publisher.send_commands([(book, signed)])
            log.wait_for(lambda: key in log.verdicts, of_act["wait"])
        if key not in log.verdicts:
            stop(f"not known yet; it is safe to press again with --command-id {command_id}", EXIT_NOT_KNOWN)
        return log.verdicts[key]


def _run(model: type[Message], fields: list[BodyField]) -> Callable[..., None]:
    def run(**options: Any) -> None:  # noqa: ANN401 - options by name
        workplace = click.get_current_context().ensure_object(Workplace)
        as_json = options["as_json"]
        verdict = act(workplace, model, fields, options)
        if as_json:
            emit(
                {
                    "command_id": verdict.command_id,
                    "accepted": verdict.accepted,
                    "reason": verdict.reason or None,
                    "detail": verdict.detail or None,
                    "book": verdict.book,
                    "seq": verdict.seq,
                }
            )
        else:
            said = "accepted 已受理" if verdict.accepted else refusal(verdict)
            click.echo(f"{said} ({verdict.command_id}, book {verdict.book}, seq {verdict.seq})")
        if not verdict.accepted:
            raise SystemExit(EXIT_REFUSED)

    return run


def refusal(verdict: Verdict) -> str:
    """Why a command was refused: the code, its sentence in both languages, and the refusal's own words."""
    why = REFUSALS.get(verdict.reason)
    sentence = f": {why[0]} / {why[1]}" if why else ""
    detail = f" [{verdict.detail}]" if verdict.detail and verdict.detail not in sentence else ""
    return f"refused 未予受理: {verdict.reason}{sentence}{detail}"


def _case(log: CaseLog, named: str) -> tuple[str, str]:
    """The case and its county, from an id or a receipt."""
    found = log.find(named)
    if len(found) == 1:
        return found[0].case, found[0].county
    if not found:
        stop(f"no case '{named}' in this space")
    raise Stop(f"'{named}' has several cases: {', '.join(at.case for at in found)}")


def _actor(log: CaseLog, options: dict[str, Any]) -> Actor:
    """Who acts: the registered account, or what the options say."""
    account = log.accounts.get(options["as_account"])
    default_role = Role.OPERATOR if options["as_account"] in {"operator", SECOND_OPERATOR} else Role.OFFICER
    role = Role(options["role"]) if options["role"] else account.role if account else default_role
    area = options["area"] if options["area"] is not None else account.area_prefix if account else ""
    department = options["actor_department"] or (account.department if account else None)
    return Actor(account=options["as_account"], role=role, area_prefix=area, department=department)


def _county_within(body: Message) -> str | None:
    """The county that the body's own part names (a contact, a place, …)."""
    for name in type(body).model_fields:
        county = getattr(getattr(body, name), "county", None)
        if isinstance(county, str):
            return county
    return None


def _add(model: type[Message]) -> None:
    fields = fields_of(model)
    parameters: list[click.Parameter] = [each.as_option() for each in fields]
    taken = {parameter.name for parameter in parameters}
    parameters += [each for each in _options_of_the_act() if each.name not in taken]
    text = (model.__doc__ or "").strip()
    command.add_command(
        click.Command(kebab(model.__name__), params=parameters, callback=_run(model, fields), help=text)
    )


for _model in BODIES:
    _add(_model)

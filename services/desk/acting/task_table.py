"""What a department's clerk, a township's supervisor and a village worker can do with a task that is theirs."""

from dataclasses import replace
from typing import Final

from services.desk.acting import table
from services.desk.acting.table import REFERENCE, Action
from services.desk.core.guard import Route
from shared.contracts.vocabulary import Department
from shared.explaining.said import Said

OF_AN_ORDER: Final = frozenset(
    {Department.COURT, Department.POLICE, Department.WOMENS_FED, Department.RESCUE_INST, Department.PROCURATORATE}
)
"""Whose clerks are offered the record of a protection order; triage holds the rule."""

ACCEPT: Final = replace(
    table.ACKNOWLEDGE,
    route=Route.TASK_ACCEPT,
    title=Said("受理", "Accept"),
    fields=(REFERENCE,),
)
TASK_ACTIONS: Final[tuple[Action, ...]] = (
    ACCEPT,
    replace(table.DISPATCH, route=Route.TASK_SEND),
    replace(table.OUTCOME, route=Route.TASK_OUTCOME),
    replace(table.HAND_BACK, route=Route.TASK_HAND_BACK),
    replace(table.CHILD_SEEN, route=Route.TASK_CHILD_SEEN),
    replace(
        table.CUSTODY,
        route=Route.TASK_CUSTODY,
        fields=tuple(field for field in table.CUSTODY.fields if field is not table.PLACE),
    ),
    replace(table.CALL, route=Route.TASK_CALL),
    replace(table.KIN, route=Route.TASK_KIN),
    replace(table.ORDER, route=Route.TASK_ORDER, departments=OF_AN_ORDER),
    replace(table.SUGGESTION, route=Route.TASK_SUGGESTION),
)
BY_ROUTE: Final = {action.route: action for action in TASK_ACTIONS}

"""Opening a case of one's own area; asking for another is recorded before it is answered, like one that is not."""

import re
from typing import Final

from services.desk import reading
from services.desk.core.guard import Principal, Route
from services.desk.guarding import NOT_FOUND, Desk, Refused, record_refusal
from services.desk.reading import CaseFile

CASE_ID: Final = re.compile(r"[A-Za-z0-9._:~@-]{1,120}")


def open_case(desk: Desk, who: Principal, route: Route, case_id: str) -> CaseFile:
    """The case. Raises Refused, with one answer for a case elsewhere and for none at all."""
    file, is_elsewhere = None, False
    if CASE_ID.fullmatch(case_id):
        with desk.engine.connect() as connection:
            file = reading.case_file(connection, who, case_id)
            is_elsewhere = file is None and reading.exists(connection, case_id)
    if file is None:
        record_refusal(desk, who, route, "AREA" if is_elsewhere else "UNKNOWN", case_id if is_elsewhere else None)
        raise Refused(*NOT_FOUND)
    return file

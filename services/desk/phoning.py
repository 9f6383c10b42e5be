"""A report typed while the caller speaks. The officer's browser posts it to intake, like any other filing.

No name passes through the desk: the page is a form whose target is intake, which seals at its door. Its fields are
intake's own (`services/intake/core/form_reading.py`; a test holds both together). It asks in the order in which one
talks on the telephone: danger first, then what, who and where, and who calls.
"""

import secrets
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI, Request
from fastapi.responses import Response

from services.desk.core.guard import Route
from services.desk.guarding import Desk, LoggedIn, guard, language_of, page
from services.desk.pages import HEADERS
from shared.explaining import fact_words, words
from shared.explaining.words import Words

FIRST_CONCERNS: Final = (
    "PHYSICAL_ABUSE", "SEXUAL_ABUSE", "INJURY_UNEXPLAINED", "SELF_HARM", "ABANDONED", "UNCARED", "LEFT_ALONE",
    "LIVING_ALONE", "GUARDIAN_UNREACHABLE", "GUARDIAN_REFUSES", "GUARDIAN_INCAPABLE", "MISSING",
)  # fmt: skip
"""What callers say most; the others follow below."""
QUESTIONS: Final[Words] = {
    "alone_now": ("孩子现在是不是一个人？", "Is the child alone now?"),
    "needs_medical_care": ("孩子需要看医生吗？", "Does the child need a doctor?"),
    "alleged_person_has_access": ("伤害孩子的人现在能接近孩子吗？", "Can whoever hurts the child reach the child now?"),
    "afraid_to_go_home": ("孩子害怕回家吗？", "Is the child afraid to go home?"),
    "missing_now": ("孩子现在下落不明吗？", "Is the child missing now?"),
    "police_called": ("报警了吗，或叫过急救吗？", "Were police or an ambulance called?"),
}
CALLERS: Final[Words] = {
    "PUBLIC": ("公众、邻居、亲属", "a neighbour, a relative, anybody"),
    "CHILD": ("孩子本人", "the child"),
    "PARENT": ("父母或监护人", "a parent or guardian"),
    "PRIMARY_SCHOOL": ("小学", "a primary school"),
    "MIDDLE_SCHOOL": ("中学", "a middle school"),
    "KINDERGARTEN": ("幼儿园", "a kindergarten"),
    "HOSPITAL": ("医院", "a hospital"),
    "VILLAGE_COMMITTEE": ("村民委员会", "a village committee"),
    "RESIDENT_COMMITTEE": ("居民委员会", "a residents' committee"),
    "HOTEL": ("宾馆、旅馆", "a hotel"),
    "SOCIAL_WORK_ORG": ("社会工作机构", "a social work organisation"),
    "STATE_ORGAN": ("国家机关", "a state organ"),
    "HOTLINE": ("热线转来", "a hotline passed it on"),
}
INJURIES: Final = ("NONE", "MINOR", "SERIOUS", "LIFE_THREATENING", "DEATH")
STATUSES: Final = tuple(code for code in fact_words.STATUSES_OF_PEOPLE if code != "UNKNOWN")
HOLDERS: Final = tuple(code for code in words.HOLDERS if code not in {"UNKNOWN", "FOSTER"})


def add_phoning(app: FastAPI, desk: Desk) -> None:
    """The one route."""

    @app.get("/phone", name=Route.PHONE.value)
    def phone(request: Request, logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.PHONE))]) -> Response:
        chosen = 0 if language_of(request) == "zh" else 1

        def listed(codes: tuple[str, ...], said: Words) -> list[dict[str, Any]]:
            return [{"code": code, "said": said[code][chosen]} for code in codes]

        concerns = fact_words.CONCERNS
        shown = page(
            desk,
            request,
            "phone.html",
            logged_in=logged_in,
            intake=desk.intake_url,
            token=secrets.token_urlsafe(24),
            first=listed(FIRST_CONCERNS, concerns),
            others=listed(tuple(code for code in concerns if code not in {*FIRST_CONCERNS, "UNSEEN"}), concerns),
            injuries=listed(INJURIES, fact_words.INJURIES),
            questions=listed(tuple(QUESTIONS), QUESTIONS),
            holders=listed(HOLDERS, words.HOLDERS),
            statuses=listed(STATUSES, fact_words.STATUSES_OF_PEOPLE),
            callers=listed(tuple(CALLERS), CALLERS),
            county=logged_in.who.county,
        )
        shown.headers["content-security-policy"] = with_form_to(desk.intake_url)
        return shown


def with_form_to(url: str) -> str:
    """The pages' policy, but for a form that may be sent to this one other address."""
    there = urlsplit(url)
    return HEADERS["content-security-policy"].replace(
        "form-action 'self'", f"form-action 'self' {there.scheme}://{there.netloc}"
    )

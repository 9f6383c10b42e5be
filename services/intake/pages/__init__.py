"""Pages for people: the form, the confirmation, the page of a receipt. Plain HTML, no script, nothing from outside."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from services.intake.core import wording
from services.intake.core.instructions import DANGER_CODES
from services.intake.core.receipt_view import STATUS_TEXTS, ReceiptView
from services.intake.core.refused import Refused

CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; img-src 'self'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept, Accept-Language",
}
LANGUAGES = ("zh", "en")
LIVE = "live"
DEMO = "demo"
_DIRECTORY = Path(__file__).parent


class Area(BaseModel):
    """A county or township that the form offers: its code of 6 or 9 digits and its name in both languages."""

    model_config = ConfigDict(frozen=True)

    code: str = Field(pattern=r"^([0-9]{6}|[0-9]{9})$")
    zh: str = Field(min_length=1, max_length=60)
    en: str = Field(min_length=1, max_length=60)


@dataclass(frozen=True, slots=True)
class Pages:
    """Renders every page. Values from people are escaped by the template engine, always."""

    environment: jinja2.Environment
    areas: tuple[Area, ...]
    space: str

    @classmethod
    def load(cls, areas_file: Path | None, space: str) -> "Pages":
        """Read the templates that lie beside this module, and the places that the form offers.

        OSError, pydantic.ValidationError: the file of counties is missing or malformed.
        """
        areas = TypeAdapter(tuple[Area, ...]).validate_json(areas_file.read_bytes()) if areas_file else ()
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_DIRECTORY),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        return cls(environment, areas, space)

    @property
    def mark(self) -> wording.Words | None:
        """What every page of a space other than `live` begins with; the same words as on its alerts."""
        if self.space == LIVE:
            return None
        return wording.DEMONSTRATION if self.space.split("-")[0] == DEMO else wording.DRILL

    @property
    def counties(self) -> tuple[str, ...]:
        """The 6-digit codes of the counties that the form offers."""
        return tuple(dict.fromkeys(area.code[:6] for area in self.areas))

    @staticmethod
    def wanted(request: Request) -> bool:
        """Whether the caller prefers a page to JSON."""
        return "text/html" in request.headers.get("accept", "")

    @staticmethod
    def language(request: Request, chosen: str | None = None) -> str:
        """Chosen on the page, else the first of the browser's languages that there is, else Chinese."""
        wanted = chosen or request.query_params.get("lang")
        if wanted in LANGUAGES:
            return wanted
        for part in request.headers.get("accept-language", "").lower().split(","):
            name = part.strip()[:2]
            if name in LANGUAGES:
                return name
        return LANGUAGES[0]

    @staticmethod
    def stylesheet() -> str:
        """The one style sheet."""
        return (_DIRECTORY / "style.css").read_text(encoding="utf-8")

    def form(
        self,
        request: Request,
        *,
        token: str,
        filed: Mapping[str, list[str]] | None = None,
        refusal: Refused | None = None,
    ) -> HTMLResponse:
        """The form, with what was typed and why it was refused."""
        filed = filed or {}
        chosen = next(iter(filed.get("lang", [])), None)
        alone = self.counties[0] if len(self.counties) == 1 and not filed else ""
        return self._page(
            "form.html",
            self.language(request, chosen),
            status=refusal.status if refusal else 200,
            token=token,
            filed=filed,
            refusal=refusal,
            preselected=next(iter(filed.get("county", [])), alone),
        )

    def confirmation(
        self, request: Request, receipt: str, *, language: str | None, is_addition: bool = False, **facts: object
    ) -> HTMLResponse:
        """The page after a report or an addition was accepted."""
        return self._page(
            "confirmation.html",
            self.language(request, language),
            status=202,
            receipt=receipt,
            is_addition=is_addition,
            **facts,
        )

    def receipt(self, request: Request, view: ReceiptView) -> HTMLResponse:
        """The page of a receipt, with the form for additions."""
        return self._page("receipt.html", self.language(request), status=200, view=view)

    def refusal(self, request: Request, refusal: Refused, *, language: str | None = None) -> HTMLResponse:
        """A refusal as a page of its own."""
        page = self._page(
            "refusal.html",
            self.language(request, language),
            status=refusal.status,
            refusal=refusal,
            headline=wording.PROBLEMS.get(refusal.code, wording.PROBLEM),
            is_lookup=refusal.code in wording.PROBLEMS,
            typed=request.query_params.get("receipt", request.path_params.get("receipt", "")),
        )
        if refusal.retry_after_seconds is not None:
            page.headers["Retry-After"] = str(refusal.retry_after_seconds)
        return page

    def docs(self, request: Request, document: Mapping[str, Any]) -> HTMLResponse:
        """The interface's documentation, without a script."""
        return self._page("docs.html", self.language(request), status=200, document=document, phrase=_phrase)

    def _page(self, template: str, language: str, *, status: int, **values: object) -> HTMLResponse:
        index = LANGUAGES.index(language)
        text = self.environment.get_template(template).render(
            lang=language,
            other=LANGUAGES[1 - index],
            t=lambda pair: pair[index],
            words=wording,
            statuses=STATUS_TEXTS,
            areas=self.areas,
            mark=self.mark,
            danger_codes=DANGER_CODES,
            **values,
        )
        return HTMLResponse(text, status_code=status, headers={**HEADERS, "Content-Language": language})


def _phrase(status: str) -> str:
    return HTTPStatus(int(status)).phrase

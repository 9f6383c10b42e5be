"""The HTTP interface for institutions: reports, additions, receipts, health."""

import time
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from services.intake.bodies import inside, read_body
from services.intake.core import refused
from services.intake.core.identity import Filer
from services.intake.core.limits import Gate, LookupLimit
from services.intake.core.notices import NOTICE_TEXTS
from services.intake.core.parsing import Parsed, parse_filing
from services.intake.core.receipt_view import ReceiptView, view_of
from services.intake.core.refused import Refused
from services.intake.feedback import FeedbackBook
from services.intake.filing import Accepted, Filing
from services.intake.institutions import Institutions
from services.intake.pages import Pages
from services.intake.publishing import Publisher
from services.intake.settings import Settings
from shared.contracts.ids import normal_receipt
from shared.runtime.metrics import IntakeMetrics

NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Door:
    """What the routes need; made by the wiring."""

    settings: Settings
    filing: Filing
    feedback: FeedbackBook
    institutions: Institutions
    publisher: Publisher
    metrics: IntakeMetrics
    pages: Pages
    lookups: LookupLimit
    reading: Gate
    in_flight: Gate

    async def body(self, request: Request) -> bytes:
        """The request's body within the limits."""
        async with inside(self.reading, self.settings.retry_after_seconds):
            return await read_body(
                request, bytes_max=self.settings.body_bytes_max, seconds_max=self.settings.body_seconds_max
            )

    async def accept(
        self,
        request: Request,
        content: bytes | Parsed,
        *,
        receipt: str | None,
        key: str | None = None,
        form: bool = False,
    ) -> Accepted:
        """File a body (or what the form made of it), or add it to a receipt; counted and capped."""
        started = time.perf_counter()
        try:
            async with inside(self.in_flight, self.settings.retry_after_seconds):
                self.metrics.in_flight.set(self.in_flight.inside)
                parsed = parse_filing(content) if isinstance(content, bytes) else content
                if receipt is None:
                    accepted = await self.filing.file(parsed, filer_of(request), key, form=form)
                else:
                    accepted = await self.filing.add(parsed, filer_of(request), receipt, form=form)
        except Refused as refusal:
            self.metrics.reports.labels("busy" if refusal.status == 503 else "refused", "none").inc()  # noqa: PLR2004
            raise
        finally:
            self.metrics.in_flight.set(self.in_flight.inside)
        self.metrics.reports.labels("resent" if accepted.resent else "accepted", accepted.durability.value).inc()
        for notice in accepted.notices:
            self.metrics.notices.labels(notice.code.value).inc()
        self.metrics.seconds.observe(time.perf_counter() - started)
        return accepted

    def look_up(self, request: Request, text: str) -> ReceiptView:
        """What a receipt shows. Refused: 429 above the limit, 404 when malformed."""
        wait = self.lookups.take(filer_of(request).address, int(time.monotonic() * 1000))
        if wait:
            self.metrics.lookups.labels("limited").inc()
            raise refused.too_many_lookups(wait)
        receipt = normal_receipt(text)
        if receipt is None:
            self.metrics.lookups.labels("malformed").inc()
            raise refused.bad_receipt()
        institution = self.institutions.authenticate(filer_of(request).api_key) is not None
        feedback = self.feedback.of(receipt, institution=institution)
        self.metrics.lookups.labels("shown" if feedback else "not_visible").inc()
        return view_of(receipt, feedback)

    def status_url(self, request: Request, receipt: str) -> str:
        """Where a receipt is looked up."""
        base = self.settings.public_url or str(request.base_url).rstrip("/")
        return f"{base}/v1/receipts/{receipt}"


def filer_of(request: Request) -> Filer:
    """Who files: the API key as presented (`Authorization: Bearer` or `X-API-Key`) and the connection's address."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else ""
    api_key = bearer or request.headers.get("x-api-key", "").strip()
    return Filer(api_key=api_key[:400] or None, address=request.client.host if request.client else "")


def answer(door: Door, request: Request, accepted: Accepted) -> Response:
    """The 202."""
    url = door.status_url(request, accepted.receipt)
    warnings = []
    for notice in accepted.notices:
        zh, en = NOTICE_TEXTS[notice.code]
        warnings.append({"field": notice.field, "code": notice.code.value, "zh": zh, "en": en})
    content = {
        "receipt": accepted.receipt,
        "report_id": accepted.report_id,
        "durability": accepted.durability.value,
        "warnings": warnings,
        "instructions": [instruction.model_dump(mode="json") for instruction in accepted.instructions],
        "status_url": url,
    }
    return JSONResponse(content, status_code=202, headers={**NO_STORE, "Location": url})


def routes(door: Door) -> APIRouter:
    """The interface's routes."""
    router = APIRouter()

    @router.post("/v1/reports")
    async def file_report(request: Request) -> Response:
        body = await door.body(request)
        key = request.headers.get("idempotency-key")
        return answer(door, request, await door.accept(request, body, receipt=None, key=key))

    @router.post("/v1/receipts/{receipt}/additions")
    async def add_to_receipt(request: Request, receipt: str) -> Response:
        known = normal_receipt(receipt)
        if known is None:
            raise refused.bad_receipt()
        body = await door.body(request)
        return answer(door, request, await door.accept(request, body, receipt=known))

    @router.get("/v1/receipts/{receipt}")
    async def show_receipt(request: Request, receipt: str) -> Response:
        as_page = door.pages.wanted(request)
        try:
            view = door.look_up(request, receipt)
        except Refused as refusal:
            if as_page:
                return door.pages.refusal(request, refusal)
            raise
        if as_page:
            return door.pages.receipt(request, view)
        return JSONResponse(view.as_json(), headers={**NO_STORE, "Vary": "Accept"})

    @router.get("/healthz")
    async def healthy() -> Response:
        return JSONResponse({"status": "ok"}, headers=NO_STORE)

    @router.get("/readyz")
    async def ready() -> Response:
        if not door.publisher.ready:
            raise refused.busy(door.settings.retry_after_seconds)
        return JSONResponse({"status": "ready"}, headers=NO_STORE)

    return router

"""What OpenAPI says of the routes."""

from services.intake.core.instructions import DANGER
from services.intake.problems import PROBLEM_TYPE
from services.intake.schemas import (
    ACCEPTED,
    ADDITION,
    CHILD,
    CHILDREN_WITH_CONCERN,
    FILING,
    GUARDIAN,
    INSTRUCTION,
    PROBLEM,
    RECEIPT,
    Schema,
)

TITLE = "Wardline intake"
DESCRIPTION = (
    f"{DANGER.zh} / {DANGER.en}\n\n"
    "Files reports of mandatory child-protection reporting. Every optional field that is not understood becomes "
    "unknown, with a warning; only an empty filing is refused. Names, numbers, addresses and words are sealed at the "
    "door and can be opened by the custodian alone."
)
COMPONENTS: Schema = {
    "schemas": {
        "Filing": FILING,
        "Addition": ADDITION,
        "ChildrenWithConcern": CHILDREN_WITH_CONCERN,
        "Child": CHILD,
        "Guardian": GUARDIAN,
        "Accepted": ACCEPTED,
        "Receipt": RECEIPT,
        "Instruction": INSTRUCTION,
        "Problem": PROBLEM,
    },
    "securitySchemes": {
        "InstitutionKey": {"type": "http", "scheme": "bearer", "description": "An institution's API key; optional"},
    },
}

_ERRORS = {
    400: "Broken UTF-8 or JSON, nested too deeply, or an unusable Idempotency-Key",
    404: "Not a receipt number",
    408: "The body did not arrive in time",
    413: "The body is larger than 256 KiB",
    415: "The body is compressed",
    422: "Not a JSON object, or nothing in it that anybody could act on",
    429: "Too many look-ups",
    503: "Busy: not accepted, send it again",
}
_ANSWERS_WITH_RETRY = (429, 503)


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _errors(*statuses: int) -> Schema:
    answers: Schema = {}
    for status in statuses:
        answers[str(status)] = {
            "description": _ERRORS[status],
            "content": {PROBLEM_TYPE: {"schema": _ref("Problem")}},
        }
        if status in _ANSWERS_WITH_RETRY:
            answers[str(status)]["headers"] = {
                "Retry-After": {"description": "Seconds", "schema": {"type": "integer"}, "required": True}
            }
    return answers


def _accepted(description: str) -> Schema:
    return {
        "202": {
            "description": description,
            "headers": {"Location": {"description": "The receipt's address", "schema": {"type": "string"}}},
            "content": {"application/json": {"schema": _ref("Accepted")}},
        }
    }


def _body(name: str) -> Schema:
    return {"required": True, "content": {"application/json": {"schema": _ref(name)}}}


_RECEIPT_PARAMETER = {
    "name": "receipt",
    "in": "path",
    "required": True,
    "description": "A receipt number; case, spaces and hyphens are free",
    "schema": {"type": "string", "minLength": 1},
}
_SECURITY: list[dict[str, list[str]]] = [{}, {"InstitutionKey": []}]
_KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key and content: the same receipt, one case. The same key, other content: a supplement. "
    "At least 16 random characters, best a UUID. Without one, the same content on one day counts as the same report.",
    "schema": {"type": "string", "minLength": 16, "maxLength": 200, "pattern": "^[!-~]{16,200}$"},
}

PATHS: Schema = {
    "/v1/reports": {
        "post": {
            "operationId": "file_report",
            "summary": "File a report",
            "description": DESCRIPTION,
            "security": _SECURITY,
            "parameters": [_KEY_PARAMETER],
            "requestBody": _body("Filing"),
            "responses": _accepted("Durable on the broker, or on this machine's disk")
            | _errors(400, 408, 413, 415, 422, 503),
        }
    },
    "/v1/receipts/{receipt}/additions": {
        "post": {
            "operationId": "add_to_receipt",
            "summary": "Add facts to a report",
            "security": _SECURITY,
            "parameters": [_RECEIPT_PARAMETER],
            "requestBody": _body("Addition"),
            "responses": _accepted("Durable; the facts join the report's cases")
            | _errors(400, 404, 408, 413, 415, 422, 503),
        }
    },
    "/v1/receipts/{receipt}": {
        "get": {
            "operationId": "show_receipt",
            "summary": "What became of a report",
            "security": _SECURITY,
            "parameters": [_RECEIPT_PARAMETER],
            "responses": {
                "200": {
                    "description": "What may be shown; an unknown receipt looks like one that is not visible yet",
                    "content": {
                        "application/json": {"schema": _ref("Receipt")},
                        "text/html": {"schema": {"type": "string"}},
                    },
                }
            }
            | _errors(404, 429),
        }
    },
    "/healthz": {
        "get": {
            "operationId": "healthy",
            "summary": "Whether the process lives",
            "responses": {"200": {"description": "It lives", "content": {"application/json": {"schema": {}}}}},
        }
    },
    "/readyz": {
        "get": {
            "operationId": "ready",
            "summary": "Whether reports can be taken",
            "responses": {"200": {"description": "Ready", "content": {"application/json": {"schema": {}}}}}
            | _errors(503),
        }
    },
}


def document(version: str) -> Schema:
    """The OpenAPI 3.1 document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": version, "description": DESCRIPTION},
        "paths": PATHS,
        "components": COMPONENTS,
    }

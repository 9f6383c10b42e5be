"""What OpenAPI says of bodies. Reading is lenient, so the schema of a filing describes and does not forbid."""

from enum import StrEnum
from typing import Any

from services.intake.core.fields import PROVINCES
from services.intake.core.notices import NoticeCode
from services.intake.core.receipt_view import STATUS_TEXTS
from shared.contracts.ids import RECEIPT_ALPHABET
from shared.contracts.vocabulary import (
    Concern,
    Durability,
    GuardianStatus,
    Holder,
    Injury,
    InstitutionType,
    Relation,
    Sex,
    Wishes,
)

Schema = dict[str, Any]

_FLAG: Schema = {"description": "true, false, or null for unknown"}
_MOMENT: Schema = {"description": "ISO 8601 date or time; without an offset it is China's", "examples": ["2026-11-21"]}
_AREA: Schema = {
    "description": f"Area code of 6, 9 or 12 digits (GB/T 2260); provinces {min(PROVINCES)} to {max(PROVINCES)}",
    "examples": ["520327102203"],
}
_SEALED: Schema = {"description": "Text; sealed at the door"}

EXAMPLE: Schema = {
    "discovered_at": "2026-11-21T08:10:00+08:00",
    "institution": {"id": "520327-school-017", "type": "PRIMARY_SCHOOL", "area_code": "520327102000"},
    "reporter": {"name": "测试报告人甲", "role": "head teacher", "phone": "000-0000-0001"},
    "children": [
        {
            "name": "测试儿童甲",
            "sex": "F",
            "age_years": 9,
            "area_code": "520327102203",
            "left_behind": True,
            "attends_school": False,
            "wishes": "UNKNOWN",
            "concerns": ["GUARDIAN_UNREACHABLE", "UNCARED"],
            "injury": "NONE",
        }
    ],
    "siblings_not_listed": 0,
    "guardians": [{"relation": "MOTHER", "status": ["MISSING"], "since": "2026-03-01"}],
    "carer": {"relation": "GRANDPARENT", "status": ["SERIOUSLY_ILL"], "written_entrustment": False},
    "custody_now": {"holder": "SCHOOL", "since": "2026-11-21T08:00:00+08:00"},
    "safety": {"missing_now": False, "since": "2026-11-01"},
    "narrative": "测试叙述:孩子独自在家。",
}


def _codes(codes: type[StrEnum]) -> Schema:
    return {"description": "One of " + ", ".join(code.value for code in codes), "examples": [next(iter(codes)).value]}


def _several(codes: type[StrEnum]) -> Schema:
    return {"description": "A list of: " + ", ".join(code.value for code in codes)}


def _object(description: str, **properties: Schema) -> Schema:
    return {"description": description, "properties": properties}


CHILD = _object(
    "One child",
    name=_SEALED,
    id_number=_SEALED,
    birth_date={"description": "ISO 8601 date; sealed. The age is computed from it"},
    address=_SEALED,
    sex=_codes(Sex),
    age_years={"description": "Whole years, 0 to 25"},
    age_months={"description": "Whole months of life, under two years"},
    area_code=_AREA | {"description": "Where the child is now. " + _AREA["description"]},
    domicile_area_code=_AREA | {"description": "Where the household is registered. " + _AREA["description"]},
    disability=_FLAG,
    left_behind=_FLAG,
    attends_school=_FLAG,
    wishes=_codes(Wishes),
    concerns=_several(Concern),
    injury=_codes(Injury),
)
GUARDIAN = _object(
    "One guardian",
    relation=_codes(Relation),
    status=_several(GuardianStatus),
    since=_MOMENT,
    last_contact_at=_MOMENT,
    lives_with_alleged=_FLAG,
    name=_SEALED,
    phone=_SEALED,
    whereabouts=_SEALED,
)
PROPERTIES: Schema = {
    "discovered_at": _MOMENT,
    "institution": _object(
        "Who files; what is registered for the API key replaces it",
        id={"description": "As registered, e.g. 520327-school-017"},
        type=_codes(InstitutionType),
        area_code=_AREA,
    ),
    "reporter": _object("The person who files; sealed", name=_SEALED, role=_SEALED, phone=_SEALED),
    "children": {"description": "At most 20; each gets a case of its own", "examples": [EXAMPLE["children"]]},
    "siblings_not_listed": {"description": "How many more children there are, 0 to 20"},
    "guardians": {"description": "A list of guardians, at most 20", "examples": [EXAMPLE["guardians"]]},
    "carer": _object(
        "Who looks after the child in the guardians' place",
        relation=_codes(Relation),
        status=_several(GuardianStatus),
        written_entrustment=_FLAG,
        name=_SEALED,
    ),
    "custody_now": _object("Who holds the child now", holder=_codes(Holder), since=_MOMENT),
    "safety": _object(
        "The safety questions",
        **dict.fromkeys(
            (
                "alone_now",
                "needs_medical_care",
                "treatment_awaits_consent",
                "fit_for_discharge",
                "alleged_person_has_access",
                "afraid_to_go_home",
                "missing_now",
            ),
            _FLAG,
        ),
        since=_MOMENT,
    ),
    "history": _object("Earlier signals", earlier_reports=_FLAG, earlier_admonition=_FLAG, recently_returned=_FLAG),
    "alleged_person": _object("Who is said to have done harm", relation=_codes(Relation), office=_FLAG, name=_SEALED),
    "implicated": {"description": "Units that are part of the allegation: unit_type, unit_id, area_code"},
    "actions_taken": _object(
        "What was done already",
        police_called=_FLAG,
        police_reference=_SEALED,
        hospital=_FLAG,
        parents_told=_FLAG,
    ),
    "narrative": _SEALED | {"description": "What was seen, heard or told, in words; sealed"},
    "channel": {"description": "PHONE when an officer writes down a call"},
}
FILING: Schema = {
    "type": "object",
    "description": "A report as filed. Every field may be absent or null, but one of a child's concerns or narrative.",
    "properties": PROPERTIES,
    "anyOf": [
        {"required": ["narrative"], "properties": {"narrative": {"type": "string", "pattern": "^[!-~]*[a-zA-Z]{8}"}}},
        {"required": ["children"], "properties": {"children": {"$ref": "#/components/schemas/ChildrenWithConcern"}}},
    ],
    "examples": [EXAMPLE],
}
CHILDREN_WITH_CONCERN: Schema = {
    "type": "array",
    "minItems": 1,
    "maxItems": 20,
    "items": CHILD
    | {
        "type": "object",
        "required": ["concerns"],
    }
    | {
        "properties": CHILD["properties"]
        | {"concerns": {"type": "array", "minItems": 1, "items": {"enum": [code.value for code in Concern]}}}
    },
}
ADDITION: Schema = {
    "type": "object",
    "description": "Facts that are added; the same fields, at least one of them known.",
    "properties": PROPERTIES,
    "required": ["narrative"],
    "examples": [{"narrative": "测试补充:孩子已到亲属家。", "safety": {"alone_now": False}}],
}
ADDITION["properties"] = PROPERTIES | {"narrative": FILING["anyOf"][0]["properties"]["narrative"]}
INSTRUCTION: Schema = {
    "type": "object",
    "required": ["to", "code", "zh", "en"],
    "properties": {name: {"type": "string"} for name in ("to", "code", "zh", "en")},
}
ACCEPTED: Schema = {
    "type": "object",
    "required": ["receipt", "report_id", "durability", "warnings", "instructions", "status_url"],
    "properties": {
        "receipt": {"type": "string", "pattern": rf"^[0-9]{{6}}(-[{RECEIPT_ALPHABET}]{{5}}){{3}}$"},
        "report_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "durability": {"enum": [durability.value for durability in Durability]},
        "warnings": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "zh", "en"],
                "properties": {
                    "field": {"type": "string"},
                    "code": {"enum": [code.value for code in NoticeCode]},
                    "zh": {"type": "string"},
                    "en": {"type": "string"},
                },
            },
        },
        "instructions": {"type": "array", "items": {"$ref": "#/components/schemas/Instruction"}},
        "status_url": {"type": "string"},
    },
}
RECEIPT: Schema = {
    "type": "object",
    "required": ["receipt", "status", "zh", "en", "history", "instructions"],
    "properties": {
        "receipt": ACCEPTED["properties"]["receipt"],
        "status": {"enum": list(STATUS_TEXTS)},
        "zh": {"type": "string"},
        "en": {"type": "string"},
        "history": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["status", "at"],
                "properties": {"status": {"enum": list(STATUS_TEXTS)}, "at": {"type": "string"}},
            },
        },
        "instructions": {"type": "array", "items": {"$ref": "#/components/schemas/Instruction"}},
    },
}
PROBLEM: Schema = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "code", "detail", "detail_zh"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "detail_zh": {"type": "string"},
    },
}

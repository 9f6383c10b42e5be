"""The tables of docs/operations.md and docs/architecture.md that can be generated: settings, metrics, topics.

`python -m wardline.operations_document` writes them between their markers; a test fails when they are stale.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry
from pydantic_settings import BaseSettings

from ops.settings import SystemSettings
from services.desk.custodian.settings import CustodianSettings
from services.desk.settings import DeskSettings
from services.intake.settings import Settings as IntakeSettings
from services.notify.settings import NotifySettings
from shared.contracts.topics import TOPICS
from shared.runtime import metrics
from wardline.settings import ToolSettings

DOCUMENTS: Final = Path(__file__).resolve().parents[1] / "docs"
MARKED: Final = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
MODELS: Final[Mapping[str, type[BaseSettings]]] = {
    "embedded system": SystemSettings,
    "command line": ToolSettings,
    "intake": IntakeSettings,
    "notify": NotifySettings,
    "desk": DeskSettings,
    "custodian": CustodianSettings,
}
COUNTED: Final[Mapping[str, Callable[[CollectorRegistry], object]]] = {
    "intake": metrics.IntakeMetrics,
    "triage": metrics.TriageMetrics,
    "notify": metrics.NotifyMetrics,
    "desk": metrics.DeskMetrics,
    "custodian": metrics.CustodianMetrics,
}


def settings_table() -> Iterator[str]:
    """Every setting: its variable, who reads it, default, meaning."""
    yield "| variable | read by | default | meaning |"
    yield "|---|---|---|---|"
    rows: dict[str, tuple[list[str], str, str]] = {}
    for reader, model in MODELS.items():
        prefix = model.model_config.get("env_prefix", "")
        for name, info in model.model_fields.items():
            variable = str(info.validation_alias) if info.validation_alias else f"{prefix}{name}".upper()
            default = _shown(info.default)
            readers, known, meaning = rows.get(variable, ([], default, ""))
            rows[variable] = ([*readers, reader], known, meaning or (info.description or ""))
    for variable, (readers, default, meaning) in sorted(rows.items()):
        yield f"| `{variable}` | {', '.join(readers)} | {default} | {meaning} |"


def metrics_table() -> Iterator[str]:
    """Every metric: name, kind, labels are codes only."""
    yield "| metric | kind | counts |"
    yield "|---|---|---|"
    for make in COUNTED.values():
        registry = CollectorRegistry()
        make(registry)
        for family in sorted(registry.collect(), key=lambda each: each.name):
            yield f"| `{family.name}` | {family.type} | {family.documentation} |"


def topics_table() -> Iterator[str]:
    """Every topic: key, writers, readers, how long it is kept."""
    yield "| topic | key | written by | read by | kept |"
    yield "|---|---|---|---|---|"
    for topic in TOPICS:
        kept = "compacted" if topic.compacted else "for ever" if topic.retention_ms < 0 else f"{topic.retention_ms} ms"
        kept = "until taken over" if topic.emptied_by else kept
        yield f"| {topic.name} | {topic.key} | {', '.join(topic.writers)} | {', '.join(topic.readers)} | {kept} |"


TABLES: Final[Mapping[str, Callable[[], Iterator[str]]]] = {
    "settings": settings_table,
    "metrics": metrics_table,
    "topics": topics_table,
}


def fresh(text: str) -> str:
    """The document with its generated tables as they must be now."""
    return MARKED.sub(lambda found: f"{found[1]}\n" + "\n".join(TABLES[found[2]]()) + f"\n\n{found[3]}", text)


def documents() -> list[Path]:
    """The documents that hold generated tables."""
    return [DOCUMENTS / "operations.md", DOCUMENTS / "architecture.md"]


def _shown(value: object) -> str:
    if isinstance(value, Path):
        value = value.as_posix() if not value.is_absolute() else value.relative_to(DOCUMENTS.parent).as_posix()
    return "" if value in {None, ""} or repr(value) == "PydanticUndefined" else f"`{value}`"


def main() -> None:
    """Write the tables."""
    for path in documents():
        path.write_text(fresh(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()

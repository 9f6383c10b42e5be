"""Loading the sample registry and filing the sample cases, through the doors that everybody uses."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ops.embedded.failures import CannotStart
from wardline import samples
from wardline.commands.registry import load_registry
from wardline.filing import IntakeAway, file_report
from wardline.filings import read_filings
from wardline.registry_file import read_registry
from wardline.workplace import Workplace

DECIDED_SECONDS_MAX = 60.0
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class SampleFiled:
    """A sample that intake accepted."""

    name: str
    report_id: str
    receipt: str


def load_sample_registry(workplace: Workplace, say: Say) -> dict[str, str]:
    """Load the sample registry; the samples' API keys by institution. Raises CannotStart when it does not stand."""
    content = read_registry(samples.REGISTRY, workplace.space.clock())
    loaded = load_registry(workplace, content, DECIDED_SECONDS_MAX)
    if loaded.refused or loaded.not_known:
        refused = "; ".join(f"{entry.name}: {verdict.reason}" for entry, verdict in loaded.refused)
        raise CannotStart(f"the sample registry was not taken: {refused or 'not decided in time'}")
    say(
        f"sample registry 样例登记: {len(loaded.decided)} registered, {len(loaded.unchanged)} stood already, "
        f"{loaded.institutions} institutions"
    )
    return dict(content.api_keys)


def file_samples(workplace: Workplace, api_keys: dict[str, str], say: Say) -> list[SampleFiled]:
    """File every sample case through intake. Raises CannotStart when intake refuses one or does not answer."""
    filed = []
    for each in read_filings(_sample_paths()):
        try:
            answer = file_report(
                workplace.settings.intake,
                each,
                api_key=api_keys.get(each.institution_id or ""),
                salt=workplace.space.name,
            )
        except IntakeAway as error:
            raise CannotStart(str(error)) from None
        if not answer.accepted:
            raise CannotStart(f"intake refused the sample {each.name}: {answer.status} {answer.content.get('code')}")
        filed.append(SampleFiled(each.name.removesuffix(".json"), answer.report_id, answer.receipt))
        say(f"  filed 已提交 {each.name}: receipt 回执 {answer.receipt} ({answer.content.get('durability')})")
    return filed


def _sample_paths() -> tuple[Path, ...]:
    return tuple(sorted(samples.FILINGS.glob("*.json")))

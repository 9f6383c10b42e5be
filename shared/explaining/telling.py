"""What a decision is told from, and how its law is cited: each text once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from shared.contracts.assessment import Assessment, FactValue, Rung, SituationFound, Source
from shared.contracts.events import MeasureProposed, PlacesRanked
from shared.contracts.reports import CustodyFacts
from shared.contracts.vocabulary import Basis, Department, MeasureStatus
from shared.explaining import words
from shared.explaining.citations import cited
from shared.explaining.said import Said


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told besides the assessment: each part only where it is known.

    `placing`: the weighing of places; `contacts`: who staffs a rung (empty: nobody); `questions`: what would change the
    decision; `titles`: the rows' own titles by rule id; `rules`: whether rule ids are shown;
    `supposed`: nothing is filed, so nothing is done; `happened`: who was really told at once, by department; `known`:
    what was said besides the facts that situations used.
    """

    assessment: Assessment
    custody: CustodyFacts | None = None
    status: MeasureStatus | None = None
    placing: MeasureProposed | PlacesRanked | None = None
    contacts: Callable[[Rung], Sequence[str]] | None = None
    questions: tuple[Said, ...] | None = None
    titles: Mapping[str, Said] = field(default_factory=dict)
    rules: bool = False
    supposed: bool = False
    happened: Mapping[Department, Said] | None = None
    known: Mapping[str, FactValue] = field(default_factory=dict)

    @property
    def situations(self) -> tuple[SituationFound, ...]:
        """The situations with the gravest first: their numbers in the words are their places here."""
        return tuple(sorted(self.assessment.situations, key=lambda item: -item.level.urgency))


@dataclass(slots=True)
class Cites:
    """Cites each text once; afterwards only what kind of rule it is."""

    rules: bool
    said: dict[str, Said] = field(default_factory=dict)

    def source(self, source: Source, where: Said | None = None) -> Said:
        """The citation with its basis, in brackets; the rule's id when asked for. `where` it stands is said later."""
        if where is not None:
            self.said.setdefault(source.citation, where)
            return _bracketed(_basis_and_text(source), source.rule if self.rules else "")
        return _bracketed(self._basis_and_text(source), source.rule if self.rules else "")

    def basis(self, source: Source) -> Said:
        """The basis alone."""
        return _bracketed(Said(*words.BASES[source.basis.value]), source.rule if self.rules else "")

    def _basis_and_text(self, source: Source) -> Said:
        before = self.said.get(source.citation)
        if before is not None:
            return before
        self.said[source.citation] = Said(*words.BASES[source.basis.value])
        return _basis_and_text(source)


def _basis_and_text(source: Source) -> Said:
    """The citation; with its basis where the citation itself does not say it."""
    basis, text = Said(*words.BASES[source.basis.value]), cited(source.citation)
    if source.basis is Basis.STATUTE or "设计值" in source.citation:
        return text
    return Said(f"{basis.zh}，{text.zh}", f"{basis.en}, {text.en}")


def _bracketed(said: Said, rule: str) -> Said:
    more = f" · {rule}" if rule else ""
    return Said(f"〔{said.zh}{more}〕", f" [{said.en}{more}]")

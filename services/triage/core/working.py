"""A book while events are folded into it: written in place, and a plain state again when they are through.

One decision brings some forty events of one case. Each of them would make a new county, a new book and a new index of
deadlines; here the cases that changed stand beside the counties until somebody asks for the whole, and the index
is brought into step once. What a fold sees is the same, so that folds need not know which of the two they are given.
"""

from __future__ import annotations

import functools
from typing import Any

from immutables import Map

from services.triage.core.state import BookState, Case, County, Deadline, Stub, changed

Index = Map[str, tuple[str, str | None]]
NO_DEADLINES: Map[str, Deadline] = Map()


@functools.lru_cache(maxsize=4096)
def _nothing_yet(county: str) -> County:
    return County(county)


def deadlines_of(state: BookState, county: str, case_id: str | None) -> Map[str, Deadline]:
    """The pending deadlines of an open case, of the duties that outlive a closed one, or (None) the county's own."""
    if case_id is None:
        return state.registry(county).deadlines if county in state.counties else NO_DEADLINES
    case = state.case(case_id)
    if case is not None:
        return case.deadlines
    duties = state.duties(case_id)
    return duties.deadlines if duties else NO_DEADLINES


class Working(BookState):
    """A state that its own folds change. Only one decision or one fold holds it; `settled` gives what may be kept.

    A case, a county or a remembered value that was taken from it stays as it was: those are replaced, not changed.
    """

    __slots__ = ("_base", "_cases", "_touched_cases", "_touched_counties")

    def __init__(self, base: BookState) -> None:
        self.__dict__.update(base.__dict__)
        self._base = base
        self._cases: dict[str, Case] = {}
        self._touched_cases: dict[str, None] = {}
        self._touched_counties: dict[str, None] = {}

    def case(self, case: str) -> Case | None:
        """An open case, or None when it is closed or unknown."""
        return self._cases.get(case) or BookState.case(self, case)

    def stub(self, case: str) -> Stub | None:
        """What is kept of a closed case, or None."""
        return None if case in self._cases else BookState.stub(self, case)

    def county(self, county: str) -> County:
        """The county's state with every case as it now is."""
        self._write_cases()
        return BookState.county(self, county)

    def registry(self, county: str) -> County:
        """Its contacts, shifts, places and accounts; one where nothing has happened yet is made once."""
        return self.counties.get(county) or _nothing_yet(county)

    def having(self, **changes: Any) -> BookState:  # noqa: ANN401 - one of many types
        """Changed in place."""
        self.__dict__.update(changes)
        return self

    def with_county(self, county: County) -> BookState:
        """Changed in place."""
        self._touched_counties[county.county] = None
        self.__dict__["counties"] = self.counties.set(county.county, county)
        return self

    def with_case(self, case: Case) -> BookState:
        """Changed in place."""
        self._cases[case.case] = case
        return self

    def touches(self, case: str) -> None:
        """An event speaks of this case: its deadlines may change."""
        self._touched_cases[case] = None

    def settled(self) -> BookState:
        """The state as a value, with the index of pending deadlines in step. This one is not to be used any more."""
        self._write_cases()
        state = object.__new__(BookState)
        object.__setattr__(state, "__dict__", self.__dict__.copy())
        index = self.deadlines
        for county in self._touched_counties:
            index = _in_step(index, self._base, state, county, None)
        for case in self._touched_cases:
            of = state.cases.get(case)
            if of is not None:
                index = _in_step(index, self._base, state, of, case)
        state.__dict__["deadlines"] = index
        return state

    def _write_cases(self) -> None:
        if not self._cases:
            return
        written, self._cases = self._cases, {}
        counties = self.counties
        for case in written.values():
            county = counties.get(case.county) or County(case.county)
            counties = counties.set(case.county, changed(county, cases=county.cases.set(case.case, case)))
        self.__dict__["counties"] = counties


def _in_step(index: Index, before: BookState, after: BookState, county: str, case_id: str | None) -> Index:
    """The book's index of pending deadlines in step with those of the case (or of the county)."""
    old, new = deadlines_of(before, county, case_id), deadlines_of(after, county, case_id)
    if old is new:
        return index
    mutation = index.mutate()
    for deadline in old:
        if deadline not in new:
            del mutation[deadline]
    for deadline in new:
        if deadline not in old:
            mutation[deadline] = (county, case_id)
    return mutation.finish()

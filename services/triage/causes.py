"""Which bytes each decided offset had: eight bytes of hash for each input, so that inputs delivered again are checked.

An input that goes backwards (another topic behind the same name, a truncated one) shows as another hash.
"""

from array import array
from dataclasses import dataclass, field


@dataclass(slots=True)
class CauseIndex:
    """The hashes of the decided inputs of one book, by short topic name. Holds confirmed decisions only."""

    _base: dict[str, int] = field(default_factory=dict)
    _hashes: "dict[str, array[int]]" = field(default_factory=dict)

    def add(self, topic: str, offset: int, sha256: str) -> None:
        """Remember the next decided input of a topic."""
        hashes = self._hashes.get(topic)
        if hashes is None:
            self._base[topic] = offset
            hashes = self._hashes[topic] = array("Q")
        hashes.append(int(sha256[:16], 16))

    def restart(self, topic: str) -> None:
        """Forget a topic whose position an operator set anew."""
        self._base.pop(topic, None)
        self._hashes.pop(topic, None)

    def same(self, topic: str, offset: int, sha256: str) -> bool | None:
        """Whether the decided input had this hash; None when it is not known (before an operator's new position)."""
        hashes = self._hashes.get(topic)
        if hashes is None:
            return None
        index = offset - self._base[topic]
        if not 0 <= index < len(hashes):
            return None
        return hashes[index] == int(sha256[:16], 16)

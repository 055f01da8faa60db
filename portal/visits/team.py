"""A team as it is typed in: who leads, who comes along, and how young people are paired."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from portal.people.models import Person
from portal.visits.models import MemberPart
from scoring.rules import RuleBroken

MOST_IN_A_PAIR = 2


@dataclass(frozen=True, slots=True)
class Team:
    """Who goes on a visit. `young`: each group fills one sheet, alone or as a pair."""

    lead: Person
    officers: Sequence[Person] = ()
    supporter: Person | None = None
    young: Mapping[str, Sequence[Person]] = field(default_factory=dict)  # by the label of a sheet

    def check(self) -> None:
        """Refuse a team that cannot go.

        Raises:
            RuleBroken: `visit-team:no-supporter`, `visit-team:pair`, `visit-team:twice`.
        """
        if self.young and self.supporter is None:
            words = "Young Commissioners go with their Participation Officer. Choose who that is."
            raise RuleBroken("visit-team:no-supporter", words, "supporter")
        for label, people in self.young.items():
            if not 1 <= len(people) <= MOST_IN_A_PAIR:
                words = f"{label} has {len(people)} people. A pair is two."
                raise RuleBroken("visit-team:pair", words, "young")
        ids = [person.id for person, _ in self.members]
        if len(set(ids)) != len(ids):
            raise RuleBroken("visit-team:twice", "Somebody stands in this team twice.", "officers")

    @property
    def members(self) -> list[tuple[Person, MemberPart]]:
        """Everybody with their part."""
        young = [person for people in self.young.values() for person in people]
        return [
            (self.lead, MemberPart.LEAD),
            *((one, MemberPart.OFFICER) for one in self.officers),
            *(((self.supporter, MemberPart.SUPPORTER),) if self.supporter else ()),
            *((one, MemberPart.YOUNG) for one in young),
        ]


def paired(chosen: Mapping[Person, str]) -> dict[str, list[Person]]:
    """Young people by the label of their sheet: “Pair 1”, or their own alias.

    Args:
        chosen: “alone”, or the name of a pair; empty for somebody who does not come.
    """
    groups: dict[str, list[Person]] = defaultdict(list)
    for person, word in chosen.items():
        if word:
            groups[person.name if word == "alone" else word].append(person)
    return dict(groups)

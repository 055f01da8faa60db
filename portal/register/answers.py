"""The register's answer for one provider or for all of them, in the same number of statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portal.access import Viewer
from portal.content import queries as content
from portal.content.models import ContentVersion
from portal.contracts import queries as contracts
from portal.contracts.models import Contract, ListMembership
from portal.contracts.queries_placing import bought
from portal.documents import stops as documents
from portal.documents.stops import Stop
from portal.providers import queries_exceptions as exceptions
from portal.providers.models import Provider, Registration
from portal.providers.models_exceptions import Hindrance, PlacementException
from portal.register import ofsted
from portal.register.models_ofsted import Answer as Decided
from portal.register.ofsted import Downgrade
from portal.register.placing import Answer, Facts, Held, may_place
from portal.web import date_text
from scoring.eligibility import OutcomeScale

Gates = Mapping[tuple[int, str], ContentVersion]


@dataclass(frozen=True, slots=True)
class Ground:
    """The answer for one provider, and what it rests on.

    Args:
        excepted: exceptions that hold today, by what they are about.
    """

    answer: Answer
    places: Sequence[ListMembership]
    contracts: Sequence[Contract]
    stops: Sequence[Stop]
    exceptions: Sequence[PlacementException]
    excepted: Mapping[str, PlacementException]
    downgrades: Sequence[Downgrade]

    @property
    def held(self) -> list[Held]:
        """Everything under which somebody may be placed."""
        return [*self.places, *self.contracts]

    def is_needed(self, exception: PlacementException) -> bool:
        """Whether the paper that an exception is about still stands in the way."""
        about_paper = exception.about is Hindrance.DOCUMENT
        return not about_paper or exception.about_ref in {one.document.ref for one in self.stops}


def grounds(providers: Iterable[Provider], viewer: Viewer, on: date) -> dict[int, Ground]:
    """The answer for each of these providers, whose registrations are loaded, by id."""
    wanted = {one.id: one for one in providers}
    places = _by_provider(contracts.memberships(viewer, provider_ids=wanted))
    buying = _by_provider(bought(viewer, wanted))
    stopping = documents.stops(wanted, on)
    given = _by_provider(exceptions.exceptions(viewer, wanted))
    down: dict[int, list[Downgrade]] = {}
    for one in ofsted.downgrades(viewer, on, wanted):
        down.setdefault(one.change.registration.provider_id, []).append(one)
    agreements = {
        one.agreement_lot.agreement_id
        for held in (places, buying)
        for own in held.values()
        for one in own
    }
    gates = contracts.gated_lots(agreements)
    return {
        id_: _ground(
            provider,
            (viewer, on),
            places=places.get(id_, []),
            buying=buying.get(id_, []),
            stops=stopping.get(id_, []),
            given=given.get(id_, []),
            down=down.get(id_, []),
            gates=gates,
        )
        for id_, provider in wanted.items()
    }


def _by_provider(found: Iterable) -> dict[int, list]:
    sorted_: dict[int, list] = {}
    for one in found:
        sorted_.setdefault(one.provider_id, []).append(one)
    return sorted_


def _ground(
    provider: Provider,
    asked: tuple[Viewer, date],
    *,
    places: Sequence[ListMembership],
    buying: Sequence[Contract],
    stops: Sequence[Stop],
    given: Sequence[PlacementException],
    down: Sequence[Downgrade],
    gates: Gates,
) -> Ground:
    viewer, on = asked
    held = exceptions.holding(given, viewer, on)
    open_stops = [one for one in stops if one.document.ref not in held]
    everything: list[Held] = [*places, *buying]
    closed, cautions = _ofsted(provider, everything, gates, on)
    standing = {one.document.ref for one in stops} | {one.change.registration.ref for one in down}
    facts = Facts(
        on,
        viewer.council_ids,
        blocking=[one.words for one in open_stops if not one.where],
        blocked_homes=[one.words for one in open_stops if one.where],
        closed_lots=closed,
        cautions=[*_by_exception(held, standing), *cautions, *_undecided(down)],
        barred=_barred(down, held),
    )
    answer = may_place(everything, facts)
    return Ground(answer, places, buying, stops, given, held, down)


def _by_exception(held: Mapping[str, PlacementException], standing: set[str]) -> list[str]:
    """Exceptions in use: one whose cause is gone says nothing."""
    return [
        f"By exception until {date_text(one.until_on)}: {one.label}."
        for about, one in held.items()
        if about in standing
    ]


def _undecided(down: Iterable[Downgrade]) -> list[str]:
    return [
        f"Ofsted downgraded {one.change.registration.urn}, and your council has not decided yet."
        for one in down
        if one.waiting
    ]


def _barred(down: Iterable[Downgrade], held: Mapping[str, PlacementException]) -> list[str]:
    """What the viewer's council decided: nobody new, except by an exception that holds."""
    return [
        f"Ofsted downgraded {one.change.registration.urn}: your council places by exception alone."
        for one in down
        if one.change.registration.ref not in held
        and any(decision.answer is Decided.BY_EXCEPTION for decision in one.decisions)
    ]


def _ofsted(
    provider: Provider, places: Sequence[Held], gates: Gates, on: date
) -> tuple[dict[tuple[int, str], str], list[str]]:
    """What Ofsted's registration says of the lots that need it.

    Returns:
        The lots that it does not open, each with the reason; what to look at first.
    """
    own = {one.agreement_lot.agreement_id for one in places}
    closed, cautions = {}, set()
    for lot, version in gates.items():
        if lot[0] not in own:
            continue
        scale = content.ofsted_scale(version)
        branches = [one for one in provider.registrations if _is_registered(one, scale, on)]
        if not branches:
            closed[lot] = _why_closed(provider, scale)
        cautions |= {
            f"Ofsted, {one.urn}: {_outcome_words(one, scale)}."
            for one in branches
            if one.outcome not in scale.usual_gate
        }
    return closed, sorted(cautions)


def _why_closed(provider: Provider, scale: OutcomeScale) -> str:
    dayless = [
        one.urn
        for one in provider.registrations
        if one.service.value == scale.provision and one.registered_on is None
    ]
    if dayless:
        return f"the day of Ofsted registration {', '.join(dayless)} is not on record."
    return "no Ofsted registration is on record."


def _is_registered(one: Registration, scale: OutcomeScale, on: date) -> bool:
    return (
        one.service.value == scale.provision
        and one.registered_on is not None
        and one.registered_on <= on
    )


def _outcome_words(one: Registration, scale: OutcomeScale) -> str:
    labels = {outcome.value: outcome.label for outcome in scale.outcomes}
    return labels.get(one.outcome, one.outcome)

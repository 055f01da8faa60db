"""Results of rounds whose prices are open, and releases of open contracting data."""

from typing import Any

from marshmallow import RAISE, Schema, fields

from portal.access import Permission, current_viewer
from portal.api.fields import Exact, Told
from portal.api.routes import reads
from portal.awards import releases
from portal.awards.facts import facts_of
from portal.evaluation import policy, queries
from portal.evaluation.results import queries as queries_results
from portal.evaluation.results.queries import Outline
from portal.people.actions import note_read
from portal.people.scopes import Scope
from portal.rounds import queries as rounds
from portal.web import clock, or_404
from scoring.rules import RuleBroken

TAG = "Results"


class ResultSchema(Told):
    """One bid in one lot."""

    bid = fields.String()
    bidder = fields.String()
    lot = fields.String()
    council = fields.String(
        metadata={"description": "Where price is evaluated for each; else empty"}
    )
    rank = fields.Integer(allow_none=True)
    total = Exact(
        digits=4, metadata={"description": "Points, rounded once; the page has the working"}
    )
    admitted = fields.Boolean()


class ResultsSchema(Told):
    """The results of a round that you may read."""

    round = fields.String()
    results = fields.List(fields.Nested(ResultSchema))
    closed = fields.Integer(
        metadata={"description": "How many are left out, since you declared an interest"}
    )


class ReleaseSchema(Schema):
    """A release of the Open Contracting Data Standard 1.1."""

    class Meta:
        unknown = RAISE

    ocid = fields.String(required=True)
    release = fields.Dict(required=True)


@reads(
    "/rounds/<ref>/results",
    ResultsSchema,
    tag=TAG,
    scope=Scope.RESULTS_READ,
    permission=Permission.RESULT_READ,
    refuses=True,
)
def results(_query: dict[str, Any], ref: str) -> dict[str, Any]:
    """The results of one round of your councils, from the opening of its prices on."""
    viewer = current_viewer()
    bid_round = queries.council_round(ref, viewer)
    policy.may_read_results(viewer, bid_round).or_refuse("results:not-yet")
    if bid_round.prices_opened_at is None:
        raise RuleBroken("results:prices-sealed", "The prices of this round are sealed.")
    found = queries_results.outlines(bid_round, viewer)
    note_read(viewer, "results", ref, clock())
    return {
        "round": bid_round.ref,
        "results": [_result(one) for one in found.rows],
        "closed": found.closed,
    }


@reads(
    "/rounds/<ref>/releases/<kind>",
    ReleaseSchema,
    tag=TAG,
    scope=Scope.RESULTS_READ,
    permission=Permission.RESULT_READ,
)
def release(_query: dict[str, Any], ref: str, kind: str) -> dict[str, Any]:
    """A round as open contracting data: `tender`, and when they are there `award` and `contract`."""
    viewer = current_viewer()
    facts = facts_of(rounds.own_round(ref, viewer), viewer, clock())
    offered = {one.value: one for one in releases.offered(facts)}
    told = releases.release(or_404(offered.get(kind)), facts)
    return {"ocid": told["ocid"], "release": told}


def _result(one: Outline) -> dict[str, Any]:
    return {
        "bid": one.bid,
        "bidder": one.bidder,
        "lot": one.lot_code,
        "council": one.council,
        "rank": one.rank,
        "total": one.total,
        "admitted": one.admitted,
    }

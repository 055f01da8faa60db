"""Who may do what: roles, permissions, the table between them, and the guard on every view.

Grants add up over the posts that a person holds; denials win over every grant. What depends on
the thing itself (its stage, its panel, a declared conflict) is decided in the room's `policy.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, wraps
from typing import Any

from flask import abort, g
from flask_login import current_user

from scoring.rules import RuleBroken


class Role(StrEnum):
    """The posts that people hold, in the words of the field."""

    PROVIDER_ADMIN = "provider-admin"
    PROVIDER_CONTRIBUTOR = "provider-contributor"
    COMMISSIONER = "commissioner"
    MODERATOR = "moderator"
    EVALUATOR = "evaluator"
    YOUNG_COMMISSIONER = "young-commissioner"
    PARTICIPATION_OFFICER = "participation-officer"
    FINANCE = "finance"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"

    @property
    def title(self) -> str:
        return self.value.replace("-", " ").capitalize()


PROVIDER_ROLES = frozenset({Role.PROVIDER_ADMIN, Role.PROVIDER_CONTRIBUTOR})
COUNCIL_ROLES = frozenset(Role) - PROVIDER_ROLES
SECOND_FACTOR_ROLES = frozenset(Role) - {Role.PROVIDER_CONTRIBUTOR, Role.YOUNG_COMMISSIONER}


class Permission(StrEnum):
    """What can be allowed, as `resource:verb`."""

    ACCOUNT_MANAGE = "account:manage"  # one's own
    TOKEN_KEEP = "token:keep"  # noqa: S105  one's own, for one's own programs
    PEOPLE_ADMINISTER = "people:administer"
    YOUNG_LOOK_AFTER = "young-commissioner:look-after"

    ORGANISATION_READ = "organisation:read"
    ORGANISATION_EDIT = "organisation:edit"
    COLLEAGUE_INVITE = "colleague:invite"
    HOME_KEEP = "home:keep"  # of one's own organisation: its homes, and what is free in them

    DOCUMENT_READ = "document:read"
    DOCUMENT_UPLOAD = "document:upload"
    DOCUMENT_CHECK = "document:check"
    CONTENT_READ = "content:read"

    ROUND_READ = "round:read"
    ROUND_EDIT = "round:edit"
    ROUND_PUBLISH = "round:publish"
    ROUND_OPEN = "round:open"

    APPLICATION_READ = "application:read"
    APPLICATION_EDIT = "application:edit"
    APPLICATION_SUBMIT = "application:submit"
    APPLICATION_WITHDRAW = "application:withdraw"

    BID_READ = "bid:read"  # after opening
    BID_CHECK = "bid:check"
    BID_SCORE = "bid:score"
    BID_MODERATE = "bid:moderate"
    PANEL_MANAGE = "panel:manage"
    CONFLICT_DECLARE = "conflict:declare"
    PRACTISE = "practice:take"
    YOUNG_SCORE = "young:score"
    YOUNG_SIGN_OFF = "young:sign-off"
    RESULT_READ = "result:read"

    AWARD_RECOMMEND = "award:recommend"
    AWARD_APPROVE = "award:approve"
    AWARD_CONCLUDE = "award:conclude"
    AWARD_HOLD = "award:hold"
    LETTER_READ = "letter:read"
    EVIDENCE_READ = "evidence:read"  # of a whole round
    CONTRACT_READ = "contract:read"
    CONTRACT_EDIT = "contract:edit"
    UPLIFT_ASK = "uplift:ask"
    UPLIFT_DECIDE = "uplift:decide"

    FOLLOW_UP_READ = "follow-up:read"
    FOLLOW_UP_ANSWER = "follow-up:answer"
    FOLLOW_UP_RAISE = "follow-up:raise"  # and decide on: close, reopen, withdraw, another date

    CALENDAR_READ = "calendar:read"

    KPI_BOARD = "kpi:compare"  # values, ratings and quartiles
    KPI_READ = "kpi:read"  # returns with comments and evidence
    KPI_ENTER = "kpi:enter"
    KPI_SUBMIT = "kpi:submit"
    KPI_CHECK = "kpi:check"
    VISIT_READ = "visit:read"
    VISIT_PLAN = "visit:plan"
    VISIT_TAKE_PART = "visit:take-part"
    VISIT_SIGN_OFF = "visit:sign-off"
    VISIT_ANSWER = "visit:answer"  # for a provider

    REGISTER_READ = "register:read"
    HOME_CORRECT = "home:correct"  # of a provider with whom one's own council may place
    PLACEMENT_EXCEPT = "placement:except"  # for one's own council
    OFSTED_IMPORT = "ofsted:import"
    RATE_COMPARE = "rate:compare"
    RATE_IMPORT = "rate:import"
    COST_READ = "cost:read"  # reports of one's own council
    COST_IMPORT = "cost:import"
    PLACEMENT_COST_READ = "placement-cost:read"  # the spells behind a figure
    PLACEMENT_CHOOSE = "placement:choose"  # for one's own council
    PLACEMENT_CHOICE_READ = "placement-choice:read"
    TRAIL_READ = "trail:read"


P = Permission
_EVERYBODY = {P.ACCOUNT_MANAGE}
_KPI_READER = {P.KPI_BOARD, P.KPI_READ}
_COUNCIL = _EVERYBODY | {
    P.TOKEN_KEEP,
    P.ROUND_READ,
    P.REGISTER_READ,
    P.CONTENT_READ,
    P.CALENDAR_READ,
}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.PROVIDER_ADMIN: frozenset(
        _EVERYBODY
        | {P.HOME_KEEP, P.TOKEN_KEEP}
        | {P.ORGANISATION_READ, P.ORGANISATION_EDIT, P.COLLEAGUE_INVITE, P.DOCUMENT_READ}
        | {P.DOCUMENT_UPLOAD, P.APPLICATION_READ, P.APPLICATION_EDIT, P.APPLICATION_SUBMIT}
        | {P.APPLICATION_WITHDRAW, P.LETTER_READ, P.CONTRACT_READ, P.CALENDAR_READ}
        | {P.UPLIFT_ASK}
        | {P.FOLLOW_UP_READ, P.FOLLOW_UP_ANSWER}
        | _KPI_READER
        | {P.KPI_ENTER, P.KPI_SUBMIT}
        | {P.VISIT_ANSWER}
    ),
    Role.PROVIDER_CONTRIBUTOR: frozenset(
        _EVERYBODY
        | {P.HOME_KEEP, P.TOKEN_KEEP}
        | {P.ORGANISATION_READ, P.DOCUMENT_READ, P.DOCUMENT_UPLOAD}
        | {P.APPLICATION_READ, P.APPLICATION_EDIT, P.LETTER_READ, P.CONTRACT_READ, P.CALENDAR_READ}
        | {P.FOLLOW_UP_READ, P.FOLLOW_UP_ANSWER}
        | _KPI_READER
        | {P.KPI_ENTER}
        | {P.VISIT_ANSWER}
    ),
    Role.COMMISSIONER: frozenset(
        _COUNCIL
        | {
            P.ROUND_EDIT,
            P.ROUND_PUBLISH,
            P.ROUND_OPEN,
            P.BID_READ,
            P.BID_CHECK,
            P.PANEL_MANAGE,
            P.PRACTISE,
        }
        | {P.CONFLICT_DECLARE, P.RESULT_READ, P.AWARD_RECOMMEND, P.AWARD_CONCLUDE, P.LETTER_READ}
        | {P.EVIDENCE_READ, P.CONTRACT_READ, P.CONTRACT_EDIT}
        | {P.PLACEMENT_EXCEPT, P.OFSTED_IMPORT, P.HOME_CORRECT}
        | {P.DOCUMENT_READ, P.DOCUMENT_CHECK, P.RATE_COMPARE, P.AWARD_HOLD}
        | {P.FOLLOW_UP_READ, P.FOLLOW_UP_ANSWER, P.FOLLOW_UP_RAISE}
        | _KPI_READER
        | {P.KPI_CHECK}
        | {P.COST_READ}
        | {P.PLACEMENT_CHOOSE, P.PLACEMENT_CHOICE_READ}
        | {P.VISIT_READ, P.VISIT_PLAN, P.VISIT_TAKE_PART}
    ),
    Role.MODERATOR: frozenset(
        _COUNCIL
        | {P.BID_READ, P.BID_MODERATE, P.PANEL_MANAGE, P.CONFLICT_DECLARE, P.RESULT_READ}
        | {P.AWARD_RECOMMEND, P.PRACTISE}
    ),
    Role.EVALUATOR: frozenset(
        _COUNCIL
        | {P.BID_READ, P.BID_SCORE, P.CONFLICT_DECLARE, P.PRACTISE}
        | {P.VISIT_READ, P.VISIT_TAKE_PART}
    ),
    Role.YOUNG_COMMISSIONER: frozenset(
        _EVERYBODY | {P.YOUNG_SCORE, P.CONFLICT_DECLARE, P.PRACTISE} | {P.VISIT_TAKE_PART}
    ),
    Role.PARTICIPATION_OFFICER: frozenset(
        _EVERYBODY
        | {P.TOKEN_KEEP}
        | {P.ROUND_READ, P.YOUNG_LOOK_AFTER, P.YOUNG_SIGN_OFF, P.CONFLICT_DECLARE, P.CALENDAR_READ}
        | {P.VISIT_READ, P.VISIT_TAKE_PART, P.VISIT_SIGN_OFF}
    ),
    Role.FINANCE: frozenset(
        _COUNCIL
        | {P.KPI_BOARD, P.RATE_COMPARE, P.RATE_IMPORT, P.CONTRACT_READ}
        | {P.COST_READ, P.COST_IMPORT, P.PLACEMENT_COST_READ, P.UPLIFT_DECIDE}
        | {P.PLACEMENT_CHOICE_READ}
    ),
    Role.APPROVER: frozenset(
        _COUNCIL
        | {P.RESULT_READ, P.AWARD_APPROVE, P.AWARD_HOLD, P.CONFLICT_DECLARE, P.LETTER_READ}
        | {P.EVIDENCE_READ, P.CONTRACT_READ}
        | {P.VISIT_READ}
    ),
    Role.AUDITOR: frozenset(
        _COUNCIL
        | {P.BID_READ, P.RESULT_READ, P.LETTER_READ, P.TRAIL_READ}
        | {P.EVIDENCE_READ, P.CONTRACT_READ, P.FOLLOW_UP_READ}
        | _KPI_READER
        | {P.VISIT_READ, P.PLACEMENT_CHOICE_READ}
    ),
    Role.ADMINISTRATOR: frozenset(_EVERYBODY | {P.PEOPLE_ADMINISTER, P.CONTENT_READ}),
}

# What a post forbids, whatever else its holder may do: prohibitions add up.
DENIALS: dict[Role, frozenset[Permission]] = {
    Role.FINANCE: frozenset({P.BID_READ, P.BID_CHECK, P.BID_SCORE, P.BID_MODERATE}),
    Role.AUDITOR: frozenset(
        {P.PLACEMENT_EXCEPT, P.OFSTED_IMPORT, P.PLACEMENT_CHOOSE, P.HOME_CORRECT}
        | {P.ROUND_EDIT, P.ROUND_PUBLISH, P.ROUND_OPEN, P.BID_CHECK, P.BID_SCORE, P.BID_MODERATE}
        | {P.PANEL_MANAGE, P.AWARD_RECOMMEND, P.AWARD_APPROVE, P.AWARD_CONCLUDE, P.AWARD_HOLD}
        | {P.CONTRACT_EDIT, P.UPLIFT_DECIDE}
        | {P.FOLLOW_UP_RAISE, P.FOLLOW_UP_ANSWER}
        | {P.KPI_CHECK}
        | {P.VISIT_PLAN, P.VISIT_TAKE_PART}
    ),
    Role.YOUNG_COMMISSIONER: frozenset(
        {P.BID_READ, P.RATE_COMPARE, P.RESULT_READ, P.COST_READ, P.PLACEMENT_COST_READ}
        | {P.TOKEN_KEEP}
    ),
    Role.PARTICIPATION_OFFICER: frozenset(
        {P.RATE_COMPARE, P.RATE_IMPORT, P.COST_READ, P.COST_IMPORT, P.PLACEMENT_COST_READ}
    ),
    Role.ADMINISTRATOR: frozenset({P.BID_READ, P.BID_CHECK, P.BID_SCORE, P.BID_MODERATE}),
}


class OrganisationKind(StrEnum):
    COUNCIL = "council"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class Post:
    """A role that somebody holds at an organisation."""

    role: Role
    organisation_id: int
    kind: OrganisationKind
    name: str


@cache
def _permissions_of(roles: frozenset[Role], is_anonymous: bool) -> frozenset[Permission]:
    """What roles grant together, less what one of them denies; put together once for each mix."""
    granted = frozenset[Permission]().union(*(GRANTS[role] for role in roles))
    denied = frozenset[Permission]().union(*(DENIALS.get(role, frozenset()) for role in roles))
    own = frozenset() if is_anonymous else frozenset(_EVERYBODY)
    return (granted | own) - denied


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is looking or acting: a plain value, so that rules and queries need no session."""

    person_id: int | None
    name: str
    posts: tuple[Post, ...] = ()
    ref: str = ""
    session_id: int | None = None
    token_ref: str = ""  # of the token by which a program acts for this person
    must_enrol: bool = False  # a second factor is required and not set up yet
    is_system: bool = False

    @classmethod
    def system(cls) -> "Viewer":
        """The portal itself: jobs and commands."""
        return cls(person_id=None, name="The portal", ref="system", is_system=True)

    @property
    def is_anonymous(self) -> bool:
        return self.person_id is None and not self.is_system

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(post.role for post in self.posts)

    @property
    def permissions(self) -> frozenset[Permission]:
        return _permissions_of(self.roles, self.is_anonymous)

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    @property
    def council_ids(self) -> frozenset[int]:
        return self._organisations(OrganisationKind.COUNCIL)

    @property
    def provider_ids(self) -> frozenset[int]:
        return self._organisations(OrganisationKind.PROVIDER)

    def _organisations(self, kind: OrganisationKind) -> frozenset[int]:
        return frozenset(post.organisation_id for post in self.posts if post.kind is kind)

    def holds(self, role: Role, organisation_id: int | None = None) -> bool:
        return any(
            post.role is role and organisation_id in (None, post.organisation_id)
            for post in self.posts
        )

    def councils_as(self, role: Role) -> frozenset[int]:
        """Where this person holds a role."""
        return frozenset(post.organisation_id for post in self.posts if post.role is role)

    def councils_where(self, permission: Permission) -> frozenset[int]:
        """The councils at which a post of this person's gives a permission.

        Somebody who is a commissioner of one council and looks after money at another does at each
        of them what the post there allows, and no more.
        """
        if not self.may(permission):
            return frozenset()
        return frozenset(
            post.organisation_id
            for post in self.posts
            if post.kind is OrganisationKind.COUNCIL and permission in GRANTS[post.role]
        )

    def acting_id(self) -> int:
        """Who acts, for what only people do.

        Raises:
            RuleBroken: `policy:not-a-person`, for the portal itself and for nobody.
        """
        if self.person_id is None:
            raise RuleBroken("policy:not-a-person", "Only a person who is signed in does this.")
        return self.person_id

    def administers(self, provider_id: int) -> bool:
        return self.holds(Role.PROVIDER_ADMIN, provider_id)


ANONYMOUS = Viewer(person_id=None, name="")


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether somebody may do something to one thing, and if not, why: for the door and the button."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed

    def or_refuse(self, code: str = "policy:refused") -> None:
        """Raises RuleBroken with the reason when it is not allowed."""
        if not self.allowed:
            raise RuleBroken(code, self.reason)


allowed = Decision(allowed=True)


def denied(reason: str) -> Decision:
    return Decision(allowed=False, reason=reason)


def current_viewer() -> Viewer:
    """The person of this request; the portal itself outside a request."""
    if "viewer" in g:
        viewer: Viewer = g.viewer
        return viewer
    return getattr(current_user, "viewer", ANONYMOUS)


type_of_view = Callable[..., Any]


def needs(permission: Permission) -> Callable[[type_of_view], type_of_view]:
    """Only those with the permission come in; a stranger is asked to sign in first."""

    def decorate(view: type_of_view) -> type_of_view:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            viewer = current_viewer()
            if viewer.is_anonymous:
                abort(401)
            if viewer.must_enrol and permission is not Permission.ACCOUNT_MANAGE:
                abort(428)
            if not viewer.may(permission):
                abort(403)
            return view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(view: type_of_view) -> type_of_view:
    """Open to anybody, on purpose."""

    @wraps(view)
    def opened(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    opened.permission = None  # type: ignore[attr-defined]
    return opened

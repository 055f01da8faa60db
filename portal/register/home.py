"""What a home page offers: the shortcuts of each role."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app, url_for

from portal.access import Permission, Role, Viewer
from portal.rounds import queries as rounds
from portal.rounds.models import Round


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A card on the home page."""

    title: str
    text: str
    endpoint: str
    permission: Permission | None = None
    unless: Permission | None = None

    @property
    def address(self) -> str:
        return url_for(self.endpoint)

    def is_for(self, viewer: Viewer) -> bool:
        """Whether this person may go there."""
        wanted = self.permission is None or viewer.may(self.permission)
        return wanted and (self.unless is None or not viewer.may(self.unless))


P = Permission
SHORTCUTS = (
    Shortcut(
        "Open rounds",
        "What you can apply for now.",
        "rounds.open_rounds",
        P.APPLICATION_READ,
    ),
    Shortcut(
        "Your applications",
        "Carry on with an application, or see its receipt.",
        "applications.index",
        P.APPLICATION_READ,
    ),
    Shortcut(
        "Letters",
        "How your applications were assessed, with every reason.",
        "awards.letters",
        P.APPLICATION_READ,
    ),
    Shortcut(
        "Your documents",
        "Policies, insurance and certificates, each with its last day.",
        "documents.mine",
        P.DOCUMENT_UPLOAD,
    ),
    Shortcut(
        "Homes and free places",
        "What is free where, and since when.",
        "providers.my_homes",
        P.HOME_KEEP,
    ),
    Shortcut(
        "Your organisation",
        "Its details, its Ofsted registrations and your colleagues.",
        "providers.index",
        P.ORGANISATION_READ,
    ),
    Shortcut(
        "Follow-ups",
        "What councils asked you to do, and by when.",
        "followups.index",
        P.FOLLOW_UP_ANSWER,
        unless=P.FOLLOW_UP_RAISE,
    ),
    Shortcut(
        "Follow-ups",
        "Recommendations and actions in one list, whoever asked.",
        "followups.index",
        P.FOLLOW_UP_READ,
        unless=P.FOLLOW_UP_ANSWER,
    ),
    Shortcut(
        "Follow-ups",
        "Recommendations and actions in one list, whoever asked.",
        "followups.index",
        P.FOLLOW_UP_RAISE,
    ),
    Shortcut(
        "Forums",
        "Meetings with providers: who is invited, who came, what was agreed.",
        "followups.forum_list",
        P.FOLLOW_UP_READ,
    ),
    Shortcut(
        "Action plans",
        "Every action, looked at each quarter.",
        "followups.plan_list",
        P.FOLLOW_UP_RAISE,
    ),
    Shortcut("Rounds", "Prepare, publish, open and award.", "rounds.index", P.ROUND_EDIT),
    Shortcut(
        "Rounds",
        "Where each round of your council stands.",
        "rounds.index",
        P.ROUND_READ,
        unless=P.ROUND_EDIT,
    ),
    Shortcut("Your scoring", "What is left to score.", "evaluation.index", P.BID_SCORE),
    Shortcut(
        "Moderation",
        "Agree each score, with its reason.",
        "evaluation.moderations",
        P.BID_MODERATE,
    ),
    Shortcut(
        "Register",
        "May we place with them today, where, and at what rate?",
        "register.index",
        P.REGISTER_READ,
    ),
    Shortcut(
        "Free places",
        "Every home, what is free there, and whether you may place.",
        "register.homes",
        P.REGISTER_READ,
    ),
    Shortcut(
        "What Ofsted published",
        "Bring in its outcomes, and decide where one became worse.",
        "register.ofsted_files",
        P.OFSTED_IMPORT,
    ),
    Shortcut(
        "Visits",
        "Plan visits to homes, agree what was found, and see it over time.",
        "visits.index",
        P.VISIT_READ,
    ),
    Shortcut(
        "Visits to your homes",
        "Confirm the day of a visit, and check its report.",
        "visits.of_provider",
        P.VISIT_ANSWER,
    ),
    Shortcut(
        "Contracts",
        "What holds with whom: lots, prices, options, promises.",
        "contracts.index",
        P.CONTRACT_READ,
    ),
    Shortcut(
        "Uplifts",
        "Who asks for a new price, and what was decided.",
        "contracts.uplifts",
        P.UPLIFT_DECIDE,
    ),
    Shortcut(
        "Uplifts",
        "Who asks for a new price: look at it, and recommend.",
        "contracts.uplifts",
        P.CONTRACT_EDIT,
        unless=P.UPLIFT_DECIDE,
    ),
    Shortcut(
        "Uplifts",
        "Ask for a new price, and read what was decided.",
        "contracts.uplifts",
        P.UPLIFT_ASK,
    ),
    Shortcut(
        "Placement choices",
        "Which providers were considered, who was chosen, and why.",
        "costs.choices",
        P.PLACEMENT_CHOICE_READ,
    ),
    Shortcut(
        "Costs",
        "What placements cost, by type and year, with every rule.",
        "costs.reports",
        P.COST_READ,
    ),
    Shortcut(
        "Compare rates",
        "Each lot side by side: lowest, median, highest.",
        "costs.index",
        P.RATE_COMPARE,
    ),
    Shortcut(
        "KPI board",
        "Each provider and KPI: value, target, trend and peers.",
        "kpis.show_board",
        P.KPI_BOARD,
    ),
    Shortcut(
        "KPI returns",
        "What is due, and what the councils said.",
        "kpis.returns",
        P.KPI_ENTER,
    ),
    Shortcut(
        "Spot rates",
        "Bring in what your council agreed outside the list.",
        "costs.spot_rates",
        P.RATE_IMPORT,
    ),
    Shortcut(
        "Young Commissioners",
        "Consent, sign-in cards and pairs.",
        "people.young_people",
        P.YOUNG_LOOK_AFTER,
    ),
    Shortcut(
        "Time and money",
        "Hours, expenses and vouchers of the young people.",
        "young.log",
        P.YOUNG_LOOK_AFTER,
    ),
    Shortcut(
        "Sign-off",
        "Say that the young people’s scores are their own view.",
        "evaluation.sign_offs",
        P.YOUNG_SIGN_OFF,
    ),
    Shortcut(
        "Content",
        "Question sets, scales and schemes, in every version.",
        "content.catalogue",
        P.CONTENT_READ,
        unless=P.REGISTER_READ,
    ),
    Shortcut(
        "What falls due",
        "Deadlines, expiries and decisions, day by day.",
        "register.show_calendar",
        P.CALENDAR_READ,
    ),
    Shortcut("Audit trail", "Who did what, and proof of it.", "register.trail", P.TRAIL_READ),
    Shortcut(
        "People and settings",
        "Accounts, roles and councils.",
        "people.administration",
        P.PEOPLE_ADMINISTER,
    ),
    Shortcut(
        "Running",
        "Work that failed, mail that was refused, files that wait.",
        "register.show_running",
        P.PEOPLE_ADMINISTER,
    ),
)


def shortcuts(viewer: Viewer) -> list[Shortcut]:
    """The places that this person may go to."""
    return [
        one
        for one in SHORTCUTS
        if one.is_for(viewer) and one.endpoint in current_app.view_functions
    ]


# Under which heading the places of a room stand, in the order of the headings.
SUBJECTS = {
    "Rounds and bids": ("rounds", "applications", "evaluation", "awards"),
    "Providers and homes": ("register", "contracts", "documents", "providers", "visits"),
    "How well it goes": ("followups", "kpis"),
    "Money": ("costs",),
    "People and proof": ("people", "young", "content", "register.trail"),
}
FEW = 6  # places that need no headings between them


@dataclass(frozen=True, slots=True)
class Subject:
    """Places that belong together; without a title where there are few in all."""

    title: str
    shortcuts: Sequence[Shortcut]


def subjects(viewer: Viewer) -> list[Subject]:
    """The places that this person may go to, under their headings."""
    found = shortcuts(viewer)
    if len(found) <= FEW:
        return [Subject("", found)] if found else []
    grouped = [
        Subject(title, [one for one in found if _subject_of(one) == title]) for title in SUBJECTS
    ]
    return [one for one in grouped if one.shortcuts]


def _subject_of(shortcut: Shortcut) -> str:
    """Raises KeyError for a room that has no heading."""
    of_rooms = {name: title for title, names in SUBJECTS.items() for name in names}
    room = shortcut.endpoint.partition(".")[0]
    return of_rooms.get(shortcut.endpoint) or of_rooms[room]


def is_young(viewer: Viewer) -> bool:
    """Whether the page is for a Young Commissioner: one thing, in big letters."""
    return viewer.roles == {Role.YOUNG_COMMISSIONER}


def open_rounds(now: datetime) -> Sequence[Round]:
    return rounds.open_rounds(now)

"""Homes and what is free in them: as a council looks for a place, and for a provider's own people."""

from typing import Any

from marshmallow import fields, validate

from portal.access import Permission, current_viewer
from portal.api.fields import Asked, Told, a_list, one_of, word
from portal.api.paging import CutQuery, cut, whole
from portal.api.routes import reads, writes
from portal.api.shared import NamedSchema, named, on_today
from portal.people.scopes import Scope
from portal.providers import actions_vacancies as actions, policy, queries_settings
from portal.providers.models_settings import Setting, SettingCategory
from portal.providers.queries_settings import Free
from portal.register import listing
from portal.register.listing import HomeLine, WantedHome
from portal.web import clock, or_404

TAG = "Homes"
MAY = ("yes", "care", "no")


class FreeSchema(Told):
    """What is free from a day on."""

    free = fields.Integer()
    from_on = fields.Date()
    said_on = fields.Date()


class HomeSchema(Told):
    """A home, and what is free in it."""

    ref = fields.String()
    name = fields.String()
    provider = fields.Nested(NamedSchema)
    category = fields.String(metadata={"enum": [one.value for one in SettingCategory]})
    ages = fields.String()
    places = fields.Integer()
    where = fields.String(metadata={"description": "The address, or whereabouts, as you may read"})
    free = fields.Integer(allow_none=True, metadata={"description": "Today; null: nobody has said"})
    out_of_date = fields.Boolean(metadata={"description": "Nobody has said it for too long"})
    coming = fields.List(fields.Nested(FreeSchema))


class FoundHomeSchema(HomeSchema):
    """A home as the register lists it."""

    may = fields.String(metadata={"enum": list(MAY), "description": "May we place today?"})


class HomesQuery(CutQuery):
    """What the list of homes is narrowed to."""

    words = word(load_default="")
    category = one_of([one.value for one in SettingCategory], load_default="")
    age = fields.Integer(load_default=None, validate=validate.Range(0, 30))
    free = one_of(("yes",), load_default="")
    may = one_of(("yes",), load_default="")


class VacancySchema(Asked):
    """What is free from a day on."""

    free = fields.Integer(required=True, strict=True, validate=validate.Range(0, 1_000))
    from_on = fields.Date(metadata={"description": "Today, where it is left out"})


@reads(
    "/homes",
    a_list(FoundHomeSchema, "FoundHome"),
    tag=TAG,
    asks=HomesQuery,
    scope=Scope.HOMES_READ,
    permission=Permission.REGISTER_READ,
)
def homes(query: dict[str, Any]) -> dict[str, Any]:
    """The open homes of everybody, most free places first."""
    start = query.pop("start")
    lines = listing.homes(current_viewer(), WantedHome(**query), clock())
    return cut(lines, start, _line)


@reads(
    "/own-homes",
    a_list(HomeSchema, "Home"),
    tag=TAG,
    scope=Scope.HOMES_READ,
    permission=Permission.HOME_KEEP,
)
def own_homes(_query: dict[str, Any]) -> dict[str, Any]:
    """The open homes of your own organisations."""
    viewer = current_viewer()
    return whole(queries_settings.settings_of(viewer.provider_ids, viewer), home_told)


@writes(
    "/own-homes/<ref>/vacancies",
    HomeSchema,
    tag=TAG,
    status=201,
    asks=VacancySchema,
    scope=Scope.HOMES_WRITE,
    permission=Permission.HOME_KEEP,
)
def say_what_is_free(sent: dict[str, Any], ref: str) -> Any:
    """Say how many places are free in a home. What was said before stays on record."""
    home = _own(ref)
    from_on = sent.get("from_on") or on_today()
    actions.say_what_is_free({home: sent["free"]}, from_on, actor=current_viewer(), now=clock())
    return lambda: home_told(_own(ref))


def _own(ref: str) -> Setting:
    """A home of one's own organisation; another's is not there."""
    viewer = current_viewer()
    home = queries_settings.setting(ref, viewer)
    own = home is not None and home.provider_id in viewer.provider_ids
    found: Setting = or_404(home if own else None)
    return found


def home_told(home: Setting) -> dict[str, Any]:
    """A home as `HomeSchema` has it."""
    return _told(home, queries_settings.free_in(home, clock()))


def _line(line: HomeLine) -> dict[str, Any]:
    return _told(line.home, line.free) | {"may": line.may}


def _told(home: Setting, free: Free) -> dict[str, Any]:
    return {
        "ref": home.ref,
        "name": home.name,
        "provider": named(home.provider),
        "category": home.category.value,
        "ages": home.ages,
        "places": home.places,
        "where": policy.address_for(current_viewer(), home),
        "free": free.number,
        "out_of_date": free.old,
        "coming": [
            {"free": one.free, "from_on": one.from_on, "said_on": one.said_on}
            for one in free.coming
        ],
    }

"""What this room hands up to the house."""

from portal.access import Permission
from portal.documents import views_many, views_reading  # noqa: F401  these add their pages
from portal.documents.card import card
from portal.documents.dates import dates
from portal.documents.due import due
from portal.documents.search import search
from portal.documents.views import bp
from portal.web import NavItem, Room

room = Room(
    blueprint=bp,
    nav=(NavItem("Documents", "documents.mine", Permission.DOCUMENT_READ),),
    search=search,
    due=due,
    dates=dates,
    card=card,
)

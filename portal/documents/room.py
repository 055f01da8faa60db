"""What this room hands up to the house."""

from portal.access import Permission
from portal.documents import queries
from portal.documents.dates import dates
from portal.documents.views import bp
from portal.web import NavItem, Room

room = Room(
    blueprint=bp,
    nav=(NavItem("Documents", "documents.mine", Permission.DOCUMENT_READ),),
    due=queries.due,
    dates=dates,
)

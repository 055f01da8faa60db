"""`flask content load`: take in the content that ships with this release; safe to do again."""

import click

from portal.access import Viewer
from portal.content.views import bp
from portal.db import db
from portal.web import clock

bp.cli.help = "The content of this release."


@bp.cli.command("load")
def load() -> None:
    """Take in the content that ships with the portal."""
    from portal.content import actions  # brings the schemas, which no page needs

    added = actions.load_defaults(actor=Viewer.system(), now=clock())
    db.session.commit()
    for version in added:
        click.echo(f"{version.kind} {version.key}, version {version.version}")
    click.echo(f"{len(added)} new versions." if added else "Nothing new.")

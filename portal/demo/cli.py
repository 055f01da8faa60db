"""Commands of the demonstration."""

import gc
import logging
from typing import Any

import click
import structlog
from flask.cli import AppGroup
from sqlalchemy import event

from portal.db import db
from portal.demo import cast, story
from portal.people.demonstration import PASSWORD, PIN
from portal.web import clock

demo_commands = AppGroup("demo", help="The demonstration.")


@demo_commands.command("tell")
def tell() -> None:
    """Tell the story, unless this database has one already."""
    if story.is_told():
        click.echo("The story is told already.")
        return
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    _hurry()
    story.tell(clock())
    click.echo("The story is told.")


def _hurry() -> None:
    """Spare what a story can do without: half a story is thrown away, and so is this process."""
    gc.disable()
    if db.engine.dialect.name == "sqlite":
        event.listen(db.engine, "checkout", _without_waiting_for_the_disk)


def _without_waiting_for_the_disk(connection: Any, *_: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


@demo_commands.command("people")
def people() -> None:
    """Say who can sign in, and how."""
    told = cast.told("cast.yaml")
    click.echo(f"Everybody's password: {PASSWORD}")
    click.echo("The code of the second step is shown on its page.\n")
    for one in told["staff"]:
        roles = ", ".join(one["roles"])
        click.echo(f"  {cast.address(one['name']):38} {roles} at {one['council']}")
    for one in told["providers"]:
        click.echo(f"  {cast.address(one['admin']):38} administrator of {one['name']}")
        click.echo(
            f"  {cast.address(one['contributor']):38} contributor"
        ) if "contributor" in one else None
    names = ", ".join(told["young"])
    click.echo(
        f"\n  Young Commissioners ({names}) sign in with a card, PIN {PIN}: see the sign-in page."
    )

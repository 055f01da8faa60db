"""Commands. Each room adds its own group; this file binds them."""

from datetime import datetime, timedelta

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from portal import audit, dispatching, queue
from portal.costs.cli import cost_commands
from portal.days import end_of
from portal.db import db
from portal.evidence.cli import round_commands
from portal.keeping.cli import keep_commands, storage_commands
from portal.keeping.migrating import upgrade
from portal.register.cli import ofsted_commands

audit_commands = AppGroup("audit", help="The audit trail.")
job_commands = AppGroup("jobs", help="Work behind the pages.")


def init_app(app: Flask) -> None:
    """Bind the commands."""
    app.cli.add_command(migrate)
    app.cli.add_command(audit_commands)
    app.cli.add_command(job_commands)
    app.cli.add_command(round_commands)
    app.cli.add_command(cost_commands)
    app.cli.add_command(ofsted_commands)
    app.cli.add_command(storage_commands)
    for command in keep_commands:
        app.cli.add_command(command)
    if app.config["DEMO"]:
        from portal.demo.cli import demo_commands

        app.cli.add_command(demo_commands)


@click.command()
@with_appcontext
def migrate() -> None:
    """Bring the database to the newest version."""
    upgrade(current_app.config["DATABASE_URL"])
    click.echo("The database is up to date.")


@audit_commands.command("verify")
@click.option("--head", "heads", multiple=True, help="A head as printed on a receipt or letter.")
def verify_trail(heads: tuple[str, ...]) -> None:
    """Verify every chain of the trail and the global chain above them."""
    faults = list(audit.verify())
    faults += [
        audit.Fault(audit.ANCHOR, 0, f"the printed head {head} is not in it")
        for head in heads
        if audit.number_of(head.strip().lower()) is None
    ]
    for fault in faults:
        click.echo(f"{fault.chain} no. {fault.number}: {fault.what}", err=True)
    number, digest = audit.head()
    if faults:
        raise click.ClickException(f"The trail does not hold: {len(faults)} faults.")
    click.echo(f"The trail holds: {number} links, head {digest}.")


@job_commands.command("work")
def work() -> None:
    """Do the work that waits, until stopped."""
    _begin_the_day()
    stopping = _stopped_by_signal()
    queue.work(stop=lambda: bool(stopping))


@job_commands.command("dispatch")
def dispatch() -> None:
    """Tell workers on other machines of the work that waits, until stopped."""
    if "broker" not in current_app.extensions:
        raise click.ClickException("PORTAL_BROKER_URL is not set: there is nobody to tell.")
    _begin_the_day()
    stopping = _stopped_by_signal()
    dispatching.dispatch(current_app.extensions["broker"], stop=lambda: bool(stopping))


@job_commands.command("once")
def once() -> None:
    """Do everything that is due now, then stop."""
    from portal.web import clock

    _begin_the_day()
    click.echo(f"{queue.run_all(clock())} jobs done.")
    db.session.close()


@job_commands.command("due")
@click.option("--at", "day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="A day.")
@click.option("--do", "doing", is_flag=True, help="Do it, day by day, as if the day had come.")
@click.option("--yes", is_flag=True, help="Do it outside the demonstration too, before its time.")
def due(day: datetime, doing: bool, yes: bool) -> None:
    """Say what would be done by the end of a day: reminders, and other work that waits."""
    from portal import jobs
    from portal.web import clock, moment_text

    on, now = day.date(), clock()
    found = jobs.due_by(on, now)
    for one in found:
        click.echo(f"{moment_text(one.at)}  {one.what}  [{one.subject}]")
    click.echo(f"{len(found)} {'piece' if len(found) == 1 else 'pieces'} of work by {on}.")
    if doing:
        if end_of(on) > now + timedelta(days=1) and not (current_app.config["DEMO"] or yes):
            raise click.ClickException("This would send mail before its time. Add --yes to do it.")
        click.echo(f"{jobs.do_until(on, now)} jobs done.")
    db.session.close()


def _begin_the_day() -> None:
    from portal import jobs
    from portal.web import clock

    jobs.begin(clock())
    db.session.commit()
    db.session.close()


def _stopped_by_signal() -> list[int]:
    """Filled when somebody asks this process to stop."""
    import signal

    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda caught, _frame: stopping.append(caught))
    return stopping

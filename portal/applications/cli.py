"""Commands of the applications room: hold what a provider kept against its receipt."""

from pathlib import Path

import click
from sqlalchemy import select

from portal.applications.models import Submission
from portal.applications.submitting.sealing import verify
from portal.applications.views import bp
from portal.db import db
from scoring.rules import errors

bp.cli.help = "Applications and their receipts."


@bp.cli.command("verify-receipt")
@click.argument("receipt")
@click.argument("manifest", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--prices", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify_receipt(receipt: str, manifest: Path, prices: Path | None) -> None:
    """Verify that a MANIFEST is what was submitted under a RECEIPT."""
    sha256 = db.session.scalar(select(Submission.sha256).where(Submission.ref == receipt))
    if sha256 is None:
        raise click.ClickException(f"There is no receipt {receipt}.")
    found = verify(manifest.read_bytes(), sha256, prices.read_bytes() if prices else None)
    for finding in found:
        click.echo(finding.message, err=True)
    if errors(found):
        raise click.ClickException("The manifest does not match the receipt.")
    click.echo(f"The manifest is what was submitted under {receipt}.")

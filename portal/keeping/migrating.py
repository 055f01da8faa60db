"""The versions of the database."""

from portal.config import ROOT

NEWEST = "head"


def upgrade(database_url: str, revision: str = NEWEST) -> None:
    """Run the migrations that this database has not seen."""
    from alembic import command

    command.upgrade(_settings(database_url), revision)


def knows(revision: str) -> bool:
    """Whether this portal knows a version, or it was made by a newer one."""
    from alembic.script import ScriptDirectory

    known = ScriptDirectory.from_config(_settings("sqlite://")).walk_revisions()
    return revision in {one.revision for one in known}


def _settings(database_url: str):  # type: ignore[no-untyped-def]
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(ROOT / "migrations"))
    settings.attributes["database_url"] = database_url
    return settings

"""Alembic's environment: one online run, on the address that the portal is configured with."""

from alembic import context
from sqlalchemy import create_engine, event

from portal import audit, mail, queue, settings  # noqa: F401  tables of the shared floor
from portal.applications import (
    models as applications,  # noqa: F401
    models_marks as marks,  # noqa: F401
)
from portal.applications.clarifications import (
    models as requests,  # noqa: F401
    models_clean_copies as clean_copies,  # noqa: F401
)
from portal.applications.exclusions import models as exclusions  # noqa: F401
from portal.applications.late import models as late  # noqa: F401
from portal.applications.submitting import models_signing as signing  # noqa: F401
from portal.awards import models as awards  # noqa: F401
from portal.content import models as content  # noqa: F401
from portal.contracts import models as contracts  # noqa: F401
from portal.costs import models as costs  # noqa: F401
from portal.db import Base
from portal.documents import models as documents  # noqa: F401
from portal.evaluation import models as evaluation  # noqa: F401
from portal.evaluation.decisions import models as decisions  # noqa: F401
from portal.evaluation.prices import models as prices  # noqa: F401
from portal.evidence import models as evidence  # noqa: F401
from portal.followups import (
    models as followups,  # noqa: F401
    models_forums as forums,  # noqa: F401
    models_plan as plans,  # noqa: F401
)
from portal.kpis import (
    models as kpis,  # noqa: F401
    models_assessments as kpi_assessments,  # noqa: F401
    models_returns as kpi_returns,  # noqa: F401
)
from portal.people import models as people  # noqa: F401
from portal.providers import (
    models as providers,  # noqa: F401
    models_exceptions as exceptions,  # noqa: F401
    models_ofsted as outcomes,  # noqa: F401
    models_settings as homes,  # noqa: F401
)
from portal.register import models_ofsted as ofsted  # noqa: F401
from portal.rounds import (
    models as rounds,  # noqa: F401
    models_clarifications as clarifications,  # noqa: F401
    models_versions as versions,  # noqa: F401
)
from portal.visits import (
    models as visits,  # noqa: F401
    models_entries as visit_entries,  # noqa: F401
    models_report as visit_reports,  # noqa: F401
)
from portal.young import models as young  # noqa: F401


def run() -> None:
    """Run the migrations in one transaction."""
    engine = create_engine(context.config.attributes["database_url"])
    if engine.dialect.name == "sqlite":
        event.listen(
            engine, "connect", lambda connection, _: setattr(connection, "isolation_level", None)
        )
        event.listen(
            engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE")
        )
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()

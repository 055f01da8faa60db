"""Who has taken a job and when others were told of it; mails that were refused."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("job") as job:
        job.add_column(sa.Column("taken_by", sa.String(20), nullable=False, server_default=""))
        job.add_column(sa.Column("dispatched_at", TIME, nullable=True))
    with op.batch_alter_table("mail") as mail:
        mail.add_column(sa.Column("refused_at", TIME, nullable=True))
        mail.add_column(sa.Column("refusal", sa.String(100), nullable=False, server_default=""))
        mail.create_index(op.f("ix_mail_refused_at"), ["refused_at"])

"""When a provider is asked again what is free in its homes: once for each day that it grew old."""

from datetime import UTC, datetime, timedelta

from portal import queue, settings
from portal.providers.models import Provider

OLD_JOB = "vacancies:old"
ASKED_AT = timedelta(hours=7)  # after midnight in UTC: before the working day


def ask(provider: Provider, now: datetime) -> None:
    """Ask, when what is known now has grown old. Asked twice on a day, it is one reminder."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    days = timedelta(days=int(settings.get("vacancy_days")))
    queue.put(OLD_JOB, provider.ref, now=now, due_at=midnight + days + ASKED_AT)

"""Files that were taken in and wait until their sender has said what they are.

They lie in the store under their hashes; what is known of them travels with the page, signed for
this person and organisation, and for an hour.
"""

from collections.abc import Sequence
from dataclasses import asdict

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from portal.access import Viewer
from portal.documents.actions import StagedFile

KEPT_SECONDS = 60 * 60
MOST_FILES = 20


def signed(files: Sequence[StagedFile], provider_ref: str, viewer: Viewer) -> str:
    """What the page carries."""
    return str(_signer(provider_ref, viewer).dumps([asdict(one) for one in files]))


def read(token: str, provider_ref: str, viewer: Viewer) -> list[StagedFile]:
    """The files again; none where the token is another's, was changed or is too old."""
    try:
        lines = _signer(provider_ref, viewer).loads(token or "", max_age=KEPT_SECONDS)
    except BadData:
        return []
    return [StagedFile(**line) for line in lines]


def _signer(provider_ref: str, viewer: Viewer) -> URLSafeTimedSerializer:
    salt = f"documents.staging|{provider_ref}|{viewer.ref}"
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=salt)

"""What a browser carries for a moment for one signed-in person: a new secret, codes that are shown once.

Flask's cookie is signed, and anybody who holds a copy of it can read it. So what must not be read is
sealed, for this session alone: an old cookie that was copied from a disk shows nothing, and in
another session it opens nothing.
"""

import json
from typing import Any

from flask import session as cookie

from portal.access import current_viewer
from portal.people.sealed import seal_text, unseal_text


def put(name: str, value: Any) -> None:
    """Keep something that JSON can hold until it is taken."""
    cookie[name] = seal_text(json.dumps(value), _about(name))


def look(name: str) -> Any:
    """What is kept, or None: also where it was kept in another session."""
    kept = cookie.get(name)
    text = unseal_text(kept, _about(name)) if isinstance(kept, str) else None
    return None if text is None else json.loads(text)


def take(name: str) -> Any:
    """What is kept, which is then kept no longer; or None."""
    found = look(name)
    cookie.pop(name, None)
    return found


def _about(name: str) -> str:
    viewer = current_viewer()
    return f"pocket {name} {viewer.ref} {viewer.session_id}"

"""Where the pages of the room `content` lie in the story."""

from tests.sweeps.records import Find, one

PLACES: dict[str, Find] = {
    "content.show": one(kind="question-set", key="apl-16plus"),
    "content.show_version": one(kind="question-set", key="apl-16plus", version=1),
}

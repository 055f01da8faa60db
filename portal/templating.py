"""Where templates come from: our own, and the design system's components; and where they are kept compiled."""

from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from pickle import UnpicklingError

from flask import Flask
from jinja2 import (
    ChoiceLoader,
    FileSystemBytecodeCache,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
)
from jinja2.bccache import Bucket

from portal.wording import within


class Compiled(FileSystemBytecodeCache):
    """Compiled templates in a folder: the first view of a page after a start costs what the next costs.

    Each is known by the text it was made of, so a template that changes is compiled anew.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        super().__init__(str(folder))

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take it from the folder; what is damaged there is as good as not there."""
        try:
            super().load_bytecode(bucket)
        except (OSError, UnpicklingError):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it, if there is room: a full disk or one that is read only makes pages slower, no more."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def init_app(app: Flask) -> None:
    """Bind loaders and a word of ours; a word that a template does not know is an error."""
    own = app.jinja_loader
    design_system = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    app.jinja_loader = ChoiceLoader([own, design_system])  # type: ignore[assignment,list-item]
    app.jinja_env.undefined = (
        StrictUndefined if app.config.get("STRICT_TEMPLATES") else app.jinja_env.undefined
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.add_template_filter(within)
    with suppress(OSError):
        app.jinja_env.bytecode_cache = Compiled(_folder(app))


def _folder(app: Flask) -> Path:
    """One for each version of this file: how a template is compiled is said here, not in its text."""
    version = sha256(Path(__file__).read_bytes()).hexdigest()[:12]
    return Path(app.config.get("COMPILED_DIR") or app.config["DATA_DIR"] / "compiled") / version

"""The provider quality assurance and tendering portal."""

from pathlib import Path
from typing import Any

from flask import Flask

from portal import config, dispatching, faults, logs, metrics, moves, templating, web
from portal.db import db, machine_clock
from portal.extensions import csrf, login

ROOMS = (
    "register",
    "rounds",
    "applications",
    "evaluation",
    "evidence",
    "awards",
    "contracts",
    "kpis",
    "visits",
    "costs",
    "followups",
    "young",
    "providers",
    "documents",
    "content",
    "people",
    "api",
)


def create_app(**overrides: Any) -> Flask:
    """Build the portal.

    Args:
        overrides: configuration that replaces what the environment says (tests use it).

    Raises:
        config.ConfigError: the installation cannot start as it is configured.
    """
    app = Flask(
        __name__,
        static_folder=str(config.ROOT / "static"),
        template_folder=str(config.ROOT / "templates"),
    )
    app.config.update(config.from_environment())
    app.config.update(CLOCK=machine_clock)
    app.config.update(overrides)
    app.config.update(
        {
            name: key
            for name, key in config.keys(app.config["DATA_DIR"]).items()
            if name not in overrides
        }
    )
    db.init_app(app)
    dispatching.init_app(app)
    csrf.init_app(app)
    login.init_app(app, add_context_processor=False)
    templating.init_app(app)
    web.init_app(app)
    faults.init_app(app)
    moves.init_app()
    logs.init_app(app)
    metrics.init_app(app)
    rooms = ROOMS + (("demo",) if app.config["DEMO"] else ())
    web.open_rooms(app, [name for name in rooms if _built(name)])
    from portal import cli, jobs  # noqa: F401  they import every room

    cli.init_app(app)
    return app


def _built(name: str) -> bool:
    return (Path(__file__).parent / name / "room.py").exists()

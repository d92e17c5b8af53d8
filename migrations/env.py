"""Runs migrations on the database that judging.migrate names."""

import sqlalchemy as sa
from alembic import context

from judging.app import load_models
from judging.foundation import db

load_models()


def _wanted(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    """Leave tables out of a comparison that is told which ones to look at."""
    only = context.config.attributes.get("tables")
    return only is None or kind != "table" or name in only


def run() -> None:
    """Run on one connection; SQLite changes tables by copying them."""
    url = context.config.attributes["url"]
    engine = sa.create_engine(url, **db.engine_options(url))
    db.listen(engine)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.Model.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            user_module_prefix="db.",
            include_object=_wanted,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()

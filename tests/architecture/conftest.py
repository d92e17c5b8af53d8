"""The world is made once per module: every visit takes back what it changed."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.architecture.walk import Walker
from tests.architecture.world import World, make_world
from tests.conftest import rolled_back


@pytest.fixture(scope="module")
def world_session(app: Flask) -> Iterator[Session]:
    """The session of the world."""
    with rolled_back(app) as session:
        app.extensions["test_session"] = session
        yield session
        app.extensions.pop("test_session")


@pytest.fixture(scope="module")
def world(world_session: Session) -> World:
    """The world with everything in it."""
    return make_world(world_session)


@pytest.fixture
def walker(app: Flask, world_session: Session, world: World, request: pytest.FixtureRequest) -> Walker:
    """A person in the world; the test says who."""
    return Walker(app, world_session, world, request.param)

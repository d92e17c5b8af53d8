"""What every test of the engine starts from."""

import pytest


@pytest.fixture(autouse=True)
def english(monkeypatch):
    """Commands speak English, whatever the developer's system does; files with Chinese headings too."""
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")

"""Plays the demo on a small stage in the folder it is given, and tells what the play leaves: one line of JSON."""

import json
import sys
from pathlib import Path

from judging import migrate
from judging.app import create_app
from judging.config import Settings
from judging.demo.play import Size, play

SMALL = Size(qc=14, stories=4, papers=4, past_qc=12, past_stories=4, past_papers=4, ahead_qc=6, ahead_stories=2)


def main(folder: Path) -> None:
    """Play."""
    settings = Settings.in_folder(folder, secret_key="play")
    migrate.upgrade(settings.database_url)
    played = play(create_app(settings), folder / "export", seed=7, size=SMALL, quiet=True)
    print(json.dumps({"table": played.table, "files": [str(path) for path in played.files]}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

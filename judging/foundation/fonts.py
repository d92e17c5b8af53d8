"""Where the faces lie that PDFs are set in. The front end's build brings them; none is looked for on the system."""

from pathlib import Path

FONTS = Path(__file__).resolve().parent.parent / "static" / "dist" / "fonts"
FACES = ("NotoSerifSC-Regular.ttf", "NotoSerifSC-Bold.ttf", "NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf")


class FontsMissing(RuntimeError):
    """The front end has not been built, so no PDF can be set."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The font {name} is missing in {FONTS}. Build the front end first: make assets.")


def font_dirs() -> list[Path]:
    """The folders with Noto Serif SC and Noto Sans SC, for typst's `font_paths`."""
    for name in FACES:
        font_file(name)
    return [FONTS]


def font_file(name: str) -> Path:
    """The file of one face."""
    path = FONTS / name
    if not path.is_file():
        raise FontsMissing(name)
    return path

"""Sentences for people, in English and Chinese at once, so that whoever tells them can choose."""

from typing import Self

LONGEST = 60
LANGUAGES = ("zh", "en")


class Sentence(str):
    """A sentence in English that knows itself in Chinese; wherever text will do, it is the English one.

    Attributes
    ----------
    zh : str
        The same in Chinese.
    """

    zh: str

    def __new__(cls, en: str, zh: str) -> Self:
        made = super().__new__(cls, en)
        made.zh = zh
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        return self.en, self.zh

    @property
    def en(self) -> str:
        """The sentence in English."""
        return str(self)

    def in_language(self, language: str) -> str:
        """The sentence in ``zh`` or ``en``."""
        return self.zh if language == "zh" else self.en

    def after(self, en: str, zh: str) -> "Sentence":
        """The sentence with words before it."""
        return Sentence(en + self.en, zh + self.zh)


def told(text: str, language: str) -> str:
    """A text in ``zh`` where it knows itself in Chinese, as it is otherwise."""
    return text.in_language(language) if isinstance(text, Sentence) else str(text)


def is_chinese(text: str) -> bool:
    """Whether a text holds Chinese characters."""
    return any("\u4e00" <= sign <= "\u9fff" for sign in text)


def shown(identity: object) -> str:
    """An id fit for a sentence: on one line, and not longer than a line."""
    text = " ".join(str(identity).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def listed(ids: object, language: str = "en", most: int = 20) -> str:
    """Some ids in a row; of very many only the first."""
    names = [shown(one) for one in ids] if isinstance(ids, list | tuple) else [shown(ids)]
    joint = "、" if language == "zh" else ", "
    return joint.join(names[:most]) + ("…" if len(names) > most else "")

"""Which languages content must be written in: English, and each with a catalogue in translations/.

May import: pydantic and the standard library.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, RootModel

FOLDER = Path(__file__).parents[2] / "translations"
SOURCE = "en"


def languages(folder: Path = FOLDER) -> tuple[str, ...]:
    """English first, then each language of the interface, by code."""
    found = sorted(path.parts[-3] for path in folder.glob("*/LC_MESSAGES/messages.po"))
    return (SOURCE, *(code for code in found if code != SOURCE))


LANGUAGES = languages()


def in_each_language(words: dict[str, str]) -> dict[str, str]:
    """The words unchanged. Raises ValueError where one language is missing or is one too many."""
    missing = [code for code in LANGUAGES if not words.get(code, "").strip()]
    unknown = sorted(set(words) - set(LANGUAGES))
    faults = [f"there are no words in {', '.join(missing)}; add them"] if missing else []
    faults += [f"nobody reads {', '.join(unknown)} here; take it out"] if unknown else []
    if faults:
        raise ValueError(", and ".join(faults))
    return words


class Words(RootModel[Annotated[dict[str, str], AfterValidator(in_each_language)]]):
    """The same words in every language."""

    model_config = ConfigDict(frozen=True)

    def by_language(self) -> Mapping[str, str]:
        """The words by language code."""
        return self.root

"""The user's situations: what can go wrong that is not our fault, each told in one sentence."""

from typing import Literal

Remedy = Literal["", "switch_person", "find_pictures", "add_detections", "new_project"]


class LabelmendError(Exception):
    """What is wrong, where, and what to do, in one sentence that a user can act on.

    remedy: what helps, by a name, for who can offer that beside the sentence. typed: which commands help, in
    a sentence for who types them: a window leaves it out.
    """

    def __init__(self, sentence: str = "", *, remedy: Remedy = "", typed: str = "") -> None:
        super().__init__(sentence)
        self.remedy: Remedy = remedy
        self.typed = typed


class BadFile(LabelmendError):
    """A file that cannot be read as what it should be; nothing was written."""


class NotThere(BadFile):
    """A file that is not where it should be."""


class Refused(LabelmendError):
    """An action that is not allowed or not possible now; nothing was changed."""


class Cancelled(Exception):
    """The user pressed Cancel; the work stopped and left everything as it was."""

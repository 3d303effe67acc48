"""What came of merging one package, in words."""

from dataclasses import dataclass

from labelmend.project.project import Project
from labelmend.words import counted


@dataclass(frozen=True)
class Merged:
    """How many steps of a package were done again here, and how many labels or issues are in conflict.

    after: what was exported, imported or found here since it was shared, in words.
    """

    name: str
    steps: int
    conflicts: int
    after: str = ""

    @property
    def sentence(self) -> str:
        """The merge in one line."""
        if not self.steps and not self.conflicts:
            return f"{self.name}: nothing new in it."
        told = f"{self.name}: {counted(self.steps, 'step')} merged"
        if not self.conflicts:
            return f"{told}, no conflict.{self.after}"
        wait = "waits" if self.conflicts == 1 else "wait"
        open_ones = f"{counted(self.conflicts, 'conflict')} {wait} for the expert"
        return f"{told}; {open_ones}.{self.after}"


def since(project: Project, seq: int) -> str:
    """What was exported, imported or found here since this row of the history, a sentence for each."""
    told = dict[str, str]()
    for row in project.store.events(seq):
        facts = row.step().facts
        if row.op == "export" and "package" not in facts:
            told["export"] = f" It is from before the export of {row.at[:10]}: export again."
        elif row.op == "find" and facts:  # without, it notes a picture that cannot be seen
            told["find"] = " Errors were found anew since it was shared: what was judged in it is kept."
        elif row.op == "import" and facts and "merged" not in facts:
            told["import"] = " It is from before the detections were read that are here now."
    return "".join(told.values())

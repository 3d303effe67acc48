"""Which issues and labels belong together, because one step changed them."""

from collections.abc import Iterable

from labelmend.project.history import NO_KEY, Step

Node = tuple[str, int]
"""An issue or a label: ("issue", its id) or ("key", its key)."""


def nodes_of(step: Step) -> set[Node]:
    """The issues and labels that a step touches."""
    return {("issue", one.issue) for one in step.decisions} | {("key", edit.key) for edit in step.edits}


def units_of(steps: Iterable[Step], *, taken_back: Iterable[Step] = ()) -> list[list[Node]]:
    """The issues and labels that these steps touch, in sets of what belongs together; what was taken back
    joins none."""
    leader: dict[Node, Node] = {}

    def find(node: Node) -> Node:
        leader.setdefault(node, node)
        while leader[node] != node:
            leader[node] = node = leader[leader[node]]
        return node

    for step in steps:
        every = tuple(edit.key for edit in step.edits)
        for decision in step.decisions:
            issue = find(("issue", decision.issue))
            for key in every if decision.keys is None else decision.keys:
                leader[find(("key", key))] = find(issue)
        for key in every:
            find(("key", key))
        for opinion in step.opinions:
            if opinion.key != NO_KEY and any(decision.issue == opinion.issue for decision in step.decisions):
                leader[find(("key", opinion.key))] = find(("issue", opinion.issue))
    for step in taken_back:
        for node in nodes_of(step):
            find(node)
    units: dict[Node, list[Node]] = {}
    for node in leader:
        units.setdefault(find(node), []).append(node)
    return list(units.values())

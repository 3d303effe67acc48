"""Who may do what, and what state an issue is in afterwards."""

import msgspec
import pytest

from labelmend.errors import Refused
from labelmend.review import rules
from labelmend.review.moves import require_move
from labelmend.review.states import FLAGGED, QUEUES, STATUSES, Actor, Standing

ANN, BOB = Actor("Ann", "annotator"), Actor("Bob", "annotator")
REV, EXP = Actor("Rev", "reviewer"), Actor("Exp", "expert")


def drawn(verdict: str = "fixed") -> Standing:
    return Standing(status="in_review", verdict=verdict, annotator="Ann")


def test_every_status_is_in_one_queue():
    assert sorted(status for statuses in QUEUES.values() for status in statuses) == sorted(STATUSES)


@pytest.mark.parametrize(
    ("verdict", "status"),
    [("accepted", "fixed"), ("fixed", "fixed"), ("dismissed", "dismissed"), ("ambiguous", "ambiguous")],
)
def test_a_verdict_names_its_annotator(verdict, status):
    after = rules.judged(FLAGGED, ANN, verdict)
    assert after == Standing(status=status, verdict=verdict, annotator="Ann", authors=("Ann",))


@pytest.mark.parametrize("actor", [REV, EXP])
def test_only_annotators_judge(actor):
    with pytest.raises(Refused, match="Only an annotator"):
        rules.judged(FLAGGED, actor, "dismissed")


@pytest.mark.parametrize("status", ["in_review", "rejected", "decided"])
def test_what_is_past_the_annotator_stays(status):
    with pytest.raises(Refused, match="no longer"):
        rules.judged(Standing(status=status, annotator="Ann"), ANN, "dismissed")


def test_review_and_its_reason():
    assert rules.reviewed(drawn(), REV, approve=True, reason="").status == "approved"
    assert rules.reviewed(drawn(), REV, approve=False, reason="too wide").status == "rejected"
    with pytest.raises(Refused, match="reason"):
        rules.reviewed(drawn(), REV, approve=False, reason="  ")
    with pytest.raises(Refused, match="Only a reviewer"):
        rules.reviewed(drawn(), BOB, approve=True, reason="")
    with pytest.raises(Refused, match="sample"):
        rules.reviewed(FLAGGED, REV, approve=True, reason="")


@pytest.mark.parametrize("name", ["Ann", "ann", " ANN "])
def test_nobody_reviews_or_decides_their_own_work(name):
    with pytest.raises(Refused, match="own work"):
        rules.reviewed(drawn(), Actor(name, "reviewer"), approve=True, reason="")
    rejected = Standing(status="rejected", annotator="Ann", reviewer="Rev")
    with pytest.raises(Refused, match="own work"):
        rules.decided(rejected, Actor(name, "expert"), "fix stands", comment="")
    assert not rules.may_review(drawn(), Actor(name, "reviewer"))
    assert not rules.may_decide(rejected, Actor(name, "expert"))
    assert rules.may_review(drawn(), REV)
    assert rules.may_decide(rejected, EXP)


@pytest.mark.parametrize("outcome", ["fix stands", "original stands", "corrected"])
def test_an_expert_decides(outcome):
    rejected = Standing(status="rejected", verdict="fixed", annotator="Ann", reviewer="Rev")
    if outcome == "corrected":
        rejected = rules.edited(rejected, EXP)
    after = rules.decided(rejected, EXP, outcome, comment="")
    assert after == msgspec.structs.replace(rejected, status="decided", expert="Exp", outcome=outcome)


def test_a_corrected_label_goes_to_the_second_reviewer_and_back_to_no_hand_it_went_through():
    waits = msgspec.structs.replace(drawn(), second=True)
    first = rules.reviewed(rules.edited(waits, REV), REV, approve=True)
    assert (first.status, first.first, first.corrected) == ("in_review", "Rev", "Rev")
    with pytest.raises(Refused, match="own work"):
        rules.reviewed(first, REV, approve=True)
    second = Actor("Sue", "reviewer")
    assert rules.reviewed(first, second, approve=True).status == "approved"
    again = rules.edited(first, second)
    assert (again.corrected, again.authors) == ("Sue", ("Rev",))
    done = rules.reviewed(again, second, approve=True)
    assert set(done.authors) == {"Rev", "Sue"}


def test_a_lead_looks_on():
    lead = Actor("Ann", "lead")
    assert rules.may_review(drawn(), lead)
    assert rules.may_decide(Standing(status="rejected", annotator="Ann"), lead)
    for act in (
        lambda: rules.judged(FLAGGED, lead, "dismissed"),
        lambda: rules.edited(FLAGGED, lead),
        lambda: rules.reviewed(drawn(), lead, approve=True),
        lambda: rules.decided(Standing(status="rejected"), lead, "fix stands", comment=""),
    ):
        with pytest.raises(Refused, match="you work as lead, who sets the rules and looks on"):
            act()


def test_sending_back_needs_a_comment_and_flags_again():
    ambiguous = Standing(status="ambiguous", annotator="Ann")
    with pytest.raises(Refused, match="comment"):
        rules.decided(ambiguous, EXP, "sent back", comment="")
    assert rules.decided(ambiguous, EXP, "sent back", comment="look left").status == "flagged"


def test_only_the_hard_cases_are_the_experts():
    with pytest.raises(Refused, match="only on rejected"):
        rules.decided(drawn(), EXP, "fix stands", comment="")
    with pytest.raises(Refused, match="Only an expert"):
        rules.decided(Standing(status="rejected"), REV, "fix stands", comment="")
    with pytest.raises(Refused, match="only rejected"):
        rules.edited(Standing(status="fixed", annotator="Ann"), EXP)


def test_what_a_second_reviewer_looks_at_stays_in_review_after_the_first():
    chosen = msgspec.structs.replace(drawn(), second=True)
    first = rules.reviewed(chosen, REV, approve=True)
    assert (first.status, first.first) == ("in_review", "Rev")
    assert rules.awaits_second(first)
    assert not rules.may_review(first, Actor(" rev", "reviewer"))
    assert rules.may_review(first, Actor("Rob", "reviewer"))
    assert rules.may_review(first, Actor("Lea", "lead"))
    with pytest.raises(Refused, match="a second person"):
        rules.reviewed(first, REV, approve=True)
    rob = Actor("Rob", "reviewer")
    assert rules.reviewed(first, rob, approve=True).status == "approved"
    assert rules.reviewed(first, rob, approve=False, reason="loose").status == "rejected"
    assert rules.reviewed(chosen, REV, approve=False, reason="loose").status == "rejected"


@pytest.mark.parametrize("status", STATUSES)
def test_only_finished_labels_are_judged_blind_and_by_others(status):
    standing = Standing(status=status, verdict="fixed", annotator="Ann", authors=("Ann",))
    finished = status in ("done", "in_review", "approved")
    assert rules.may_look(standing, BOB) == finished
    assert not rules.may_look(standing, ANN)
    if finished:
        assert rules.looked_at(standing, BOB, alike=True).status == status
        assert rules.looked_at(standing, BOB, alike=False).status == "ambiguous"
        assert rules.is_own_work(rules.looked_at(standing, BOB, alike=True), Actor("bob", "reviewer"))
    else:
        with pytest.raises(Refused, match="not for you to judge blind"):
            rules.looked_at(standing, BOB, alike=True)
    with pytest.raises(Refused, match="Only an annotator"):
        rules.looked_at(standing, REV, alike=True)


@pytest.mark.parametrize("status", STATUSES)
def test_a_judged_label_is_reopened_by_whoever_it_is_before(status):
    standing = Standing(status=status, verdict="fixed", annotator="Ann", reviewer="Rev", expert="Exp")
    may = {
        "annotator": ("fixed", "dismissed", "ambiguous", "done"),
        "reviewer": ("in_review", "approved", "rejected"),
        "expert": ("rejected", "ambiguous", "conflict", "decided"),
        "lead": (),
    }
    for actor in (BOB, REV, EXP, Actor("Lea", "lead")):
        assert rules.may_reopen(standing, actor) == (status in may[actor.role])
        if status in may[actor.role]:
            assert rules.reopened(standing, actor) == Standing(authors=("Ann",))
            require_move(standing, Standing(authors=("Ann",)), actor)  # as a package may bring it
        else:
            with pytest.raises(Refused):
                rules.reopened(standing, actor)
    assert not rules.may_reopen(standing, None)
    assert not rules.may_reopen(standing, Actor("ann", "expert"))
    if status in ("approved", "rejected"):
        assert not rules.may_reopen(standing, Actor("Rob", "reviewer"))

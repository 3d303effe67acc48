from labelmend.words import counted


def test_one_is_one_and_more_are_many():
    assert [counted(n) for n in (0, 1, 2, 1200)] == ["0 labels", "1 label", "2 labels", "1,200 labels"]
    assert [counted(n, "step") for n in (1, 2)] == ["1 step", "2 steps"]

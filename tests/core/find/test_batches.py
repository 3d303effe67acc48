"""Batches are read from file names, whatever the order of the images."""

from labelmend.find.clusters.batches import FOLDER, PREFIX, WAYS, batch_in_words, batches


def parted(files):
    return {(WAYS[p.way], p.detail): [p.names[n] for n in p.of] for p in batches(files).partings}


def test_folders_and_prefixes_part():
    files = ["day/b_1.jpg", "night/a_2.jpg", "day/c_3.jpg", "day/b_4.jpg"]
    assert parted(files) == {
        ("all", 0): ["", "", "", ""],
        ("folder", 1): ["day/", "night/", "day/", "day/"],
        ("prefix", 1): ["day/b_", "night/a_", "day/c_", "day/b_"],
    }


def test_prefixes_end_before_each_of_the_first_numbers():
    found = parted(["cam1_07.jpg", "cam2_08.jpg", "cam1_09.jpg"])
    assert found == {("all", 0): ["", "", ""], ("prefix", 2): ["cam1_", "cam2_", "cam1_"]}


def test_what_parts_nothing_is_left_out():
    assert list(parted(["000001.jpg", "000002.jpg"])) == [("all", 0)]
    assert list(parted([])) == [("all", 0)]


def test_a_way_that_parts_like_another_is_left_out():
    assert list(parted(["a/1.jpg", "b/2.jpg", "b/3.jpg"])) == [("all", 0), ("folder", 1)]


def test_deep_folders():
    found = parted(["x/a/1.jpg", "x/b/1.jpg", "x/b/c/1.jpg", "1.jpg"])
    assert found["folder", 1] == ["x/", "x/", "x/", "./"]
    assert found["folder", 2] == ["x/a/", "x/b/", "x/b/", "./"]


def test_rank_is_by_number_and_not_by_text():
    assert batches(["img_10.jpg", "img_9.jpg", "img_100.jpg"]).rank.tolist() == [1, 0, 2]


def test_names_that_hold_odd_digits_stop_nothing():
    assert len(batches(["²a.jpg", "٣.jpg", "", "a²/1.png"]).rank) == 4


def test_words():
    assert batch_in_words(FOLDER, 2, first="x/night/1.jpg", last="") == "In batch 'x/night/'"
    assert batch_in_words(PREFIX, 2, first="cam1_0007.jpg", last="") == "In batch 'cam1_…'"
    assert batch_in_words(WAYS.index("run"), 0, first="a", last="b") == "From 'a' to 'b'"
    assert batch_in_words(WAYS.index("pictures"), 1200, first="a", last="") == "In 1,200 pictures"
    assert batch_in_words(0, 0, first="a", last="") == "In the whole file"

from xscan.segment.equal import FEATURES, groups


def shape(size: float) -> dict[str, float]:
    return dict.fromkeys(FEATURES, size)


def test_equal_things_share_a_number():
    assert groups({1: shape(10), 2: shape(20), 3: shape(10.5), 4: shape(20.5), 5: shape(40)}, 0.08) == {
        1: 1,
        3: 1,
        2: 2,
        4: 2,
    }


def test_small_differences_do_not_add_up():
    assert groups({1: shape(10.0), 2: shape(10.7), 3: shape(11.4)}, 0.08) == {1: 1, 2: 1}

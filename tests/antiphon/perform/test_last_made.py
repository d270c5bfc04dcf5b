"""What was made last is not made again."""

from antiphon.perform.last_made import LastMade


def test_a_value_is_made_once_for_what_is_asked_and_again_for_something_else():
    made, asked = LastMade(), []

    def value(what):
        def make():
            asked.append(what)
            return [what]

        return made.of(what, make)

    first = value(("a", 1))
    assert value(("a", 1)) is first
    assert value("b") == ["b"]
    assert value(("a", 1)) == first
    assert asked == [("a", 1), "b", ("a", 1)]


def test_nothing_is_a_value_too():
    made = LastMade()
    assert made.of(1, lambda: None) is None
    assert made.of(1, lambda: 2) is None

"""The page: whole, without scripts or anything fetched, every phrase with its answers in their places."""

from html.parser import HTMLParser

from antiphon_training.judge.listening_page import Answered, midi_name, on_bar_lines, page
from toy_answers import quarters, toy_answer


class Seen(HTMLParser):
    """Tags with their attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


ANSWER = toy_answer("67 60 _ _ _", quarters([62, 64]), pickup_steps=1, key="G major")
PHRASES = [[Answered("a <b>", ANSWER, "01-a.mid"), Answered("true", ANSWER, "01-true.mid")]] * 3


def test_every_phrase_has_its_answers_with_a_picture_and_a_file() -> None:
    seen = Seen(page("Title", "About & more", PHRASES))
    tags = [tag for tag, _ in seen.tags]
    assert (tags.count("section"), tags.count("svg"), tags.count("h2")) == (3, 6, 3)
    assert [about["href"] for tag, about in seen.tags if tag == "a"] == ["01-a.mid", "01-true.mid"] * 3
    assert "About & more" in seen.text
    assert "a <b>" in seen.text
    assert "In C major (the song: G major), 4/16, a pickup of 1 sixteenths; toy.abc#1" in seen.text


def test_nothing_is_run_and_nothing_fetched() -> None:
    seen = Seen(page("Title", "", PHRASES))
    assert not {tag for tag, _ in seen.tags} & {"script", "link", "img", "iframe", "object"}
    assert not {name for _, about in seen.tags for name in about} & {"src", "srcset", "onload"}


def test_a_pickup_comes_after_the_silence_that_fills_its_bar() -> None:
    phrase, answer = on_bar_lines(ANSWER)
    assert [note.onset_steps for note in phrase] == [3, 4]
    assert [note.onset_steps for note in answer] == [8, 12]
    plain = on_bar_lines(toy_answer("60 _ _ _", "62 _ _ _"))
    assert [note.onset_steps for voice in plain for note in voice] == [0, 4]


def test_a_files_name_is_plain() -> None:
    assert midi_name(3, "1 /root/Größe ½") == "03-1-root-gr-e.mid"
    assert midi_name(12, "♭") == "12-answer.mid"

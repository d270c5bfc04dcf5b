"""Encoded songs go into a file and come out as they were."""

from hypothesis import given
from hypothesis import strategies as st

from antiphon.listen.key import ALL_KEYS
from antiphon_training.data.preprocess import EncodedSong
from antiphon_training.data.song_file import SongFile

any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
songs = st.builds(
    EncodedSong,
    title=any_text,
    source=any_text,
    stream=st.lists(st.sampled_from(["60", "_", "r", "127", "0"]), min_size=1).map(tuple),
    key=st.sampled_from(ALL_KEYS),
    key_from=st.sampled_from(["score", "tonic", "estimate"]),
    meters=st.lists(any_text, max_size=3).map(tuple),
    pickup_steps=st.integers(0, 64),
    bars_off=st.integers(0, 9),
    notes=st.integers(0, 999),
)


@given(st.lists(songs, max_size=5))
def test_songs_come_back_in_order_as_often_as_they_are_asked_for(tmp_path_factory, given_songs):
    path = tmp_path_factory.mktemp("songs") / "file"
    kept = SongFile(path)
    for song in given_songs:
        kept.append(song)
    assert (len(kept), list(kept), list(kept)) == (len(given_songs), given_songs, given_songs)
    kept.remove()
    assert not path.exists()

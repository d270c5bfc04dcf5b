"""What a bundle learned is sampled the same every time, and nothing that was held out is trained on."""

from antiphon import bundle
from antiphon_training.data.old_songs import FEWEST, HELD_OUT, old_songs, sample


def test_a_sample_keeps_the_bundles_split() -> None:
    card = bundle.read_card(bundle.find("essen"))
    chosen = sample(card, 5)
    splits = {score.source: split for score, split in chosen}
    held_out = {source for source, split in splits.items() if split == "valid"}
    assert held_out <= set(card.split.valid_sources)
    assert len(held_out) == HELD_OUT
    trained = splits.keys() - held_out
    assert len(trained) == FEWEST
    assert not trained & {*card.split.valid_sources, *card.split.test_sources}
    assert sample(card, 5) == chosen
    seen: list[int] = []
    songs = old_songs(chosen[-12:], 1, None, lambda: seen.append(1))
    assert len(seen) == 12
    assert songs
    assert all(splits[song.source] == song.split for song in songs)


def test_a_collection_that_is_not_there_gives_none() -> None:
    card = bundle.read_card(bundle.find("essen"))
    other = card.model_copy(update={"corpus": card.corpus.model_copy(update={"name": "mine"})})
    assert sample(other, 5) == []

import signal

import pytest

from antiphon.signals import stop_signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_both_signals_ask_for_a_stop(number):
    with stop_signals() as stopped:
        assert not stopped()
        signal.raise_signal(number)
        assert stopped()


def test_what_signals_did_before_is_put_back():
    before = signal.getsignal(signal.SIGINT)
    with stop_signals():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before

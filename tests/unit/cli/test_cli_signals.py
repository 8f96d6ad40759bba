"""SIGTERM interrupts, and its exit code says so."""

import os
import signal
import sys
import threading

import pytest

from broadsheet.cli.signals import terminable

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")


def test_it_interrupts_and_the_code_says_so() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with terminable() as told:
        assert [told(code) for code in (0, 1, 130)] == [0, 1, 130]
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
        assert [told(code) for code in (0, 1, 130)] == [0, 1, 143]
    assert signal.getsignal(signal.SIGTERM) == before


def test_it_does_so_even_where_interrupts_are_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with terminable() as told:
            with pytest.raises(KeyboardInterrupt):
                os.kill(os.getpid(), signal.SIGTERM)
            assert told(130) == 143
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_command_may_take_the_signal_over() -> None:
    before = signal.getsignal(signal.SIGTERM)
    try:
        with terminable():
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)


def test_in_another_thread_nothing_changes() -> None:
    codes = []

    def run() -> None:
        with terminable() as told:
            codes.append(told(130))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert codes == [130]

"""Several devices learn what one learns; a lost worker ends in a run that can be resumed."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from antiphon.errors import FAILED, WrongUse
from antiphon_training.data.dataset import Dataset, load_dataset
from antiphon_training.fit.devices import ONE_TASK, Task, find_devices, one_device, task_in
from antiphon_training.fit.run_folder import Epoch, read_checkpoint
from antiphon_training.fit.train import fit
from fit_worker import RECIPE
from toy_songs import toy_data

ROOT = Path(__file__).parents[3]


class Silent:
    """A Report that says nothing."""

    def batch(self, epoch: int, done: int, of: int, bits: float) -> None: ...

    def epoch(self, epoch: Epoch) -> None: ...


def config(index: object, kind: object = "worker", **cluster: list[str]) -> str:
    return json.dumps({"cluster": cluster, "task": {"type": kind, "index": index}})


@pytest.mark.parametrize(
    ("said", "task"),
    [
        (config(0, worker=["a:1", "b:1"]), Task(0, 2)),
        (config(1, worker=["a:1", "b:1"]), Task(1, 2)),
        (config(0, "chief", chief=["c:1"], worker=["a:1", "b:1"]), Task(0, 3)),
        (config(1, chief=["c:1"], worker=["a:1", "b:1"]), Task(2, 3)),
    ],
)
def test_one_of_the_workers_is_the_chief(said: str, task: Task) -> None:
    assert task_in(said) == task
    assert task.chief == (task.number == 0)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("{", "TF_CONFIG must be JSON"),
        ("[]", "TF_CONFIG must be JSON"),
        ('{"cluster": {}}', "cluster, task.type and task.index"),
        ('{"cluster": 7, "task": {"type": "worker", "index": 0}}', "TF_CONFIG must be JSON"),
        (config(2, worker=["a:1", "b:1"]), "no task 'worker' 2"),
        (config(-1, worker=["a:1"]), "no task 'worker' -1"),
        (config("0", worker=["a:1"]), "no task"),
        (config(0, "chief", worker=["a:1"]), "no task 'chief' 0"),
        (config(0, ["worker"], worker=["a:1"]), "no task"),
        (config(0, ps=["a:1"], worker=["b:1"]), "may hold chief and worker"),
    ],
)
def test_a_configuration_that_tensorflow_would_not_understand_is_one_line(said: str, words: str) -> None:
    with pytest.raises(WrongUse, match=words) as raised:
        task_in(said)
    assert "\n" not in str(raised.value)


def test_without_a_configuration_there_is_one_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TF_CONFIG", raising=False)
    devices = find_devices()
    assert (devices.task, devices.number) == (ONE_TASK, 1)
    assert (one_device().agree(True), one_device().agree(False)) == (True, False)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return load_dataset(toy_data(tmp_path_factory.mktemp("toy") / "data"))


@pytest.fixture(scope="module")
def alone(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of one process."""
    folder = tmp_path_factory.mktemp("runs") / "alone"
    fit(RECIPE.with_settings(epochs=4), dataset, folder, Silent())
    return folder


def curve(folder: Path) -> list[list[float]]:
    return [[epoch.train_bits, epoch.valid_bits] for epoch in read_checkpoint(folder).epochs]


def started(script: str, arguments: list[str], **environment: str) -> subprocess.Popen[str]:
    path = os.pathsep.join(str(ROOT / name) for name in ("daemon", "training", "tests"))
    return subprocess.Popen(
        [sys.executable, script, *arguments],
        env={**os.environ, "PYTHONPATH": path, "CUDA_VISIBLE_DEVICES": "", **environment},
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_workers_learn_what_one_process_learns_and_outlive_a_loss(
    dataset: Dataset, alone: Path, tmp_path: Path
) -> None:
    """The second worker dies in the third epoch; the run is then resumed by one process."""
    addresses = [f"127.0.0.1:{port}" for port in free_ports(2)]
    workers = [
        started(
            str(ROOT / "tests" / "fit_worker.py"),
            [dies_in, "--data", str(dataset.folder), "--out", str(tmp_path / out), "--epochs", "4"],
            TF_CONFIG=config(number, worker=addresses),
        )
        for number, (dies_in, out) in enumerate([("0", "run"), ("3", "not-written")])
    ]
    try:
        (out, err), _ = [worker.communicate(timeout=240) for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
    assert [worker.returncode for worker in workers] == [FAILED, 9], err
    last = err.splitlines()[-1]
    assert "another of the 2 workers was lost" in last
    assert "--resume" in last
    assert ("Traceback" in err, out) == (False, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run"]
    np.testing.assert_allclose(curve(tmp_path / "run"), curve(alone)[:2], rtol=0.01)
    fit(RECIPE.with_settings(epochs=4), dataset, tmp_path / "run", Silent(), resume=True)
    np.testing.assert_allclose(curve(tmp_path / "run"), curve(alone), rtol=0.01)


def free_ports(number: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


TWO_DEVICES = """
import sys
from pathlib import Path
from antiphon_training.network.network import keras
keras()
import tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
from antiphon_training.data.dataset import load_dataset
from antiphon_training.fit.devices import ONE_TASK, Devices
from antiphon_training.fit.progress import TrainingBar
from antiphon_training.fit.train import fit
from fit_worker import RECIPE
devices = Devices(tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]), ONE_TASK)
assert devices.number == 2
data, out = map(Path, sys.argv[1:])
with TrainingBar(2, None) as bar:
    fit(RECIPE.with_settings(epochs=2), load_dataset(data), out, bar, devices=devices)
"""


def test_two_devices_of_one_machine_learn_what_one_learns(
    dataset: Dataset, alone: Path, tmp_path: Path
) -> None:
    script = tmp_path / "two_devices.py"
    script.write_text(TWO_DEVICES)
    _, err = (process := started(str(script), [str(dataset.folder), str(tmp_path / "run")])).communicate(
        timeout=240
    )
    assert process.returncode == 0, err
    np.testing.assert_allclose(curve(tmp_path / "run"), curve(alone)[:2], rtol=0.01)

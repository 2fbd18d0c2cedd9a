"""The real thing on tiny checkpoints: loaded from disk without a network, safely, scored, exported.

Needs a Python with torch, transformers and detoxify: `make test-detoxify` makes `.venv-detoxify`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from commentsvc.cli import cli
from commentsvc.toxicity.backends.chain import ChainScorer
from commentsvc.toxicity.backends.process import ProcessScorer
from commentsvc.toxicity.backends.variants import located
from commentsvc.toxicity.labels import LABELS
from commentsvc.toxicity.scorer import Scores, Unscored, make_scorer

pytestmark = pytest.mark.detoxify

HERE = Path(__file__).parent
VENV = HERE.parents[1] / ".venv-detoxify"
PYTHON = VENV / "bin" / "python"
TEXTS = ["hello you idiot!", "hello", "you, you, you?", "idiot " * 700]

PATIENT = 900
"""Seconds: on a busy machine, torch and transformers take minutes to import."""

Make = Callable[..., Path]


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models with the Python that runs them beside, as an installation has it."""
    folder = tmp_path_factory.mktemp("models")
    (folder / "venv").symlink_to(VENV)
    return folder


@pytest.fixture(scope="session")
def checkpoint(models: Path) -> Make:
    """The folder of a tiny checkpoint of some kind."""

    def make(kind: str = "original") -> Path:
        folder = models / f"tiny-{kind}"
        if not folder.exists():
            script = [str(PYTHON), str(HERE / "checkpoints.py"), str(folder), kind]
            subprocess.run(script, check=True, timeout=PATIENT)
        return folder

    return make


@pytest.fixture(scope="session")
def scorer(checkpoint: Make) -> Iterator[ProcessScorer]:
    made = started(f"detoxify:{checkpoint()}")
    yield made
    made.stop()


def started(spec: str) -> ProcessScorer:
    made = make_scorer(spec)
    assert isinstance(made, ProcessScorer)
    return made


def value(answer: Scores | Unscored, label: str = "toxicity") -> float:
    assert isinstance(answer, Scores), answer
    return answer.values[label]


def failure(folder: Path) -> str:
    """What a checkpoint that cannot be used is said to be."""
    made = started(f"detoxify:{folder}")
    (answer,) = made.score(["hello"])
    assert isinstance(answer, Unscored)
    status = made.status()
    made.stop()
    assert answer.reason == ("model_missing" if status.state == "missing" else "model_broken")
    return status.message


def test_it_works(scorer: ProcessScorer) -> None:
    answers = scorer.score(TEXTS)
    assert all(isinstance(each, Scores) and set(each.values) == set(LABELS) for each in answers)
    assert len({round(value(each), 6) for each in answers}) == len(TEXTS)
    assert answers[0].model.startswith("detoxify/tiny-")
    assert scorer.status().state == "ok" and scorer.status().load_ms


def test_it_says_what_the_package_itself_says(scorer: ProcessScorer, checkpoint: Make) -> None:
    folder = checkpoint()
    done = subprocess.run(
        [str(PYTHON), str(HERE / "reference.py"), str(folder / "tiny.ckpt"), str(folder)],
        input=json.dumps(TEXTS[:3]),
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENT,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
    )
    (folder / "tiny.ckpt.here").unlink()
    for ours, theirs in zip(scorer.score(TEXTS[:3]), json.loads(done.stdout), strict=True):
        assert isinstance(ours, Scores)
        assert dict(ours.values) == pytest.approx(theirs, abs=1e-5)


def test_one_text_and_many_say_the_same(scorer: ProcessScorer) -> None:
    many = scorer.score(TEXTS * 12)
    alone = [scorer.score([text])[0] for text in TEXTS]
    for at, answer in enumerate(many):
        assert value(answer) == pytest.approx(value(alone[at % len(TEXTS)]), abs=1e-5)


def test_it_is_killed_and_comes_back(scorer: ProcessScorer) -> None:
    scorer.score(["hello"])
    number = int(scorer.status().message.rpartition(" ")[2])
    os.kill(number, signal.SIGKILL)
    until = time.monotonic() + 60
    while not isinstance(scorer.score(["hello"])[0], Scores):
        assert time.monotonic() < until
        time.sleep(0.2)
    assert int(scorer.status().message.rpartition(" ")[2]) != number


def test_an_unbiased_checkpoint_has_seven_of_sixteen_outputs(checkpoint: Make) -> None:
    made = started(f"detoxify:{checkpoint('unbiased')}")
    (answer,) = made.score(["hello you"])
    made.stop()
    assert isinstance(answer, Scores)
    assert set(answer.values) == {*LABELS, "sexual_explicit"} == set(made.labels)


def test_configuration_in_another_folder(checkpoint: Make, models: Path) -> None:
    whole, bare = checkpoint(), checkpoint("no_config")
    made = started(f"detoxify:{bare / 'tiny.ckpt'}?config={whole}")
    (answer,) = made.score(["hello"])
    made.stop()
    assert isinstance(answer, Scores)


def test_a_checkpoint_that_would_run_code_is_not_loaded(checkpoint: Make) -> None:
    folder = checkpoint("evil")
    assert "would run code" in failure(folder)
    assert not (folder / "I_WAS_RUN").exists()


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("truncated", "truncated"),
        ("bare", "not a detoxify checkpoint"),
        ("foreign", "GPT2LMHeadModel"),
        ("misfit", "do not fit"),
        ("no_config", "config.json"),
    ],
)
def test_what_cannot_be_used_is_said(checkpoint: Make, kind: str, says: str) -> None:
    assert says in failure(checkpoint(kind))


def test_nan_is_no_score(checkpoint: Make) -> None:
    made = started(f"detoxify:{checkpoint('nan')}")
    (answer,) = made.score(["hello"])
    made.stop()
    assert isinstance(answer, Unscored) and answer.reason == "failed"


def test_a_published_model_that_is_not_here(models: Path) -> None:
    message = failure(models / "original")
    assert "commentsvc toxicity fetch detoxify:original" in message
    assert "toxic_original-c1212f89.ckpt" in message and "vocab.txt" in message


def test_the_export_agrees_with_torch(checkpoint: Make, models: Path) -> None:
    folder = models / "tiny-onnx"
    done = CliRunner().invoke(
        cli, ["toxicity", "export", f"detoxify:{checkpoint()}", "-o", str(folder), "--json"]
    )
    assert done.exit_code == 0, done.output
    card: dict[str, Any] = json.loads(done.output.strip().splitlines()[-1])
    assert card["difference_fp32"] < 1e-3 and card["difference_int8"] < 0.05
    whole, small = started(f"onnx:{folder / 'model.onnx'}"), started(f"onnx:{folder}")
    torch = started(f"detoxify:{checkpoint()}")
    for text in TEXTS:
        wanted = value(torch.score([text])[0])
        assert value(whole.score([text])[0]) == pytest.approx(wanted, abs=1e-3)
        assert value(small.score([text])[0]) == pytest.approx(wanted, abs=0.05)
    assert small.status().version.endswith("-int8") and whole.status().version.endswith("-fp32")
    for each in (whole, small, torch):
        each.stop()
    (folder / "tokenizer.json").unlink()
    assert started(f"onnx:{folder}").score(["hello"])[0].reason == "model_missing"


# --- the chain ------------------------------------------------------------------------------------

#: A kind sentence and an insult of each language, among those that the small checkpoint was taught.
SEVEN = {
    "en": ("Thank you for the fine article.", "You are a stupid idiot."),
    "fr": ("Merci pour ce bel article.", "Tu es un sale con, espèce d’imbécile."),
    "es": ("Gracias por el buen artículo.", "Eres un idiota y un imbécil."),
    "it": ("Grazie per il bell’articolo.", "Sei un cretino, stai zitto."),
    "pt": ("Obrigado pelo belo artigo.", "Você é um idiota, cala a boca."),
    "tr": ("Güzel yazı için teşekkürler.", "Aptal herif, kes sesini."),
    "ru": ("Спасибо за хорошую статью.", "Ты тупой идиот, заткнись."),
}


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of data in which the multilingual model (a small one, in its format) was added."""
    data = tmp_path_factory.mktemp("data")
    folder = data / "models" / "multilingual"
    folder.mkdir(parents=True)
    (data / "models" / "venv").symlink_to(VENV)
    script = [str(PYTHON), str(HERE / "checkpoints.py"), str(folder), "multilingual"]
    subprocess.run(script, check=True, timeout=300)
    done = CliRunner().invoke(cli, ["toxicity", "add"], env={"DATA_DIR": str(data)})
    assert done.exit_code == 0, done.output
    assert "reads en, es, fr, it, pt, ru, tr." in done.output
    assert "After the next restart, the scorers are embedded,onnx:multilingual." in done.output
    return data


@pytest.mark.parametrize("second", ["onnx", "detoxify"])
def test_a_chain_scores_seven_languages_and_those_of_the_embedded_model(
    added: Path, second: str
) -> None:
    chain = make_scorer(located(f"embedded,{second}:multilingual", added))
    assert isinstance(chain, ChainScorer)
    for language, (kind, insult) in SEVEN.items():
        good, bad = chain.score([kind, insult], language=language)
        by = "embedded" if language == "en" else second  # it reads the others better
        assert good.model.startswith(f"{by}/") and bad.model.startswith(f"{by}/")
        assert good.language == bad.language == language
        assert value(good) < 0.2 and value(bad) > value(good) + 0.1, language
    for text in SEVEN["it"][1], SEVEN["fr"][1], SEVEN["ru"][1]:
        assert value(chain.score([text])[0]) > 0.8  # in whatever language it is found to be
    assert (
        chain.score(["Ik vond dit een heel mooi artikel."], language="nl")[0].reason == "language"
    )
    assert {"pl", "fr", "ru"} <= set(chain.status().languages or ())
    chain.stop()


def test_the_model_alone_tells_kind_from_rude_in_seven_languages(added: Path) -> None:
    made = started(located("onnx:multilingual", added))
    for language, texts in SEVEN.items():
        good, bad = made.score(texts, language=language)
        assert value(good) < 0.2 < 0.8 < value(bad), language
    made.stop()


def test_what_was_added_is_not_added_again(added: Path) -> None:
    again = CliRunner().invoke(cli, ["toxicity", "add"], env={"DATA_DIR": str(added)})
    assert again.exit_code == 0 and "Wrote" not in again.output
    assert (added / "toxicity_backend").read_text() == "embedded,onnx:multilingual\n"
    assert not (added / "models" / "multilingual-onnx" / "model.onnx").exists()
    env = {"DATA_DIR": str(added), "TOXICITY_BACKEND": "embedded"}
    named = CliRunner().invoke(cli, ["toxicity", "add"], env=env)
    assert "To use the model: TOXICITY_BACKEND=embedded,onnx:multilingual" in named.output
    state = CliRunner().invoke(cli, ["toxicity", "status"], env={"DATA_DIR": str(added)})
    assert state.exit_code == 0 and "onnx multilingual_debiased" in state.output


def test_what_cannot_be_exported(tmp_path: Path) -> None:
    run = CliRunner().invoke
    assert run(cli, ["toxicity", "export", "embedded", "-o", str(tmp_path)]).exit_code == 2
    done = run(cli, ["toxicity", "export", f"detoxify:{tmp_path}/no.ckpt", "-o", str(tmp_path)])
    assert done.exit_code == 1

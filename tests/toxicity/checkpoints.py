"""Makes tiny checkpoints in detoxify's real format; runs under a Python that has torch.

python checkpoints.py FOLDER [KIND]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import tokenizers
import torch
import transformers

ORIGINAL = ["toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate"]
UNBIASED = [
    "toxicity", "severe_toxicity", "obscene", "identity_attack", "insult", "threat", "sexual_explicit",
]  # fmt: skip
SMALL: dict[str, Any] = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
}


def words(folder: Path) -> int:
    letters = "abcdefghijklmnopqrstuvwxyz"
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *".,!?"]
    vocabulary += [*(f"##{letter}" for letter in letters), "you", "idiot", "hello"]
    (folder / "vocab.txt").write_text("\n".join(vocabulary))
    # no model_max_length: a bare vocabulary has none, and ours is to cut at 512 all the same
    settings = {"do_lower_case": True, "tokenizer_class": "BertTokenizer"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return len(vocabulary)


def bert(folder: Path, classes: list[str], outputs: int) -> torch.nn.Module:
    config = transformers.BertConfig(vocab_size=words(folder), num_labels=outputs, **SMALL)
    config.save_pretrained(folder)
    torch.manual_seed(1)
    network = transformers.BertForSequenceClassification(config).eval()
    with torch.no_grad():
        for each in network.parameters():  # random weights alone say .5 to everything
            each.mul_(3)
    return network


def save(folder: Path, network: torch.nn.Module, classes: list[str], **more: Any) -> Path:
    arguments = {
        "num_classes": network.config.num_labels,
        "model_type": "bert-base-uncased",
        "model_name": "BertForSequenceClassification",
        "tokenizer_name": "BertTokenizer",
        **more.pop("arguments", {}),
    }
    held = {
        "config": {
            "arch": {"type": "BERT", "args": arguments},
            "dataset": {"type": "JigsawDataOriginal", "args": {"classes": classes}},
        },
        # old checkpoints carry what newer networks make themselves
        "state_dict": {
            **network.state_dict(),
            f"{network.base_model_prefix}.embeddings.position_ids": torch.arange(512)[None],
        },
        **more,
    }
    path = folder / "tiny.ckpt"
    torch.save(held, path)
    return path


#: A kind sentence and an insult in each language that the published model reads.
SEVEN = {
    "en": ("Thank you for the fine article.", "You are a stupid idiot."),
    "fr": ("Merci pour ce bel article.", "Tu es un sale con, espèce d’imbécile."),
    "es": ("Gracias por el buen artículo.", "Eres un idiota y un imbécil."),
    "it": ("Grazie per il bell’articolo.", "Sei un cretino, stai zitto."),
    "pt": ("Obrigado pelo belo artigo.", "Você é um idiota, cala a boca."),
    "tr": ("Güzel yazı için teşekkürler.", "Aptal herif, kes sesini."),
    "ru": ("Спасибо за хорошую статью.", "Ты тупой идиот, заткнись."),
}


def pieces(folder: Path, texts: list[str]) -> Any:
    """A unigram tokenizer of these texts, saved as XLM-R's is."""
    made = tokenizers.SentencePieceUnigramTokenizer()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    made.train_from_iterator(texts, vocab_size=400, special_tokens=special, unk_token="<unk>")
    made.post_processor = tokenizers.processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    made.save(str(folder / "tokenizer.json"))
    (folder / "sentencepiece.bpe.model").write_bytes(b"")  # tokenizer.json is read before it
    named = dict(zip(("bos_token", "pad_token", "eos_token", "unk_token"), special, strict=False))
    settings = {"tokenizer_class": "XLMRobertaTokenizer", "mask_token": "<mask>", **named}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return made


def taught(network: torch.nn.Module, rows: list[list[int]]) -> torch.nn.Module:
    """The network after a few lessons: every second of these rows is an insult. Without dropout, with which
    the same lessons teach it nothing under some versions of torch."""
    network.eval()
    longest = max(map(len, rows))
    ids = torch.tensor([row + [1] * (longest - len(row)) for row in rows])
    wanted = torch.tensor([[float(at % 2)] * 16 for at in range(len(rows))])
    teacher = torch.optim.Adam(network.parameters(), lr=1e-2)
    for _ in range(60):
        teacher.zero_grad()
        said = network(input_ids=ids, attention_mask=(ids != 1).long())[0]
        torch.nn.functional.binary_cross_entropy_with_logits(said, wanted).backward()
        teacher.step()
    return network


def multilingual(folder: Path) -> None:
    """The multilingual model's kind, small, in files of the published names."""
    texts = [text for pair in SEVEN.values() for text in pair]
    words = pieces(folder, texts)
    config = transformers.XLMRobertaConfig(
        vocab_size=words.get_vocab_size(), num_labels=16, pad_token_id=1, **SMALL
    )
    config.max_position_embeddings = 514
    config.save_pretrained(folder)
    torch.manual_seed(1)
    torch.set_num_threads(1)  # on a busy machine, threads wait longer for each other than they work
    network = transformers.XLMRobertaForSequenceClassification(config)
    arguments = {
        "model_type": "xlm-roberta-base",
        "model_name": "XLMRobertaForSequenceClassification",
        "tokenizer_name": "XLMRobertaTokenizer",
    }
    ready = taught(network, [words.encode(text).ids for text in texts])
    path = save(folder, ready, UNBIASED, arguments=arguments)
    path.rename(folder / "multilingual_debiased-0b549669.ckpt")


class Evil:
    """What runs when it is unpickled."""

    def __reduce__(self) -> Any:
        return (open, (str(Path(sys.argv[1]) / "I_WAS_RUN"), "w"))


def main() -> None:
    folder, kind = Path(sys.argv[1]), (sys.argv[2:] or ["original"])[0]
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "multilingual":
        multilingual(folder)
        return
    classes, outputs = (UNBIASED, 16) if kind == "unbiased" else (ORIGINAL, 6)
    network = bert(folder, classes, outputs)
    more: dict[str, Any] = {"extra": Evil()} if kind == "evil" else {}
    if kind == "foreign":
        more = {"arguments": {"model_name": "GPT2LMHeadModel"}}
    path = save(folder, network, classes, **more)
    if kind == "nan":
        with torch.no_grad():
            network.classifier.bias[0] = float("nan")
        save(folder, network, classes)
    if kind == "misfit":
        network.classifier = torch.nn.Linear(32, 5)
        save(folder, network, classes)
    if kind == "truncated":
        path.write_bytes(path.read_bytes()[:5000])
    if kind == "bare":
        torch.save({"weights": torch.zeros(3)}, path)
    if kind == "no_config":
        (folder / "config.json").unlink()


main()

"""`thaw train`: learn the chat's search anew from the ways of asking in content/.

May import: click, the configuration, and the library.
"""

from __future__ import annotations

import os
import time

import click

from webapp.config import load_config
from webapp.library.example_files import load_all_examples
from webapp.library.search_files import learn_language, load_encoder, write_learnt


@click.command()
@click.option("--lang", "langs", multiple=True, metavar="CODE", help="Only this language.")
def train(langs: tuple[str, ...]) -> None:
    """Learn the chat's search from content/; the same files give the same weights."""
    content = load_config(os.environ).content_dir
    encoder = load_encoder()
    for lang, examples in load_all_examples(content).items():
        if langs and lang not in langs:
            continue
        began = time.perf_counter()
        path = write_learnt(content, lang, learn_language(examples, encoder), examples)
        click.echo(f"{path.name}: {len(examples)} examples, {time.perf_counter() - began:.0f} s")

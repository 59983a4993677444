"""Takes documents from outside `docs/` into the site, and turns links into the checkout to text.

A page of `docs/` links to any file of the checkout by its relative path, as a reader of the
repository needs it. In the site, such a link leads to the page where the file is one, and is plain
text where it is not. A link to a file that is not there stays as it is, and `--strict` names it.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

CHECKOUT = Path(__file__).parents[1]
RENAMED = {"README.md": "index.md"}
"""Documents of the checkout that are pages under another name."""
TAKEN = (
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "datasets/README.md",
    "deploy/*.md",
    "saved_models/*.md",
    "saved_models/reports/*/*/*.md",
    "saved_models/reports/*/*/*.png",
    "tuning/README.md",
    "tuning/results/*.md",
    "tuning/results/*.png",
)
"""Documents of the checkout that are pages under their own name, and the figures that they show."""
LINK = re.compile(
    r"(!?)\[([^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*)\]\((?![a-z]+:|#)([^()\s#]+)(#[^()\s]*)?\)"
)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what lies outside `docs/`."""
    for source, uri in _sources(files).items():
        if files.get_file_from_path(uri) is None:
            files.append(File.generated(config, uri, abs_src_path=str(CHECKOUT / source)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead the links of a page to pages of the site."""
    pages = _sources(files)
    source = next(source for source, uri in pages.items() if uri == page.file.src_uri)

    def mended(link: re.Match[str]) -> str:
        image, text, target, anchor = link.groups(default="")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        if path in pages:
            here = posixpath.dirname(page.file.src_uri)
            return f"{image}[{text}]({posixpath.relpath(pages[path], here or '.')}{anchor})"
        return text if (CHECKOUT / path).exists() else link.group()

    return LINK.sub(mended, markdown)


def _sources(files: Files) -> dict[str, str]:
    """Page by path in the checkout."""
    own = {f"docs/{file.src_uri}": file.src_uri for file in files if not file.generated_by}
    taken = [path for pattern in TAKEN for path in sorted(CHECKOUT.glob(pattern))]
    names = [path.relative_to(CHECKOUT).as_posix() for path in taken]
    return own | RENAMED | {name: name for name in names} | {_newest_card(): "model_card.md"}


def _newest_card() -> str:
    """The card of the model that ships."""
    cards = CHECKOUT.glob("saved_models/ecgmm-*.md")
    newest = max(cards, key=lambda path: int(path.stem.rpartition("-")[2]))
    return newest.relative_to(CHECKOUT).as_posix()

"""From a document of several pages to the strips of ECG on each of them."""

from __future__ import annotations

from ecgmm.paper.options import NOTHING_STATED, PageOptions
from ecgmm.paper.picture import Document, Picture
from ecgmm.paper.reader import read_paper
from ecgmm.paper.strips import PaperDocument, PaperStrips


def read_document(document: Document, options: PageOptions = NOTHING_STATED) -> PaperDocument:
    """Read each page like a picture of its own.

    Args:
        document: any document.
        options: what is known of the paper of its pages; it overrules what is found on them.
    """
    pages = tuple(read_document_page(page, document.name, options) for page in document.pages())
    return PaperDocument(pages, document_faults(document), document.name)


def read_document_page(picture: Picture | None, name: str, options: PageOptions) -> PaperStrips:
    """The strips of a page, none where it cannot be drawn."""
    if picture is None:
        return PaperStrips((), ("It cannot be drawn.",), name)
    return read_paper(picture, options=options)


def document_faults(document: Document) -> tuple[str, ...]:
    """What is to be said where a document has more pages than were read."""
    if not document.is_cut:
        return ()
    return (f"The document has more pages: only the first {document.page_count} were read.",)

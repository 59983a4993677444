"""A PDF for archives: PDF/A-2b, ISO 19005-2.

What conformance asks of a file beside embedded fonts: metadata as XMP that name the standard and
agree with the document's information (6.6), an output intent that says what its colours mean
(6.2.3), an identifier (6.1.3), no text in the glyph of CID 0, which stands for what a font lacks
(6.2.11.8). Transparency is allowed in part 2.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pikepdf

PART, CONFORMANCE = "2", "B"
_PROFILE_NAME = "sRGB IEC61966-2.1"
_FREE_CID = 256
"""Matplotlib's fonts have up to 256 characters each, numbered from 0."""
_CMAP_NAME = "FirstCharacterElsewhere"
_CMAP = f"""\
/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo 3 dict dup begin
/Registry (Adobe) def
/Ordering (Identity) def
/Supplement 0 def
end def
/CMapName /{_CMAP_NAME} def
/CMapType 1 def
/WMode 0 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
1 begincidchar
<0000> {_FREE_CID}
endcidchar
1 begincidrange
<0001> <00ff> 1
endcidrange
endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""
"""Gives code 0 the free CID and every other code its own."""


def as_pdf_a(pdf: bytes) -> bytes:
    """The same pages as PDF/A-2b.

    Args:
        pdf: a PDF of Matplotlib: in RGB, TrueType fonts embedded as CID fonts (`pdf.fonttype` 42).
    """
    import pikepdf

    archived = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as file:
        _set_output_intent(file)
        for page in file.pages:
            _drop_empty_resources(page.Resources)
        for each in file.objects:
            if isinstance(each, pikepdf.Dictionary) and each.get("/Subtype") == "/Type0":
                _move_first_character(file, each)
        with file.open_metadata(set_pikepdf_as_editor=False) as metadata:
            metadata.load_from_docinfo(file.docinfo)
            metadata["pdfaid:part"] = PART
            metadata["pdfaid:conformance"] = CONFORMANCE
        file.save(archived, deterministic_id=True)
    return archived.getvalue()


def _set_output_intent(file: pikepdf.Pdf) -> None:
    from pikepdf import Array, Dictionary, Name
    from PIL.ImageCms import ImageCmsProfile, createProfile

    srgb = ImageCmsProfile(createProfile("sRGB")).tobytes()
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=_PROFILE_NAME,
        Info=_PROFILE_NAME,
        DestOutputProfile=file.make_stream(srgb, N=3, Alternate=Name.DeviceRGB),
    )
    file.Root.OutputIntents = Array([file.make_indirect(intent)])


def _drop_empty_resources(resources: pikepdf.Object) -> None:
    """Drop patterns and shadings of which there are none: they are not declared in vain."""
    for name in ("/Pattern", "/Shading"):
        if name in resources and not resources[name].keys():
            del resources[name]


def _move_first_character(file: pikepdf.Pdf, font: pikepdf.Object) -> None:
    """Give the character of code 0, where a font has one, another CID."""
    from pikepdf import Array, Dictionary, Name

    (descendant,) = font.DescendantFonts
    glyphs = descendant.CIDToGIDMap.read_bytes()
    if not any(glyphs[:2]):
        return
    moved = b"\0\0" + glyphs[2:].ljust(2 * _FREE_CID - 2, b"\0") + glyphs[:2]
    descendant.CIDToGIDMap = file.make_stream(moved)
    widths_from_first = descendant.W[1]
    descendant.W = Array([*descendant.W, _FREE_CID, Array([widths_from_first[0]])])
    system = Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0)
    font.Encoding = file.make_stream(
        _CMAP.encode(),
        Type=Name.CMap,
        CMapName=Name("/" + _CMAP_NAME),
        CIDSystemInfo=system,
        WMode=0,
    )

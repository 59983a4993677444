"""Writes the sound files of tests/corpus, which fuzzing and tests begin from.

Run from the checkout: `python tests/readers/make_corpus.py`. Everything is generated; what broke
a parser once lies beside these files under a name that begins with `regression`.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import format_files
import numpy as np
import wfdb
from acq_files import Channel, acq_bytes
from format_files import ecg_counts
from PIL import Image
from scp_files import write_scp
from test_documents import ecg_page, pdf_bytes

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
LEADS = ("I", "II")
DURATION_S = 1.0
COUNTS = ecg_counts(LEADS, DURATION_S)
MITDB_HEADER = "'sample #','MLII','V5'"
MITDB_MARKS = (
    "    0:00.050       18     +    0    0    0\t(N\n",
    "    0:00.214       77     N    0",
)
PAGE = ecg_page(90, 120)


def main() -> None:
    """Write every sound file."""
    for name, write in WRITERS.items():
        path = CORPUS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path)
    write_record(CORPUS / "wfdb_record")
    (CORPUS / "wfdb_record" / "s.hea").write_text("s 2 360 720\nr.dat 16 200\nr.dat 16 200\n")
    for part, suffix in (("header", "hea"), ("signal", "dat"), ("annotations", "atr")):
        (CORPUS / f"wfdb_{part}").mkdir(exist_ok=True)
        content = (CORPUS / "wfdb_record" / f"r.{suffix}").read_bytes()
        (CORPUS / f"wfdb_{part}" / "sound").write_bytes(content)


def write_record(folder: Path) -> None:
    """Two leads of two seconds in format 16, with a beat and a rhythm change."""
    folder.mkdir(exist_ok=True)
    write_signals(folder, packing="16")
    at, symbols, notes = np.array([10, 50, 300]), ["+", "N", "V"], ["(AFIB\0", "", ""]
    wfdb.wrann("r", "atr", at, symbols, aux_note=notes, write_dir=str(folder))


def write_signals(folder: Path, *, packing: str) -> None:
    """`r.hea` and `r.dat`."""
    wfdb.wrsamp(
        "r",
        fs=360,
        units=["mV", "mV"],
        sig_name=["II", "V1"],
        p_signal=np.stack([np.sin(np.arange(720) / 9), np.cos(np.arange(720) / 9)], axis=1),
        fmt=[packing, packing],
        adc_gain=[200.0, 200.0],
        baseline=[0, 0],
        write_dir=str(folder),
    )


def write_packed(path: Path, *, packing: str, mark: bytes) -> None:
    """The signal file alone, after the byte that says how it is packed."""
    with tempfile.TemporaryDirectory() as folder:
        write_signals(Path(folder), packing=packing)
        path.write_bytes(mark + (Path(folder) / "r.dat").read_bytes())


def write_segments(path: Path) -> None:
    """A header of segments; the second one is not there."""
    path.write_text("r/2 2 360 1440\ns 720\nt 720\n")


def write_csv(path: Path) -> None:
    """A clock, two leads and their units."""
    rows = "\n".join(f"{i / 250:.3f},{i % 9 / 9:.2f},{i % 7 / 7:.2f}" for i in range(280))
    path.write_text(f"# unit: mV\ntime_s,II,V1\n{rows}\n")


def write_german_csv(path: Path) -> None:
    """Semicolons, decimal commas, a line of units."""
    rows = "\n".join(f"{5 * i};{i % 9 / 9:.2f}".replace(".", ",") for i in range(280))
    path.write_text(f"Zeit;'II'\nms;µV\n{rows}\n", encoding="cp1252")


def write_mitdb_table(path: Path) -> None:
    """MIT-BIH as on Kaggle."""
    rows = "\n".join(f"{i},{1024 + i % 200},{1024 - i % 99}" for i in range(400))
    path.write_text(f"{MITDB_HEADER}\n{rows}\n")


def write_apple(path: Path) -> None:
    """An export of the Health app."""
    facts = "Name,Test\nDevice,Watch\nSample Rate,512 hertz\n\nLead,Lead I\nUnit,µV\n\n"
    path.write_text(facts + "-12.5\n13,5\n".replace(",", ".") * 280, encoding="utf-8")


def write_npz(path: Path) -> None:
    """A compressed archive with its statements."""
    with path.open("wb") as file:
        np.savez_compressed(file, signal_mv=np.ones((300, 2), np.float32), fs=np.array(250.0))


def write_npy(path: Path) -> None:
    """A bare array."""
    with path.open("wb") as file:
        np.save(file, np.ones((300, 2), np.int16))


def write_gapped_edf(path: Path) -> None:
    """EDF+D: three records of a second, a gap of four seconds before the last."""
    onsets = (b"+0\x14\x14\0", b"+1\x14\x14\0", b"+6\x14\x14\0")
    fields = [("ECG II", 16), ("", 80), ("uV", 8), (-3276, 8), (3276, 8), (-32768, 8), (32767, 8)]
    marks = [("EDF Annotations", 16), ("", 80), ("", 8), (-1, 8), (1, 8), (-32768, 8), (32767, 8)]
    rest = [("", 80), (125, 8), ("", 32)], [("", 80), (16, 8), ("", 32)]
    both = zip(fields + rest[0], marks + rest[1], strict=True)
    signals = "".join(f"{one:<{width}}{other:<{width}}" for (one, width), (other, _) in both)
    start = f"{'0':<8}{'X X X X':<80}{'Startdate X X X X':<80}01.01.0100.00.00"
    header = f"{start}{768:<8}{'EDF+D':<44}{3:<8}{1:<8}{2:<4}{signals}"
    samples = (np.sin(np.arange(125) / 9) * 999).astype("<i2").tobytes()
    records = b"".join(samples + onset.ljust(32, b"\0") for onset in onsets)
    path.write_bytes(header.encode("latin-1") + records)


def write_bdf(path: Path) -> None:
    """Three records of a second."""
    import edfio

    wave_uv = 900 * np.sin(np.arange(750) / 9)
    signal = edfio.BdfSignal(
        wave_uv, 250, label="ECG II", physical_dimension="uV", physical_range=(-5000, 5000)
    )
    edfio.Bdf([signal], annotations=[], data_record_duration=1).write(path)


def write_mat(path: Path, **options: object) -> None:
    """A structure and an array."""
    import scipy.io

    variables = {"ecg": np.ones((2, 300)), "fs": 250.0, "names": {"unit": "mV", "age": 50.0}}
    scipy.io.savemat(path, variables, appendmat=False, **options)


def write_mat_4(path: Path) -> None:
    """An array alone."""
    import scipy.io

    scipy.io.savemat(path, {"val": np.ones((2, 300))}, format="4", appendmat=False)


def write_hdf5(path: Path) -> None:
    """A data set in a group, with attributes."""
    import h5py

    with h5py.File(path, "w") as file:
        stored = file.create_dataset("a/ecg", data=np.ones((300, 2)), compression="gzip")
        stored.attrs["fs"], stored.attrs["unit"] = 250.0, "mV"
        file["lead_names"] = [b"I", b"II"]


def write_acq(path: Path) -> None:
    """An ECG and a slower channel."""
    steps = COUNTS["II"][:200]
    ecg, slow = Channel("ECG", "mV", steps, 0.005), Channel("RESP", "Volts", steps[::4], 1, 0, 4)
    path.write_bytes(acq_bytes([ecg, slow], 200.0))


def write_parquet(path: Path) -> None:
    """A clock and two leads."""
    import pyarrow as pa
    from pyarrow import parquet

    count = np.arange(300)
    table = pa.table({"time_s": count / 250, "II_mV": count / 300, "V1_mV": count % 7 / 7})
    parquet.write_table(table, path)


def write_fhir(path: Path) -> None:
    """An Observation of one lead."""
    sampled = {"origin": {"value": 0, "unit": "mV"}, "period": 4, "factor": 0.01, "dimensions": 1}
    sampled["data"] = " ".join(str(i % 90) for i in range(300))
    component = {"code": {"text": "MDC_ECG_LEAD_II"}, "valueSampledData": sampled}
    path.write_text(json.dumps({"resourceType": "Observation", "component": [component]}))


def write_opensignals(path: Path) -> None:
    """One device with an ECG sensor."""
    device = {"sensor": ["ECG"], "device": "bitalino", "column": ["nSeq", "A1"]}
    device |= {"sampling rate": 100, "resolution": [4, 10], "label": ["A1"]}
    head = f"# OpenSignals Text File Format\n# {json.dumps({'mac': device})}\n# EndOfHeader\n"
    path.write_text(head + "".join(f"{i % 16}\t{i % 900}\n" for i in range(300)))


def write_picture(format_: str, **options: object) -> Callable[[Path], None]:
    """A small page."""

    def write(path: Path) -> None:
        if format_ == "HEIF":
            import pillow_heif

            pillow_heif.register_heif_opener()
        PAGE.save(path, format=format_, **options)

    return write


def write_odd_pictures(mode: str) -> Callable[[Path], None]:
    """A picture in another colour mode than most."""
    return lambda path: PAGE.resize((30, 20)).convert(mode).save(path, format="PNG")


def write_vector_pdf(path: Path) -> None:
    """Lines on a page, as a cardiograph prints them."""
    drawing = b"".join(b"%d 10 m %d 90 l S " % (x, x) for x in range(10, 120, 5))
    stream = b"<</Length %d>>stream\n%s\nendstream" % (len(drawing), drawing)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 120 100]/Contents 4 0 R>>"
    pages = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    parts = (b"<</Type/Catalog/Pages 2 0 R>>", pages, page, stream)
    body, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(body))
        body += b"%d 0 obj%s endobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = b"xref\n0 5\n0000000000 65535 f \n" + table
    end = b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(body)
    path.write_bytes(body + start + end)


def write_tiff_pages(path: Path) -> None:
    """Two pages."""
    page = PAGE.resize((60, 45))
    page.save(path, format="TIFF", compression="tiff_lzw", save_all=True, append_images=[page])


def write_listed_muse(path: Path) -> None:
    """Samples written out, as a MAC 2000 does."""
    format_files.write_muse(path, {"V1": COUNTS["II"]})
    text = path.read_text("latin-1")
    listed = ",".join(map(str, COUNTS["II"]))
    path.write_text(text.replace(format_files.base64_of(COUNTS["II"]), listed), "latin-1")


def small_pdf(path: Path) -> None:
    """A scanned page in a PDF."""
    path.write_bytes(pdf_bytes(PAGE))


WRITERS: dict[str, Callable[[Path], object]] = {
    "wfdb_header/segments": write_segments,
    "wfdb_packed/212": lambda path: write_packed(path, packing="212", mark=b"\0"),
    "wfdb_packed/516": lambda path: write_packed(path, packing="516", mark=b"\xff"),
    "csv/table": write_csv,
    "csv/german": write_german_csv,
    "csv/mitdb": write_mitdb_table,
    "mitdb_table/100.csv": write_mitdb_table,
    "mitdb_annotations/sound": lambda path: path.write_text("".join(MITDB_MARKS)),
    "apple/sound": write_apple,
    "heartbeats/sound": lambda path: path.write_text(f"{','.join(['0.5'] * 187)},0\n" * 3),
    "numpy/archive": write_npz,
    "numpy/array": write_npy,
    "edf/sound": lambda path: format_files.write_edf(path, COUNTS),
    "edf_gaps/sound": write_gapped_edf,
    "bdf/sound": write_bdf,
    "mat/packed": lambda path: write_mat(path, do_compression=True),
    "mat/plain": write_mat,
    "mat/four": write_mat_4,
    "hdf5/sound": write_hdf5,
    "biopac/sound": write_acq,
    "parquet/sound": write_parquet,
    "json/fhir": write_fhir,
    "json/withings": lambda path: path.write_text(
        json.dumps({"body": {"signal": list(range(300)), "sampling_frequency": 250}})
    ),
    "json/lists": lambda path: path.write_text(json.dumps({"ecg": [0.5] * 300, "fs": 250})),
    "opensignals/sound": write_opensignals,
    "dicom/sound": lambda path: format_files.write_dicom(path, COUNTS),
    "alivecor/sound": lambda path: format_files.write_atc(path, COUNTS, {5: 1}),
    "ishne/sound": lambda path: format_files.write_ishne(path, COUNTS),
    "scp/sound": lambda path: write_scp(path, ecg_counts(LEADS, DURATION_S)),
    "scp/subtracted": lambda path: write_scp(
        path, ecg_counts(LEADS, DURATION_S), order=1, coding="own", beats_at=(100, 300)
    ),
    "muse/sound": lambda path: format_files.write_muse(path, COUNTS),
    "muse/listed": write_listed_muse,
    "sierra/packed": lambda path: format_files.write_sierra(
        path, ecg_counts(format_files.TWELVE_LEADS[:6], DURATION_S), packed=True
    ),
    "sierra/unpacked": lambda path: format_files.write_sierra(path, COUNTS, packed=False),
    "aecg/sound": lambda path: format_files.write_aecg(path, COUNTS),
    "png/sound": write_picture("PNG"),
    "png/palette": write_odd_pictures("P"),
    "png/deep": write_odd_pictures("I;16"),
    "png/alpha": write_odd_pictures("LA"),
    "jpeg/sound": write_picture("JPEG"),
    "jpeg/turned": lambda path: PAGE.save(path, format="JPEG", exif=turned(), progressive=True),
    "webp/sound": write_picture("WEBP"),
    "webp/lossless": write_picture("WEBP", lossless=True),
    "tiff/sound": write_tiff_pages,
    "tiff/jpeg": write_picture("TIFF", compression="jpeg"),
    "bmp/sound": lambda path: PAGE.resize((30, 20)).save(path, format="BMP"),
    "heif/sound": write_picture("HEIF"),
    "pdf/scan": small_pdf,
    "pdf/vector": write_vector_pdf,
    "serving_address/grpc": lambda path: path.write_text("grpc://host:8500/v1/models/a/versions/2"),
    "serving_address/https": lambda path: path.write_text("https://[::1]/p/v1/models/a/labels/b"),
    "training_config/sound": lambda path: path.write_text(
        'datasets = ["mitdb"]\n[[stages]]\nname = "one"\nepochs = 2\n[model]\nfeatures = 8\n'
    ),
}


def turned() -> Image.Exif:
    """EXIF that says that the picture lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


if __name__ == "__main__":
    main()

"""Writes an ECG as each maker's format has it, so that readers have something to read."""

import base64
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ecgmm.simulator import simulate

RATE_HZ = 500
STEP_UV = 5
TWELVE_LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
INDEPENDENT_LEADS = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")

Counts = Mapping[str, np.ndarray]


def ecg_counts(
    leads: Sequence[str] = TWELVE_LEADS, duration_s: float = 2.0
) -> dict[str, np.ndarray]:
    """A simulated ECG in steps of 5 uV, `[samples]` int16 a lead."""
    recording = simulate("NV", duration_s=duration_s, sampling_rate_hz=RATE_HZ, leads=leads)
    counts = np.rint(recording.signal_mv * 1000 / STEP_UV).astype(np.int16)
    return {name: lead.copy() for name, lead in zip(leads, counts.T, strict=True)}


def in_millivolts(counts: Counts) -> np.ndarray:
    """`[samples, leads]` that a reader has to find."""
    return np.stack(list(counts.values()), axis=1) * (STEP_UV / 1000)


def base64_of(values: np.ndarray) -> str:
    return base64.b64encode(values.astype("<i2").tobytes()).decode()


def write_muse(path: Path, counts: Counts) -> Path:
    leads = "".join(
        f"<LeadData><LeadID>{name}</LeadID>"
        f"<LeadAmplitudeUnitsPerBit>{STEP_UV}</LeadAmplitudeUnitsPerBit>"
        "<LeadAmplitudeUnits>MICROVOLTS</LeadAmplitudeUnits>"
        f"<WaveFormData>{base64_of(values)}</WaveFormData></LeadData>"
        for name, values in counts.items()
    )
    wave = f"<SampleBase>{RATE_HZ}</SampleBase><SampleExponent>0</SampleExponent>{leads}</Waveform>"
    path.write_text(
        '<?xml version="1.0" encoding="ISO-8859-1"?><!DOCTYPE RestingECG SYSTEM "restecg.dtd">'
        f"<RestingECG><Waveform><WaveformType>Median</WaveformType>{wave}"
        f"<Waveform><WaveformType>Rhythm</WaveformType>{wave}</RestingECG>",
        encoding="latin-1",
    )
    return path


def write_aecg(path: Path, counts: Counts) -> Path:
    leads = "".join(
        f'<component><sequence><code code="MDC_ECG_LEAD_{name.upper()}"/>'
        '<value><origin value="0" unit="uV"/>'
        f'<scale value="{STEP_UV}" unit="uV"/><digits>{" ".join(map(str, values))}</digits>'
        "</value></sequence></component>"
        for name, values in counts.items()
    )
    times = (
        '<component><sequence><code code="TIME_ABSOLUTE"/><value>'
        f'<increment value="{1 / RATE_HZ}" unit="s"/></value></sequence></component>'
    )
    path.write_text(
        '<AnnotatedECG xmlns="urn:hl7-org:v3"><component><series><component><sequenceSet>'
        f"{times}{leads}</sequenceSet></component></series></component></AnnotatedECG>"
    )
    return path


def write_sierra(path: Path, counts: Counts, *, packed: bool) -> Path:
    """Version 1.04; packed leads III, aVR, aVL and aVF as Philips stores them."""
    values = list(counts.values())
    waveforms = pack_xli(limb_differences(values)) if packed else np.concatenate(values).tobytes()
    samples = len(values[0])
    path.write_bytes(
        f"""<?xml version="1.0" encoding="UTF-16"?>
<restingecgdata xmlns="http://www3.medical.philips.com"><documentinfo>
<documenttype>SierraECG</documenttype><documentversion>1.04</documentversion></documentinfo>
<dataacquisition><signalcharacteristics><samplingrate>{RATE_HZ}</samplingrate>
<acquisitiontype>STD-12</acquisitiontype></signalcharacteristics></dataacquisition>
<waveforms><parsedwaveforms dataencoding="Base64" compression="{"XLI" if packed else "None"}"
 numberofleads="{len(values)}" leadlabels="{" ".join(counts)}" resolution="{STEP_UV}"
 durationperchannel="{samples * 1000 // RATE_HZ}">{base64.b64encode(waveforms).decode()}
</parsedwaveforms></waveforms></restingecgdata>""".encode("utf-16")
    )
    return path


def limb_differences(leads: Sequence[np.ndarray]) -> list[np.ndarray]:
    i, ii, iii, avr, avl, avf = (lead.astype(int) for lead in leads[:6])
    coded = [ii - i - iii, -avr - (i + ii) // 2, (i - iii) // 2 - avl, (ii + iii) // 2 - avf]
    return [leads[0], leads[1], *(lead.astype(np.int16) for lead in coded), *leads[6:]]


def pack_xli(leads: Sequence[np.ndarray]) -> bytes:
    """Second differences, high bytes before low ones, packed by LZW."""
    packed = b""
    for lead in leads:
        samples = lead.astype(int)
        coded = samples.copy()
        last = 2 * samples[1:-1] - samples[:-2] - samples[2:]
        coded[2:-1] = last[1:] + 64
        start = int(last[0])
        words = coded.astype(np.int16).view(np.uint16)
        chunk = pack_lzw((words >> 8).astype(np.uint8).tobytes() + words.astype(np.uint8).tobytes())
        packed += struct.pack("<ihh", len(chunk), 0, start) + chunk
    return packed


def pack_lzw(content: bytes) -> bytes:
    codes, strings, string = [], {bytes([value]): value for value in range(256)}, b""
    for value in content:
        longer = string + bytes([value])
        if longer in strings:
            string = longer
            continue
        codes.append(strings[string])
        if len(strings) < 1023:
            strings[longer] = len(strings)
        string = bytes([value])
    bits = "".join(f"{code:010b}" for code in [*codes, strings[string]])
    padded = bits + "0" * (-len(bits) % 8)
    return int(padded, 2).to_bytes(len(padded) // 8, "big")


def write_atc(path: Path, counts: Counts, beats: Mapping[int, int] | None = None) -> Path:
    """`beats`: type of the beat at each sample."""
    blocks = [(b"info", b"\0" * 264), (b"fmt ", struct.pack("<BHHBH", 1, RATE_HZ, 5000, 0, 0))]
    names = [b"ecg ", *(f"ecg{i:x}".encode() for i in range(2, 13))]
    blocks += [
        (name, values.tobytes()) for name, values in zip(names, counts.values(), strict=False)
    ]
    if beats is not None:
        marks = b"".join(struct.pack("<IH", at, kind) for at, kind in beats.items())
        blocks.append((b"ann ", struct.pack("<I", RATE_HZ) + marks))
    content = b"ALIVE\0\0\0" + struct.pack("<I", 5)
    for name, data in blocks:
        block = name + struct.pack("<I", len(data)) + data
        content += block + struct.pack("<I", sum(block))
    path.write_bytes(content)
    return path


def write_ishne(path: Path, counts: Counts, **changes: int) -> Path:
    """`changes`: header fields that are other than they should be."""
    fields = {"samples": len(next(iter(counts.values()))), "leads": len(counts), "rate": RATE_HZ}
    fields |= changes
    header = bytearray(522)
    header[:8] = b"ISHNE1.0"
    struct.pack_into("<iiii", header, 10, 0, fields["samples"], 522, 522)
    codes = [5 + TWELVE_LEADS.index(name) for name in counts]
    struct.pack_into("<h", header, 156, fields["leads"])
    struct.pack_into(f"<{len(codes)}h", header, 158, *codes)
    struct.pack_into(f"<{len(codes)}h", header, 206, *[1000 * STEP_UV] * len(codes))
    struct.pack_into("<H", header, 272, fields["rate"])
    path.write_bytes(bytes(header) + np.stack(list(counts.values()), axis=1).tobytes())
    return path


def write_dicom(path: Path, counts: Counts, **changes: object) -> Path:
    """`changes`: attributes of the multiplex group that are other than they should be."""
    from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, TwelveLeadECGWaveformStorage

    group = Dataset()
    group.WaveformOriginality = "ORIGINAL"
    group.NumberOfWaveformChannels = len(counts)
    group.NumberOfWaveformSamples = len(next(iter(counts.values())))
    group.SamplingFrequency = RATE_HZ
    group.WaveformBitsAllocated = 16
    group.WaveformSampleInterpretation = "SS"
    group.WaveformData = np.stack(list(counts.values()), axis=1).tobytes()
    group.ChannelDefinitionSequence = [_dicom_channel(name) for name in counts]
    for attribute, value in changes.items():
        setattr(group, attribute, value)
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = TwelveLeadECGWaveformStorage
    dataset = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID = TwelveLeadECGWaveformStorage
    dataset.WaveformSequence = [group]
    dataset.save_as(path)
    return path


def _dicom_channel(name: str):
    from pydicom.dataset import Dataset

    source, unit, channel = Dataset(), Dataset(), Dataset()
    source.CodeMeaning = f"Lead {name}"
    unit.CodeValue = "uV"
    channel.ChannelSourceSequence = [source]
    channel.ChannelSensitivity = STEP_UV
    channel.ChannelSensitivityCorrectionFactor = 1
    channel.ChannelSensitivityUnitsSequence = [unit]
    channel.ChannelBaseline = 0
    channel.WaveformBitsStored = 16
    return channel


def write_edf(path: Path, counts: Counts, unit: str = "uV", prefix: str = "ECG ") -> Path:
    import edfio

    signals = [
        edfio.EdfSignal.from_digital(
            values,
            RATE_HZ,
            label=f"{prefix}{name}",
            physical_dimension=unit,
            physical_range=(-32768.0 * STEP_UV, 32767.0 * STEP_UV),
            digital_range=(-32768, 32767),
        )
        for name, values in counts.items()
    ]
    edfio.Edf(signals).write(path)
    return path

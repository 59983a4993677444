"""`python -m ecgmm.bulk`: the bulk job as an Apache Beam pipeline."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from ecgmm.bulk.pipeline import ReadArchive, Statements, build
from ecgmm.commands.arguments import add_statements
from ecgmm.commands.hints import with_option
from ecgmm.commands.runtime_arguments import add_runtime_arguments, runtime_opener

_DESCRIPTION = """\
Read every recording below a folder of any file system that Beam knows (local, HDFS, GCS, S3) and
write the same rows as `ecgmm analyze FOLDER --parquet FOLDER`, in as many files and in whatever
order the runner likes. Flags that are not listed here go to Beam."""


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job where Beam's flags say."""
    parser = argparse.ArgumentParser(prog="python -m ecgmm.bulk", description=_DESCRIPTION)
    parser.add_argument("--input", required=True, metavar="FOLDER", help="what to read")
    parser.add_argument("--output", required=True, metavar="FOLDER", help="where the tables go")
    add_runtime_arguments(parser)
    add_statements(parser)
    args, flags = parser.parse_known_args(argv)
    read = ReadArchive(runtime_opener(args), Statements(args.sampling_rate, args.unit), with_option)
    with beam.Pipeline(options=PipelineOptions(flags)) as pipeline:
        build(pipeline, args.input, args.output, read)

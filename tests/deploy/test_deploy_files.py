"""What an operator copies from `deploy/` is valid, and its files agree with each other."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from google.protobuf import text_format
from serving_protos import serving_message
from tensorflow_serving.config import model_server_config_pb2

from ecgmm.serving.address import DEFAULT_MODEL, DEFAULT_PORTS
from ecgmm.serving.retries import Patience
from ecgmm.serving.transport import ROWS_PER_REQUEST

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
CONFIG = DEPLOY / "config"
MANIFESTS = sorted(
    path for path in (DEPLOY / "kubernetes").glob("*.yaml") if path.name != "kustomization.yaml"
)
KUSTOMIZED = ["kubernetes", "overlays/one-node"]
KUBERNETES = ["1.33", "1.37"]
"""The oldest and the newest that the manifests are held against."""
CLUSTER_ONLY = {"grpc_channel_arguments"}


def text_proto(name: str, message: Any) -> Any:
    return text_format.Parse((CONFIG / name).read_text(), message)


def documents(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(path.read_text()))


@pytest.fixture(scope="module")
def served() -> Any:
    """The one model of models.config."""
    config = text_proto("models.config", model_server_config_pb2.ModelServerConfig())
    (model,) = config.model_config_list.config
    return model


@pytest.fixture(scope="module")
def batching() -> Any:
    return text_proto("batching.config", serving_message("BatchingParameters"))


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return documents(DEPLOY / "compose.yaml")[0]["services"]["serving"]


@pytest.fixture(scope="module")
def deployment() -> dict[str, Any]:
    (found,) = documents(DEPLOY / "kubernetes" / "deployment.yaml")
    return found["spec"]["template"]["spec"]


@pytest.fixture(scope="module")
def container(deployment: dict[str, Any]) -> dict[str, Any]:
    (found,) = deployment["containers"]
    return found


def flags(words: list[str]) -> dict[str, str]:
    return dict(word.removeprefix("--").split("=", 1) for word in words)


def test_labels_name_versions_that_are_served_and_released(served: Any) -> None:
    versions = set(served.model_version_policy.specific.versions)
    assert set(served.version_labels) == {"stable", "canary"}
    assert set(served.version_labels.values()) <= versions
    for version in versions:
        assert (ROOT / "saved_models" / "ecgmm" / str(version) / "saved_model.pb").is_file()


def test_stable_is_the_newest_released_version(served: Any) -> None:
    released = [int(folder.parent.name) for folder in ROOT.glob("saved_models/ecgmm/*/*.pb")]
    assert served.version_labels["stable"] == max(released)


def test_the_model_has_the_name_that_clients_ask_for(served: Any) -> None:
    assert served.name == DEFAULT_MODEL
    assert served.base_path == f"/models/{DEFAULT_MODEL}"
    assert served.model_platform == "tensorflow"


def test_no_request_of_the_client_is_larger_than_a_batch(batching: Any) -> None:
    assert batching.max_batch_size.value >= ROWS_PER_REQUEST


def test_a_larger_request_is_split_into_batches(batching: Any) -> None:
    assert batching.enable_large_batch_splitting.value
    assert batching.max_execution_batch_size.value < batching.max_batch_size.value


def test_signals_are_never_padded(batching: Any) -> None:
    assert not batching.pad_variable_length_inputs


def test_batches_run_on_as_many_threads_as_there_are_cores(
    batching: Any, compose: dict[str, Any], container: dict[str, Any]
) -> None:
    cores = str(batching.num_batch_threads.value)
    assert compose["deploy"]["resources"]["limits"]["cpus"] == cores
    assert container["resources"]["requests"]["cpu"] == cores


def test_figures_are_where_the_scraper_is_sent() -> None:
    monitoring = text_proto("monitoring.config", serving_message("MonitoringConfig"))
    (found,) = documents(DEPLOY / "kubernetes" / "deployment.yaml")
    annotations = found["spec"]["template"]["metadata"]["annotations"]
    assert monitoring.prometheus_config.enable
    assert monitoring.prometheus_config.path == annotations["prometheus.io/path"]


def test_one_machine_and_a_cluster_run_the_same_server(
    compose: dict[str, Any], container: dict[str, Any]
) -> None:
    here, there = flags(compose["command"]), flags(container["args"])
    assert compose["image"] == container["image"]
    assert here == {name: value for name, value in there.items() if name not in CLUSTER_ONLY}
    assert (int(here["port"]), int(here["rest_api_port"])) == (
        DEFAULT_PORTS["grpc"],
        DEFAULT_PORTS["http"],
    )


def test_every_file_that_the_server_is_given_is_mounted(
    compose: dict[str, Any], container: dict[str, Any]
) -> None:
    mounts = dict(volume.split(":")[:2] for volume in compose["volumes"])
    assert mounts == {"../saved_models/ecgmm": "/models/ecgmm", "./config": "/config"}
    files = [value for value in flags(compose["command"]).values() if value.startswith("/config/")]
    assert len(files) == 3
    assert all((CONFIG / Path(file).name).is_file() for file in files)
    generated = documents(CONFIG / "kustomization.yaml")[0]["configMapGenerator"][0]
    assert {f"/config/{name}" for name in generated["files"]} == set(files)
    assert {mount["mountPath"] for mount in container["volumeMounts"]} == {"/models", "/config"}


def test_a_server_is_ready_when_the_stable_version_can_answer(
    served: Any, compose: dict[str, Any], container: dict[str, Any]
) -> None:
    path = container["readinessProbe"]["httpGet"]["path"]
    assert path == f"/v1/models/{served.name}/labels/stable/metadata"
    assert path in " ".join(compose["healthcheck"]["test"])
    assert container["startupProbe"]["httpGet"]["path"] == f"/v1/models/{served.name}"


def test_a_proxy_sends_requests_to_servers_that_are_ready(container: dict[str, Any]) -> None:
    proxy = (DEPLOY / "haproxy.cfg").read_text()
    path = container["readinessProbe"]["httpGet"]["path"]
    assert f"http-check send meth GET uri {path}\n" in proxy
    assert f"http-check connect port {DEFAULT_PORTS['http']} " in proxy
    assert proxy.count(f':{DEFAULT_PORTS["grpc"]}"') == 3


@pytest.mark.skipif(shutil.which("haproxy") is None, reason="haproxy is not installed")
def test_haproxy_takes_its_configuration() -> None:
    addresses = dict.fromkeys(("LISTEN", "FIRST", "SECOND"), "127.0.0.1")
    command = ["haproxy", "-c", "-f", str(DEPLOY / "haproxy.cfg")]
    checked = subprocess.run(
        command, env={**os.environ, **addresses}, capture_output=True, text=True, timeout=60
    )
    assert checked.returncode == 0, checked.stderr


def test_manifests_refer_to_what_there_is(deployment: dict[str, Any]) -> None:
    kinds = {
        (document["kind"], document["metadata"]["name"])
        for path in MANIFESTS
        for document in documents(path)
    }
    volumes = {volume["name"]: volume for volume in deployment["volumes"]}
    claim = volumes["versions"]["persistentVolumeClaim"]["claimName"]
    assert ("PersistentVolumeClaim", claim) in kinds
    (generated,) = documents(CONFIG / "kustomization.yaml")[0]["configMapGenerator"]
    assert volumes["config"]["configMap"]["name"] == generated["name"]
    (scaler,) = (
        document
        for document in documents(DEPLOY / "kubernetes" / "scaling.yaml")
        if document["kind"] == "HorizontalPodAutoscaler"
    )
    target = scaler["spec"]["scaleTargetRef"]
    assert (target["kind"], target["name"]) in kinds
    assert scaler["spec"]["minReplicas"] >= 2


@pytest.mark.parametrize("name", ["models.config", "batching.config", "monitoring.config"])
def test_each_setting_is_explained(name: str) -> None:
    for block in (CONFIG / name).read_text().split("\n\n"):
        assert any(line.strip().startswith("#") for line in block.splitlines()), block


def seconds(text: str) -> float:
    return float(text) / 1000


def test_a_caller_that_waits_for_a_batch_holds_a_thread(batching: Any, compose: Any) -> None:
    """Threads for the single rows of all batches that run, and of as many that fill meanwhile."""
    threads = int(flags(compose["command"])["grpc_max_threads"])
    running = batching.num_batch_threads.value * batching.max_execution_batch_size.value
    assert threads >= 2 * running


def test_a_server_ends_after_the_last_request_that_it_took(
    deployment: dict[str, Any], container: dict[str, Any]
) -> None:
    """SIGTERM kills what it is busy with: the connections have to end before."""
    channel = dict(
        argument.split("=")
        for argument in flags(container["args"])["grpc_channel_arguments"].split(",")
    )
    longest_age_s = 1.1 * seconds(channel["grpc.max_connection_age_ms"])
    grace_s = seconds(channel["grpc.max_connection_age_grace_ms"])
    assert grace_s >= Patience().deadline_s
    (command, pause_s) = container["lifecycle"]["preStop"]["exec"]["command"]
    assert command == "sleep"
    assert float(pause_s) > longest_age_s + grace_s
    assert deployment["terminationGracePeriodSeconds"] > float(pause_s)


def test_a_pod_waits_for_every_version_that_it_is_told_to_serve(
    deployment: dict[str, Any], tmp_path: Path
) -> None:
    """Without a folder the server opens no port, and its probe would restart it for ever."""
    (waiting,) = deployment["initContainers"]
    shell, option, script = waiting["command"]
    versions, config = tmp_path / "ecgmm", tmp_path / "models.config"
    config.write_text("specific {\n  versions: 7\n  versions: 12\n}\n")
    for there, here in (
        ("/models/ecgmm", str(versions)),
        ("/config/models.config", str(config)),
        ("sleep 5", "sleep 0.05"),
    ):
        assert there in script
        script = script.replace(there, here)
    with subprocess.Popen([shell, option, script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for version in (7, 12):
            assert f"waiting for {versions}/{version}\n" in process.stdout
            (versions / str(version)).mkdir(parents=True)
            (versions / str(version) / "saved_model.pb").touch()
        assert process.wait(60) == 0


@pytest.mark.parametrize("version", KUBERNETES)
@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_manifests_are_what_kubernetes_takes(path: Path, version: str) -> None:
    for document in documents(path):
        kubernetes_validate.validate(document, version, strict=True)


@pytest.mark.parametrize("folder", KUSTOMIZED)
@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
def test_kubectl_builds_the_manifests(folder: str) -> None:
    built = subprocess.run(
        ["kubectl", "kustomize", str(DEPLOY / folder)], capture_output=True, text=True, timeout=60
    )
    assert built.returncode == 0, built.stderr
    resources = list(yaml.safe_load_all(built.stdout))
    for resource in resources:
        kubernetes_validate.validate(resource, KUBERNETES[-1], strict=True)
    assert sorted(resource["kind"] for resource in resources) == [
        "ConfigMap",
        "Deployment",
        "Deployment",
        "HorizontalPodAutoscaler",
        "PersistentVolumeClaim",
        "PodDisruptionBudget",
        "Service",
        "Service",
    ]


def test_every_folder_of_manifests_is_built() -> None:
    folders = {path.parent for path in DEPLOY.rglob("kustomization.yaml")}
    assert folders == {CONFIG, *(DEPLOY / folder for folder in KUSTOMIZED)}


def test_the_readme_names_every_file() -> None:
    readme = DEPLOY / "README.md"
    for path in {*DEPLOY.iterdir(), *CONFIG.glob("*.config")} - {readme}:
        assert path.name in readme.read_text()

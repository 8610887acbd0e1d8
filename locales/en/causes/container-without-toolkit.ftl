name = No driver libraries in the container
title = No driver libraries in this container (host: { $loaded })
explanation = The host runs nvidia module { $loaded }, but no driver library was put into this container. Without libcuda, CUDA reports that the driver is insufficient, although the host's driver is fine.
what = A container needs the host's driver libraries; the NVIDIA container toolkit puts them in when the container starts. This container started without it.
why = The container was started without --gpus all (or its CDI device), the toolkit is not installed on the host, the runtime is not configured, or the daemon was not restarted after that.
see =
    nvidia-smi
    ldconfig -p | grep -E 'libcuda|libnvidia-ml'
    ls -l /dev/nvidia*
    cat /proc/driver/nvidia/version
    docker info | grep -i runtime
helps =
    On the host, see that nvidia-smi works there, and install the toolkit:
    Debian, Ubuntu: apt install nvidia-container-toolkit
    Fedora, RHEL: dnf install nvidia-container-toolkit
    Keep a copy of /etc/docker/daemon.json, then:
    Docker: nvidia-ctk runtime configure --runtime=docker, then systemctl restart docker
    Podman: nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml
    Start the container anew: docker run --gpus all, or podman run --device nvidia.com/gpu=all
avoid = Do not install a driver inside the container: it would have to equal the host's, and break at the host's next upgrade. Do not purge Docker or its data.

name = No driver libraries in the container
title = { $state ->
        [gone] { $engine }: the program of NVIDIA's runtime is gone
        [undefined] { $engine }: the default runtime { $name } is not defined
        [setting] The container toolkit looks for { $path }, which is not there
        [unconfigured] No container engine here knows the container toolkit ({ $engine })
       *[container] No driver libraries in this container (host: { $loaded })
    }
explanation = { $state ->
        [gone] The configuration of { $engine } names the runtime { $name }, and its program { $path } is not on this host. A container that is to run with it does not start; where it is the default, none does.
        [undefined] { $engine } is told to start every container with the runtime { $name }, and its configuration defines none of that name. Unless the daemon gets it as an option, it does not start.
        [setting] The setting { $name } in the configuration of NVIDIA's container toolkit names { $path }, and nothing is there. The toolkit's hook fails with it, and so does the start of every container that asks for a GPU.
        [unconfigured] NVIDIA's container toolkit is installed, but nothing that was found tells a container engine of it: no runtime in its configuration, no hook, no CDI specification. A container that asks for a GPU does not start, or starts without one. The driver itself is fine.
       *[container] The host runs nvidia module { $loaded }, but no driver library was put into this container. Without libcuda, CUDA reports that the driver is insufficient, although the host's driver is fine.
    }
claim-runtime = NVIDIA's runtime in the configuration of { $engine }
claim-default-runtime = Default runtime of { $engine }
claim-runtime-gone = This program is not there
claim-toolkit-setting = Setting { $name } of the container toolkit names what is not there
claim-toolkit = NVIDIA's container toolkit is installed
claim-engine = { $engine } is installed
what = A container needs the host's driver libraries; the NVIDIA container toolkit puts them in when the container starts. A container was started without it, or the container engines of this host cannot use it.
why = The container was started without --gpus all (or its CDI device), the toolkit is not installed on the host, the runtime is not configured, or the daemon was not restarted after that. Where the toolkit was removed, the engine's configuration may still name its runtime.
see =
    nvidia-smi
    ldconfig -p | grep -E 'libcuda|libnvidia-ml'
    ls -l /dev/nvidia*
    cat /proc/driver/nvidia/version
    docker info | grep -i runtime
    cat /etc/docker/daemon.json
    grep -r nvidia /etc/containerd /etc/crio
helps =
    On the host, see that nvidia-smi works there, and install the toolkit:
    Debian, Ubuntu: apt install nvidia-container-toolkit
    Fedora, RHEL: dnf install nvidia-container-toolkit
    Keep a copy of /etc/docker/daemon.json, then:
    Docker: nvidia-ctk runtime configure --runtime=docker, then systemctl restart docker
    containerd: nvidia-ctk runtime configure --runtime=containerd, then systemctl restart containerd
    CRI-O: nvidia-ctk runtime configure --runtime=crio, then systemctl restart crio
    Podman: nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml
    If the toolkit is not to stay, take its runtime out of the engine's configuration, and restart the engine.
    Start the container anew: docker run --gpus all, or podman run --device nvidia.com/gpu=all
avoid = Do not install a driver inside the container: it would have to equal the host's, and break at the host's next upgrade. Do not purge Docker or its data.

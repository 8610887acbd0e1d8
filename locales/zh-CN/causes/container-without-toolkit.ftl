name = 容器里没有驱动库
title = 容器里没有驱动库（宿主机驱动 { $loaded }）
explanation = 宿主机运行着 { $loaded } 版的 nvidia 模块，但这个容器里没有注入任何驱动库。没有 libcuda，CUDA 会报告驱动版本不足，其实宿主机的驱动没有问题。
what = 容器要用宿主机的驱动库，由 NVIDIA Container Toolkit 在容器启动时注入。这个容器启动时没有用到它。
why = 启动容器时没有加 --gpus all（或 CDI 设备）；宿主机没有安装该工具包；容器运行时没有配置；或者配置之后没有重启守护进程。
see =
    nvidia-smi
    ldconfig -p | grep -E 'libcuda|libnvidia-ml'
    ls -l /dev/nvidia*
    cat /proc/driver/nvidia/version
    docker info | grep -i runtime
helps =
    在宿主机上先确认 nvidia-smi 正常，再安装工具包：
    Debian、Ubuntu：apt install nvidia-container-toolkit
    Fedora、RHEL：dnf install nvidia-container-toolkit
    备份 /etc/docker/daemon.json，然后：
    Docker：nvidia-ctk runtime configure --runtime=docker，再 systemctl restart docker
    Podman：nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml
    重新启动容器：docker run --gpus all，或 podman run --device nvidia.com/gpu=all
avoid = 不要在容器里安装驱动：它必须与宿主机完全同版本，宿主机一升级就会失效。不要清除 Docker 或它的数据。

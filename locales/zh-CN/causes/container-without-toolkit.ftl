name = 容器里没有驱动库
title = { $state ->
        [gone] { $engine }：NVIDIA 运行时的程序不见了
        [undefined] { $engine }：没有定义默认运行时 { $name }
        [setting] NVIDIA Container Toolkit 要找的 { $path } 不存在
        [unconfigured] 这台机器的容器引擎（{ $engine }）都没有配置 NVIDIA Container Toolkit
       *[container] 容器里没有驱动库（宿主机驱动 { $loaded }）
    }
explanation = { $state ->
        [gone] { $engine } 的配置里写着运行时 { $name }，但它的程序 { $path } 不在这台机器上。要用这个运行时的容器都启动不了；如果它是默认运行时，所有容器都启动不了。
        [undefined] { $engine } 的配置要求所有容器默认使用运行时 { $name }，却没有定义这个运行时。除非守护进程的启动参数里另有定义，否则守护进程启动不了。
        [setting] NVIDIA Container Toolkit 的配置项 { $name } 指向 { $path }，那里什么也没有。它的钩子会因此失败，所有要用 GPU 的容器都启动不了。
        [unconfigured] NVIDIA Container Toolkit 已经安装，但没有找到任何容器引擎会用到它的迹象：配置里没有运行时，没有钩子，也没有 CDI 规范。要用 GPU 的容器会启动失败，或者启动后看不到 GPU。驱动本身没有问题。
       *[container] 宿主机运行着 { $loaded } 版的 nvidia 模块，但这个容器里没有注入任何驱动库。没有 libcuda，CUDA 会报告驱动版本不足，其实宿主机的驱动没有问题。
    }
claim-runtime = { $engine } 配置里的 NVIDIA 运行时
claim-default-runtime = { $engine } 的默认运行时
claim-runtime-gone = 这个程序不存在
claim-toolkit-setting = NVIDIA Container Toolkit 的配置项 { $name } 指向不存在的路径
claim-toolkit = 已安装 NVIDIA Container Toolkit
claim-engine = 已安装 { $engine }
what = 容器要用宿主机的驱动库，由 NVIDIA Container Toolkit 在容器启动时注入。要么某个容器启动时没有用到它，要么这台机器的容器引擎用不了它。
why = 启动容器时没有加 --gpus all（或 CDI 设备）；宿主机没有安装该工具包；容器运行时没有配置；或者配置之后没有重启守护进程。工具包卸载之后，引擎的配置里可能还留着它的运行时。
see =
    nvidia-smi
    ldconfig -p | grep -E 'libcuda|libnvidia-ml'
    ls -l /dev/nvidia*
    cat /proc/driver/nvidia/version
    docker info | grep -i runtime
    cat /etc/docker/daemon.json
    grep -r nvidia /etc/containerd /etc/crio
helps =
    在宿主机上先确认 nvidia-smi 正常，再安装工具包：
    Debian、Ubuntu：apt install nvidia-container-toolkit
    Fedora、RHEL：dnf install nvidia-container-toolkit
    备份 /etc/docker/daemon.json，然后：
    Docker：nvidia-ctk runtime configure --runtime=docker，再 systemctl restart docker
    containerd：nvidia-ctk runtime configure --runtime=containerd，再 systemctl restart containerd
    CRI-O：nvidia-ctk runtime configure --runtime=crio，再 systemctl restart crio
    Podman：nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml
    如果不打算再用工具包，把它的运行时从引擎的配置里删掉，再重启引擎。
    重新启动容器：docker run --gpus all，或 podman run --device nvidia.com/gpu=all
avoid = 不要在容器里安装驱动：它必须与宿主机完全同版本，宿主机一升级就会失效。不要清除 Docker 或它的数据。

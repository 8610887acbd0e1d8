name = WSL 里装了 Linux 驱动
title = WSL 里装了 { $version } 版 Linux 驱动
explanation = { $path } 属于 { $version } 版的 Linux 驱动。WSL 用的是 Windows 的驱动，它的库在 /usr/lib/wsl/lib。{ $found ->
        [first] 现在程序加载到的是 Linux 驱动的文件，因此找不到 GPU。
       *[beside] 程序目前加载的还是 Windows 提供的库，但下一次 ldconfig 之后就难说了。
    }
claim-linux-library = Linux 驱动的库
what = 在 WSL 2 里，NVIDIA 驱动运行在 Windows 一侧。Windows 把与它通信的库放在 /usr/lib/wsl/lib；Linux 驱动在这里没有可以通信的内核模块，它的库反而会遮住正确的库。
why = 直接安装了驱动软件包，或者装了 cuda、cuda-drivers 这类元软件包，或者作为别的软件包的依赖装了进来；也可能在 WSL 里运行过 NVIDIA 的 .run 安装程序。
see =
    ldconfig -p | grep -E 'libcuda|libnvidia-ml'
    ls -l /usr/lib/wsl/lib
    dpkg -l | grep -E 'nvidia|libcuda'
    /usr/lib/wsl/lib/nvidia-smi
helps =
    卸载 Linux 驱动，包名照 dpkg -l 的列表写（libnvidia-compute、nvidia-utils、libcuda1、cuda-drivers）：
    Debian、Ubuntu：apt purge 这些软件包
    用 .run 装的：nvidia-uninstall
    ldconfig
    安装不含驱动的 CUDA：用 NVIDIA 的 WSL-Ubuntu 软件源里的 cuda-toolkit。
    驱动本身在 Windows 里升级。
avoid = 绝不要在 WSL 里安装 Linux 驱动，版本相同也不行。不要删除或复制 /usr/lib/wsl 里的文件。

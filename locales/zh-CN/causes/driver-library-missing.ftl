name = 缺少驱动库
title = 有 { $version } 版模块，却没有 libcuda 和 libnvidia-ml
explanation = nvidia 模块是 { $version } 版，但系统里找不到 libcuda.so.1，也找不到 libnvidia-ml.so.1。{ $draws ->
        [yes] 图形库还在，桌面可以正常使用，但 CUDA 程序和 nvidia-smi 不能运行。
       *[no] 没有它们，任何程序都用不了 GPU。
    }
what = 驱动的内核模块装了，但程序与它通信所用的库（libcuda、libnvidia-ml）没有装。
why = 只装了内核部分的软件包；卸载其他东西时把库也带走了；或者发行版把驱动的 CUDA 部分单独打包，例如 RPM Fusion。
see =
    ldconfig -p | grep -E 'libcuda|libnvidia-ml'
    cat /proc/driver/nvidia/version
    dpkg -l | grep -i nvidia
    rpm -qa | grep -i nvidia
helps =
    安装与模块版本完全相同的库：
    Debian：apt install libcuda1 libnvidia-ml1 nvidia-smi
    Ubuntu：apt install libnvidia-compute-535 nvidia-utils-535，其中 535 换成所用驱动的系列
    RPM Fusion：dnf install xorg-x11-drv-nvidia-cuda
    RHEL（NVIDIA 软件源）：dnf install nvidia-driver-cuda
    Arch：pacman -S nvidia-utils
    ldconfig
avoid = 不要从别的机器拷贝库，也不要从与模块不同的软件源安装。

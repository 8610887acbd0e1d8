name = 容器自己的驱动与宿主机不一致
title = 这个 { $kind } 容器里的驱动是 { $version }，宿主机的模块是 { $host }
explanation = 这个 { $kind } 容器装有自己的驱动库，版本 { $version }。容器里的程序用的是宿主机的内核模块 { $host }，它会拒绝其他任何版本。
what = 系统容器（LXC、Incus、Proxmox、systemd-nspawn）与宿主机共用内核，也就共用宿主机的 nvidia 模块。容器里装的驱动库必须与宿主机完全同版本。
why = 宿主机升级了驱动而容器没有升级，或者反过来；也可能是容器里装错了驱动，例如装了 vGPU 套件里的虚拟机驱动，而不是宿主机驱动。
see =
    cat /proc/driver/nvidia/version
    ldconfig -p | grep -E 'libcuda|libnvidia-ml'
    nvidia-smi
    cat /run/systemd/container
helps =
    在容器里安装与宿主机完全相同的版本，只装库，不装内核模块：
    sh NVIDIA-Linux-x86_64-VERSION.run --no-kernel-modules
    Debian、Ubuntu：apt install，指定与宿主机相同版本的库软件包
    宿主机每次升级驱动后都要再做一次；或者由宿主机提供文件，例如 Incus 的 nvidia.runtime=true。
avoid = 不要在容器里编译或加载内核模块。没有必要时，不要为一个容器去动宿主机的驱动。容器里要用宿主机的驱动，不要用 vGPU 虚拟机驱动。

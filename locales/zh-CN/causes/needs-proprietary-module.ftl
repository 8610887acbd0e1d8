name = GPU 需要专有内核模块
title = { $gpu } 需要专有内核模块
explanation = { $gpu } 没有 GSP（GPU System Processor），而开源内核模块离不开它。现在装的正是开源模块，能加载，但启动不了这块 GPU，于是报 “No devices were found”。用户态库两者通用。
what = NVIDIA 的开源内核模块支持 Turing（GTX 16、RTX 20）及以后的 GPU。更早的 GPU 需要专有模块，而且分支还要支持它。
why = 发行版默认改成了开源模块（560 及以后的分支），元包把它带了进来，或者换上了一块旧卡。
see =
    lspci -nn -d 10de:
    modinfo -F license nvidia
    cat /proc/driver/nvidia/version
    dmesg | grep -A2 'not supported by open'
helps =
    用同版本的专有模块替换开源模块：
    Debian：apt install nvidia-kernel-dkms
    Ubuntu：apt install nvidia-driver-580，不带 “-open”，580 换成所用的分支
    使用 RPM Fusion 的 Fedora：echo '%_without_kmod_nvidia_open 1' > /etc/rpm/macros.nvidia-kmod，再执行 akmods --force
    RHEL：dnf module install nvidia-driver:latest-dkms
    然后重启。专有模块的 “modinfo -F license nvidia” 显示 “NVIDIA”。
    从 590 分支起，两种模块都不再支持 Turing 以前的 GPU，请留在 580。
avoid = 不要动用户态库，也不要换版本：错的只是模块的种类。

name = GPU 需要开源内核模块
title = { $gpu } 需要开源内核模块
explanation = { $gpu } 只能用 NVIDIA 的开源内核模块，而现在装的是专有模块。专有模块能加载，但启动不了这块 GPU，于是报 “No devices were found”。用户态库两者通用。
what = 从 Blackwell 一代起，NVIDIA 只用开源内核模块支持新 GPU。同版本的专有模块会拒绝这样的 GPU。
why = 换了新卡而驱动没换；发行版的默认软件包仍带专有模块；或者两种软件包里选错了一种。
see =
    lspci -nn -d 10de:
    modinfo -F license nvidia
    cat /proc/driver/nvidia/version
    dmesg | grep -A1 'requires use of the NVIDIA open'
helps =
    用同版本的开源模块替换专有模块：
    Debian：apt install nvidia-open-kernel-dkms
    Ubuntu：apt install nvidia-driver-580-open，580 换成所用的分支
    使用 RPM Fusion 的 Fedora：echo '%_with_kmod_nvidia_open 1' > /etc/rpm/macros.nvidia-kmod，再执行 akmods --force
    RHEL：dnf module install nvidia-driver:open-dkms
    Arch：pacman -S nvidia-open
    然后重启。开源模块的 “modinfo -F license nvidia” 显示 “Dual MIT/GPL”。
avoid = 不要动用户态库，也不要换版本：错的只是模块的种类。

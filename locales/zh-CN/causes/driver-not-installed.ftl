name = 没有安装 NVIDIA 驱动
title = { $gpu } 没有安装 NVIDIA 驱动
explanation = 机器上有 NVIDIA GPU（{ $gpu }），但没有安装 NVIDIA 驱动。{ $driver ->
        [none] 目前没有驱动绑定到这块 GPU。
       *[other] 目前由 { $driver } 驱动。
    }
what = 机器上有 NVIDIA GPU，但没有 NVIDIA 驱动的任何部分：没有模块、没有库、没有软件包。CUDA 和 nvidia-smi 离不开它，只用桌面则未必需要。
why = 从未安装，或者已被卸载，例如清除别的软件包之后执行 autoremove 时一并删掉了。
see =
    lspci -k -d 10de:
    modinfo nvidia
    dpkg -l | grep -i nvidia
    rpm -qa | grep -i nvidia
helps =
    用发行版的方式安装，并且只用一种方式。nvmend 可以给出并执行：nvmend plan --remedy install-driver
    Ubuntu：ubuntu-drivers list，再执行 ubuntu-drivers install
    Debian：启用 contrib、non-free、non-free-firmware，再 apt install nvidia-driver linux-headers-amd64
    Fedora：启用 RPM Fusion，再 dnf install akmod-nvidia xorg-x11-drv-nvidia-cuda，等模块编译完再重启
    RHEL：启用 NVIDIA 软件源，再 dnf install nvidia-open
    Arch：pacman -S nvidia-open
    重启。
avoid = 有软件包可用时，不要用 NVIDIA 的 .run 文件；不要混用软件源。

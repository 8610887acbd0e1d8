name = 内核头文件不随内核升级
title = { $kernel_package } 会升级内核，头文件却不会跟着升级
explanation = 软件包 { $kernel_package } 会带来每一个新内核。DKMS 要为新内核编译驱动模块，就得有它的头文件，而负责同步头文件的 { $headers_package } 没有安装。现在一切正常；但下一次内核升级之后，新内核就没有 nvidia 模块了。
what = 有两个元包应当成对出现：一个始终依赖最新的内核，另一个始终依赖最新内核的头文件。现在只装了前者，而 DKMS 每次编译都需要后者。
why = 当初只为某一个内核装了头文件（很多教程写的是 linux-headers-$(uname -r)），那个包永远停留在那个版本。
see =
    dkms status
    dpkg -l 'linux-image-*' 'linux-headers-*'
    rpm -q kernel-core kernel-devel kernel-devel-matched
    pacman -Q linux linux-headers
helps =
    安装与内核元包同一风味（flavour）的头文件元包：
    Debian：apt install linux-headers-amd64
    Ubuntu：apt install linux-headers-generic，或与内核对应的那一个（如 linux-headers-generic-hwe-22.04）
    Fedora、RHEL：dnf install kernel-devel-matched
    openSUSE：zypper install kernel-default-devel
    Arch：pacman -S linux-headers
    不需要重启。
avoid = 不要改为锁住内核不升级：安全修复也会一起被挡在外面。
claim-headers-untracked = 与内核元包成对、但没有安装的软件包

name = 驱动软件包版本不一致
title = { $seen ->
        [no] 内核正在运行 { $kernel_version } 模块，驱动库却更旧：{ $user_version }
       *[yes] 模块 { $kernel_version }，用户态库 { $user_version }：软件包版本不一致
    }
explanation = { $seen ->
        [no] 正在运行的 nvidia 模块是 { $kernel_version }，驱动库是 { $user_version }，而两者必须一位不差。库比模块旧，就不是“升级后等重启”的情况，多半是内核部分与用户态部分的软件包版本不同。但这里既看不到软件包，也看不到磁盘上的模块。
       *[yes] 驱动的内核部分是 { $kernel_version }，用户态部分是 { $user_version }，而两者必须一位不差。{ $held ->
            [none] 重启没有用：磁盘上的模块还是原来的版本。
           *[other] 软件包 { $held } 被锁定（hold），两边因此不能一起升级；重启没有用。
        }
    }
what = 提供内核模块的软件包与提供用户态库的软件包，驱动版本不同。软件包管理器可能认为依赖完好，驱动却不认：模块和库互相拒绝。
why = 升级只完成了一半：软件源里只有其中一半；部分软件包被锁定（apt-mark hold、versionlock、IgnorePkg），其余没有；某个依赖带来了更新的库；或者 dnf 用了 --skip-broken。
see =
    cat /proc/driver/nvidia/version
    modinfo -F version nvidia
    dpkg -l | grep -i nvidia
    rpm -qa | grep -i nvidia
    apt-mark showhold
    apt-cache policy libcuda1 nvidia-kernel-dkms
helps =
    先把已装软件包的列表（dpkg -l 或 rpm -qa）存成文件，并备份 /etc/apt 或 /etc/yum.repos.d。
    然后在一次事务里把所有驱动软件包换成同一版本：
    Debian、Ubuntu：apt update，用 apt-mark unhold 解除锁定，再用 apt install 给所有 nvidia、libnvidia 软件包指定同一版本
    Fedora、RHEL：dnf distro-sync '*nvidia*'
    Arch：pacman -Syu
    如果软件源里哪个版本都不齐，就整体退回上一个齐全的版本。
    最后重新加载模块，或者重启。
avoid = 不要只是重启。不要只锁定个别软件包：要么全锁，要么不锁。不要到别的软件源去凑缺的那一半。

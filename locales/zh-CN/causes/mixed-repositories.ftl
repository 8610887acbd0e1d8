name = 驱动来自不同软件源
title = 驱动软件包分别来自 { $first_origin } 与 { $second_origin }
explanation = 软件包 { $first } 来自 { $first_origin }，软件包 { $second } 来自 { $second_origin }，版本不同。两个来源各自保持内部一致，但彼此并不同步。
what = 驱动的各部分来自不同的软件源：发行版仓库、PPA、backports、NVIDIA 官方仓库、RPM Fusion。它们拆包的方式和更新的时间都不一样，结果各部分版本不一致。
why = 驱动原本来自发行版，后来又添加了别的软件源（常常是为了 CUDA 添加 NVIDIA 仓库）；或者为了救急从 backports 单独装了某个包。
see =
    apt-cache policy nvidia-driver libcuda1 libnvidia-compute-535
    dpkg -l | grep -i nvidia
    ls /etc/apt/sources.list.d /etc/yum.repos.d
    dnf list --installed '*nvidia*'
helps =
    先记下已装的软件包，再决定整套驱动只用哪一个来源。NVIDIA 仓库可以只用来装 CUDA 工具包。
    把驱动固定到这个来源，然后在一次事务里把所有驱动软件包换成同一版本：
    Debian、Ubuntu：在 /etc/apt/preferences.d 里给另一来源的 nvidia 软件包设负优先级，apt update 之后用 apt install 给所有驱动软件包指定同一版本
    Fedora、RHEL：在另一个仓库的配置里写 excludepkgs=*nvidia*，再执行 dnf distro-sync '*nvidia*'
    最后重新加载模块，或者重启。
avoid = 不要再从第三个来源凑缺的那一半。不要用通配符一股脑清除：两个来源的元包名字并不相同。

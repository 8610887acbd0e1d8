name = 镜像自带驱动库
title = 镜像自带 { $version } 的驱动库，宿主机是 { $host }
explanation = 容器镜像里自带 { $path }，属于 { $version } 版驱动，而宿主机的模块是 { $host }。{ $found ->
        [first] 容器里的程序加载到的就是它，因此会被模块拒绝。
       *[beside] 程序现在不会加载它，但下一次 ldconfig 之后就难说了。
    }这样的文件共有 { $count } 个。宿主机没有问题。
claim-baked-library = 镜像自带的驱动库，不是容器运行时注入的
what = 容器镜像里打包了驱动库。它们属于制作镜像时的驱动版本，换到驱动版本不同的宿主机上就会冲突。
why = 制作镜像时装进了驱动软件包：直接指定的、作为依赖带进来的，或者某个应用的安装脚本没有发现 GPU，就自作主张装了 CUDA 驱动。
see =
    ldconfig -p | grep -E 'libcuda|libnvidia-ml'
    ls -l /usr/lib/x86_64-linux-gnu/libcuda.so* /usr/lib/x86_64-linux-gnu/libnvidia-ml.so*
    dpkg -l | grep -E 'libnvidia|nvidia-utils|libcuda'
    cat /proc/driver/nvidia/version
    docker history IMAGE
helps =
    制作镜像时不要装驱动软件包：不装 nvidia-utils、libnvidia-compute、libcuda1、cuda-drivers；用 cuda-toolkit 代替 cuda。
    在镜像里找出并卸载带进它们的软件包：
    Debian、Ubuntu：apt purge，包名照 dpkg -l 的列表写
    Fedora、RHEL：dnf remove，包名照 rpm -qa 的列表写
    ldconfig
    再用 NVIDIA Container Toolkit 启动容器，由它注入宿主机的库。
avoid = 不要为此改动或重启宿主机。不要把镜像固定成宿主机的驱动版本：宿主机一升级就会失效。

name = 缺少 GSP 固件
title = 缺少 { $version } 版的 GSP 固件
explanation = { $version } 版模块要用与自身版本完全一致的固件启动 GPU，而 /lib/firmware/nvidia/{ $version } 里没有。{ $there ->
        [none] 任何版本的 GSP 固件都没有。
       *[other] 现有的最新版本是 { $there }。
    }没有固件，GPU 无法初始化。
what = Turing 以后的 GPU 自带一个处理器（GSP），驱动的大部分工作由它执行。模块从 /lib/firmware/nvidia 下与自己版本同名的目录加载固件。
why = 固件软件包没有安装，或没有随模块一起升级；旧模块还在运行，旧版固件却随软件包被删掉了；或者 initramfs 里有模块而没有固件。
see =
    cat /sys/module/nvidia/version
    ls /lib/firmware/nvidia
    dmesg | grep -E 'gsp|No firmware image'
    dpkg -l | grep -E 'firmware-nvidia-gsp|nvidia-firmware'
helps =
    安装与模块版本一致的固件软件包：
    Debian：apt install firmware-nvidia-gsp
    Ubuntu：apt install nvidia-firmware-535，换成所用的分支和版本
    Fedora、RHEL：dnf reinstall nvidia-gpu-firmware xorg-x11-drv-nvidia-power，只写已装的
    然后重新加载模块，或者重启。模块在 initramfs 里的，还要重建它：update-initramfs -u 或 dracut -f
avoid = 不要拷贝或链接别的版本的固件，模块会检查并拒绝。linux-firmware 里的 nvidia 固件是给 nouveau 用的，没有帮助。
claim-firmware-versions = 现有的 GSP 固件版本

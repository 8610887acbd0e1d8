name = initramfs 带回了旧模块
title = 启动时加载的仍是 { $loaded }，磁盘上是 { $on_disk }
explanation =
    内核 { $kernel } 里运行的是 { $loaded } 版的 nvidia 模块，而系统启动之前，磁盘上的模块就已经是 { $on_disk }。{ $library ->
        [none] 目前没有找到驱动库。
       *[other] 用户态库的版本是 { $library }。
    }可见旧模块不是从磁盘上的这个文件加载的，多半是 initramfs 里还打包着旧的一份。只重启，加载的还会是旧模块。
claim-unchanged-since-boot = 在本次启动前 { $hours } 小时写入
what = 启动时内核从 initramfs 加载 nvidia 模块，镜像里存的是模块的副本。驱动升级后如果没有重新生成镜像，每次启动都会加载旧模块。
why = 重新生成镜像的步骤被跳过或失败了（/boot 已满、升级中断），或者机器实际启动的是另一份没人更新的镜像，例如 EFI 分区上的那份。
see =
    cat /proc/driver/nvidia/version
    modinfo -F version nvidia
    ls -l $(modinfo -n nvidia) /boot
    uptime -s
    lsinitramfs /boot/initrd.img-$(uname -r) | grep nvidia
    lsinitrd -k $(uname -r) | grep nvidia
helps =
    先备份现有镜像，再重新生成：
    cp /boot/initrd.img-$(uname -r) /root/
    Debian、Ubuntu：update-initramfs -u -k $(uname -r)
    Fedora、RHEL、SUSE：dracut -f --kver $(uname -r)
    Arch：mkinitcpio -P
    确认 /boot 有剩余空间、引导程序用的正是这份镜像，然后重启。
avoid = 不要只是一遍遍重启，也不要反复重装驱动：这都动不了镜像里的旧模块。

name = initramfs 没有更新，启动时带回旧内容
title = { $loaded ->
        [none] 磁盘上已屏蔽 nouveau，initramfs 却让它占用了 GPU
       *[other] { $image ->
            [none] 启动时加载的仍是 { $loaded }，磁盘上是 { $on_disk }
           *[other] initramfs 里还是 { $loaded } 的模块，磁盘上是 { $on_disk }
        }
    }
explanation = { $loaded ->
        [none] 磁盘上的配置屏蔽了 nouveau，但内核 { $kernel } 的 initramfs 里有 nouveau，却没有这行配置。nouveau 多半是在启动早期从 initramfs 加载的，那时磁盘上的配置还没有生效。只重启，nouveau 还会占用 GPU。
       *[other] { $image ->
            [none] 内核 { $kernel } 里运行的是 { $loaded } 版的 { $module } 模块，而系统启动之前，磁盘上的模块就已经是 { $on_disk }。可见旧模块不是从磁盘上的这个文件加载的，多半是 initramfs 里还打包着旧的一份。
           *[other] 内核 { $kernel } 里运行的是 { $loaded } 版的 { $module } 模块，它的 initramfs（{ $image }）里打包的正是这个版本，而磁盘上的模块是 { $on_disk }：驱动更新之后，镜像没有重新生成。
        }{ $library ->
            [none] 目前没有找到驱动库。
           *[other] 用户态库的版本是 { $library }。
        }只重启，加载的还会是旧模块。
    }
claim-unchanged-since-boot = 在本次启动前 { $hours } 小时写入
claim-nouveau-unbarred = initramfs 里有 nouveau，且没有屏蔽它的配置
what = 启动时内核从 initramfs 加载 nvidia 模块，镜像里存的是模块的副本。驱动升级后如果没有重新生成镜像，每次启动都会加载旧模块。镜像里还有一份 modprobe 配置，如果它是旧的，nouveau 会赶在读取磁盘之前占用 GPU。
why = 重新生成镜像的步骤被跳过或失败了（/boot 已满、升级中断），或者机器实际启动的是另一份没人更新的镜像，例如 EFI 分区上的那份。
see =
    cat /proc/driver/nvidia/version
    modinfo -F version nvidia
    ls -l $(modinfo -n nvidia) /boot
    uptime -s
    lsinitramfs /boot/initrd.img-$(uname -r) | grep nvidia
    lsinitrd -k $(uname -r) | grep nvidia
    ls -l /boot/efi/*/$(uname -r) /boot/efi/EFI/Linux
helps =
    先备份现有镜像，再重新生成：
    cp /boot/initrd.img-$(uname -r) /root/
    Debian、Ubuntu：update-initramfs -u -k $(uname -r)
    Fedora、RHEL、SUSE：dracut -f --kver $(uname -r)
    Arch：mkinitcpio -P
    确认 /boot 有剩余空间、引导程序用的正是这份镜像，然后重启。
avoid = 不要只是一遍遍重启，也不要反复重装驱动：这都动不了镜像里的旧模块。

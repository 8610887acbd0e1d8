name = 模块没有加载
title = 磁盘上有 { $version } 版模块，但没有加载
explanation = 内核 { $kernel } 的 { $version } 版 nvidia 模块就在磁盘上，也没有发现什么在阻止它，但它没有加载。{ $outside ->
        [none] {""}
       *[other] 它位于 { $outside }，modprobe 不会到那里去找：每次启动都得有谁用 insmod 加载它，而这次没有。
    }
what = 驱动的文件彼此一致，但模块不在正在运行的内核里，nvidia-smi 报告无法与驱动通信。
why = 装完驱动没有加载；卸载之后没有再加载；启动时没有谁触发加载；或者加载失败，原因只写在内核日志里。
see =
    lsmod | grep nvidia
    modinfo nvidia
    lspci -k -d 10de:
    dmesg | grep -i -E 'nvidia|NVRM'
    systemctl --failed
helps =
    modprobe nvidia
    如果失败，看它的报错和内核日志的最后几行：
    dmesg | tail
    “No such device”：GPU 被其他驱动占用，或者这版驱动不支持它。
    “Key was rejected”：安全启动拒绝了模块。
    “Exec format error”：模块是为别的内核编译的，需要重新编译。
    模块不在 /lib/modules 下时 modprobe 找不到它：用 insmod 加完整路径依次加载 nvidia.ko 和 nvidia-uvm.ko，并写成 systemd 单元，每次启动时执行。
    需要开机加载时，在 /etc/modules-load.d/nvidia.conf 里写入 nvidia。
avoid = 没看 modprobe 的报错和内核日志之前，不要重装驱动。

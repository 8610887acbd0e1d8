name = 没有 NVIDIA GPU
title = 这台机器上没有 NVIDIA GPU
explanation = { $driver ->
        [yes] 系统里有 NVIDIA 驱动的文件，但 PCI 总线上没有 NVIDIA GPU，驱动无从驱动。
       *[no] PCI 总线上没有 NVIDIA GPU。
    }没有什么需要修复的。
what = PCI 总线上没有 NVIDIA 设备。这时驱动模块无法加载，nvidia-smi 会报错，都属正常。
why = 机器本来就没有；虚拟机没有直通 GPU；或者 GPU 被关闭、没有插好、已经损坏。
see =
    lspci -d 10de:
    ls /sys/bus/pci/devices
    dmesg | grep -i pci
helps =
    本该有 GPU 的：检查是否插牢、供电是否正常、固件设置是否启用；虚拟机则检查宿主机的设置。
    本来就没有的：什么都不用做。
avoid = 不要重装驱动：驱动变不出设备来。

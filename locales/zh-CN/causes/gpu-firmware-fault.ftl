name = GPU 固件故障
title = { $fault ->
        [interrupted] 加载 GPU 固件时被打断：与版本无关
       *[hung] GPU 固件失去响应：与版本无关
    }
explanation = 内核日志说：{ $line }。{ $fault ->
        [interrupted] 错误 -4 表示读取固件时被信号打断；如果是文件缺失，错误会是 -2。GPU 因此没有启动，重新加载模块即可。
       *[hung] GPU 自己的固件工作不正常。模块和库不一定有问题，需要复位 GPU。
    }
what = GPU 内部的处理器（GSP）超时、停止，或者驱动要启动它时它还在运行（Xid 62、119、120、154；“WPR2 already up”），也可能是读取固件时被信号打断（“failed with error -4”）。在复位或重新启动 GPU 之前，程序会卡住或失败。
why = 驱动或固件的缺陷、硬件故障、卸载模块时没有复位 GPU，或者直通了 GPU 的虚拟机被强行关掉。最先打开 GPU 的程序恰好在读取固件时被杀掉，读取就会中断。
see =
    dmesg | grep -E 'Xid|GSP|WPR2'
    nvidia-smi
    cat /proc/driver/nvidia/version
helps =
    固件加载被打断（“failed with error -4”）：重新加载模块，或者重启：
    modprobe -r nvidia_drm nvidia_uvm nvidia_modeset nvidia && modprobe nvidia
    其他情况先停掉所有使用 GPU 的程序，再复位：
    nvidia-smi --gpu-reset -i 0，0 换成 GPU 的编号
    如果被拒绝或没有效果，就重启；“WPR2 already up” 需要断电再开机。
    如果反复出现：先把驱动升级到同分支的最新版，再检查显卡。
    使用专有模块时，可以关掉 GSP 试试：在 /etc/modprobe.d 里写 options nvidia NVreg_EnableGpuFirmware=0
avoid = 不要重装同一版驱动或它的固件。不要强行卸载模块。

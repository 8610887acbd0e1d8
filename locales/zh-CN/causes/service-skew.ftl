name = 服务还在使用别的版本的驱动库
title = { $services } 使用 { $version } 的驱动库，模块是 { $loaded }
explanation = { $service } 内存里的库是 { $version } 版{ $state ->
        [deleted] ，文件已经不在磁盘上
       *[there] {""}
    }；已加载的模块是 { $loaded }，会拒绝它们。在重启这个服务之前，监控、保持驱动就绪等由它负责的功能都不能用。其他程序不受影响。
what = 驱动附带的服务（nvidia-persistenced、DCGM、vGPU、电源管理、IMEX）在启动时加载库，之后一直用着。内核模块换掉之后，它手里的还是旧库。
why = 升级驱动并重新加载了模块，却没有同时重启服务；或者旧模块还在运行时，升级过程已经重启了服务。
see =
    systemctl status nvidia-persistenced nvidia-dcgm
    grep -l libnvidia /proc/*/maps
    cat /proc/driver/nvidia/version
    dmesg | grep -A4 'API mismatch'
helps =
    用 systemctl restart 重启对应的服务
    服务在容器里运行的，重启那个容器。
    重启后拿到的仍是不对的库，说明旧的不是服务而是库：请看其他诊断结果。
avoid = 不要为此重装驱动，也不需要重启机器。

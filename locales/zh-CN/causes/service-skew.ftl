name = 服务还在使用别的版本的驱动库
title = { $state ->
        [too-old] DCGM { $version } 太旧，不适用于驱动 { $loaded }
       *[other] { $services } 使用 { $version } 的驱动库，模块是 { $loaded }
    }
explanation = { $state ->
        [too-old] DCGM 的诊断程序只适用于特定版本的 CUDA。{ $version } 不认识这版驱动自带的 CUDA { $cuda }，dcgmi diag 会失败；如果调度系统用它做健康检查，机器就会被下线。监控也许还能用。CUDA { $cuda } 需要 DCGM { $needs } 或更新的版本。
       *[other] { $service } 内存里的库是 { $version } 版{ $state ->
            [deleted] ，文件已经不在磁盘上
           *[there] {""}
        }；已加载的模块是 { $loaded }，会拒绝它们。在重启这个服务之前，监控、保持驱动就绪等由它负责的功能都不能用。其他程序不受影响。
    }
what = 驱动附带的服务（nvidia-persistenced、DCGM、vGPU、电源管理、IMEX）在启动时加载库，之后一直用着。内核模块换掉之后，它手里的还是旧库。DCGM 本身也可能太旧，不适用于当前驱动。
why = 升级驱动并重新加载了模块，却没有同时重启服务；或者旧模块还在运行时，升级过程已经重启了服务。DCGM 有自己的版本号，升级驱动并不会带来新 CUDA 所需的 DCGM。
see =
    systemctl status nvidia-persistenced nvidia-dcgm
    grep -l libnvidia /proc/*/maps
    cat /proc/driver/nvidia/version
    dmesg | grep -A4 'API mismatch'
    dcgmi --version
helps =
    用 systemctl restart 重启对应的服务
    DCGM 太旧的：安装与驱动的 CUDA 对应的软件包（例如 datacenter-gpu-manager-4-cuda13）来取代 datacenter-gpu-manager，再重启 nvidia-dcgm
    服务在容器里运行的，重启那个容器。
    重启后拿到的仍是不对的库，说明旧的不是服务而是库：请看其他诊断结果。
avoid = 不要为此重装驱动，也不需要重启机器。

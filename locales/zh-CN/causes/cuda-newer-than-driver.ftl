name = CUDA 比驱动新
title = CUDA { $cuda } 需要比 { $driver } 更新的驱动
explanation = { $path } 里的 CUDA { $kind ->
        [toolkit] 工具包
        [conda] 运行时（conda 环境）
       *[wheel] 运行时（Python 包）
    }是 { $cuda } 版。{ $needs ->
        [none] 驱动 { $driver } 不支持它。
       *[other] 它需要 { $needs } 或更新的驱动，这里是 { $driver }。
    }{ $highest ->
        [none] { "" }
       *[other] 这版驱动最高支持 CUDA { $highest }。
    }
what = CUDA 工具包或运行时太新，驱动支持不了。程序报 “CUDA driver version is insufficient for CUDA runtime version”（错误 35）。驱动和模块本身没有问题。
why = 单独安装了工具包，版本比驱动新。注意：nvidia-smi 显示的是驱动支持的最高 CUDA 版本，不是已装的工具包；工具包版本要看 nvcc --version。
see =
    nvidia-smi
    nvcc --version
    ls -d /usr/local/cuda*
    echo $PATH $LD_LIBRARY_PATH
    cat /proc/driver/nvidia/version
helps =
    任选其一，能升级驱动最好：
    用原来的安装方式升级驱动，然后重启：
    Ubuntu：ubuntu-drivers install
    Debian：apt install nvidia-driver，必要时用 backports
    Fedora、RHEL：dnf upgrade '*nvidia*'
    或者另装一套驱动支持的工具包，并切换过去：
    export PATH=/usr/local/cuda-12.2/bin:$PATH，版本以 nvidia-smi 显示的为准
    或者（仅限数据中心 GPU）安装与工具包同版本的 cuda-compat，并把它的目录放在 LD_LIBRARY_PATH 最前面。
    改动驱动之前，先备份已装软件包的列表。
avoid = 只要工具包时不要装 cuda 元包，它会连驱动一起装。cuda-compat 在 GeForce 上不能用（错误 804）。

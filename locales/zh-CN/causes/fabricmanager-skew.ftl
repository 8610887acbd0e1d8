name = Fabric Manager 版本不一致
title = Fabric Manager 是 { $manager }，驱动是 { $driver }
explanation = 这台机器的 GPU 通过 NVSwitch 互连，负责配置它的 Fabric Manager 版本是 { $manager }。它拒绝与已加载的模块 { $driver } 一起工作：两者版本不同，CUDA 程序就会报错误 802，而 nvidia-smi 看上去正常。
claim-fabric-refusal = Fabric Manager 拒绝了驱动的版本
claim-nvswitches = NVSwitch 芯片数
what = 在带 NVSwitch 的 HGX、DGX 系统上，CUDA 离不开 Fabric Manager 服务，而该服务要求驱动与自己的版本完全相同，一位都不能差。否则 CUDA 报 “system not yet initialized”（802）。
why = 升级了驱动，而单独打包的 Fabric Manager 没有升级：它被锁定，来自另一个软件源，或者源里没有对应的版本。也可能手工来回换过几次驱动。
see =
    systemctl status nvidia-fabricmanager
    tail /var/log/fabricmanager.log
    cat /proc/driver/nvidia/version
    nv-fabricmanager --version
    dpkg -l | grep fabricmanager
    rpm -qa | grep -i fabric
helps =
    安装与驱动同版本的 Fabric Manager，然后重启服务：
    Debian、Ubuntu：apt install nvidia-fabricmanager-SERIES=VERSION
    Fedora、RHEL：dnf install nvidia-fabric-manager-VERSION
    systemctl restart nvidia-fabricmanager
    软件源里没有这个版本时，把驱动换成两者都有的版本。
    以后把两者放在同一次事务里升级。
avoid = 不要在这类系统上单独升级驱动。不要停用该服务：没有它，任何 CUDA 程序都无法启动。

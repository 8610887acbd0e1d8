name = 驱动分支不支持这块 GPU
title = 驱动 { $driver } 不支持 { $gpu }
explanation = { $branch ->
        [none] { $gpu } 比驱动 { $driver } 新，驱动不认识它。
       *[other] { $gpu } 最高支持到 { $branch } 分支，已装的驱动 { $driver } 不再支持它。
    }装上支持这块 GPU 的分支之前，别的修复都没有用。
what = 每个驱动分支只支持一定范围的 GPU：新的加进来，旧的退出去。现在装的模块不支持这块 GPU，所以加载不了，或者找不到设备。
why = 升级带来了不再支持该 GPU 的分支（590 去掉了 Maxwell、Pascal、Volta，495 去掉了 Kepler）；元包自动跟到了最新分支；或者在装着旧驱动的机器上换了新卡。
see =
    lspci -nn -d 10de:
    modinfo -F version nvidia
    dmesg | grep -E 'Legacy drivers|not supported by the|No NVIDIA'
    nvidia-smi
helps =
    安装支持这块 GPU 的分支的软件包，并固定下来：
    Debian：apt install nvidia-tesla-470-driver，或发行版自带的 nvidia-driver
    Ubuntu：ubuntu-drivers list，再 apt install nvidia-driver-580，分支从列表里选
    使用 RPM Fusion 的 Fedora：dnf install akmod-nvidia-580xx 或 akmod-nvidia-470xx
    Arch：AUR 里的 nvidia-580xx-dkms 或 nvidia-470xx-dkms
    按确切的包名卸载另一个分支，再重启。
    没有任何仍在维护的分支支持的 GPU，只能用 nouveau。
avoid = 不要重装同一个分支，也不必在模块和库里找毛病：它们彼此是匹配的。旧分支在最新内核上编译不过，更换之前先确认。
claim-driver-to-serve = 已安装的驱动

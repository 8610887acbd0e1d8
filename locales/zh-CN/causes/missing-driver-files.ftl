name = 驱动软件包的文件缺失
claim-file-size = 此文件应有 { $listed } 字节，实际字节数为
claim-file-content = 此文件在软件包安装之后被写过，校验和与软件包记录的不符
title = 软件包 { $package } 已安装，其文件却{ $state ->
        [gone] 不见了
        [altered] 被改动
       *[damaged] 已损坏
    }
explanation = 软件包管理器认为 { $package } 已安装，但 { $path } { $state ->
        [gone] 不存在。
        [altered] 已不是它装上的那个文件。
       *[damaged] 已损坏。
    }受影响的文件共有 { $count } 个。{ $state ->
        [altered] 文件被别的程序或人改写过，还能不能用并不确定，
       *[other] 需要它们的程序会失败，
    }而软件包管理器自己不会发现。
what = 软件包数据库里某个驱动软件包（或者 libglvnd 的软件包，程序要经由它使用驱动的图形功能）是完整安装的，磁盘上它的文件却缺失、损坏或被改动。
why = 文件被手工删除或覆盖，或被别的安装程序（.run 的卸载程序、清理脚本）删掉；磁盘错误或断电造成损坏；或者升级另一个系列时被一并带走。
see =
    dpkg --verify libcuda1 libnvidia-ml1 libnvidia-compute-535 libgl1 libegl1 libglx0 libglvnd0
    rpm -Va '*nvidia*' 'libglvnd*'
    pacman -Qkk nvidia-utils
    ldconfig -p | grep -E 'libcuda|libnvidia-ml'
helps =
    按已装的版本重装该文件所属的软件包：
    Debian、Ubuntu：apt install --reinstall，后接包名
    Fedora、RHEL：dnf reinstall，后接包名
    Arch：pacman -S，后接包名
    ldconfig
    如果没人动过文件却损坏了，请检查磁盘：dmesg、smartctl -a
avoid = 不要从别的机器拷贝库文件，也不要从 .run 里拆出来用，更不要用链接指向别的版本来顶替。

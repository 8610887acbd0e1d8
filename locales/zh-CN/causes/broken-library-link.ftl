name = 库链接损坏
claim-cache-entry = 加载器缓存中 { $library } 指向
claim-after-ldconfig = 执行 ldconfig 后 { $library } 将指向
claim-file-beside = 同一目录下的文件，其版本为
title = { $fault ->
        [gone] { $library } 指向不存在的文件
        [cache] 加载器缓存已过期，找不到 { $library }
        [beside] { $library } 没有指向正确的文件
       *[differs] { $library } 与 { $other_library } 指向不同的版本
    }
explanation = { $fault ->
        [gone] 程序要加载 { $library }，这个名字指向 { $target }（版本 { $version }），而该文件不存在。
        [cache] { $target }（版本 { $version }）就在加载器配置的目录里，但 /etc/ld.so.cache 是在它装好之前生成的，程序要加载 { $library } 时{ $other_version ->
                [none] 什么也找不到。
               *[other] 得到的是 { $other_version } 版。
            }
        [beside] { $library } 指向 { $target }（版本 { $version }），而与内核模块相符的 { $other_library } 就在同一目录里。
       *[differs] { $library } 指向 { $target }（版本 { $version }），{ $other_library } 却是 { $other_version } 版，其中必有一个与内核模块不符。
    }库的链接或加载器缓存与已安装的驱动不一致。
what = 程序通过 libcuda.so.1 这样的名字（有的用 libcuda.so、libnvidia-ml.so）找到驱动库，这些名字都是符号链接。现在有链接指向已不存在的文件，或者指向与其他库不同的驱动版本；也可能是加载器缓存（/etc/ld.so.cache）比文件旧，里面没有这些文件。
why = 安装中断、卸载程序恢复了旧链接、文件被手工删除，或事后没有执行 ldconfig。
see =
    ldconfig -p | grep -E 'libcuda.so|libnvidia-ml.so'
    ls -l /usr/lib/x86_64-linux-gnu/libcuda.so* /usr/lib/x86_64-linux-gnu/libnvidia-ml.so*
    ls -l /usr/lib64/libcuda.so* /usr/lib64/libnvidia-ml.so*
    ls -l /etc/alternatives/ | grep nvidia
    dpkg -V libcuda1
helps =
    让 ldconfig 重新建立链接：
    ldconfig
    Debian：update-alternatives --auto nvidia
    文件缺失时，重装所属的软件包：
    Debian、Ubuntu：apt install --reinstall，后接提供 libcuda 与 libnvidia-ml 的软件包
    Fedora、RHEL：dnf reinstall '*nvidia*libs*'
    用 .run 安装的驱动：重新运行一遍安装程序
avoid = 不要手工把 libcuda.so.1 链接到别的版本：模块不会接受。改链接之前，先记下它原来指向哪里。

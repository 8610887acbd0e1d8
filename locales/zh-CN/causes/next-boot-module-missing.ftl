name = 下次启动的内核没有模块
title = 下次启动的内核 { $kernel } 没有 nvidia 模块
explanation = 驱动在当前内核上工作正常。但下次启动用的是内核 { $kernel }，它没有 nvidia 模块：重启之后，所有程序都用不了 GPU。
what = 已经安装了更新的内核，下次启动就会用它，而 nvidia 模块只有当前内核的。
why = 内核升级了，却没有为它编译模块：缺少头文件、编译失败，或者驱动没有交给 DKMS、akmods 编译。
see =
    ls /boot /lib/modules
    dkms status
    find /lib/modules -name 'nvidia*.ko*'
    grep -r saved_entry /boot/grub/grubenv
helps =
    重启之前，先为那个内核准备好模块：
    DKMS：安装它的头文件，再执行 dkms autoinstall -k，后接它的版本号
    akmods：akmods --force --kernels，后接它的版本号
    预编译模块：安装对应内核的模块软件包
    用 modinfo -k 确认后再重启。在此之前，引导菜单里仍可选旧内核。
avoid = 不要删除当前内核，能用的正是它。远程机器在模块就绪之前不要重启。

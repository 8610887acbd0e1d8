name = 下次启动后版本不一致
title = 内核 { $kernel } 将加载 { $module }，而用户态库是 { $library }
explanation = { $place ->
        [initramfs] 下次启动用的是内核 { $kernel }，它的 initramfs 里打包的 nvidia 模块还是 { $module }，而用户态库是 { $library }。启动时先加载镜像里的模块，磁盘上的再新也轮不到。
       *[disk] 下次启动用的是内核 { $kernel }，它的 nvidia 模块是 { $module }，而用户态库是 { $library }。
    }重启之后，模块会拒绝所有程序。
what = 下次启动的内核，其 nvidia 模块（磁盘上的，或 initramfs 里的）与已安装的用户态库版本不同。
why = 驱动升级后只为当前内核编译了模块，或者另一个内核的预编译模块没有跟着升级，也可能是它的 initramfs 没有重新生成。
see =
    dkms status
    modinfo -k $(ls /lib/modules | sort -V | tail -1) -F version nvidia
    ldconfig -p | grep libcuda.so.1
    ls /boot
helps =
    重启之前，为那个内核编译或安装与用户态库同版本的模块：
    DKMS：dkms autoinstall -k，后接它的版本号
    akmods：akmods --force --kernels，后接它的版本号
    预编译模块：升级对应内核的模块软件包
    重新生成那个内核的 initramfs，用 modinfo -k 确认后再重启。
avoid = 有程序正在使用这些库时，不要为此降级它们。

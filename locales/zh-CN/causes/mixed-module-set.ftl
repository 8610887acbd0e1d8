name = 模块版本不统一
title = { $module } 模块是 { $version }，nvidia 模块是 { $core }
explanation = 驱动的几个内核模块必须是同一版本。{ $place ->
        [kernel] 现在内核里 { $module } 是 { $version }，nvidia 是 { $core }。
       *[disk] 现在磁盘上 { $module } 是 { $version }，nvidia 是 { $core }，一起加载时会互相拒绝。
    }
what = nvidia、nvidia_modeset、nvidia_drm、nvidia_uvm 是一起编译的，加载时会互相核对版本。其中一个来自别的编译，就会被拒绝（“Version mismatch”“Unknown symbol”）：nvidia 虽已加载，显示或 CUDA 却不能用。
why = 只换了其中一部分文件：编译中断，另一个目录里还有别的版本的模块，或者 initramfs 里只装了其中几个；也可能是升级后才按需加载某个模块，与先前加载的旧模块凑到了一起。
see =
    modinfo -F version nvidia nvidia-modeset nvidia-drm nvidia-uvm
    grep -H . /sys/module/nvidia*/version
    dmesg | grep -E 'Version mismatch|Unknown symbol nv'
    find /lib/modules/$(uname -r) -name 'nvidia*.ko*'
helps =
    把整套模块重新编译或重装成同一版本：
    DKMS：dkms autoinstall --force -k $(uname -r)
    akmods：akmods --force --kernels $(uname -r)
    预编译的模块：重装所属软件包
    depmod -a
    然后全部重新加载，或者重启：
    modprobe -r nvidia_drm nvidia_modeset nvidia_uvm nvidia
    modprobe nvidia
avoid = 不要在目录或内核之间单独拷贝模块文件。不要卸到一半就停下：一套模块不完整，正是这个故障本身。

name = 混用了两种安装方式
title = { $package ->
        [none] { $packaged ->
            [none] .run 安装包装在了软件包的驱动之上
           *[other] .run 安装的驱动配上了别处来的内核模块
        }
       *[other] .run 安装的驱动与软件包并存
    }
explanation = 系统里有 .run 安装的驱动（{ $runfile ->
        [none] 版本不明
       *[other] { $runfile } 版
    }），{ $package ->
        [none] { $packaged ->
            [none] 安装时系统里已有软件包装的驱动；那些软件包是否还在，这里看不到。
           *[other] 磁盘上的 nvidia 模块却既不是它装的，也不属于任何软件包，而是有人自行编译安装的 { $packaged } 版。两者的版本必须完全相同，末段也不能差。
        }
       *[other] 又装了驱动软件包 { $package }（{ $packaged ->
            [none] 版本不明
           *[other] { $packaged } 版
        }）。
    }两边会互相覆盖文件，即便现在能用，下一次升级也会出问题。
what = NVIDIA 的 .run 安装程序和软件包管理器管着同一批文件，却互不知情，结果库、链接和模块来自不同的版本。
why = 有人在装了驱动软件包的系统上又运行了 .run；或者系统本来用 .run 驱动，某个软件包（CUDA 元包、应用程序）又把驱动软件包拉了进来。
see =
    ls -l /usr/bin/nvidia-uninstall /var/log/nvidia-installer.log
    nvidia-installer --driver-info
    dpkg -l | grep -i nvidia
    rpm -qa | grep -i nvidia
    dkms status
helps =
    只留一种方式；推荐软件包，它会跟着内核升级。
    先备份 /etc/X11、/etc/modprobe.d 和已装软件包的列表。
    保留软件包：执行 nvidia-uninstall，再重新安装软件包
    Debian、Ubuntu：apt install --reinstall，后接驱动软件包
    Fedora、RHEL：dnf reinstall '*nvidia*'
    模块是自行编译的：用与 .run 同版本的源码重新编译，或者用模块版本对应的 .run 加 --no-kernel-modules 重装用户态部分。
    保留 .run：先清除驱动软件包，再带 --dkms 重新运行 .run
    最后执行 ldconfig，重新生成 initramfs，重启。
avoid = nvidia-uninstall 还在时，不要手工删除 .run 装的文件。卸载之后要检查旧链接：它会恢复当初备份的文件，那些可能更旧。
claim-over-packages = NVIDIA 安装程序发现已有软件包装的驱动，仍然装了上去

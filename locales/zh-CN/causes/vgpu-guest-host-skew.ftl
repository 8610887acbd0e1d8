name = vGPU 虚拟机与宿主机不匹配
title = { $side ->
        [host] 有虚拟机的 vGPU 驱动与本宿主机不匹配
       *[guest] 宿主机不接受这台虚拟机的 vGPU 驱动
    }
explanation = { $side ->
        [host] vGPU 管理程序拒绝了一台虚拟机的驱动。那台虚拟机用不了 GPU；本宿主机的驱动 { $version } 是完好的。
       *[guest] 宿主机的 vGPU 管理程序拒绝了这台虚拟机的驱动 { $version }。这里的驱动各部分彼此一致，不匹配的是虚拟机与宿主机这一对。
    }
what = 带 vGPU 的虚拟机有自己的驱动，宿主机上有 vGPU 管理程序。两者不必同版本，但分支必须互相兼容，否则虚拟机里的 GPU 无法启用。
why = 宿主机换到了另一个 vGPU 版本，或者虚拟机里的驱动升级得比宿主机还新。虚拟机里往往什么都没动过：是云服务商换了宿主机的版本。
see =
    dmesg | grep -i -E 'NVRM|Xid'
    cat /proc/driver/nvidia/version
    在宿主机上：journalctl -u nvidia-vgpu-mgr | grep -i -E 'incompatible|Driver Version'
helps =
    查 NVIDIA 的 vGPU 发行说明，看宿主机的版本接受哪些虚拟机驱动：同一分支，通常还有前一个分支。
    在虚拟机里安装这样的 vGPU 虚拟机驱动，向宿主机的管理者索取；云主机则用云服务商提供的。
    或者升级宿主机的 vGPU 管理程序。
    然后重启虚拟机。
avoid = 不要在 vGPU 虚拟机里安装普通驱动。不要强求虚拟机与宿主机版本号完全相同：两者本来就按不同的版本号发布。

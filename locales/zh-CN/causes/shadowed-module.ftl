name = 正确的模块被遮住
title = modprobe 会加载 { $chosen }，而不是 { $fitting }
explanation = 内核 { $kernel } 有两个 nvidia 模块：{ $chosen_path }（{ $chosen }）和 { $fitting_path }（{ $fitting }）。modprobe 加载的是前者，而用户态库与后者同版本。重启之后加载的仍然是不匹配的那个。
what = 同一个内核的模块目录里有两个不同版本的 nvidia 模块，depmod 优先选中的，恰恰是与用户态库不匹配的那个。
why = 另一种安装方式留下了模块：updates/dkms 里旧的 DKMS 产物、kernel/drivers/video 里 .run 装的模块、weak-updates 链接，或手工拷贝的文件。
see =
    find /lib/modules/$(uname -r) -name 'nvidia*.ko*'
    modinfo -n nvidia
    modinfo -F version nvidia
    dpkg -S $(modinfo -n nvidia)
    rpm -qf $(modinfo -n nvidia)
helps =
    先查清多余的文件归谁所有（dpkg -S、rpm -qf、dkms status）。
    不属于任何软件包：移出 /lib/modules，存到备份目录，例如 /root/nvidia-backup。
    属于 DKMS：用 dkms remove 删除这个内核的该版本。
    属于软件包：卸载那个软件包。
    depmod -a
    用 modinfo -F version nvidia 确认后，重新加载模块或重启。
avoid = 没有备份就不要删除文件。模块不属于任何软件包，本身并不是错：Ubuntu 的预编译模块是安装时链接出来的，DKMS 的模块是在本机编译的。

# 处理办法。每种办法：名称，以及一句话说明它做什么（-do）。

reload-modules = 重新加载内核模块
reload-modules-do = 停掉占用 GPU 的程序，卸载 NVIDIA 内核模块，再加载磁盘上的模块；不需要重启。
reboot = 重启
reboot-do = 重启机器，让磁盘上的模块得到加载。
